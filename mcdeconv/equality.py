"""Whether a fast way of computing gives the results of the plain one, judged against what seeds alone change.

Rounding sends two runs of one seed apart as another seed would, so single runs differ: what must agree is the mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mcdeconv.config import Precision
from mcdeconv.datasets import load
from mcdeconv.job import Job
from mcdeconv.presets import TIERS, choose, configure
from mcdeconv.problem import pose
from mcdeconv.records import Record
from mcdeconv.summary import Summary, paired, summarise

IMAGES = (
    "camera_kernel_03",
    "camera_kernel_04",
    "coffee_kernel_03",
    "coffee_kernel_04",
    "coins_kernel_03",
    "coins_kernel_04",
    "leaves_kernel_03",
    "leaves_kernel_04",
)
SEEDS = 3
TOLERANCE = 0.1  # dB, of the mean
MEASURES = ("psnr_direct", "psnr_hyper-laplacian", "psnr_sparse")


@dataclass(frozen=True)
class Comparison:
    """A measure of the fast runs against the plain ones."""

    measure: str
    summary: Summary
    spread: float  # dB, standard deviation of the plain runs over seeds, mean over images
    worst: str  # the image that loses most
    worst_difference: float  # dB, mean over its seeds
    worst_spread: float  # dB, of that image's plain runs over seeds

    @property
    def equal(self) -> bool:
        """Whether the mean agrees to the tolerance and no image loses more than its seeds differ."""
        return abs(self.summary.difference) <= TOLERANCE and -self.worst_difference <= self.worst_spread


def jobs(fast: Precision = "bfloat16", tier: str = "quick") -> list[Job]:
    """Every image and seed in float32 and in the other precision; the method of a job is its precision."""
    config, region = configure("ours", tier), choose(TIERS, tier, "tier").region
    kinds: tuple[Precision, ...] = ("float32", fast)
    return [
        Job(problem, kind, tier, replace(config, precision=kind), seed)
        for seed in range(SEEDS)
        for problem in [pose(item, region) for item in load("synthetic-levin", IMAGES)]
        for kind in kinds
    ]


def compare(records: Sequence[Record], fast: Precision = "bfloat16") -> list[Comparison]:
    """One comparison a measure."""
    return [_compare(records, measure, fast) for measure in MEASURES]


def _compare(records: Sequence[Record], measure: str, fast: Precision) -> Comparison:
    pairs = paired(records, measure, fast, "float32")
    plain = {image: [o for (i, _), (_, o) in pairs.runs.items() if i == image] for image in pairs.images}
    spreads = {image: float(np.std(values, ddof=1)) for image, values in plain.items()}
    differences = dict(zip(pairs.images, (pairs.values - pairs.others).tolist(), strict=True))
    worst = min(differences, key=lambda image: differences[image])
    spread = float(np.mean(list(spreads.values())))
    return Comparison(measure, summarise(pairs), spread, worst, differences[worst], spreads[worst])
