"""Which character separates the fields of a text table, and which lines do not fit."""

from __future__ import annotations

import csv
from collections import Counter

import numpy as np

SEPARATORS = (",", ";", "\t", "|")
LINES = 100  # looked at to find the separator
CHUNK = 1 << 24  # bytes counted together


def sniff(sample: str, *, tab: bool = False) -> str:
    """The separator that cuts the first lines into the most even and most numerous fields."""
    lines = sample.splitlines()[:LINES]
    if len(lines) > 1:
        lines = lines[:-1] if len(sample) >= 1 << 16 else lines  # the last may be cut
    best, score = ("\t" if tab else ","), (0.0, 0)
    for separator in SEPARATORS:
        records = [record for record in csv.reader(lines, delimiter=separator) if record]
        if not records or len(records[0]) < 2:
            continue
        counts = Counter(len(record) for record in records)
        even = counts[len(records[0])] / len(records)
        candidate = (round(even, 1), len(records[0]))
        if candidate > score or (tab and separator == "\t" and candidate[0] >= score[0]):
            best, score = separator, candidate
    return best


def misfits(data: bytes, separator: str, width: int, *, quoted: bool) -> list[tuple[int, int]]:
    """Lines whose number of fields is not `width`, as (line number from 1, fields).

    Works on bytes in chunks, without parsing. With `quoted`, line ends and separators inside
    quotation marks do not count (a doubled mark toggles twice, which is right). Blank lines fit.
    """
    raw = np.frombuffer(data, dtype=np.uint8)
    wrong: list[tuple[int, int]] = []
    inside = False  # within quotation marks at the chunk's start
    line, fields, length = 1, 0, 0  # of the record that runs on from the chunk before
    for start in range(0, len(raw), CHUNK):
        chunk = raw[start : start + CHUNK]
        marks = chunk == ord(separator)
        newlines = chunk == ord("\n")
        ends = newlines
        if quoted and (inside or (chunk == ord('"')).any()):
            parity = np.bitwise_xor.accumulate(chunk == ord('"')) ^ inside
            marks, ends = marks & ~parity, newlines & ~parity
            inside = bool(parity[-1])
        stops = np.flatnonzero(ends)
        counted = np.add.reduceat(
            np.concatenate([marks, [False]]), np.concatenate([[0], stops + 1]), dtype=np.int64
        )  # (records + 1,), separators before each stop
        counted[0] += fields
        lengths = np.diff(np.concatenate([[-1 - length], stops, [len(chunk)]])) - 1
        physical = line + np.concatenate([[0], np.cumsum(newlines)[stops]])
        bad = (counted[:-1] != width - 1) & ~_blank(chunk, stops, lengths[:-1])
        wrong += [(int(physical[i]), int(counted[i]) + 1) for i in np.flatnonzero(bad)]
        fields, length = int(counted[-1]), int(lengths[-1])
        line += int(np.count_nonzero(newlines))
        if len(wrong) > 10_000:  # hopeless: the first lines tell enough
            break
    if length > 0 and fields != width - 1 and data[-length:].strip():
        wrong.append((line, fields + 1))
    return wrong


def _blank(
    chunk: np.ndarray[tuple[int], np.dtype[np.uint8]],
    stops: np.ndarray[tuple[int], np.dtype[np.int64]],
    lengths: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which records are empty, or a lone carriage return."""
    lone = (lengths == 1) & (chunk[np.maximum(stops - 1, 0)] == ord("\r"))
    return np.asarray((lengths == 0) | lone)
