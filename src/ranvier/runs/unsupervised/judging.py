"""What is found out about a model that predicts no target, and its row in the table of scores."""

from __future__ import annotations

from pathlib import Path

from ranvier.data import Dataset
from ranvier.errors import DataError
from ranvier.model import Model
from ranvier.report.findings import Enlargement, Findings, Generation, Reconstruction
from ranvier.runs.scores import Rated, Scores

EXPECTED = 5.0  # samples of a class, of which none can hardly be chance


def judged(
    model: Model, rows: Dataset, trained: Dataset | None, folder: Path | None = None
) -> Findings:
    """What is found out on rows that the model never saw.

    Args:
        model: fitted, of a family that predicts no target.
        rows: those that are judged.
        trained: those that trained; None where they are not known.
        folder: of the run.

    Raises:
        DataError: too few rows, or of another form.
    """
    match model.task_:
        case "reconstruction":
            from ranvier.runs.unsupervised.reconstruction import reconstruction

            return reconstruction(model, rows, trained)
        case "generation":
            from ranvier.runs.unsupervised.generation import generation

            if trained is None:
                raise DataError(
                    "Samples are judged beside the pictures that trained, and these are not there "
                    "any more: put them back where the run read them."
                )
            return generation(model, rows, trained, folder)
        case _:
            from ranvier.runs.unsupervised.enlarging import enlargement

            return enlargement(model, rows)


def scores_of(found: Findings, rows: int) -> Scores:
    """The table's figures."""
    if isinstance(found, Reconstruction):
        rated = tuple(Rated(words, metrics) for words, metrics in found.others)
        return Scores(rows, found.metrics, rated, "mse", lower=True)
    if isinstance(found, Enlargement):
        plain = Rated("bicubic interpolation", found.plain)
        return Scores(found.pictures, found.metrics, (plain,), "psnr")
    return _of_generation(found)


def _of_generation(found: Generation) -> Scores:
    made, real = found.compared.made.plain(), found.compared.real.plain()
    if found.classes is not None and found.real_classes is not None:
        for values, seen in ((made, found.classes), (real, found.real_classes)):
            values["rarest"] = seen.fewest
            if found.asked is not None and seen.agreement is not None:
                values["asked"] = seen.agreement
    made["copies"], real["copies"] = found.copies.share, found.copies.usual
    rated = (
        Rated("as many real pictures", real, reference=True),
        Rated("each pixel from another picture", found.bagged),
    )
    return Scores(found.compared.rows, made, rated, "frechet", lower=True)


def remarks(found: Findings) -> list[str]:
    """What a reader should be told of the scores."""
    if not isinstance(found, Generation):
        return []
    return [f"samples and real pictures are compared by {found.judge}", *alarms(found)]


def alarms(found: Findings | None) -> list[str]:
    """What is wrong with what the model makes."""
    lines: list[str] = []
    if not isinstance(found, Generation):
        return lines
    if found.copies.found:
        lines.append(
            f"{100 * found.copies.share:.1f} % of the samples are copies of pictures that trained "
            f"(of real pictures {100 * found.copies.usual:.0f} % would be taken for one)"
        )
    lost = _lost(found)
    if lost:
        lines.append(
            f"no sample is taken for {', '.join(lost[:10])}: the generator has lost that part of "
            "the pictures"
        )
    return lines


def _lost(found: Generation) -> list[str]:
    """Classes of which there is no sample, though there should be several."""
    if found.classes is None or found.real_classes is None:
        return []
    usual = found.real_classes.shares * len(found.samples)
    gone = found.classes.names[(found.classes.shares == 0) & (usual >= EXPECTED)]
    return [str(name) for name in gone]
