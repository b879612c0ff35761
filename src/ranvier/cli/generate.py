"""`ranvier generate`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ranvier import garbage
from ranvier.cli import rendering
from ranvier.cli.options import Debug, Json, Model
from ranvier.runs.spelling import flag

if TYPE_CHECKING:
    from rich.text import Text

    from ranvier.families.transformer.generation.next_tokens import NextTokens
    from ranvier.runs.picturing import Written

BAR = 10  # characters of a probability of 1
OWN = "Pictures and rows"
OF_TEXTS = (
    "prompt", "max_tokens", "temperature", "top_k", "top_p", "repetition_penalty", "stop",
    "explain",
)  # fmt: skip
OF_PICTURES = ("count", "label", "interpolate", "picture", "out")


def generate(
    ctx: typer.Context,
    model: Model,
    prompt: Annotated[
        str, typer.Option("--prompt", "-p", metavar="TEXT", help="the text so far (default: none)")
    ] = "",
    max_tokens: Annotated[
        int, typer.Option("--max-tokens", metavar="N", help="how many tokens, at most")
    ] = 200,
    temperature: Annotated[
        float,
        typer.Option(
            "--temperature",
            metavar="FLOAT",
            help="below 1: likelier tokens more often; 0: always the likeliest",
        ),
    ] = 0.8,
    top_k: Annotated[
        int | None,
        typer.Option("--top-k", metavar="N", help="draw from so many of the likeliest tokens"),
    ] = None,
    top_p: Annotated[
        float | None,
        typer.Option(
            "--top-p",
            metavar="FLOAT",
            help="draw from the likeliest tokens that have so much probability together",
        ),
    ] = None,
    repetition_penalty: Annotated[
        float,
        typer.Option(
            "--repetition-penalty",
            metavar="FLOAT",
            help="above 1: what the text has already comes less often",
        ),
    ] = 1.0,
    stop: Annotated[
        list[str] | None,
        typer.Option(
            "--stop", metavar="TEXT", help=r"stop before this text, \n: a line's end; repeatable"
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="the same gives the same again")
    ] = 0,
    count: Annotated[
        int,
        typer.Option("--count", metavar="N", help="how many pictures or rows", rich_help_panel=OWN),
    ] = 64,
    label: Annotated[
        str | None,
        typer.Option(
            "--label", metavar="CLASS", help="the class of all of them", rich_help_panel=OWN
        ),
    ] = None,
    interpolate: Annotated[
        int,
        typer.Option(
            "--interpolate",
            metavar="N",
            help="so many pictures on the way from one to another instead",
            rich_help_panel=OWN,
        ),
    ] = 0,
    picture: Annotated[
        str | None,
        typer.Option(
            "--input",
            "-i",
            metavar="FILE",
            help="a picture to be made larger, by a model of super-resolution",
            rich_help_panel=OWN,
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="where to: a picture of all of them (default: samples.png), a folder for each by "
            "itself, or a file for rows",
            rich_help_panel=OWN,
        ),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="show for each token what else might have come"),
    ] = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Go on with a text; make new pictures or rows; make a picture larger.

    ranvier generate digits-1 --count 64 --label 3 · ranvier generate photos-1 --input photo.png
    """
    with garbage.importing():
        from ranvier.runs import generating, picturing

    fitted = generating.maker(model)
    if picturing.can(fitted):
        _refuse(ctx, OF_TEXTS, f"makes no text ({fitted.task_})")
        asked = picturing.Asked(count, label, seed, out, picture, interpolate)
        _tell_written(picturing.make(fitted, asked), json)
        return
    if hasattr(fitted, "generate"):
        _refuse(ctx, OF_PICTURES, "makes texts")
    how: dict[str, Any] = {
        "max_tokens": max_tokens,
        "temperature": temperature,
        "top_k": top_k,
        "top_p": top_p,
        "repetition_penalty": repetition_penalty,
        "stop": [text.replace("\\n", "\n") for text in stop or ()],
        "seed": seed,
    }
    if explain:
        steps = generating.explained(fitted, prompt, **how)
        _as_json(prompt, steps) if json else _explained(prompt, steps)
        return
    pieces = generating.text(fitted, prompt, **how)
    if json:
        rendering.emit_json({"prompt": prompt, "text": "".join(pieces)})
        return
    _told(prompt, pieces)


def _refuse(ctx: typer.Context, names: tuple[str, ...], why: str) -> None:
    """End where a flag was typed that does not suit the model."""
    from ranvier.cli.flags import was_typed
    from ranvier.errors import DataError

    for name in names:
        if was_typed(ctx, name):
            spelled = "--input" if name == "picture" else flag(name)
            raise DataError(f"This model {why}, so {spelled} does not suit it: leave it out.")


def _tell_written(made: Written, json: bool) -> None:
    place = None if made.place is None else str(made.place)
    if json:
        rendering.emit_json({"count": made.count, "place": place, "rows": made.text or None})
    elif place is None:
        sys.stdout.write(made.text)
    else:
        things = made.thing + ("" if made.count == 1 else "s")
        rendering.emit(f"{made.count:,} {things} in {place}")


def _told(prompt: str, pieces: Iterator[str]) -> None:
    """The text as it comes; however it ends, the terminal's next line is a fresh one."""
    try:
        _say(prompt)
        for piece in pieces:
            _say(piece)
    finally:
        _say("\n")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _explained(prompt: str, steps: Iterator[NextTokens]) -> None:
    """A line for each token, and the whole text."""
    whole = prompt
    for step in steps:
        whole += step.text
        rendering.emit(_line(step))
    rendering.emit()
    rendering.emit(whole)


def _line(step: NextTokens) -> Text:
    """The token that was drawn, how likely it was, and those that might have come."""
    from rich.text import Text

    taken, *others = step.in_order()
    line = Text(f"{taken[0]:10} ", style="bold")
    line.append("━" * max(1, round(BAR * taken[1])), style="cyan")
    line.pad_right(max(0, 11 + BAR - line.cell_len))
    line.append(f" {taken[1]:6.1%}", style="bold")
    for token, share in others:
        line.append(f"   {token} {share:.1%}", style="dim")
    return line


def _as_json(prompt: str, steps: Iterator[NextTokens]) -> None:
    told = list(steps)
    text = "".join(step.text for step in told)
    rendering.emit_json({"prompt": prompt, "text": text, "tokens": [step.plain() for step in told]})
