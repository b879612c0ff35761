"""What scikit-learn's tools are told about a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.utils import Tags


def tagged(tags: Tags, task: str) -> Tags:
    """The base class's tags, completed for a task, which may still be "auto"; "": no target."""
    from sklearn.utils import ClassifierTags, RegressorTags

    tags.target_tags.required = bool(task)
    tags.target_tags.multi_output = task in ("auto", "regression")
    tags.input_tags.sparse = True
    tags.input_tags.allow_nan = True
    tags.input_tags.string = True
    tags.input_tags.categorical = True
    if task == "regression":
        tags.estimator_type = "regressor"
        tags.regressor_tags = RegressorTags()
    elif task not in ("auto", ""):
        tags.estimator_type = "classifier"
        tags.classifier_tags = ClassifierTags(
            multi_class=task != "binary", multi_label=task == "multilabel"
        )
    return tags
