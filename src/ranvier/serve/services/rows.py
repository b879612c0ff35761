"""Models that have an answer for each row: classes, numbers, pictures, codes."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ranvier.families.autoencoder import answering
from ranvier.model import Model
from ranvier.preprocessing.picture_targets import PictureCoder
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.preprocessing.targets import TargetCoder
from ranvier.serve.inputs import inputs_of
from ranvier.serve.services import showing
from ranvier.serve.services.base import Answer, Array, Service, listed, plain, specs_of
from ranvier.serve.settings import MOST_TOGETHER


class RowService(Service):
    """An answer for each row, whoever else asks at the same time."""

    batches = True

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.inputs = inputs_of(model)
        self.takes = self.inputs.specs
        self.facts |= {
            key: value for key, value in self.inputs.described().items() if key == "columns"
        }

    def read_tensors(self, given: Mapping[str, Array]) -> Any:
        """See `Service`."""
        return self.inputs.of_tensors(given)

    def read_json(self, asked: Any) -> Any:
        """See `Service`."""
        return self.inputs.of_rows(listed(asked))

    def read_csv(self, data: bytes) -> Any:
        """See `Service`."""
        return self.inputs.of_csv(data)

    def read_files(self, files: Sequence[tuple[str, bytes]], cells: Mapping[str, str]) -> Any:
        """See `Service`."""
        return self.inputs.of_files(files, cells)

    def count(self, asked: Any) -> int:
        """See `Service`."""
        return self.inputs.count(asked)

    def together(self, several: Sequence[Any]) -> Any:
        """See `Service`."""
        return self.inputs.together(several)

    def answer(self, asked: Any) -> Answer:
        """See `Service`."""
        return self.computed(self.inputs.prepared(asked))

    @abstractmethod
    def computed(self, prepared: Any) -> Answer:
        """What the network says to prepared rows."""

    def warm(self) -> None:
        """See `Service`; the network is compiled for small blocks of rows and for large ones."""
        for sample in self.inputs.samples():
            self.gives = specs_of(self.answer(sample))
            self.answer(self.inputs.together([sample] * (MOST_TOGETHER + 1)))

    def explained(self, asked: Any) -> dict[str, Any]:
        """See `Service`."""
        return showing.explained(self.model, self.inputs.examples(asked))

    def form(self) -> dict[str, Any]:
        """See `Service`."""
        return self.inputs.described() | {"explains": hasattr(self.model, "explain")}


class Supervised(RowService):
    """Classes, labels, numbers, or pictures that the model was taught."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._coder = coder = model._coder
        self._predictor = model._predictor
        self._shares = isinstance(coder, TargetCoder) and coder.task.classifies
        names: list[Any] = []
        if self._shares:
            names = coder.classes.tolist() or list(model.target_names_)
            self.facts["classes"] = names
        elif model.target_names_:
            self.facts["targets"] = list(model.target_names_)
        self._shown = {"classes": names} if names else {}

    def computed(self, prepared: Any) -> Answer:
        """See `RowService`."""
        logits = self._predictor.logits(prepared)
        labels = self._coder.labels(logits)
        if isinstance(self._coder, StepCoder):
            labels = _as_json(labels)
        answer = {"prediction": labels}
        if self._shares:
            answer["probabilities"] = self._coder.probabilities(logits)
        return answer

    def shown(self, answer: Answer) -> dict[str, Any]:
        """See `Service`."""
        if isinstance(self._coder, PictureCoder):
            return {"pictures": [showing.png(made) for made in answer["prediction"]]}
        labels = plain(answer["prediction"])
        if isinstance(self._coder, StepCoder):
            return {"predictions": [json.loads(row) for row in labels]}
        shown = {"predictions": labels}
        if self._shares:
            shown["probabilities"] = answer["probabilities"]
        return shown | self._shown


def _as_json(rows: Array) -> Array:
    """Objects (N,): rows of labels, of different lengths, as text."""
    found = np.empty(len(rows), object)
    for number, row in enumerate(rows):
        found[number] = json.dumps(np.asarray(row).tolist(), ensure_ascii=False)
    return found


class Coded(RowService):
    """An autoencoder: the code of each row, and how usual it is."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        # How usual a row is, is drawn by chance there, by its place among the others.
        self.batches = model.resolved_["kind"] != "variational"

    def computed(self, prepared: Any) -> Answer:
        """See `RowService`."""
        model: Any = self.model
        codes = answering.programs_of(model).codes(prepared)
        return {"code": codes, "score": answering.usual(model, prepared)}

    def shown(self, answer: Answer) -> dict[str, Any]:
        """See `Service`."""
        return {"codes": plain(answer["code"]), "scores": plain(answer["score"])}
