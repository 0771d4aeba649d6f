"""Many runs: what is missing in a store is solved, a process a core, and every record is kept at once."""

import math
import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.device import choose_device
from mcdeconv.core.solve import TRIES, Observer, Steps, at_once, check_problem
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.files import make_folder, require_writable
from mcdeconv.machine import kept_memory, usable_cores
from mcdeconv.runs.job import Job, nameless
from mcdeconv.runs.library import CHECKPOINTS, Library
from mcdeconv.runs.provenance import commit
from mcdeconv.runs.recorder import Recorder
from mcdeconv.runs.records import Identity, Record, Store
from mcdeconv.runs.run import Solved, running
from mcdeconv.runs.trajectory import Trajectory
from mcdeconv.runs.workers import in_processes, in_turns

ON_A_GPU = 4  # runs at a time


@dataclass
class Undone:
    """How many of a campaign's runs the time was up for."""

    runs: int = 0
    saved: int = 0  # of these have a checkpoint to go on from

    def __str__(self) -> str:
        return f"the time was up; runs not done: {self.runs}, {self.saved} with a checkpoint; the same command goes on"


def complete(
    library: Library,
    jobs: Sequence[Job],
    device: str = "auto",
    processes: int | None = None,
    title: str = "solving",
    local_only: bool = False,
) -> list[Record]:
    """The records of some jobs; what a library lacks is computed into its local store.

    `local_only` has what came with the repository computed again.
    """
    known = () if local_only else (library.committed,)
    saved = library.root / CHECKPOINTS
    return run_campaign(library.local, jobs, processes, choose_device(device), title, known=known, checkpoints=saved)


def run_campaign(
    store: Store,
    jobs: Sequence[Job],
    processes: int | None = None,
    device: str = "cpu",
    title: str = "solving",
    *,
    time_budget: float | None = None,
    checkpoints: Path | None = None,
    known: Sequence[Store] = (),
    undone: Undone | None = None,
) -> list[Record]:
    """Solve the jobs that have no record yet, in their order; return the records of all, in their order.

    On the CPU a process solves with one thread: two images at a time take less than one after the other with two. On a
    GPU one process takes several runs in turns.
    A run that fails is named and leaves no record; it is tried again next time. Records appear as runs end, so the
    campaign can be killed and started again. Methods that come to the same configuration (S3 of Figure 8 is Table 5's
    "dropout only") share one run.

    Parameters
    ----------
    processes : runs at a time; default: one a core, or ON_A_GPU
    time_budget : seconds after which no run is started and those in progress are stopped, optional. What is not done
        then is told in one line and is no failure. Scoring a run whose last iteration was in time comes on top.
    checkpoints : folder in which runs in progress are saved every 30 s and when the time is up, optional; the same
        jobs go on from there. Runs with pictures cannot, because what was recorded of them is not part of a
        checkpoint: when the time is up, they are dropped, and start anew next time.
    known : further stores, in which nothing is written, whose records count as done and are returned too
    undone : is told how many runs the time was up for, optional

    Raises
    ------
    InputError
        If a folder cannot be written, or a checkpoint is damaged or of another version.
    """
    commit()  # as it is now: it may be another one when the runs end
    deadline = math.inf if time_budget is None else time.monotonic() + time_budget
    undone = Undone() if undone is None else undone
    stores = (store, *known)
    missing = [job for job in jobs if not any(job.done(place) for place in stores)]
    for folder in (store.folder, checkpoints) if missing else ():  # find out before hours of work, not after
        if folder:
            make_folder(folder)
            require_writable(folder)
    groups = grouped(missing, store, stores)
    at_a_time = min(processes or (usable_cores() if device == "cpu" else ON_A_GPU), len(groups))
    tasks = {key: Task(jobs, device, deadline, checkpoints, at_a_time) for key, jobs in groups.items()}
    outcomes: Generator[Outcome, None, None]
    if device != "cpu":  # scores take the processor, and the GPU would wait for them
        ended = in_turns([*tasks.values()], solving_job, max(1, at_a_time), too_large)
        outcomes = in_processes(scored, ended, max(1, usable_cores() - 1))
    elif at_a_time <= 1:
        outcomes = (solve_job(task) for task in tasks.values())
    else:
        outcomes = in_processes(solve_job, [*tasks.values()], at_a_time)
    with closing(outcomes):
        keep(store, tasks, outcomes, title, undone)
    if undone.runs:
        tqdm.write(str(undone))
    found = (next((record for place in stores if (record := place.get(job.identity))), None) for job in jobs)
    return [record for record in found if record]


def grouped(missing: Sequence[Job], store: Store, stores: Sequence[Store]) -> dict[Identity, list[Job]]:
    """The jobs to solve by what their run is of; a run that is there under another name is adopted."""
    groups: dict[Identity, list[Job]] = defaultdict(list)
    for job in missing:
        if not any(adopt_twin(store, job, place) for place in stores):
            groups[nameless(job.identity)].append(job)
    return groups


def adopt_twin(store: Store, job: Job, place: Store) -> bool:
    """Whether a place has the job's run under another method's name; the store now has it under this one."""
    for record in place.of_image(job.identity):
        twin = replace(job, method=record.identity.method)
        if nameless(record.identity) == nameless(job.identity) and twin.done(place):
            store.put(renamed(record, job.method), place.trajectory(record.identity))
            return True
    return False


