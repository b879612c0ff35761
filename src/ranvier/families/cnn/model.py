"""The public class of the convolutional family."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Form, Pictures
from ranvier.families.cnn import cost
from ranvier.families.cnn.augmenting import described, observed
from ranvier.families.cnn.builder import LARGE, TINY, CNNBuilder
from ranvier.families.cnn.describing import layers, line
from ranvier.families.cnn.hyperparameters import CNNHyperparameters, widths
from ranvier.families.cnn.learning import PictureJudge, PictureLoss
from ranvier.families.cnn.recipes import epochs_of, own
from ranvier.families.pictured import brought
from ranvier.model import Model
from ranvier.model.recipes import common
from ranvier.model.suiting import as_pictures
from ranvier.model.summary import Layer
from ranvier.preprocessing.fitting import Coder
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import Task
from ranvier.training.learner import Learner, Player

if TYPE_CHECKING:
    from sklearn.utils import Tags

    from ranvier.explain.pictures import PictureExplanation
    from ranvier.families.cnn.looking import FeatureMaps, Filters


class CNN(CNNHyperparameters, Model):
    """Convolutional network: pictures, signals and sounds.

    Every filter is a small weighted sum that moves over the picture; stages of filters see it
    smaller and smaller. Classification (one class or several labels), regression of one or
    several numbers; and where the target is a picture or a mask, a U-Net that answers at every
    pixel.

    `fit` takes (N, height, width), (N, height, width, channels) or (N, channels, height, width)
    as uint8 or floats, signals (N, steps, channels), or a Dataset that `ranvier.read` made of a
    folder, a file or a table with a column of paths.

    Example:
        >>> import numpy as np, ranvier as rv
        >>> digits = rv.read("digits")
        >>> pictures = digits.train.inputs.reshape(-1, 8, 8)
        >>> model = rv.CNN(epochs=4, filters=(16, 32), verbose=0).fit(pictures, digits.train.target)
        >>> model.predict(digits.test.inputs.reshape(-1, 8, 8)).shape
        (359,)
    """

    family: ClassVar[str] = "cnn"
    _last: ClassVar[tuple[str, ...]] = ("output",)
    _core_products: ClassVar[float] = 2**28  # less is over sooner than the cores have met

    def explain(self, X: Any, output: int | None = None) -> PictureExplanation:
        """What in each picture moved its prediction: saliency by pixel and regions (Grad-CAM).

        Args:
            X: pictures in a form that `predict` takes.
            output: the unit of the output layer to explain; None: the predicted class, or the
                first number.

        Returns:
            A `PictureExplanation`; in a notebook it shows itself, `save("why.png")` writes it.

        Raises:
            HyperparameterError: no such unit, or a model that answers at every pixel.
        """
        from ranvier.families.cnn import looking

        return looking.explain(self, self._preprocessed(X), output)

    def feature_maps(self, X: Any) -> list[FeatureMaps]:
        """What each stage made of pictures in a form that `predict` takes, by name."""
        from ranvier.families.cnn import looking

        return looking.feature_maps(self, self._preprocessed(X))

    def features(self, X: Any) -> np.ndarray:
        """What the output layer sees of each picture, float32 (N, width): a description of it.

        Args:
            X: pictures in a form that `predict` takes.

        Raises:
            HyperparameterError: a model that answers at every pixel.
        """
        from ranvier.families.cnn import looking

        return looking.features(self, self._preprocessed(X))

    def kernels(self) -> list[Filters]:
        """The learned weights of every convolution, from the input on."""
        from ranvier.families.cnn import looking

        self._check_fitted()
        return looking.filters(self)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        inputs = tags.input_tags
        inputs.two_d_array, inputs.three_d_array = False, True
        inputs.sparse = inputs.allow_nan = inputs.string = inputs.categorical = False
        return tags

    @property
    def _layout(self) -> str:
        return self.layout

    def _suited(self, examples: Dataset, form: Form | None = None) -> Dataset:
        suited = as_pictures(examples, type(self).__name__, self.layout, form)
        pictures = suited.inputs
        assert isinstance(pictures, Pictures)
        return replace(suited, inputs=brought(pictures, self, trains=form is None))

    def _resolve(self, task: Task, rows: int, inputs: Any = None) -> dict[str, Any]:
        chosen = common(self.recipe, task, rows) | own(self.recipe, task, rows)
        form = inputs.form if isinstance(inputs, Pictures) else None
        flat = form is not None and len(form.shape) == 2
        chosen["kernel_size"] = 7 if flat and self.recipe == "strong" else 3
        if form is not None and self.recipe == "strong" and not task.pixelwise:
            side = min(form.shape[:-1])
            chosen["stem"] = "patch" if side >= LARGE else "plain" if side < TINY else "none"
        resolved = self._filled(chosen)
        resolved["filters"] = widths(resolved["filters"], "filters", least=1)
        resolved["hidden"] = widths(resolved["hidden"], "hidden", least=0)
        if form is not None and self.epochs is None and self.recipe == "strong":
            image = form.shape[:2] if task.pixelwise else ()
            shape = self._build(
                InputSpec(image=form.shape),
                OutputSpec(1, task.activation, task.loss, image),
                {**resolved, "flip": "none", "shift": 0.0},
            )
            resolved["epochs"] = epochs_of(rows, cost.products(shape))
        return resolved

    def _observed(
        self, train: Dataset, coder: Coder, resolved: dict[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return observed(self, train, coder, resolved)

    def _build(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> CNNBuilder:
        return CNNBuilder(
            inputs=inputs,
            outputs=outputs,
            filters=tuple(resolved["filters"]),
            depth=resolved["depth"],
            residual=bool(resolved["residual"]),
            kernel_size=resolved["kernel_size"],
            stem=resolved["stem"],
            pooling=resolved["pooling"],
            normalization=resolved["normalization"],
            activation=resolved["activation"],
            global_pooling=resolved["global_pooling"],
            hidden=tuple(resolved["hidden"]),
            dropout=resolved["dropout"] > 0,
            **_views(resolved, inputs),
        )

    def _learner(self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]) -> Learner:
        learner = super()._learner(inputs, outputs, resolved)
        loss = PictureLoss(outputs.loss, described(resolved, inputs))
        player = Player("network", loss)
        return replace(learner, players=(player,), judge=PictureJudge(outputs.loss))

    def _products(
        self, parameters: int, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> float:
        del parameters
        return cost.products(self._build(inputs, outputs, resolved))

    def _rows_at_once(self, inputs: InputSpec) -> int:
        return cost.rows_at_once(inputs.image)

    def _layers(self) -> list[Layer]:
        return layers(self._builder(), self._outcome.parameters)

    def _line_about_network(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> str:
        return line(self._build(inputs, outputs, resolved))


def _views(resolved: dict[str, Any], inputs: InputSpec) -> dict[str, bool]:
    """The other views of a picture that predictions are the mean of: those it was trained on."""
    several = bool(resolved["test_time"])
    return {
        "mirrored": several and resolved["flip"] in ("horizontal", "both"),
        "moved": several and (resolved["shift"] or 0.0) * min(inputs.image[:-1]) >= 1,
    }
