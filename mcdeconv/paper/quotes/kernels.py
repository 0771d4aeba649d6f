"""What the prose says of kernels: how broad they are, without their small values, the true ones; and of sampling."""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mcdeconv.paper.quotes.runs import SCENE
from mcdeconv.runs.statistics import estimate
from mcdeconv.runs.wording import NO_RUN, listed, mean_in_words
from mcdeconv.studies import STUDIES
from mcdeconv.studies.kernels import KNOWN
from mcdeconv.studies.levin import GAIN_OVER, LOPSIDED
from mcdeconv.studies.rows import Measured, by, runs_of
from mcdeconv.studies.thresholds import THRESHOLDS

FINALS = {"sparse": "sparse", "hyper-laplacian": "kernel"}
CUT = 0.001  # of the true kernel outside the square: more than rounding


def mean_of(rows: Sequence[Measured], column: str) -> str:
    return f"{statistics.mean(row[column] for row in rows):.2f}" if rows else NO_RUN


def known_kernels(results: Path) -> dict[str, str]:
    """Final deconvolution → mean PSNR of Levin's images in dB."""
    rows = [row for row in STUDIES["known-kernel"].sheet(results).read() if row["dataset"] == "levin"]
    return {final.replace("-", "_"): mean_of(own, "psnr") for (final,), own in by(rows, "final").items()}


def final_constants(results: Path) -> dict[str, Any]:
    """Data set → number of images, and border → exponent → data weight → mean PSNR in dB, with the true kernels."""
    found: dict[str, Any] = {}
    rows = STUDIES["krishnan-fergus"].sheet(results).read()
    for (dataset, border, exponent, weight), own in by(rows, "dataset", "border", "exponent", "data_weight").items():
        of_dataset = found.setdefault(dataset, {})
        of_dataset.setdefault(border, {}).setdefault(exponent, {})[str(weight)] = mean_of(own, "psnr")
        of_dataset["images"] = str(len(own))
    return found


def breadths(results: Path) -> dict[str, dict[str, str]]:
    """Kernel → mean concentration, and mean PSNR in dB with the sparse prior, over its images; and on one scene."""
    return {
        (f"true, blurred by {blur} px" if blur else "true" if method == KNOWN else method): {
            "concentration": mean_of(rows, "concentration"),
            "psnr": mean_of(rows, "psnr"),
            "cut": listed([row["image"] for row in rows if row["cut_off"] > CUT]),
            "images": str(len(rows)),
            "scene": mean_of([row for row in rows if row["image"] in SCENE], "concentration"),
        }
        for (method, blur), rows in by(STUDIES["breadth"].sheet(results).read(), "method", "blur").items()
    }


def spreads(results: Path) -> dict[str, dict[str, str]]:
    """Iteration → the spread's share of the data term, what passes the kernel, ‖k‖², mu: mean, smallest, largest."""
    rows = [row for row in STUDIES["sampling"].sheet(results).read() if row["tier"] == "laptop"]
    found = {}
    for (iteration,), own in by(rows, "iteration").items():
        cells = found[str(iteration)] = {"images": str(len(own))}
        for name, text in (
            ("share", "{:.0%}".format),
            ("passed", "{:.0%}".format),
            ("kernel", "{:.0%}".format),
            ("mu", two_digits),
        ):
            values = [row[name] for row in own]
            cells[name] = f"{text(statistics.mean(values))} ({text(min(values))} to {text(max(values))})"
    return found


def two_digits(value: float) -> str:
    """To two significant digits, without an exponent: "0.19", "130"."""
    return f"{float(f'{value:.2g}'):g}"


def thresholds(results: Path) -> dict[str, Any]:
    """The mean PSNR of every kind of kernel, and what dropout and noise gain on one scene, in dB."""
    groups = by(STUDIES["thresholds"].sheet(results).read(), "method", "threshold", "final")
    return {
        "mean": {method: threshold_cells(groups, method) for method in sorted({method for method, *_ in groups})},
        "gain": {method: threshold_cells(groups, method, other) for method, other in GAIN_OVER.items()},
        "lopsided": {method: lopsided(groups, method) for method in (*STUDIES["levin"].variants, KNOWN)},
    }


Groups = dict[tuple[Any, ...], list[Measured]]  # (method, threshold, final)


def lopsided(groups: Groups, method: str) -> dict[str, str]:
    """Deconvolution → mean PSNR over the images of the lopsided kernel, as it is; "_2": without what is below 2%."""
    found = {}
    for threshold, suffix in ((0.0, ""), (0.02, "_2")):
        for final, label in FINALS.items():
            own = [row for row in groups.get((method, threshold, final), ()) if row["image"] in LOPSIDED]
            found[label + suffix] = mean_of(own, "psnr") if len(own) == len(LOPSIDED) else NO_RUN
    return found


def threshold_cells(groups: Groups, method: str, other: str | None = None) -> dict[str, dict[str, str]]:
    """Of one method over its images, or against another over those of the scene."""
    found: dict[str, dict[str, str]] = {}
    for threshold in THRESHOLDS:
        of_threshold = found[f"{threshold:.0%}"] = {}
        for final, label in FINALS.items():
            own = runs_of(groups.get((method, threshold, final), ()), "psnr", other and SCENE)
            if other is not None:
                rest = runs_of(groups.get((other, threshold, final), ()), "psnr")
                own = {run: own[run] - rest[run] for run in own.keys() & rest.keys()}
            of_threshold[label] = mean_in_words(estimate(own), "+" if other else "")
    return found
