"""The one rule that turns evidence into a verdict."""

from dataclasses import dataclass
from typing import Literal

from mcdeconv.paper.claims.claim import Claim
from mcdeconv.paper.claims.evidence import DELTA_SHARE, PAPERS_DEVICE
from mcdeconv.paper.words import UNCLEAR, Direction, Evidence, direction
from mcdeconv.runs.statistics import FEWEST

Name = Literal["reproduced", "partly", "open", "not reproduced", "not run"]
NAMES: tuple[Name, ...] = ("reproduced", "partly", "open", "not reproduced", "not run")

TOLERANCES = {"psnr": 0.5, "ssim": 0.02, "msssim": 0.02, "delta": 0.1}  # dB; SSIM; share of the runs
RELATIVE = {"seconds": 0.1, "parameters": 0.05}  # share of the paper's number
DIRECTIONS: dict[Direction, str] = {"better": "above", "worse": "below", UNCLEAR: "on both sides of"}

RULE = (
    "“Reproduced” asks for the paper's own conditions: tier paper, and every image of the benchmark (for a claim about "
    "one figure, as many runs as the figure rests on). Under lesser conditions (a lower tier, some of the images, the "
    "embedded images) a claim is “partly” reproduced at best.",
    f"A value is reproduced if our mean lies within the tolerance of the paper's: {TOLERANCES['psnr']} dB, "
    f"{TOLERANCES['ssim']} in SSIM, {TOLERANCES['delta']:.0%} of the runs, {RELATIVE['parameters']:.0%} of the "
    f"parameters, {RELATIVE['seconds']:.0%} of the seconds; partly if within twice that, under any conditions; else "
    "not reproduced. “About equal” is the same rule for a difference, whose value is zero. The interval plays no part "
    "here: it says how much the mean depends on the choice of images, and the paper's images are ours.",
    "A difference or an order is reproduced if its 95% interval lies above zero and reaches half of the difference "
    "claimed, partly if it does not reach that; open if the interval includes zero; not reproduced if it lies below. "
    f"An interval needs {FEWEST} images (for a figure, {FEWEST} runs). Of fewer, all have to lie above zero (partly) "
    "or below it (not reproduced); else the claim is open.",
    "Not run: there is no record; or ours is held against a number of the paper's and less than half of the "
    "benchmark's images, or only embedded ones, were run; or, for seconds, not on the paper's device "
    f"(NVIDIA {PAPERS_DEVICE}).",
    "“Not reproduced” is said of the runs in its row, not of the paper: look at their tier and their number. "
    f"A kernel counts as a delta if {DELTA_SHARE:.0%} of it lies within a pixel of its peak.",
)


@dataclass(frozen=True)
class Verdict:
    """What follows for a claim, and the step of the rule that decided."""

    name: Name
    reason: str


@dataclass(frozen=True)
class Entry:
    """A claim with what became of it."""

    claim: Claim
    claimed: float | None
    evidence: Evidence | None
    verdict: Verdict


def judge(claim: Claim, evidence: Evidence | None, claimed: float | None) -> Verdict:
    """Apply RULE. `claimed` is the paper's number; None for a mere order and for "about equal"."""
    if claim.kind == "untested":
        return Verdict("not run", claim.note)
    if evidence is None:
        return Verdict("not run", "no record")
    if claim.against_number and not evidence.enough:
        if claim.measure == "seconds":
            return Verdict("not run", f"not on an NVIDIA {PAPERS_DEVICE}")
        return Verdict("not run", f"{evidence.estimate.images} of {evidence.of} images give no mean to compare")
    if claim.kind in ("value", "same"):
        return _agreement(claim, evidence, claimed if claim.kind == "value" else 0.0)
    return _difference(evidence, claimed or 0.0)


def tolerance(measure: str, target: float) -> float:
    return RELATIVE[measure] * abs(target) if measure in RELATIVE else TOLERANCES[measure]


def _agreement(claim: Claim, evidence: Evidence, target: float | None) -> Verdict:
    if target is None:
        raise ValueError(f"claim {claim.id} is a value without a number")
    allowed, gap = tolerance(claim.measure, target), abs(evidence.estimate.mean - target)
    if gap > 2 * allowed:
        return Verdict("not reproduced", "beyond twice the tolerance")
    if gap > allowed:
        return Verdict("partly", "within twice the tolerance")
    return _at_most(evidence, "within the tolerance")


def _difference(evidence: Evidence, claimed: float) -> Verdict:
    found, way = evidence.estimate, direction(evidence.estimate)
    if not found.has_interval:
        few = "a single run" if found.runs == 1 else "too few for an interval"
        names: dict[Direction, Name] = {"better": "partly", "worse": "not reproduced"}
        return Verdict(names.get(way, "open"), f"{DIRECTIONS[way]} zero, {few}")
    if way == UNCLEAR:
        return Verdict("open", "the interval includes zero")
    if way == "worse":
        return Verdict("not reproduced", "the interval lies below zero")
    if found.high < claimed / 2:
        return Verdict("partly", "above zero, but less than half of the claim")
    return _at_most(evidence, "the interval lies above zero")


def _at_most(evidence: Evidence, reason: str) -> Verdict:
    if evidence.full:
        return Verdict("reproduced", reason)
    return Verdict("partly", f"{reason}, under lesser conditions")
