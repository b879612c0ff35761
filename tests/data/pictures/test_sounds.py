"""Recordings become spectrograms of one size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ranvier.data.pictures import Form, sounds
from ranvier.data.pictures.foreign import Unreadable
from ranvier.data.pictures.waves import header, samples
from ranvier.data.sources import load_file
from ranvier.errors import DataError
from tests.data.pictures.making import noise, tone, wav

FORM = Form("sound", (40, 98, 1), rate=8000)  # a second
ASTERISK = Path("/usr/share/asterisk/sounds")


def picture(data: bytes, form: Form = FORM):
    row, _ = sounds.decode(data, form)
    return np.frombuffer(row, np.uint8).reshape(form.shape[:2])


def stored(kind: str):
    """The same tone in another kind of numbers."""
    clip = tone(1).astype(np.float64) / 32768
    if kind == "u1":
        return wav(np.rint(clip * 128 + 128).astype(np.uint8))
    if kind == "i3":
        wide = np.rint(clip * 2**31).astype("<i4").reshape(-1, 1).view(np.uint8).reshape(-1, 4)
        return wav(np.ascontiguousarray(wide[:, 1:]).view("V3")[:, 0])
    if kind in ("f4", "f8"):
        return wav(clip.astype(f"<{kind}"), kind=3)
    return wav(np.rint(clip * 2 ** (8 * int(kind[1]) - 1)).astype(f"<{kind}"))


@pytest.mark.parametrize("kind", ["u1", "i2", "i3", "i4", "f4", "f8"])
def test_kinds_of_numbers(kind):
    data = stored(kind)
    wave = header(data)
    assert (wave.rate, wave.channels, wave.length) == (8000, 1, 8000)
    assert np.abs(samples(data, wave) - tone(1) / 32768).max() < (0.01 if kind == "u1" else 1e-4)


@pytest.mark.parametrize("how", [{"extensible": True}, {"size": 0}, {"size": 0xFFFFFFFF}])
def test_other_headers(how):
    assert header(wav(tone(1), **how)).length == 8000


def band_of(hertz: float) -> int:
    """The band in whose middle a tone is."""
    edges = np.linspace(sounds._mel(50), sounds._mel(4000), 42)
    return int(np.abs(edges[1:-1] - sounds._mel(hertz)).argmin())


@pytest.mark.parametrize("hertz", [300.0, 1000.0, 3000.0])
def test_a_tone_is_a_line(hertz):
    shown = picture(wav(tone(1, hertz)))
    assert set(shown.argmax(axis=0).tolist()) == {band_of(hertz)}
    assert shown.max() == 255
    quiet = picture(wav(tone(1, hertz, loud=0.05)))
    assert np.array_equal(quiet.argmax(axis=0), shown.argmax(axis=0))
    assert quiet.max() == 255


def test_lengths():
    short = picture(wav(tone(0.4)))
    filled = np.flatnonzero(short.any(axis=0))
    assert (filled[0], filled[-1]) == (30, 67)  # in the middle
    pieces = np.concatenate([tone(1, 300), tone(1, 1500), tone(1, 3000)])
    assert set(picture(wav(pieces))[:, 3:-3].argmax(axis=0).tolist()) == {band_of(1500)}
    assert picture(wav(tone(0.001))).any()


def test_silence_is_even():
    assert len(np.unique(picture(wav(np.zeros(8000, "<i2"))))) == 1


def test_stereo_and_other_rates():
    both = np.stack([tone(1), tone(1)], axis=1)
    assert np.array_equal(picture(wav(both)), picture(wav(tone(1))))
    fast = picture(wav(tone(1, 1000.0, rate=16000), 16000))
    assert set(fast[:, 2:-2].argmax(axis=0).tolist()) == {band_of(1000)}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"ID3\3" + bytes(90), r"is not a WAV recording \(it begins like MP3\)"),
        (b"RIFF\0\0\0\0AVI " + bytes(90), "is not a WAV recording of a kind that can be read"),
        (wav(tone(1))[:30], "cut short"),
        (wav(tone(1))[:900], "cut short"),
        (wav(tone(0)), "holds no sound"),
        (wav(tone(1), kind=6), "holds A-law, which is not read"),
        (wav(np.full(800, np.nan, "<f4"), kind=3), "holds NaN or infinity"),
        (wav(tone(1), 0), "cut short or damaged"),
    ],
)
def test_what_is_no_recording(data, why):
    with pytest.raises(Unreadable, match=why):
        sounds.decode(data, FORM)


def test_a_folder(tmp_path):
    for name, hertz in (("low", 300.0), ("high", 2000.0)):
        (tmp_path / name).mkdir()
        for number, seconds in enumerate((0.5, 0.5, 0.6, 2.0)):
            (tmp_path / name / f"{number}.wav").write_bytes(wav(tone(seconds, hertz)))
    (tmp_path / "low" / "cover.png").write_bytes(b"")
    (tmp_path / "high" / "0.wav").write_bytes(wav(np.stack([tone(0.5, rate=16000)] * 2, 1), 16000))
    loaded = load_file(tmp_path)
    assert loaded.inputs.form == Form("sound", (40, 58, 1), rate=8000)
    assert loaded.target.tolist() == ["high"] * 4 + ["low"] * 4
    assert loaded.notes == (
        "8 recordings of 40×58×1 in 2 classes",
        "1 other file not used (.png)",
        "40 bands of pitch, every 10 ms of 0.59 s (clips of 0.50 to 2.00 s); "
        "the middle of 2 longer",
        "1 of 8 recordings resampled to 8,000 Hz",
        "1 of 8 recordings of several channels: their mean is used",
    )
    (tmp_path / "low" / "0.wav").write_bytes(noise(99).tobytes())
    with pytest.raises(DataError, match=r"low/0.wav is not a WAV recording.* 1 of 8 files"):
        load_file(tmp_path)


@pytest.mark.skipif(not (ASTERISK / "it_IT_m_Carlo").is_dir(), reason="the sounds are not here")
def test_real_recordings(tmp_path):
    for name, folder in (("it", "it_IT_m_Carlo"), ("ru", "ru_RU_f_IvrvoiceRU")):
        (tmp_path / name).symlink_to(ASTERISK / folder)
    loaded = load_file(tmp_path, "skip")
    assert len(loaded.inputs) > 500
    assert np.asarray(loaded.inputs[:50]).std() > 20
