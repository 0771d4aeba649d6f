"""What the prose says of the kernels of Levin's images without their small values."""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from levin_numbers import SCENE, in_words

from mcdeconv.runs.statistics import estimate
from mcdeconv.studies import STUDIES
from mcdeconv.studies.levin import LOPSIDED, RIVALS
from mcdeconv.studies.rescoring import KNOWN, THRESHOLDS, Reading, read

FINALS = {"sparse": "sparse", "hyper-laplacian": "kernel"}


def thresholds(path: Path) -> dict[str, Any]:
    """The mean PSNR of every kind of kernel, and what dropout and noise gain on one scene, in dB."""
    readings = read(path) if path.exists() else []
    methods = sorted({reading.method for reading in readings})
    return {
        "mean": {method: cells(readings, method) for method in methods},
        "gain": {method: cells(readings, method, other) for method, other in RIVALS.items()},
        "lopsided": {method: lopsided(readings, method) for method in (*STUDIES["levin"].variants, KNOWN)},
    }


def lopsided(readings: Sequence[Reading], method: str) -> dict[str, str]:
    """Deconvolution → mean PSNR over the images of the lopsided kernel, as it is; "_2": without what is below 2%."""
    found = {}
    for threshold, suffix in ((0.0, ""), (0.02, "_2")):
        for final, label in FINALS.items():
            values = scores(readings, method, threshold, final)
            of_kernel = [value for (image, _), value in values.items() if image in LOPSIDED]
            complete = len(of_kernel) == len(LOPSIDED)
            found[label + suffix] = f"{statistics.mean(of_kernel):.2f}" if complete else "not run"
    return found


def cells(readings: Sequence[Reading], method: str, other: str | None = None) -> dict[str, dict[str, str]]:
    """Of one method over its images, or against another over those of the scene."""
    found: dict[str, dict[str, str]] = {}
    for threshold in THRESHOLDS:
        of_threshold = found[f"{threshold:.0%}"] = {}
        for final, label in FINALS.items():
            own = scores(readings, method, threshold, final)
            if other is not None:
                rest = scores(readings, other, threshold, final)
                own = {run: own[run] - rest[run] for run in own.keys() & rest.keys() if run[0] in SCENE}
            of_threshold[label] = in_words(estimate(own), "+" if other else "")
    return found


def scores(readings: Sequence[Reading], method: str, threshold: float, final: str) -> dict[tuple[str, int], float]:
    """PSNR in dB by image and seed."""
    return {
        (one.image, one.seed): one.psnr
        for one in readings
        if (one.method, one.threshold, one.final) == (method, threshold, final)
    }
