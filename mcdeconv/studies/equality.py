"""Whether bfloat16 gives the results of float32, judged against what seeds alone change.

Rounding sends two runs of one seed apart as another seed would, so single runs differ: what must agree is the mean.
Blind runs differ by half a decibel and more, because a kernel is found or not. Only G_x is ever trained in bfloat16, so
the same runs with the true kernel in the place of G_k tell more with as many of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mcdeconv.core.config import Precision, SolverConfig
from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data.datasets import load
from mcdeconv.data.datasets.groups import LEVIN_LIKE, LEVIN_SCENES, MORE_LEVIN_LIKE
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError, choose
from mcdeconv.files import read_csv
from mcdeconv.runs.job import Job
from mcdeconv.runs.records import Identity, Record
from mcdeconv.runs.statistics import Summary, paired, summarise

EMBEDDED = ("synthetic-levin", (*LEVIN_LIKE, *MORE_LEVIN_LIKE))
BENCHMARK = ("levin", LEVIN_SCENES[5])
SEEDS = 3
TOLERANCE = 0.1  # dB, of the mean
MEASURES = ("psnr_direct", "psnr_hyper-laplacian", "psnr_sparse")
TRUE_KERNEL_MEASURES = ("psnr_direct",)  # the others are those of the true kernel, whatever G_x does
FAST, PLAIN = "bfloat16", "float32"


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


def jobs(tier: str = "quick", true_kernel: bool = False) -> list[Job]:
    """Every image and seed in float32 and in bfloat16, emulated where need be; the method of a job is its precision.

    At tier `quick` on embedded images, else on one scene of Levin's.
    """
    from mcdeconv.core.device import has_bfloat16  # torch: a second that reading the runs saves

    config, region = configure("ours", tier), choose(TIERS, tier, "tier").region
    if true_kernel:
        config = replace(config, update="joint", kernel_net=replace(config.kernel_net, architecture="known"))
    dataset, images = EMBEDDED if tier == "quick" else BENCHMARK
    problems = [pose(item, region) for item in load(dataset, images)]
    fast: Precision = "bfloat16" if has_bfloat16("cpu") else "emulated-bfloat16"
    kinds: dict[str, SolverConfig] = {
        PLAIN: replace(config, precision="float32"),
        FAST: replace(config, precision=fast),
    }
    return [
        Job(problem, kind, tier, own, seed)
        for seed in range(SEEDS)
        for problem in problems
        for kind, own in kinds.items()
    ]


def file_name(tier: str, true_kernel: bool) -> str:
    """Of the runs in results/equality."""
    return f"{tier}-true-kernel.csv" if true_kernel else f"{tier}.csv"


def read(path: Path) -> list[Record]:
    """The runs that `mcdeconv equality` has written, with the scores that count here.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    return read_csv(path, _record, "delete it and run `make equality`")


def _record(row: dict[str, str]) -> Record:
    dataset, image, method, tier = (row[name] for name in ("dataset", "image", "method", "tier"))
    identity = Identity(dataset, image, method, tier, int(row["seed"]), row["config"], row["input"])
    scores = {measure: float(row[measure]) for measure in MEASURES}
    seconds, iterations, seed_used = float(row["seconds"]), int(row["iterations"]), int(row["seed_used"])
    return Record(
        identity,
        scores,
        [],
        seconds,
        iterations,
        seed_used,
        {name: row[name] for name in ("device", "precision") if name in row},
    )


def check(records: Sequence[Record]) -> None:
    """That the runs in bfloat16 were not computed in float32, as those of the tables are on some processors.

    Raises
    ------
    InputError
        If one was.
    """
    for record in records:
        if record.identity.method == FAST and record.provenance.get("precision", FAST) == PLAIN:
            raise InputError(
                f"{record.identity.image}, seed {record.identity.seed}, was computed in float32; compute it"
                " on a processor with bfloat16 arithmetic, or delete its record"
            )


def compare(records: Sequence[Record], true_kernel: bool = False) -> list[Comparison]:
    """One comparison a measure."""
    return [_compare(records, measure) for measure in (TRUE_KERNEL_MEASURES if true_kernel else MEASURES)]


def _compare(records: Sequence[Record], measure: str) -> Comparison:
    pairs = paired(records, measure, FAST, PLAIN)
    plain = {image: [o for (i, _), (_, o) in pairs.runs.items() if i == image] for image in pairs.images}
    spreads = {image: float(np.std(values, ddof=1)) for image, values in plain.items()}
    differences = dict(zip(pairs.images, (pairs.values - pairs.others).tolist(), strict=True))
    worst = min(differences, key=lambda image: differences[image])
    spread = float(np.mean(list(spreads.values())))
    return Comparison(measure, summarise(pairs), spread, worst, differences[worst], spreads[worst])
