"""scikit-learn's estimator contract, kept without importing scikit-learn.

Its import takes longer than a small network takes to train, so it happens only where one of
its own tools asks: `clone`, `Pipeline`, `GridSearchCV` and the like work as with any estimator.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ranvier.errors import nearest

if TYPE_CHECKING:
    from sklearn.utils import Tags
    from sklearn.utils.metadata_routing import MetadataRequest

Method = TypeVar("Method", bound=Callable[..., Any])


class Estimator:
    """What scikit-learn's tools ask of a dataclass of hyperparameters."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The hyperparameters by name; `deep` changes nothing, for none of them holds others."""
        del deep
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self, **params: Any) -> Self:
        """Set hyperparameters by name.

        Raises:
            ValueError: there is none of that name.
        """
        known = self._names()
        for name in params:
            if name not in known:
                raise ValueError(
                    f"Invalid parameter {name!r} for estimator {type(self).__name__}."
                    f"{nearest(name, known)} Valid parameters are: {sorted(known)}."
                )
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def set_fit_request(self, *, sample_weight: bool | str | None) -> Self:
        """Whether scikit-learn's metadata routing passes `sample_weight` on to `fit`."""
        return self._request("fit", sample_weight)

    def set_score_request(self, *, sample_weight: bool | str | None) -> Self:
        """Whether scikit-learn's metadata routing passes `sample_weight` on to `score`."""
        return self._request("score", sample_weight)

    def get_metadata_routing(self) -> MetadataRequest:
        """What scikit-learn's metadata routing is to pass on, and where to."""
        from sklearn.utils.metadata_routing import MetadataRequest

        request = MetadataRequest(owner=self)
        for method in ("fit", "score"):
            alias = vars(self).get("_requests", {}).get(method)
            getattr(request, method).add_request(param="sample_weight", alias=alias)
        return request

    def _request(self, method: str, alias: bool | str | None) -> Self:
        self._requests = {**vars(self).get("_requests", {}), method: alias}
        return self

    def __sklearn_clone__(self) -> Self:
        from copy import deepcopy

        fresh = type(self)(**{name: deepcopy(v) for name, v in self.get_params().items()})
        if "_requests" in vars(self):
            fresh._requests = dict(self._requests)
        return fresh

    def __sklearn_tags__(self) -> Tags:
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(
            estimator_type=None, target_tags=TargetTags(required=False), input_tags=InputTags()
        )

    def __repr__(self) -> str:
        """The class and the hyperparameters that are not the default ones."""
        changed = [
            f"{f.name}={getattr(self, f.name)!r}"
            for f in fields(self)  # type: ignore[arg-type]
            if getattr(self, f.name) is not f.default
            and repr(getattr(self, f.name)) != repr(f.default)
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def _repr_html_(self) -> str:
        """What a notebook shows: scikit-learn's diagram."""
        from sklearn.utils import estimator_html_repr

        shown: str = estimator_html_repr(self)
        return shown

    def _names(self) -> list[str]:
        return [f.name for f in fields(self)]  # type: ignore[arg-type]


class _Conditional:
    """The descriptor behind `only_where`."""

    def __init__(self, method: Callable[..., Any], check: Callable[[Any], object]) -> None:
        functools.update_wrapper(self, method)  # type: ignore[arg-type]
        self._method, self._check = method, check

    def __get__(self, model: Any, owner: type) -> Callable[..., Any]:
        if model is None:
            return self._method
        self._check(model)
        bound: Callable[..., Any] = self._method.__get__(model, owner)
        return bound


def only_where(check: Callable[[Any], object]) -> Callable[[Method], Method]:
    """A method that is there only where `check`, given the model, raises no AttributeError.

    So `hasattr(model, "predict_proba")` tells scikit-learn's tools whether they can use it.
    """
    return lambda method: _Conditional(method, check)  # type: ignore[return-value]
