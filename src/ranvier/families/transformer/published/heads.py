"""Which head a published model has, and of which classes."""

from __future__ import annotations

from collections.abc import Mapping

from ranvier.families.transformer.published.fields import Fields, came
from ranvier.families.transformer.published.form import Form
from ranvier.families.transformer.published.tensors import Tensor
from ranvier.families.transformer.shape import Shape

TASKS = {
    "single_label_classification": "multiclass",
    "multi_label_classification": "multilabel",
    "regression": "regression",
}


def head_of(fields: Fields, form: Form, shape: Shape, tensors: Mapping[str, Tensor]) -> str:
    """One of the heads that `Published` knows."""
    built = fields.values.get("architectures") or []
    names = [str(name) for name in built] if isinstance(built, list) else []
    if "causal" in form.heads:
        asked = any(name.endswith(("ForCausalLM", "LMHeadModel")) for name in names)
        return "causal" if shape.tied or asked or form.heads["causal"] in tensors else "none"
    if form.heads["masked"] in tensors:
        return "masked"
    classes = not names or any(name.endswith("ForSequenceClassification") for name in names)
    return "classes" if classes and form.heads["classes"] in tensors else "none"


def labels_of(
    fields: Fields, form: Form, tensors: Mapping[str, Tensor]
) -> tuple[tuple[str, ...], str | None]:
    """The classes' names, as many as their matrix has rows, and the task."""
    rows = tensors[form.classes].shape[0] if form.classes in tensors else 2
    listed = fields.raw("id2label")
    labels = tuple(f"LABEL_{number}" for number in range(rows))
    if isinstance(listed, dict):
        given = {str(number): str(name) for number, name in listed.items()}
        if set(given) != {str(number) for number in range(rows)}:
            raise fields.wrong(
                "id2label", f"name the {rows} classes of {form.classes}", came(sorted(given))
            )
        labels = tuple(given[str(number)] for number in range(rows))
    usual = "regression" if rows == 1 else "single_label_classification"
    return labels, TASKS.get(str(fields.values.get("problem_type") or usual), "multiclass")
