"""Files are read once, side by side, and kept."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from ranvier.data.pictures import Form, stored, workers
from ranvier.data.pictures.files import FilePixels, Files
from ranvier.data.pictures.telling import telling
from ranvier.errors import DataError
from tests.data.pictures.making import encoded, noise, png, write

FORM = Form("picture", (6, 5, 1))


def some(top: Path, count: int = 20) -> tuple[Files, np.ndarray]:
    values = np.stack([noise(6, 5, seed=seed) for seed in range(count)])
    paths = [write(top / f"{n:04}.png", value) for n, value in enumerate(values)]
    return Files.below(top, map(str, paths)), values[..., None]


def test_rows(tmp_path):
    files, values = some(tmp_path / "photos")
    pixels = FilePixels(files, FORM)
    assert len(pixels) == 20
    rows = np.array([3, 0, 19, 3])
    assert np.array_equal(pixels.take(rows), values[rows])
    out = np.empty((4, 6, 5, 1), np.uint8)
    assert pixels.take(rows, out) is out
    assert np.array_equal(out, values[rows])
    assert files.names[3] == "photos/0003.png"


def test_many_files_are_read_by_processes(tmp_path, monkeypatch):
    files, values = some(tmp_path, 60)
    monkeypatch.setattr(workers, "FEW", 10)
    monkeypatch.setattr("ranvier.data.pictures.files.JOB_FILES", 7)
    monkeypatch.setattr("ranvier.data.pictures.files.JOB_BYTES", 7000)
    told = []
    pixels = FilePixels(files, FORM)
    with telling(lambda done, every: told.append((done, every))):
        pixels.read()
    assert np.array_equal(pixels.take(np.arange(60)), values)
    assert told[-1] == (60, 60)
    assert len(told) > 3
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_the_second_run_reads_no_picture(tmp_path, monkeypatch, cache):
    files, values = some(tmp_path)
    FilePixels(files, FORM).read()
    assert len(list(cache.iterdir())) == 1
    monkeypatch.setattr(workers, "run", None)
    again = FilePixels(Files(files.paths, files.names), FORM)
    assert np.array_equal(again.take(np.arange(20)), values)


@pytest.mark.parametrize("change", ["content", "form", "one more"])
def test_what_changed_is_read_again(tmp_path, cache, change):
    files, values = some(tmp_path)
    FilePixels(files, FORM).read()
    form = FORM
    if change == "content":
        (tmp_path / "0003.png").write_bytes(png(values[4, ..., 0], [0] * 6))
        values[3] = values[4]
    elif change == "one more":
        files = Files((*files.paths, files.paths[0]), (*files.names, "again"))
        values = np.concatenate([values, values[:1]])
    else:
        form = Form("picture", (6, 5, 3))
        values = np.repeat(values, 3, axis=-1)
    again = FilePixels(Files(files.paths, files.names), form)
    assert np.array_equal(again.take(np.arange(len(values))), values)
    assert len(list(cache.iterdir())) == 2


def test_another_form_of_the_same_files(tmp_path):
    files, _ = some(tmp_path)
    larger = FilePixels(files, FORM).formed(Form("picture", (12, 10, 3)))
    assert larger.take(np.arange(2)).shape == (2, 12, 10, 3)
    with pytest.raises(DataError, match="Sounds are expected, not pictures"):
        larger.formed(Form("sound", (12, 10, 1)))


@pytest.mark.parametrize("setting", ["off", "read-only"])
def test_without_a_cache_nothing_stays(tmp_path, monkeypatch, setting):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    if setting == "off":
        monkeypatch.setenv("RANVIER_CACHE_DIR", "off")
    else:  # root may write anywhere, but not below a file
        (tmp_path / "file").touch()
        monkeypatch.setenv("RANVIER_CACHE_DIR", str(tmp_path / "file"))
    files, values = some(tmp_path / "photos")
    pixels = FilePixels(files, FORM)
    assert np.array_equal(pixels.take(np.arange(20)), values)
    assert list(place.iterdir()) == []


def test_sets_too_large_for_memory_are_read_row_by_row(tmp_path, monkeypatch):
    files, values = some(tmp_path)
    monkeypatch.setattr("ranvier.data.pictures.rows.SMALL", 0)
    for budget, mapped in ((1 << 20, True), (10, False)):
        pixels = FilePixels(files, FORM, max_bytes=budget)
        for rows in ([3, 0, 19, 3], [4, 5, 6, 7], [9], []):
            assert np.array_equal(pixels.take(np.array(rows, int)), values[rows])
        assert (pixels._rows.array is not None) == mapped


def test_files_that_cannot_be_read(tmp_path, cache):
    files, values = some(tmp_path / "photos")
    (tmp_path / "photos" / "0003.png").write_bytes(b"<html>")
    (tmp_path / "photos" / "0007.png").unlink()
    (tmp_path / "photos" / "0007.png").symlink_to("nothing")
    message = (
        "photos/0003.png is not an image (it begins like HTML). 2 of 20 files. Leave such files "
        "out with --on-error skip."
    )
    for _ in range(2):  # the second time from what is kept
        pixels = FilePixels(Files(files.paths, files.names), FORM)
        with pytest.raises(DataError) as caught:
            pixels.read()
        assert str(caught.value) == message
    problems = pixels.open().problems
    assert problems[7] == "is a link to nothing, which leads nowhere"
    others = FilePixels(files, FORM, skipped=frozenset(problems))
    others.read()
    assert np.array_equal(others.take(np.arange(3)), values[:3])
    assert not others.take(np.array([3, 7])).any()


def test_a_full_disk(tmp_path, monkeypatch, cache):
    files, _ = some(tmp_path)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(DataError, match=r"need 1 MiB in .*, and there is no room: set RANVIER"):
        FilePixels(files, FORM).read()
    assert list(cache.iterdir()) == []


def test_a_disk_that_fills_up_while_it_is_written(tmp_path, monkeypatch, cache):
    files, _ = some(tmp_path)

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(workers, "work", full)
    with pytest.raises(DataError, match="no room"):
        FilePixels(files, FORM).read()
    assert list(cache.iterdir()) == []


def test_a_process_that_dies(tmp_path, monkeypatch, cache):
    files, _ = some(tmp_path)
    monkeypatch.setattr(workers, "FEW", 0)
    monkeypatch.setattr(workers, "PROGRAM", "import os; os._exit(9)")
    with pytest.raises(DataError, match="ended by itself"):
        FilePixels(files, FORM).read()
    assert list(cache.iterdir()) == []


def test_a_process_that_has_died_before_it_is_told_anything(tmp_path, monkeypatch, cache):
    files, _ = some(tmp_path)
    start = workers._started

    def ended():
        child = start()
        child.wait()
        return child

    monkeypatch.setattr(workers, "FEW", 0)
    monkeypatch.setattr(workers, "PROGRAM", "import os; os._exit(9)")
    monkeypatch.setattr(workers, "_started", ended)
    with pytest.raises(DataError, match="ended by itself"):
        FilePixels(files, FORM).read()
    assert list(cache.iterdir()) == []


def test_the_cache_does_not_grow_for_ever(tmp_path, monkeypatch, cache):
    monkeypatch.setattr(stored, "LARGEST", 2500)
    monkeypatch.setattr(stored, "_IN_USE", set())
    names = []
    for number in range(4):
        files, _ = some(tmp_path / str(number))
        FilePixels(files, FORM).read()
        names.append({path.name for path in cache.iterdir()})
        if number == 0:
            stored._IN_USE.clear()  # as in another run
        time.sleep(0.01)
    assert [len(found) for found in names] == [1, 2, 2, 3]  # three are in use
    assert not names[0] & names[3]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal")
def test_a_kill_leaves_nothing_half_written(tmp_path, cache):
    files, _ = some(tmp_path / "photos")
    program = f"""
