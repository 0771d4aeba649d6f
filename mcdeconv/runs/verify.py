"""A second opinion on stored records: whether their inputs, their scores and a sample of their runs come out again.

Scores follow from the stored kernel to the last of its digits. A run that trains networks does not: what another
processor rounds otherwise, iterations amplify, so a run computed anew is held against a tolerance that was measured.
"""

import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np

from mcdeconv.core.config import SolverConfig
from mcdeconv.data.problem import Problem
from mcdeconv.errors import InputError
from mcdeconv.methods import MethodSettings
from mcdeconv.runs.campaign import Undone, run_campaign
from mcdeconv.runs.job import Job, input_of
from mcdeconv.runs.records import Record, Store
from mcdeconv.runs.run import Result, scores
from mcdeconv.scoring.metrics import kernel_similarity

ORIGIN = ("device", "threads", "precision", "torch")
Columns = dict[str, object]


@dataclass(frozen=True)
class Tolerance:
    """How far a run computed anew may lie from the stored one."""

    similarity: float  # of the two kernels, at least
    psnr: float  # dB, of every PSNR, at most


# Ten runs at `quick`, stored from AMD, came out on Intel at least 0.983 alike, with PSNRs at most 0.50 dB off. Of 17
# pairs of seeds on one machine none is more than 0.975 alike; their PSNRs alone do not tell them apart. Three runs in
# bfloat16 from AMD were 0.93 to 0.99 alike and 1.2 to 2.1 dB off, as seeds are; one from Intel was equal.
TRAINED = Tolerance(0.975, 0.75)
SOLVED = Tolerance(0.9999, 0.01)  # a rival draws nothing and trains nothing
RESCORED = 1e-3  # of any score: the kernel that it follows from has seven digits, which move it by some millionths


@dataclass(frozen=True)
class StoredRun:
    """A record to check, and how its run is made today."""

    record: Record
    config: SolverConfig | MethodSettings | None  # its method's; None: none runs here by that name
    posed: Callable[[], Problem]  # what it solved; InputError if its data are not here

    @property
    def name(self) -> str:
        return f"{self.record.identity.dataset}/{self.record.identity.file_name}"

    @property
    def of_today(self) -> bool:
        return self.config is not None and self.config.digest() == self.record.identity.config

    @property
    def on_a_gpu(self) -> bool:
        """Whether a GPU made it: that draws other random numbers than a processor, where it would be another seed."""
        return "tf32" in self.record.provenance

    @property
    def follows(self) -> bool:
        """Whether it has scores that follow from its kernel."""
        names = self.record.scores.keys() - {"psnr_direct"}
        return bool(self.record.kernel) and any(name.startswith("psnr_") for name in names)

    @property
    def tolerance(self) -> Tolerance:
        return TRAINED if isinstance(self.config, SolverConfig) else SOLVED

    def job(self) -> Job:
        key, config = self.record.identity, self.config
        assert config is not None
        return Job(self.posed(), key.method, key.tier, config, key.seed)

    def input_fits(self) -> bool | None:
        """Whether the pixels here are those that were solved; None without the data."""
        try:
            return input_of(self.posed()) == self.record.identity.input
        except InputError:
            return None

    def score_difference(self) -> float:
        """The largest among the scores that follow from the stored kernel, made again."""
        kernel, stored = np.array(self.record.kernel, np.float32), self.record.scores
        made = scores(self.posed(), Result(None, kernel, 0.0, "float32", "cpu"))
        return max((abs(value - stored[name]) for name, value in made.items() if name in stored), default=0.0)


