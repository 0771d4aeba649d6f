"""What our records say about a claim: the best data there are, and the estimate from them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import FLAVOURS
from mcdeconv.paper.claims.claim import Claim
from mcdeconv.paper.tables.cells import TIER_ORDER
from mcdeconv.paper.tables.scores import counted
from mcdeconv.paper.words import Evidence, strongest
from mcdeconv.runs.frame import runs_by
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Estimate, Pairs, estimate
from mcdeconv.runs.trajectory import Trajectory

DELTA_SHARE = 0.9  # a kernel counts as a delta if this much of it lies within a pixel of its peak
PAPERS_DEVICE = "TITAN RTX"  # 3.1
Trajectories = Callable[[Record], Trajectory | None]


def evidence_for(claim: Claim, frame: pd.DataFrame, results: Path | None = None) -> Evidence | None:
    """The `strongest` evidence that the records have, of the highest tier first; None without a run.

    Embedded images are no evidence where ours is held against a number of the paper's in dB, SSIM or seconds. The frame
    has the measures `beyond_scores`, too.
    """
    if claim.measure == "parameters":
        millions = counted(claim.method, "paper").value or float("nan")
        return Evidence(Estimate(millions, millions, millions, 0, 0, 1), "counted", "paper", 0, True, True)
    measured = frame[(frame["measure"] == claim.measure.removeprefix("ms")) & frame["protocol"].isin(_protocols(claim))]
    return strongest(_by_place(claim, measured, claim.reference(results)))


def _by_place(claim: Claim, measured: pd.DataFrame, reference: float) -> Iterator[Evidence]:
    for dataset, tier in _places(claim):
        here = measured[(measured["dataset"] == dataset) & (measured["tier"] == tier)]
        if claim.category:
            here = here[here["category"] == claim.category]
        if claim.measure == "seconds" and len(here):  # those of two devices do not mix: of that with most runs
            here = here[here["device"] == here.groupby("device", sort=False).size().idxmax()]
        runs = runs_by(here, ["method"])
        own, other = runs.get((claim.method,), {}), runs.get((claim.other,), {})
        found = Pairs.of(own, other).differences if claim.other else {run: v - reference for run, v in own.items()}
        if found:
            yield _evidence(claim, estimate(found, over_runs=claim.on_figure), dataset, tier, here)


def _protocols(claim: Claim) -> tuple[str, ...]:
    """Two methods compare on the same region, too; which is no number of the paper's."""
    return ("direct", "region") if claim.protocol == "direct" and not claim.against_number else (claim.protocol,)


def _places(claim: Claim) -> list[tuple[str, str]]:
    """Data sets and tiers in the order in which they count."""
    if not claim.dataset:
        return []
    tiers = ("paper",) if claim.measure == "seconds" else TIER_ORDER
    standins = claim.measure == "delta" or not (claim.against_number or claim.measure == "seconds")
    sets = (claim.dataset, FLAVOURS[claim.dataset]) if standins else (claim.dataset,)
    return [(dataset, tier) for dataset in sets for tier in tiers]


def _evidence(claim: Claim, found: Estimate, dataset: str, tier: str, rows: pd.DataFrame) -> Evidence:
    of = sum(name.startswith(claim.category) for name in datasets.names(dataset))
    real = dataset == claim.dataset and tier == "paper"
    enough = claim.measure == "delta" or 2 * found.images >= of
    if claim.measure == "seconds" and claim.kind == "value":
        enough = bool(rows["device"].str.upper().str.contains(PAPERS_DEVICE).all())
    complete = found.runs >= int(claim.trials) if claim.on_figure else found.images == of
    return Evidence(found, dataset, tier, of, real and complete, enough)


def beyond_scores(record: Record, trajectories: Trajectories | None = None) -> dict[str, float]:
    """What claims measure of a run that is no score: of its kernel, and of its trajectory if there is one."""
    found = {"delta": is_delta(record)} if record.kernel else {}  # external records keep scores only
    trajectory = trajectories(record) if trajectories else None
    if trajectory is not None:
        half = int(np.searchsorted(trajectory.iterations, trajectory.iterations[-1] / 2))  # the first past it
        found |= {"loss-half": float(trajectory.losses[half]), "psnr-half": float(trajectory.psnr[half])}
        moments, spread = trajectory.picture_iterations, trajectory.spread
        if len(moments) > 1:  # Figure 3 shows 100, 1,000 and 5,000 of 5,000 iterations
            early, middle, late = (spread[np.abs(moments - share * moments[-1]).argmin()] for share in (0.02, 0.2, 1.0))
            found |= {"spread-early": float(early - middle), "spread-late": float(middle - late)}
    return {name: value for name, value in found.items() if np.isfinite(value)}


def is_delta(record: Record) -> float:
    """1 if almost all of the kernel lies within a pixel of its peak, else 0."""
    kernel = np.pad(np.array(record.kernel, dtype=float), 1)
    row, column = np.unravel_index(int(kernel.argmax()), kernel.shape)
    near = kernel[row - 1 : row + 2, column - 1 : column + 2].sum()
    return float(near >= DELTA_SHARE * kernel.sum())
