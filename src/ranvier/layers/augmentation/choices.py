"""What may be changed in a picture, and by how much."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ranvier.errors import HyperparameterError, nearest

FLIPS = {
    "none": "",
    "horizontal": "flipped left-right",
    "vertical": "flipped upside down",
    "both": "flipped left-right and upside down",
}
OF_SIGNALS = frozenset({"shift", "scale", "cutout", "noise", "mixup"})

_PERCENT, _DEGREES, _PLAIN = "percent", "degrees", "plain"
# name: (lowest, highest, the value that is off, how it is written, in words)
_NUMBERS: dict[str, tuple[float, float, float, str, str]] = {
    "shift": (0, 0.5, 0, _PERCENT, "shifted by up to {}"),
    "crop": (0.01, 1, 1, _PERCENT, "cropped to {} or more of the area"),
    "rotate": (0, 180, 0, _DEGREES, "turned by up to {}"),
    "scale": (0, 0.9, 0, _PERCENT, "scaled by up to ±{}"),
    "brightness": (0, 1, 0, _PERCENT, "brightness changed by up to ±{}"),
    "contrast": (0, 1, 0, _PERCENT, "contrast changed by up to ±{}"),
    "saturation": (0, 1, 0, _PERCENT, "saturation changed by up to ±{}"),
    "noise": (0, 10, 0, _PLAIN, "noise of {} added"),
    "cutout": (0, 1, 0, _PERCENT, "a square of {} of the side hidden"),
    "mask_time": (0, 1, 0, _PERCENT, "up to {} of the time hidden"),
    "mask_frequency": (0, 1, 0, _PERCENT, "up to {} of the frequencies hidden"),
    "mixup": (0, 10, 0, _PLAIN, "mixed in pairs (mixup {})"),
}
_FORMS = {_PERCENT: "{:.3g} %", _DEGREES: "{:.3g}°", _PLAIN: "{:.3g}"}


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Static choices, all off by default; each picture draws its own amounts in every step.

    Attributes:
        shift: up to this share of each side, either way, in whole pixels.
        flip: "none", "horizontal" (left-right), "vertical" or "both"; each with chance 1/2.
        crop: the smallest share of the area that a random crop keeps, resized to the full
            size, with sides in proportions from 3:4 to 4:3 (Szegedy et al. 2015, "Going Deeper
            with Convolutions"); 1 is off.
        rotate: up to so many degrees, either way.
        scale: up to this share larger or smaller: 0.1 is from 0.9 to 1.1. A signal's amplitude.
        cutout: the side of a hidden square, as a share of each side (DeVries and Taylor 2017).
            Of a signal, a stretch of time.
        brightness: up to so many standard deviations are added to the whole picture.
        contrast: the distance from the picture's mean, times 1 - contrast to 1 + contrast.
        saturation: the distance from grey, likewise; three channels only.
        noise: standard deviation of the added Gaussian noise, in units of the standardised input.
        mask_time: up to this share of the frames is hidden; frames are the columns, axis W of
            (batch, H, W, channels) (SpecAugment, Park et al. 2019).
        mask_frequency: up to this share of the bands is hidden; bands are the rows, axis H.
        mixup: α of the Beta distribution of the shares (Zhang et al. 2018).

    Raises:
        HyperparameterError: a value outside its range.
    """

    shift: float = 0.0
    flip: str = "none"
    crop: float = 1.0
    rotate: float = 0.0
    scale: float = 0.0
    cutout: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    noise: float = 0.0
    mask_time: float = 0.0
    mask_frequency: float = 0.0
    mixup: float = 0.0

    def __post_init__(self) -> None:
        if self.flip not in FLIPS:
            valid = ", ".join(FLIPS)
            close = nearest(str(self.flip), FLIPS)
            raise HyperparameterError(f"flip must be one of {valid}; got {self.flip!r}.{close}")
        for name, (low, high, *_) in _NUMBERS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise HyperparameterError(f"{name} must be a number; got {value!r}.")
            if not low <= value <= high:  # false for NaN too
                raise HyperparameterError(
                    f"{name} must be between {low:g} and {high:g}; got {value!r}."
                )

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of what is on."""
        off = {field.name: field.default for field in fields(self)}
        return tuple(name for name in off if getattr(self, name) != off[name])

    @property
    def changes(self) -> bool:
        """Whether anything is on."""
        return bool(self.chosen)

    @property
    def resamples(self) -> bool:
        """Whether pixels come from between pixels."""
        return self.crop < 1 or self.rotate > 0 or self.scale > 0

    @property
    def moves(self) -> bool:
        """Whether pixels change their place."""
        return self.shift > 0 or self.flip != "none" or self.resamples

    def words(self) -> str:
        """One line: "shifted by up to 10 %, flipped left-right"."""
        said = []
        for name in self.chosen:
            if name == "flip":
                said.append(FLIPS[self.flip])
            else:
                *_, form, sentence = _NUMBERS[name]
                value = getattr(self, name) * (100 if form == _PERCENT else 1)
                said.append(sentence.format(_FORMS[form].format(value)))
        return ", ".join(said) or "not changed"