@dataclass(frozen=True)
class Agreement:
    """A stored run, and the same run computed anew."""

    stored: Record
    anew: Record
    tolerance: Tolerance

    @property
    def similarity(self) -> float:
        """Of the two kernels; 1 of a method that gives none."""
        kernels = [np.array(record.kernel) for record in (self.stored, self.anew)]
        return kernel_similarity(*kernels) if all(kernel.size for kernel in kernels) else 1.0

    @property
    def psnrs(self) -> dict[str, tuple[float, float]]:
        """Stored and anew, dB, of each that depends on the run."""
        stored, anew = self.stored.scores, self.anew.scores
        return {name: (stored[name], anew[name]) for name in stored if name.startswith("psnr_") and name in anew}

    @property
    def difference(self) -> float:
        """The largest of its PSNRs, dB; 0 without a truth."""
        return max((abs(anew - stored) for stored, anew in self.psnrs.values()), default=0.0)

    @property
    def held(self) -> bool:
        """Whether it has to agree: bfloat16 rounds so coarsely that on another processor a run is another seed's."""
        where = [(one.provenance.get("device"), one.provenance.get("precision")) for one in (self.stored, self.anew)]
        return where[0] == where[1] or "bfloat16" not in (where[0][1], where[1][1])

    @property
    def verdict(self) -> str:
        """ "equal" to the last digit, "within" the tolerance, "off", or, where it is not held to that, "apart"."""
        if self.stored.kernel == self.anew.kernel and self.difference == 0:
            return "equal"
        close = self.similarity >= self.tolerance.similarity and self.difference <= self.tolerance.psnr
        return "within" if close else "off" if self.held else "apart"

    def row(self) -> Columns:
        key = self.stored.identity
        found: Columns = {name: getattr(key, name) for name in ("dataset", "image", "method", "tier", "seed")}
        for prefix, record in (("stored_", self.stored), ("", self.anew)):
            found |= {f"{prefix}{name}": record.provenance.get(name, "") for name in ORIGIN}
        return found | {"similarity": self.similarity, "difference": self.difference, "verdict": self.verdict}


def drawn(runs: Iterable[StoredRun], seed: int) -> list[StoredRun]:
    """Some runs in an order by chance, from each tier in turn: most records are of rivals, whose tier is their own."""
    tiers: dict[str, list[StoredRun]] = defaultdict(list)
    for run in sorted(runs, key=lambda one: one.name):
        tiers[run.record.identity.tier].append(run)
    rng = random.Random(seed)
    mixed = [rng.sample(own, len(own)) for _, own in sorted(tiers.items())]
    return [run for turn in zip_longest(*mixed) for run in turn if run]


def scored_again(runs: Sequence[StoredRun], seconds: float) -> list[tuple[StoredRun, float]]:
    """Runs with the largest difference of their scores, as many as the time is enough for; the first in any case."""
    found, deadline = [], time.monotonic() + seconds
    for run in runs:
        found.append((run, run.score_difference()))
        if time.monotonic() > deadline:
            break
    return found


def computed_anew(
    runs: Sequence[StoredRun], device: str, processes: int | None, seconds: float, undone: Undone
) -> list[Agreement]:
    """Compute runs as `mcdeconv run` does, into a store that is deleted, and compare those that came to their end.

    `undone` is told how many the time was up for; one that is neither among these nor returned has failed.
    """
    jobs, stored = [run.job() for run in runs], {run.record.identity.cell: run for run in runs}
    with tempfile.TemporaryDirectory(prefix="mcdeconv-") as folder:
        store = Store(Path(folder))
        made = run_campaign(store, jobs, processes, device, "verifying", time_budget=seconds, undone=undone)
    return [Agreement(run.record, anew, run.tolerance) for anew in made if (run := stored[anew.identity.cell])]


@dataclass(frozen=True)
class Check:
    """What was found."""

    runs: Sequence[StoredRun]
    fits: Sequence[bool | None]  # whether each one's input does
    rescored: Sequence[tuple[StoredRun, float]]
    agreements: Sequence[Agreement]
    failed: int = 0  # runs of the sample

    def faults(self) -> Iterator[str]:
        """What is wrong, a line each."""
        for run, fits in zip(self.runs, self.fits, strict=True):
            if fits is False:
                yield f"{run.name}: it solved other pixels than its image has here"
        yield from (f"{run.name}: a score differs by {by:.2g}" for run, by in self.rescored if by > RESCORED)
        for one in (agreement for agreement in self.agreements if agreement.verdict == "off"):
            psnrs = ", ".join(f"{name} {old:.2f} stored, {new:.2f} anew" for name, (old, new) in one.psnrs.items())
            yield f"{one.stored.identity.file_name}: kernels {one.similarity:.3f} alike, {psnrs}"
        yield from [f"runs that failed: {self.failed}"] * bool(self.failed)