def renamed(record: Record, method: str) -> Record:
    return replace(record, identity=replace(record.identity, method=method))


@dataclass(frozen=True)
class Task:
    """What a worker gets: the jobs that one run is for, and how it may work on it."""

    jobs: Sequence[Job]  # of the same nameless identity
    device: str
    deadline: (
        float  # of time.monotonic(), which on Linux and macOS all processes share, and which no clock change moves
    )
    checkpoints: Path | None
    at_a_time: int  # runs that share the device; in turns on a GPU, whose seconds then contain the others' too
    expected: float = 0.0  # seconds; with less left it is not started
    replayed: bool = True  # whether a GPU may replay recorded iterations
    by: str = ""  # who lends the machine

    @property
    def job(self) -> Job:
        return replace(self.jobs[0], pictures=max(job.pictures for job in self.jobs))

    @property
    def identity(self) -> Identity:
        return nameless(self.jobs[0].identity)

    @property
    def checkpoint(self) -> Path | None:
        """The file for it; a run with pictures has none."""
        if self.checkpoints is None or self.job.pictures:
            return None
        return self.checkpoints / f"{Path(self.identity.file_name).stem}.pt"

    @property
    def saved(self) -> list[Path]:
        """The files that it can go on from."""
        return checkpoint_files(self.checkpoint) if self.checkpoint else []

    def forget(self) -> None:
        """Delete them."""
        for file in self.saved:
            file.unlink(missing_ok=True)


def checkpoint_files(checkpoint: Path) -> list[Path]:
    """The files that `solve` has written for this checkpoint: of its first try, of its second, or none."""
    tries = (checkpoint.with_stem(checkpoint.stem + suffix) for _, suffix in TRIES)
    return [path for path in tries if path.exists()]


@dataclass(frozen=True)
class Ended:
    """A task that is no longer worked on; with neither a run nor a failure, the time was up."""

    identity: Identity  # nameless
    what: str = ""  # in words
    solved: Solved | None = None
    recorder: Recorder | None = None
    shared: Mapping[str, Any] = field(default_factory=dict)  # how the device was
    failure: str = ""


@dataclass(frozen=True)
class Outcome:
    """What comes of a task; with neither a record nor a failure, the time was up."""

    identity: Identity  # nameless
    record: Record | None = None
    trajectory: Trajectory | None = None
    failure: str = ""


def solving_job(task: Task) -> Steps[Ended]:
    job, left = task.job, task.deadline - time.monotonic()
    if left <= task.expected:
        return Ended(task.identity)
    try:
        check_problem(job.problem.blurred, job.problem.kernel_size)
    except InputError as error:
        return failed(task, str(error))
    recorder = None
    if job.pictures and isinstance(job.config, SolverConfig):
        recorder = Recorder(job.problem, job.config.last_iteration, job.pictures)
    observers: tuple[Observer, ...] = (recorder,) if recorder else ()
    if not task.replayed:
        observers += (lambda state: None,)  # it does not say that it can do without every loss
    what = (job.problem, job.method, job.tier, job.config, job.seed, task.device, observers)
    try:
        with kept_memory() if task.device == "cpu" else nullcontext():
            solved = yield from running(*what, checkpoint=task.checkpoint, time_budget=left)
    except RunFailed as error:
        return failed(task, str(error))
    if solved is None:
        return Ended(task.identity)
    shared = {"at_a_time": task.at_a_time, "in_turns": task.device != "cpu"} | ({"by": task.by} if task.by else {})
    return Ended(task.identity, in_words(job), solved, recorder, shared)


def in_words(job: Job) -> str:
    return f"{job.problem.item.id}, {job.method}, seed {job.seed}"


def failed(task: Task, why: str) -> Ended:
    return Ended(task.identity, failure=f"{in_words(task.job)}: {why}")


def too_large(task: Task) -> Ended:
    """A run that the device has no memory for."""
    return failed(task, "the device's memory does not suffice for it")


def scored(ended: Ended) -> Outcome:
    """What a process of the pool does with a run that the GPU has done with."""
    if ended.failure or ended.solved is None:
        return Outcome(ended.identity, failure=ended.failure)
    try:
        record = ended.solved.record()
    except RunFailed as error:
        return Outcome(ended.identity, failure=f"{ended.what}: {error}")
    record = replace(record, provenance={**record.provenance, **ended.shared})
    return Outcome(ended.identity, record, ended.recorder.trajectory() if ended.recorder else None)


def solve_job(task: Task) -> Outcome:
    """What a process of the pool does with a run; it is found there by its name."""
    return scored(at_once(solving_job)(task))


def keep(store: Store, tasks: Mapping[Identity, Task], outcomes: Iterable[Outcome], title: str, undone: Undone) -> None:
    """Put every record into the store as it comes, under the name of every job it is for; count what is undone."""
    for outcome in tqdm(outcomes, title, total=len(tasks), unit="run", disable=not tasks):
        task = tasks[outcome.identity]
        if outcome.failure:
            task.forget()  # it starts anew next time
            tqdm.write(outcome.failure)
        elif outcome.record is None:
            undone.runs += len(task.jobs)
            undone.saved += len(task.jobs) * bool(task.saved)
        else:
            for job in task.jobs:
                store.put(renamed(outcome.record, job.method), outcome.trajectory if job.pictures else None)
            task.forget()