import os
from ranvier.data.pictures import workers
from ranvier.data.pictures.files import FilePixels, Files
from ranvier.data.pictures.form import Form
work = workers.work
def killed(job):
    work(job)
    os.kill(os.getpid(), {int(signal.SIGKILL)})
workers.work = killed
FilePixels(Files({files.paths!r}, {files.names!r}), Form("picture", (6, 5, 1))).read()
"""
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == -signal.SIGKILL
    assert {path.suffix for path in cache.iterdir()} == {".writing"}
    old = next(cache.iterdir())
    os.utime(old, (0, 0))
    FilePixels(files, FORM).read()
    assert {path.suffix for path in cache.iterdir()} == {".pixels"}


def test_what_is_not_ours_in_the_cache_is_not_believed(tmp_path, cache):
    files, values = some(tmp_path)
    FilePixels(files, FORM).read()
    path = next(cache.iterdir())
    for content in (b"", path.read_bytes()[:700], b"x" * 2000):
        path.write_bytes(content)
        assert np.array_equal(FilePixels(files, FORM).take(np.arange(20)), values)


def test_the_workers_say_nothing(tmp_path, monkeypatch, capfd):
    """Pillow's warnings are about files that are read all the same."""
    data = encoded(__import__("PIL.Image").Image.fromarray(noise(6, 5)), "TIFF")
    paths = []
    for number in range(4):
        (tmp_path / f"{number}.tif").write_bytes(data + b"\0" * number)
        paths.append(str(tmp_path / f"{number}.tif"))
    monkeypatch.setattr(workers, "FEW", 0)
    FilePixels(Files.below(tmp_path, paths), FORM).read()
    assert capfd.readouterr() == ("", "")
