"""Many runs: what is missing in a store is solved, a process a core, and every record is kept at once."""

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import torch
from tqdm import tqdm

from mcdeconv.errors import RunFailed
from mcdeconv.experiment import run
from mcdeconv.files import make_folder, require_writable
from mcdeconv.job import Job, nameless
from mcdeconv.recorder import Recorder
from mcdeconv.records import Identity, Record, Store
from mcdeconv.trajectory import Trajectory


def run_campaign(
    store: Store, jobs: Sequence[Job], processes: int | None = None, device: str = "cpu", title: str = "solving"
) -> list[Record]:
    """Solve the jobs that have no record yet, in their order; return the records of all, in their order.

    On the CPU a process solves with one thread: two images at a time take less than one after the other with two.
    A run that fails is named and leaves no record; it is tried again next time. Records appear as runs end, so the
    campaign can be killed and started again. Methods that come to the same configuration (S3 of Figure 8 is Table 5's
    "dropout only") share one run.
    """
    missing = [job for job in jobs if not job.done(store)]
    if missing:  # find out before hours of work, not after
        make_folder(store.folder)
        require_writable(store.folder)
    groups: dict[Identity, list[Job]] = defaultdict(list)
    for job in missing:
        if not adopt_twin(store, job):
            groups[nameless(job.identity)].append(job)
    tasks = [(replace(group[0], pictures=max(job.pictures for job in group)), device) for group in groups.values()]
    processes = min(processes or os.cpu_count() or 1, len(tasks))
    if device != "cpu" or processes <= 1:
        keep(store, groups, map(solve_job, tasks), title)
    else:
        with multiprocessing.get_context("spawn").Pool(processes, torch.set_num_threads, (1,)) as pool:
            keep(store, groups, pool.imap_unordered(solve_job, tasks), title)
    return [record for job in jobs if (record := store.get(job.identity))]


Result = tuple[Record, Trajectory | None]


def adopt_twin(store: Store, job: Job) -> bool:
    """Whether the store had the job's run under another method's name; it now has it under this one too."""
    for record in store.of_image(job.identity):
        twin = replace(job, method=record.identity.method)
        if nameless(record.identity) == nameless(job.identity) and twin.done(store):
            store.put(replace(record, identity=job.identity), store.trajectory(record.identity))
            return True
    return False


def keep(store: Store, groups: Mapping[Identity, Sequence[Job]], results: Iterable[Result | str], title: str) -> None:
    """Put every result into the store as it comes, under the name of every job it is for; failed runs are text."""
    for result in tqdm(results, title, total=len(groups), unit="run", disable=not groups):
        if isinstance(result, str):
            tqdm.write(result)
            continue
        record, trajectory = result
        for job in groups[nameless(record.identity)]:
            store.put(replace(record, identity=job.identity), trajectory if job.pictures else None)


def solve_job(task: tuple[Job, str]) -> Result | str:
    job, device = task
    recorder = Recorder(job.problem, job.config.stop_at or job.config.iterations, job.pictures)
    observers = (recorder,) if job.pictures else ()
    try:
        record = run(job.problem, job.method, job.tier, job.config, job.seed, device, observers)
    except RunFailed as error:
        return f"{job.problem.item.id}, {job.method}, seed {job.seed}: {error}"
    return record, recorder.trajectory() if job.pictures else None
