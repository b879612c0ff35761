"""What a file is that is no picture, told by how it begins."""

from __future__ import annotations

from typing import Any

# What people save or download by mistake.
_OTHERS = (
    (b"<!doctype", "HTML"),
    (b"<html", "HTML"),
    (b"<svg", "SVG, a drawing without pixels"),
    (b"<?xml", "XML"),
    (b"{", "JSON"),
    (b"[", "JSON"),
    (b"pk\x03\x04", "a zip"),
    (b"\x1f\x8b", "gzip"),
    (b"%pdf", "a PDF"),
    (b"version https://git-lfs", "a pointer of Git LFS: fetch the files first"),
    (b"\x89png", "a PNG, damaged"),
    (b"\xff\xd8\xff", "a JPEG, damaged"),
    (b"gif8", "a GIF, damaged"),
    (b"riff", "WAV or AVI"),
    (b"id3", "MP3"),
    (b"oggs", "Ogg"),
    (b"flac", "FLAC"),
)


class Unreadable(Exception):
    """A file that cannot be used; the text goes on after its name: "is cut short"."""


def beginning(source: Any, kind: str) -> str:
    """Why a file is not `kind`, such as "an image"; `source` is bytes or a path."""
    if not isinstance(source, bytes):
        with open(source, "rb") as file:
            source = file.read(64)
    if not source:
        return "is empty"
    start = source[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for first, name in _OTHERS:
        if start.startswith(first):
            return f"is not {kind} (it begins like {name})"
    if not start.strip(b"\0"):
        return f"is not {kind} (it begins with zero bytes)"
    if all(32 <= byte < 127 or byte in b"\t\r\n" for byte in source[:64]):
        return f"is not {kind} (it begins like text)"
    return f"is not {kind} of a kind that can be read"
