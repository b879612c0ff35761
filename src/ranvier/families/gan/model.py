"""The public class of the adversarial family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Form
from ranvier.errors import ExportError, HyperparameterError
from ranvier.export.programs.program import Program
from ranvier.families.gan.generation import part as generation
from ranvier.families.gan.generation.builder import GenerationBuilder
from ranvier.families.gan.generation.diversity import remark
from ranvier.families.gan.hyperparameters import GANHyperparameters
from ranvier.families.gan.super_resolution import part as super_resolution
from ranvier.families.gan.super_resolution.network import SuperResolutionBuilder
from ranvier.model import Model
from ranvier.model.estimator import only_where
from ranvier.model.summary import Layer
from ranvier.preprocessing.fitting import Coder, Preprocessor
from ranvier.preprocessing.own_targets import OwnCoder
from ranvier.specification import InputSpec, OutputSpec
from ranvier.tasks import GENERATION, SUPER_RESOLUTION, Task
from ranvier.training.feeds import Rows
from ranvier.training.learner import Learner
from ranvier.training.loop import Draw, Row, Watcher

if TYPE_CHECKING:
    from sklearn.utils import Tags

    from ranvier.data.streams import Streamed

CORE_PRODUCTS = 2**28  # of a step, from which each core takes a share of its rows


def _generates(model: GAN) -> bool:
    if model._enlarges:
        raise AttributeError("GAN makes nothing of noise where task='super_resolution'")
    return True


def _upscales(model: GAN) -> bool:
    if not model._enlarges:
        raise AttributeError("GAN enlarges pictures only where task='super_resolution'")
    return True


class GAN(GANHyperparameters, Model):
    """Generative adversarial network: pictures from noise, or pictures made larger.

    A generator makes pictures, a critic tells them from real ones, and each learns from the other.
    By default both follow R3GAN (Huang et al. 2024). With task="super_resolution" the generator
    makes pictures `scale` times larger, and the critic joins where `sharpness` asks for it.

    `fit` takes pictures as `CNN` does, and needs no target; classes that are given with them can
    be asked for in `sample`.

    Example:
        >>> import ranvier as rv
        >>> digits = rv.read("digits")
        >>> X = digits.train.inputs.reshape(-1, 8, 8)
        >>> model = rv.GAN(epochs=1, filters=8, verbose=0).fit(X, digits.train.target)
        >>> model.sample(5, label=3, seed=1).shape
        (5, 8, 8)
        >>> model.discriminate(X[:4]).shape
        (4,)
    """

    family: ClassVar[str] = "gan"
    _supervised: ClassVar[bool] = False
    _core_products: ClassVar[float] = CORE_PRODUCTS

    @only_where(_generates)
    def sample(self, n: int = 1, label: Any = None, seed: int | None = None) -> np.ndarray:
        """New pictures.

        Args:
            n: how many.
            label: the class of all, or one for each of them; None: every class in turn. Only
                where the model was trained with classes.
            seed: decides the chance; None: the model's own seed.

        Returns:
            (n, height, width), or (n, height, width, channels), in the type and the range of the
            training pictures.

        Raises:
            TargetError: a class that was not there in training.
        """
        from ranvier.families.gan.generation import sampling

        self._check_fitted()
        return sampling.sampled(self, n, label, seed)

    @only_where(_generates)
    def discriminate(self, X: Any) -> np.ndarray:
        """Float32 (N,): how real the critic finds each picture; the higher, the more real."""
        return self._logits(X)[:, 0]

    @only_where(_upscales)
    def upscale(self, X: Any) -> Any:
        """Pictures made `scale` times larger, of any size and kind, and given back alike.

        Args:
            X: a path, a picture of Pillow's or an array (height, width) or (height, width,
                channels), of which one is given back; or a list, an array, a Dataset or a folder of
                many.

        Raises:
            DataError: a picture cannot be read.
        """
        self._check_fitted()
        return super_resolution.upscaled(self, X)

    @only_where(_upscales)
    def evaluate(self, X: Any, y: Any = None, sample_weight: Any = None) -> dict[str, float]:
        """How true large pictures are that were made smaller and larger again.

        "psnr" in decibels, "ssim" and "detail" (how much it changes from pixel to pixel, as a share
        of the original), of the luma; "psnr_colours" of all channels; each also of Pillow's bicubic
        ("psnr_bicubic", ...), and "gain", the decibels above it. Means over the pictures, each of
        which is measured whole.

        Args:
            X: pictures as `upscale` takes them, or a folder.
            y: not looked at.
            sample_weight: not looked at.
        """
        del y, sample_weight
        self._check_fitted()
        return super_resolution.measured(self, X)

    @only_where(_upscales)
    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """The PSNR of the luma in decibels; see `evaluate`."""
        return self.evaluate(X, y, sample_weight)["psnr"]

    def _from_latent(self, numbers: np.ndarray, label: Any = None) -> np.ndarray:
        """Float32 (n, latent) to pictures in the form of `sample`."""
        from ranvier.families.gan.generation import sampling

        self._check_fitted()
        labels = sampling.labels_of(self, len(numbers), label, int(self.seed))
        return sampling.made(self, np.asarray(numbers, np.float32), labels)

    # What a family gives.

    @property
    def _enlarges(self) -> bool:
        return (getattr(self, "task_", None) or self.task) == SUPER_RESOLUTION.kind

    @property
    def _layout(self) -> str:
        return self.layout

    def _examples_to_fit(
        self, X: Any, y: Any, sample_weight: Any, target: Any, display: Watcher | None
    ) -> Dataset | Streamed:
        if self.task == SUPER_RESOLUTION.kind:
            X = super_resolution.listed(X)
        return super()._examples_to_fit(X, y, sample_weight, target, display)

    def _suited(self, examples: Dataset, form: Form | None = None) -> Dataset:
        if self.task == SUPER_RESOLUTION.kind and form is None:
            return super_resolution.suited(self, examples)
        return generation.suited(self, examples, form)

    def _own_task(self, examples: Dataset) -> tuple[Task, str]:
        del examples
        if self.task not in ("auto", GENERATION.kind, SUPER_RESOLUTION.kind):
            raise HyperparameterError(
                f"task={self.task!r} does not suit GAN, which makes pictures: use "
                "task='generation' or task='super_resolution'."
            )
        if self.task == SUPER_RESOLUTION.kind:
            return super_resolution.task_of(self)
        return generation.task_of(self)

    def _resolve(self, task: Task, rows: int, inputs: Any = None) -> dict[str, Any]:
        del inputs
        if task is SUPER_RESOLUTION:
            return super_resolution.resolved(self, rows)
        return generation.resolved(self, rows)

    def _own_coder(
        self, task: Task, train: Dataset, preprocessor: Preprocessor, resolved: dict[str, Any]
    ) -> OwnCoder:
        del resolved
        if task is SUPER_RESOLUTION:
            return super_resolution.coder(preprocessor.spec)
        return generation.coder(self, train, preprocessor.spec)

    def _observed(
        self, train: Dataset, coder: Coder, resolved: dict[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        assert isinstance(coder, OwnCoder)
        if coder.task is SUPER_RESOLUTION:
            return resolved, []
        values, lines = generation.observed(train, coder, resolved)
        return values | {"classes": len(coder.classes)}, lines

    def _build(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> GenerationBuilder | SuperResolutionBuilder:
        if outputs.loss == SUPER_RESOLUTION.loss:
            return super_resolution.builder(inputs, resolved)
        return generation.builder(inputs, resolved["classes"], resolved)

    def _learner(self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]) -> Learner:
        plain = super()._learner(inputs, outputs, resolved)
        if outputs.loss == SUPER_RESOLUTION.loss:
            return super_resolution.learner(plain, resolved)
        return generation.learner(plain, resolved)

    def _drawer(
        self,
        learner: Learner,
        preprocessor: Preprocessor,
        coder: Coder,
        resolved: dict[str, Any],
        rows: Rows,
        valid: Any,
    ) -> Draw | None:
        shape = learner.build
        if isinstance(shape, SuperResolutionBuilder):
            from ranvier.families.gan.super_resolution import showing

            return showing.drawer(shape, rows, valid)
        from ranvier.families.gan.generation import sampling

        assert isinstance(shape, GenerationBuilder)
        return sampling.drawer(shape, resolved)

    def _remark(self, history: list[Row]) -> str | None:
        return remark(history)

    def _products(
        self, parameters: int, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> float:
        del parameters
        shape = self._build(inputs, outputs, resolved)
        if isinstance(shape, SuperResolutionBuilder):
            return super_resolution.products(shape, inputs)
        return generation.products(shape)

    def _rows_at_once(self, inputs: InputSpec) -> int:
        from ranvier.families.cnn import cost

        return cost.rows_at_once(inputs.image)

    def _exported(self) -> Program:
        from ranvier.families.gan import exporting

        return exporting.program(self)

    def _exported_answers(self, X: Any) -> dict[str, np.ndarray]:
        raise ExportError("An exported GAN takes noise, or tiles: leave X= out.")

    def _layers(self) -> list[Layer]:
        shape = self._builder()
        if isinstance(shape, SuperResolutionBuilder):
            return super_resolution.layers(shape, self._outcome.parameters)
        return generation.layers(shape, self._outcome.parameters)

    def _line_about_network(
        self, inputs: InputSpec, outputs: OutputSpec, resolved: dict[str, Any]
    ) -> str:
        shape = self._build(inputs, outputs, resolved)
        if isinstance(shape, SuperResolutionBuilder):
            return super_resolution.line(shape)
        return generation.line(shape, resolved)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        inputs = tags.input_tags
        inputs.two_d_array, inputs.three_d_array = False, True
        inputs.sparse = inputs.allow_nan = inputs.string = inputs.categorical = False
        return tags
