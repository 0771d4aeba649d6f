"""How far an experiment is, and how long the rest takes if its runs take as long as those before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mcdeconv.machine import usable_cores
from mcdeconv.runs.job import Job, nameless
from mcdeconv.runs.records import Record, Store

Seconds = dict[tuple[str, str | None], float]


@dataclass(frozen=True)
class Progress:
    """Runs of a plan, and the seconds that the missing ones take on this machine; None if nothing is known."""

    runs: int
    done: int
    seconds: float | None

    @property
    def missing(self) -> int:
        return self.runs - self.done

    def __str__(self) -> str:
        if not self.missing:
            return f"{self.runs} runs, all done"
        rest = "no run to go by" if self.seconds is None else f"about {duration(self.seconds)}"
        return f"{self.runs} runs, {self.done} done, {self.missing} missing: {rest}"


def mean_seconds(records: Iterable[Record]) -> Seconds:
    """Mean seconds of a run by (tier, method), and by (tier, None) over all methods."""
    found: dict[tuple[str, str | None], list[float]] = defaultdict(list)
    for record in records:
        for method in (record.identity.method, None):
            found[record.identity.tier, method].append(record.own_seconds)
    return {key: float(np.mean(values)) for key, values in found.items()}


def measure(jobs: Sequence[Job], stores: Sequence[Store], known: Seconds, processes: int | None = None) -> Progress:
    """How far a plan is; a run counts as done if one of the stores has all of it."""
    unique = {job.identity: job for job in jobs}
    missing = [job for job in unique.values() if not any(job.done(store) for store in stores)]
    apart = {nameless(job.identity): job for job in missing}.values()  # equal configurations share one run
    each = [known.get((job.tier, job.method), known.get((job.tier, None))) for job in apart]
    rates = [seconds for seconds in each if seconds is not None]
    total = sum(rates) / (processes or usable_cores()) if len(rates) == len(each) else None
    return Progress(len(unique), len(unique) - len(missing), total)


def duration(seconds: float) -> str:
    """For people.

    Examples
    --------
    >>> duration(40), duration(600), duration(9000)
    ('40 s', '10 min', '2.5 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
