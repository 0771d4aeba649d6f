"""Many runs: what is missing in a store is solved, a process a core, and every record is kept at once."""

import multiprocessing
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from tqdm import tqdm

from mcdeconv.config import SolverConfig
from mcdeconv.errors import RunFailed
from mcdeconv.experiment import Problem, identify, run
from mcdeconv.files import make_folder, require_writable
from mcdeconv.records import Identity, Record, Store


@dataclass(frozen=True)
class Job:
    """One run that a campaign wants."""

    problem: Problem
    method: str
    tier: str
    config: SolverConfig
    seed: int

    @property
    def identity(self) -> Identity:
        return identify(self.problem, self.method, self.tier, self.config, self.seed)


def run_campaign(
    store: Store, jobs: Sequence[Job], processes: int | None = None, device: str = "cpu", title: str = "solving"
) -> list[Record]:
    """Solve the jobs that have no record yet, in their order; return the records of all, in their order.

    On the CPU a process solves with one thread: two images at a time take less than one after the other with two.
    A run that fails is named and leaves no record; it is tried again next time. Records appear as runs end, so the
    campaign can be killed and started again.
    """
    missing = [job for job in jobs if store.get(job.identity) is None]
    if missing:  # find out before hours of work, not after
        make_folder(store.folder)
        require_writable(store.folder)
    processes = min(processes or os.cpu_count() or 1, len(missing))
    if device != "cpu" or processes <= 1:
        results = (solve_job((job, device)) for job in missing)
        keep(store, results, len(missing), title)
    else:
        with multiprocessing.get_context("spawn").Pool(processes, torch.set_num_threads, (1,)) as pool:
            keep(store, pool.imap_unordered(solve_job, [(job, device) for job in missing]), len(missing), title)
    return [record for job in jobs if (record := store.get(job.identity))]


def keep(store: Store, results: Iterable[Record | str], count: int, title: str) -> None:
    """Put every result into the store as it comes; failed runs are text."""
    for result in tqdm(results, title, total=count, unit="run", disable=not count):
        if isinstance(result, Record):
            store.put(result)
        else:
            tqdm.write(result)


def solve_job(task: tuple[Job, str]) -> Record | str:
    job, device = task
    try:
        return run(job.problem, job.method, job.tier, job.config, job.seed, device)
    except RunFailed as error:
        return f"{job.problem.item.id}, {job.method}, seed {job.seed}: {error}"
