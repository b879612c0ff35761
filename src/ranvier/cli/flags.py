"""Flags from the typed fields of the hyperparameter dataclasses: written once, there."""

from __future__ import annotations

import csv
import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from typing import Annotated, Any

import typer

from ranvier.hyperparameters import Rule
from ranvier.runs import families
from ranvier.runs.spelling import flag

# Shown as the default where None does not mean "the recipe decides".
NONE_IS_NONE = ("class_weight", "context", "devices", "feedforward", "horizon", "image_size",
                "key_heads", "known", "max_length", "max_memory", "patience", "pretrained",
                "season", "series", "static", "steps_per_epoch", "time")  # fmt: skip
UNUSED = ("verbose",)  # --quiet takes its place
PANEL, SWITCHES = "Hyperparameters", "Hyperparameters: on or off"


def with_hyperparameters(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command whose `settings` parameter becomes one flag for each hyperparameter.

    The command is given a dictionary of those that were typed.
    """
    known = all_fields()
    signature = inspect.signature(command, eval_str=True)
    own = [p for name, p in signature.parameters.items() if name != "settings"]

    @functools.wraps(command)
    def run(ctx: typer.Context, **arguments: Any) -> Any:
        given = {name: arguments.pop(name) for name in known}
        typed = {name: value for name, value in given.items() if was_typed(ctx, name)}
        return command(**arguments, settings=typed)

    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    parameters = [context, *own, *(_parameter(field) for field in known.values())]
    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


def was_typed(ctx: typer.Context, name: str) -> bool:
    """Whether a parameter's value comes from the command line."""
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def all_fields() -> dict[str, Field[Any]]:
    """The hyperparameters of all families, by name."""
    found: dict[str, Field[Any]] = {}
    for family in families.names():
        for field in fields(families.hyperparameters_of(family)):
            if "rule" in field.metadata and field.name not in UNUSED:
                found.setdefault(field.name, field)
    return found


def _others(field: Field[Any]) -> str:
    """What the flag is to a family that means something else by it."""
    told: list[str] = []
    for family in families.names():
        for own in fields(families.hyperparameters_of(family)):
            if own.name != field.name or "rule" not in own.metadata:
                continue
            rule, usual = own.metadata["rule"], field.metadata["rule"]
            if (own.type, rule.choices) != (field.type, usual.choices):
                told.append(f"{family}: {_about(rule)}")
    return "".join(f" · {words}" for words in told)


def _about(rule: Rule) -> str:
    if rule.choices and not all(choice in rule.help for choice in rule.choices):
        return f"{rule.help}: {', '.join(rule.choices)}"
    return rule.help


def _parameter(field: Field[Any]) -> inspect.Parameter:
    rule: Rule = field.metadata["rule"]
    kind, default = str(field.type), field.default
    assert default is not MISSING
    about = _about(rule) + _others(field)
    if kind.split(" ")[0] == "bool":
        both = f"{flag(field.name)}/{flag('no_' + field.name)}"
        usual = "recipe" if default is None else "on" if default else "off"
        about = f"{about} (default: {usual})"
        option = typer.Option(both, help=about, show_default=False, rich_help_panel=SWITCHES)
        annotation: Any = Annotated[bool | None if rule.optional else bool, option]
    else:
        option = typer.Option(
            flag(field.name),
            help=f"{about} (default: {_shown(field.name, default)})",
            parser=functools.partial(parse, kind, rule),
            metavar=_metavar(kind, rule),
            autocompletion=_completion(rule),
            show_default=False,
            rich_help_panel=PANEL,
        )
        annotation = Annotated[Any, option]
    return inspect.Parameter(
        field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


def _shown(name: str, default: Any) -> str:
    if default is None:
        return "none" if name in NONE_IS_NONE else "recipe"
    return str(default)


def _metavar(kind: str, rule: Rule) -> str:
    if rule.choices:
        return "NAME"
    if kind.startswith("tuple"):
        return "NAME,NAME,…" if kind.startswith("tuple[str") else "INT,INT,…"
    return {"int": "INT", "float": "FLOAT"}.get(kind.split(" ")[0], "TEXT")


def _completion(rule: Rule) -> Callable[[str], list[str]] | None:
    if not rule.choices:
        return None
    return lambda incomplete: [name for name in rule.choices if name.startswith(incomplete)]


def parse(kind: str, rule: Rule, text: Any) -> Any:
    """What was typed, as the field's type; bounds and names are checked by the library.

    Raises:
        typer.BadParameter: it cannot be read as that type.
    """
    if not isinstance(text, str):  # the default, as it is
        return text
    if text.lower() == "none" and rule.optional and "none" not in rule.choices:
        return None
    if kind.startswith("tuple[str"):
        return tuple(
            name.strip()
            for row in csv.reader([text], skipinitialspace=True)
            for name in row
            if name.strip()
        )
    if kind.startswith("tuple"):
        return tuple(_number(part, int, "a whole number") for part in _parts(text))
    if "dict" in kind:
        return _weights(text)
    if kind in ("int", "int | None"):
        return _number(text, int, "a whole number")
    if kind in ("float", "float | None"):
        return _number(text, float, "a number")
    return text


def _parts(text: str) -> list[str]:
    return [part for part in text.strip("()").split(",") if part.strip()]


def _number(text: str, of: type, words: str) -> Any:
    try:
        return of(text.strip().replace("_", ""))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not {words}.") from None


def _weights(text: str) -> str | dict[str, float]:
    if "=" not in text:
        return text
    weights: dict[str, float] = {}
    for part in _parts(text):
        label, _, number = part.rpartition("=")
        if not label:
            raise typer.BadParameter(f"{part!r} is not CLASS=WEIGHT, such as a=1,b=2.")
        weights[label.strip()] = _number(number, float, "a number")
    return weights
