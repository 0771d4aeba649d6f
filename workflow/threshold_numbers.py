"""What the prose says of the kernels of Levin's images without their small values."""

from collections.abc import Sequence
from pathlib import Path

from levin_numbers import SCENE, in_words

from mcdeconv.estimate import estimate
from mcdeconv.rescoring import THRESHOLDS, Reading, read

FINALS = {"sparse": "sparse", "hyper-laplacian": "kernel"}
GAINS = {
    "ours": "without-both",
    "ours, joint updates": "without-both, joint updates",
    "ren+mc": "ren",
}
Words = dict[str, dict[str, dict[str, str]]]  # method → threshold, e.g. "2%" → deconvolution → in words


def thresholds(path: Path) -> dict[str, Words]:
    """The mean PSNR of every kind of kernel, and what dropout and noise gain on one scene, in dB."""
    readings = read(path) if path.exists() else []
    methods = sorted({reading.method for reading in readings})
    return {
        "mean": {method: cells(readings, method) for method in methods},
        "gain": {method: cells(readings, method, other) for method, other in GAINS.items()},
    }


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
