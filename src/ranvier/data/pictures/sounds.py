"""Recordings as pictures: how loud each band of pitch is, from moment to moment.

A window of 25 ms moves on by 10 ms; its spectrum is summed in bands that are evenly spaced on the
mel scale, m = 2595 log10(1 + f / 700) (O'Shaughnessy 1987); the loudness in decibels, from 80 below
the clip's loudest band to that, becomes 0 to 255. All clips get one length: the shorter ones have
silence around them, of the longer ones the middle is used.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ranvier.data.pictures.form import SOUND, Form
from ranvier.data.pictures.waves import Wave, header, samples

Array = np.ndarray[Any, Any]
Seen = tuple[int, int, int, int]  # samples, rate, channels, 0
WINDOW, HOP = 0.025, 0.010  # seconds
RANGE = 80.0  # decibels
LONGEST = 10.0  # seconds of a clip that are used
# Per cent of the clips that are used whole, if they are not longer than that. With 90, clips that
# tell a language are twice as long as with 75, and told no better.
SHARE = 75
LOWEST = 50.0  # hertz
NARROW, FEW_BANDS, BANDS = 12_000, 40, 64  # samples per second of a telephone, and the bands


def glance(path: str) -> Seen:
    """Length, rate and channels from the header."""
    with open(path, "rb") as file:
        return _seen(header(file.read(4096), complete=False))


def decode(data: bytes, form: Form) -> tuple[bytes, Seen]:
    """The spectrogram in that form, bands × frames bytes, and what was seen of the recording.

    Raises:
        Unreadable: it is no recording, or a damaged one.
    """
    wave = header(data)
    bands, frames, _ = form.shape
    clip = samples(data, wave)
    if wave.rate != form.rate:
        from scipy.signal import resample_poly

        divisor = np.gcd(wave.rate, form.rate)
        clip = resample_poly(clip, form.rate // divisor, wave.rate // divisor)
    window, hop = _window_and_hop(form.rate)
    longest = (frames - 1) * hop + window
    if len(clip) > longest:
        clip = clip[(len(clip) - longest) // 2 :][:longest]
    spectrogram = _spectrogram(np.asarray(clip, np.float32), form.rate, bands)[:, :frames]
    picture = np.zeros((bands, frames), np.uint8)
    start = (frames - spectrogram.shape[1]) // 2
    picture[:, start : start + spectrogram.shape[1]] = spectrogram
    return picture.tobytes(), _seen(wave)


def form_of(seen: Array) -> Form:
    """The most common rate, and a length that most clips fit into."""
    rates, counts = np.unique(seen[:, 1], return_counts=True)
    rate = int(rates[np.argmax(counts)])
    seconds = min(float(np.percentile(seen[:, 0] / seen[:, 1], SHARE, method="lower")), LONGEST)
    window, hop = _window_and_hop(rate)
    frames = max(1, 1 + round(seconds * rate - window) // hop)
    return Form(SOUND, (FEW_BANDS if rate < NARROW else BANDS, frames, 1), rate=rate)


def words(seen: Array, form: Form) -> tuple[str, ...]:
    """What a reader should be told was done to the recordings."""
    window, hop = _window_and_hop(form.rate)
    seconds = ((form.shape[1] - 1) * hop + window) / form.rate
    lengths = seen[:, 0] / seen[:, 1]
    longer = int((lengths > seconds + HOP).sum())
    text = (
        f"{form.shape[0]} bands of pitch, every {1000 * HOP:.0f} ms of {seconds:.2f} s "
        f"(clips of {lengths.min():.2f} to {lengths.max():.2f} s)"
    )
    notes = [text + (f"; the middle of {longer:,} longer" if longer else "")]
    for count, what in (
        (int((seen[:, 1] != form.rate).sum()), f"resampled to {form.rate:,} Hz"),
        (int((seen[:, 2] > 1).sum()), "of several channels: their mean is used"),
    ):
        if count:
            notes.append(f"{count:,} of {len(seen):,} recordings {what}")
    return tuple(notes)


def _seen(wave: Wave) -> Seen:
    return wave.length, wave.rate, wave.channels, 0


def _window_and_hop(rate: int) -> tuple[int, int]:
    return max(2, round(WINDOW * rate)), max(1, round(HOP * rate))


def _spectrogram(clip: Array, rate: int, bands: int) -> Array:
    """(samples,) float32 -> (bands, frames) uint8."""
    window, hop = _window_and_hop(rate)
    if len(clip) < window:
        clip = np.pad(clip, (0, window - len(clip)))
    frames = np.lib.stride_tricks.sliding_window_view(clip, window)[::hop]  # (frames, window)
    weights, filters = _filters(rate, bands)
    size = 2 * (filters.shape[0] - 1)
    power = np.abs(np.fft.rfft(frames * weights, size)).astype(np.float32) ** 2
    mel = power @ filters  # (frames, bands)
    loudest = max(float(mel.max()), 1e-10)
    decibels = 10 * np.log10(np.maximum(mel / loudest, 10 ** (-RANGE / 10)))
    picture: Array = np.rint((decibels / RANGE + 1) * 255).astype(np.uint8)
    return picture.T


@lru_cache(maxsize=8)
def _filters(rate: int, bands: int) -> tuple[Array, Array]:
    """The window's weights (window,), and the bands' over frequencies (size / 2 + 1, bands)."""
    window, _ = _window_and_hop(rate)
    size = 1 << (window - 1).bit_length()
    top = rate / 2
    low = min(LOWEST, top / 4)
    mels = np.linspace(_mel(low), _mel(top), bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)  # hertz
    frequencies = np.linspace(0, top, size // 2 + 1)[:, None]
    up = (frequencies - edges[:-2]) / (edges[1:-1] - edges[:-2])
    down = (edges[2:] - frequencies) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0, np.minimum(up, down)).astype(np.float32)
    return np.hanning(window).astype(np.float32), filters


def _mel(frequency: float) -> float:
    return float(2595 * np.log10(1 + frequency / 700))
