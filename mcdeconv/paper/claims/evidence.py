"""What our records say about a claim: the best data there are, and the estimate from them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import FLAVOURS
from mcdeconv.paper.claims.claim import Claim
from mcdeconv.paper.tables.ablation import counted
from mcdeconv.paper.tables.measures import TIERS, paired_runs, runs, select, value
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Estimate, Runs, estimate
from mcdeconv.runs.trajectory import Trajectory

DELTA_SHARE = 0.9  # a kernel counts as a delta if this much of it lies within a pixel of its peak
PAPERS_DEVICE = "TITAN RTX"  # 3.1
Trajectories = Callable[[Record], Trajectory | None]


@dataclass(frozen=True)
class Evidence:
    """An estimate of what a claim is about, and whether it was made as the paper made it."""

    estimate: Estimate
    data: str  # e.g. "levin", "synthetic-levin"
    tier: str
    of: int  # images that the data set (or its category) has
    full: bool  # at the paper's tier, on every image of the benchmark (for a figure: with as many runs)
    enough: bool  # can be held against a mean over the benchmark: at least half of its images


@cache
def size_of(dataset: str, category: str) -> int:
    """How many images a data set or its category has."""
    return sum(name.startswith(category) for name in datasets.names(dataset))


def gather(
    claim: Claim, records: Sequence[Record], trajectories: Trajectories, results: Path | None
) -> Evidence | None:
    """The evidence of the highest tier, the benchmark before the embedded images; None without a run.

    Embedded images are no evidence where ours is held against a number of the paper's in dB, SSIM or seconds.
    """
    if claim.measure == "parameters":
        millions = counted(claim.method, "paper").value or float("nan")
        return Evidence(Estimate(millions, millions, millions, 0, 0, 1), "counted", "paper", 0, True, True)
    for dataset, tier in _places(claim):
        chosen = select(records, dataset, tier, None, (claim.category,) if claim.category else None)
        if claim.measure == "seconds":
            chosen = on_one_device(chosen)
        found = quantity(claim, chosen, trajectories, claim.reference(results))
        if found:
            return _evidence(claim, estimate(found, over_runs=claim.on_figure), dataset, tier, chosen)
    return None


def _places(claim: Claim) -> list[tuple[str, str]]:
    """Data sets and tiers in the order in which they count."""
    if not claim.dataset:
        return []
    tiers = ("paper",) if claim.measure == "seconds" else TIERS
    standins = claim.measure == "delta" or not (claim.against_number or claim.measure == "seconds")
    sets = (claim.dataset, FLAVOURS[claim.dataset]) if standins else (claim.dataset,)
    return [(dataset, tier) for dataset in sets for tier in tiers]


def _evidence(claim: Claim, found: Estimate, dataset: str, tier: str, chosen: Sequence[Record]) -> Evidence:
    of = size_of(dataset, claim.category)
    real = dataset == claim.dataset and tier == "paper"
    enough = claim.measure == "delta" or 2 * found.images >= of
    if claim.measure == "seconds" and claim.kind == "value":
        enough = all(PAPERS_DEVICE in str(record.provenance.get("device")).upper() for record in chosen)
    complete = found.runs >= int(claim.trials) if claim.on_figure else found.images == of
    return Evidence(found, dataset, tier, of, real and complete, enough)


def on_one_device(records: Sequence[Record]) -> list[Record]:
    """Those of the device that has most of them: seconds of two devices do not mix."""
    devices = Counter(record.provenance.get("device") for record in records)
    most = devices.most_common(1)[0][0] if devices else None
    return [record for record in records if record.provenance.get("device") == most]


def quantity(claim: Claim, records: Sequence[Record], trajectories: Trajectories, reference: float = 0.0) -> Runs:
    """(image, seed) → what the claim is about: a score, or a difference of two."""

    def of(method: str) -> Runs:
        return runs(select(records, methods=(method,)), lambda record: measure(claim, record, trajectories))

    if claim.other:
        return paired_runs(of(claim.method), of(claim.other))
    return {key: score - reference for key, score in of(claim.method).items()}


def measure(claim: Claim, record: Record, trajectories: Trajectories) -> float | None:
    """What a claim measures of one run; None if the run does not have it."""
    if claim.measure in ("psnr", "ssim", "msssim"):
        score = value(record, claim.measure, claim.protocol)
        if score is None and claim.protocol == "direct" and not claim.against_number:
            score = value(record, claim.measure, "region")  # two methods compare on the same region
        return score
    if claim.measure in SCALARS:
        return SCALARS[claim.measure](record)
    trajectory = trajectories(record)
    return None if trajectory is None else FROM_TRAJECTORY[claim.measure](trajectory)


def is_delta(record: Record) -> float:
    """1 if almost all of the kernel lies within a pixel of its peak, else 0."""
    kernel = np.pad(np.array(record.kernel, dtype=float), 1)
    row, column = np.unravel_index(int(kernel.argmax()), kernel.shape)
    near = kernel[row - 1 : row + 2, column - 1 : column + 2].sum()
    return float(near >= DELTA_SHARE * kernel.sum())


def at_half(curve: str) -> Callable[[Trajectory], float | None]:
    """A curve's value at the first moment past half of the run."""

    def look(trajectory: Trajectory) -> float | None:
        moment = int(np.searchsorted(trajectory.iterations, trajectory.iterations[-1] / 2))
        found = float(getattr(trajectory, curve)[moment])
        return found if np.isfinite(found) else None

    return look


def spread_lost(start: float, end: float) -> Callable[[Trajectory], float | None]:
    """By how much the spread of samples shrinks between two shares of the run; None with a single picture."""

    def look(trajectory: Trajectory) -> float | None:
        moments = trajectory.picture_iterations
        if len(moments) < 2:
            return None
        first, last = (int(np.abs(moments - share * moments[-1]).argmin()) for share in (start, end))
        return float(trajectory.spread[first] - trajectory.spread[last])

    return look


SCALARS: dict[str, Callable[[Record], float | None]] = {
    "similarity": lambda record: record.scores.get("kernel_similarity"),
    "loss": lambda record: record.scores.get("loss"),
    "seconds": lambda record: record.own_seconds,
    "delta": is_delta,
}
FROM_TRAJECTORY = {  # Figure 3 shows 100, 1,000 and 5,000 of 5,000 iterations
    "loss-half": at_half("losses"),
    "psnr-half": at_half("psnr"),
    "spread-early": spread_lost(0.02, 0.2),
    "spread-late": spread_lost(0.2, 1.0),
}
MEASURES = ("psnr", "ssim", "msssim", "parameters", *SCALARS, *FROM_TRAJECTORY)
