"""What a network is told about its data: the shape of what enters and what must leave."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class InputSpec:
    """What enters a network.

    Attributes:
        numeric: width F of `inputs["numeric"]`, float32 of shape (batch, F); 0 when absent.
        categories: for each column of `inputs["categories"]`, int32 of shape
            (batch, len(categories)), the number of its codes. Code 0 means
            "never seen in training"; codes 1 to n-1 are known values.
        image: shape of one row of `inputs["image"]`: (height, width, channels) of a picture or
            (steps, channels) of a signal, uint8 or float32; empty when absent.
        steps: of the longest row of a sequence or a text in training; 0 when absent.
        channels: of each step of `inputs["steps"]`, float32 of shape (batch, steps, channels);
            0 when absent.
        vocabulary: number of codes of `inputs["tokens"]`, int32 of shape (batch, steps): 0 is
            padding, 1 is a token that was never seen in training; 0 when absent.
            `inputs["lengths"]`, int32 of shape (batch,), says how many steps of each row are
            real: the others are padding.
        segments: 2 where the rows are pairs of texts, whose `inputs["segments"]`, int32 of shape
            (batch, steps), is 0 at the first text and 1 at the second; else 0.
        image_center, image_scale: one number for each channel, by which (x - center) / scale has
            a mean near 0 and a spread near 1; rounded, so that similar data have the same.
        window: of a series that is to be continued; None when absent.

    Example:
        >>> import ranvier as rv
        >>> inputs = rv.InputSpec(numeric=3, categories=(5, 40))
        >>> inputs.numeric + len(inputs.categories)  # columns
        5
    """

    numeric: int = 0
    categories: tuple[int, ...] = ()
    image: tuple[int, ...] = ()
    image_center: tuple[float, ...] = ()
    image_scale: tuple[float, ...] = ()
    steps: int = 0
    channels: int = 0
    vocabulary: int = 0
    segments: int = 0
    window: WindowSpec | None = None


@dataclass(frozen=True)
class WindowSpec:
    """What enters a network that forecasts.

    Attributes:
        context: steps of `inputs["past"]`, float32 of shape (batch, context).
        horizon: steps ahead; `inputs["linear"]`, float32 of shape (batch, horizon), is what the
            best linear forecast makes of the past.
        season: steps after which the series repeat; 1: none.
        calendar: width of `inputs["calendar"]`, float32 of shape
            (batch, context + horizon, calendar); 0 when absent.
        known: of `inputs["known_numeric"]` and `inputs["known_categories"]`, each of shape
            (batch, context + horizon, columns).
        static: of `inputs["static_numeric"]` and `inputs["static_categories"]`, (batch, columns).
    """

    context: int
    horizon: int
    season: int = 1
    calendar: int = 0
    known: InputSpec = field(default_factory=InputSpec)
    static: InputSpec = field(default_factory=InputSpec)


@dataclass(frozen=True)
class OutputSpec:
    """What must leave a network: `units` logits per row, float32 of shape (batch, units).

    Where a picture is to be made, `units` logits per pixel: (batch, height, width, units). Where
    each step has an answer, `units` logits per step: (batch, steps, units).

    Attributes:
        units: width of the output layer.
        activation: what turns logits into predictions: "sigmoid", "softmax" or "linear".
        loss: the name of the loss on logits; see `training.losses`.
        image: (height, width) of the picture to be made; empty where none is.
        each_step: whether each step has an answer.

    Example:
        >>> import ranvier as rv
        >>> iris = rv.read("iris")
        >>> model = rv.FCNN(epochs=1, verbose=0).fit(iris)
        >>> outputs = rv.OutputSpec(units=3, activation="softmax", loss="cross_entropy")
        >>> model.network_.output.out_features == outputs.units
        True
    """

    units: int
    activation: str
    loss: str
    image: tuple[int, ...] = ()
    each_step: bool = False
