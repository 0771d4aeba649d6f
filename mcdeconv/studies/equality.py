"""Whether bfloat16 gives the results of float32, judged against what seeds alone change.

Rounding sends two runs of one seed apart as another seed would, so single runs differ: what must agree is the mean.
Blind runs differ by half a decibel and more, because a kernel is found or not. Only G_x is ever trained in bfloat16, so
the same runs with the true kernel in the place of G_k tell more with as many of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from mcdeconv.core.config import Precision, SolverConfig
from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import LEVIN_LIKE, LEVIN_SCENES, MORE_LEVIN_LIKE
from mcdeconv.errors import InputError, RunFailed, choose
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Summary, paired, summarise
from mcdeconv.studies.levin import TRUE_KERNEL
from mcdeconv.studies.rows import as_record
from mcdeconv.studies.study import Asked, Study, Variant, named

EMBEDDED = ("small-levin", (*LEVIN_LIKE, *MORE_LEVIN_LIKE))
BENCHMARK = ("levin", LEVIN_SCENES[5])
SEEDS = (0, 1, 2)
TOLERANCE = 0.1  # dB, of the mean
FAST: Precision = "bfloat16"
PLAIN: Precision = "float32"
COMPARED = {  # what is changed → the measures that then depend on G_x
    (): ("psnr_direct", "psnr_hyper-laplacian", "psnr_sparse"),
    (TRUE_KERNEL,): ("psnr_direct",),
}
Changes = tuple[str, ...]


@dataclass(frozen=True)
class Emulated(SolverConfig):
    """Rounded to bfloat16 and computed in float32, on a processor that has only that."""

    precision: Literal["emulated-bfloat16"] = "emulated-bfloat16"  # type: ignore[assignment]


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

    @property
    def verdict(self) -> str:
        return "equal" if self.equal else "not shown to be equal"


def configurations(tier: str) -> tuple[SolverConfig, SolverConfig]:
    """Blind, and with the true kernel."""
    blind = configure("ours", tier)
    return blind, replace(blind, update="joint", kernel_net=replace(blind.kernel_net, architecture="known"))


def took_the_mean(records: Sequence[Record], tier: str) -> bool:
    """Whether some runs have a mean over pixels in the loss, as tier `quick` had it first."""
    averaged = {replace(own, data_term="mean", precision=PLAIN).digest() for own in configurations(tier)}
    return any(record.identity.config in averaged for record in records)


def of_tier(tier: str) -> Study:
    """The study with its runs: images and seeds in either precision, emulated where need be, blind and not.

    At tier `quick` on embedded images, else on one scene of Levin's.
    """
    from mcdeconv.core.device import has_bfloat16  # torch: a second that reading the runs saves

    (blind, known), region = configurations(tier), choose(TIERS, tier, "tier").region
    dataset, images = EMBEDDED if tier == "quick" else BENCHMARK
    variants = []
    for changes, config in (((), blind), ((TRUE_KERNEL,), known)):
        emulated = Emulated(**vars(config) | {"precision": "emulated-bfloat16"})
        fast = replace(config, precision=FAST) if has_bfloat16("cpu") else emulated
        for method, own in ((PLAIN, replace(config, precision=PLAIN)), (FAST, fast)):
            variants.append(Variant(own, region, SEEDS, method=method, changes=changes))
    return replace(
        STUDY, tier=tier, items=lambda: datasets.load(dataset, images), variants=named(variants), groups={"all": images}
    )


def read_runs(results: Path) -> list[Record]:
    """The runs that were kept, without their kernels; InputError if the file is damaged."""
    return [as_record(row) for row in STUDY.runs(results).read()]


def refuse_float32(records: Sequence[Record]) -> None:
    """That the runs in bfloat16 were not computed in float32, as those of the tables are on some processors.

    Raises
    ------
    InputError
        If one was.
    """
    for record in records:
        if record.identity.method.startswith(FAST) and record.provenance.get("precision", FAST) == PLAIN:
            raise InputError(
                f"{record.identity.image}, seed {record.identity.seed}, was computed in float32; compute it"
                " on a processor with bfloat16 arithmetic, or delete its record"
            )


def compare_precisions(records: Sequence[Record], changes: Changes = ()) -> list[Comparison]:
    """One comparison a measure; none without runs of both."""
    fast, plain = (", ".join((method, *changes)) for method in (FAST, PLAIN))
    found = (_compare(records, measure, fast, plain) for measure in COMPARED[changes])
    return [one for one in found if one.summary.runs]


def _compare(records: Sequence[Record], measure: str, fast: str, plain: str) -> Comparison:
    pairs = paired(records, measure, fast, plain)
    seeds = {image: [o for (i, _), (_, o) in pairs.runs.items() if i == image] for image in pairs.images}
    spreads = {image: float(np.std(values, ddof=1)) for image, values in seeds.items()}
    differences = dict(zip(pairs.images, (pairs.values - pairs.others).tolist(), strict=True))
    worst = min(differences, key=lambda image: differences[image], default="")
    spread = float(np.mean(list(spreads.values()) or [np.nan]))
    lost, own = differences.get(worst, np.nan), spreads.get(worst, np.nan)
    return Comparison(measure, summarise(pairs), spread, worst, lost, own)


def _measure(study: Study, asked: Asked) -> Iterator[str]:
    """Solve what is missing; a line a measure, blind and with the true kernel.

    Runs of the tables in either precision count, whatever processor they were on; the file names both, run by run.
    """
    own = of_tier(asked.tier or "quick")
    if failures := own.solve(asked):
        raise RunFailed(failures)
    records = own.kept(asked.results)
    refuse_float32(records)
    for changes in COMPARED:
        for one in compare_precisions(records, changes):
            s = one.summary
            what = ", ".join((one.measure, *changes))
            yield (
                f"{what:<22} bfloat16 minus float32 {s.difference:+.3f} dB [{s.low:+.3f}, {s.high:+.3f}] "
                f"({s.images} images, {s.runs} pairs); seeds differ by {one.spread:.2f} dB; worst {one.worst} "
                f"{one.worst_difference:+.2f} dB, its seeds differ by {one.worst_spread:.2f} dB: {one.verdict}"
            )


STUDY = Study(
    "equality",
    "Does bfloat16 give the results of float32?",
    page="table-7",
    measure=_measure,
    takes=("variants", "images", "tier"),
)
