"""`ranvier generate`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ranvier import garbage
from ranvier.cli import rendering
from ranvier.cli.options import Debug, Json, Model

if TYPE_CHECKING:
    from rich.text import Text

    from ranvier.families.transformer.generation.next_tokens import NextTokens

BAR = 10  # characters of a probability of 1


def generate(
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
        int, typer.Option("--seed", metavar="N", help="the same gives the same text")
    ] = 0,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="show for each token what else might have come"),
    ] = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Go on with a text, as it comes."""
    with garbage.importing():
        from ranvier.runs import generating

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
        steps = generating.explained(model, prompt, **how)
        _as_json(prompt, steps) if json else _explained(prompt, steps)
        return
    pieces = generating.text(model, prompt, **how)
    if json:
        rendering.emit_json({"prompt": prompt, "text": "".join(pieces)})
        return
    _told(prompt, pieces)


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
