"""Minutes of a machine, spent on the runs that matter most: whether it computes rightly, how fast, and what fits.

A few iterations of every kind of run are timed first; a run that would not end in time is not started.
"""

import logging
import math
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace

import torch
from tqdm import tqdm

from mcdeconv.core.algorithm_1 import algorithm_1, one_by_one
from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig
from mcdeconv.core.cuda_graph import graphs
from mcdeconv.core.forward import latent_shape
from mcdeconv.core.schedules import Step
from mcdeconv.core.solve import Steps, solving
from mcdeconv.errors import InputError
from mcdeconv.files import make_folder, require_writable
from mcdeconv.machine import usable_cores
from mcdeconv.runs.campaign import Ended, Outcome, Task, Undone, keep, scored, solve_job, solving_job, too_large
from mcdeconv.runs.job import Job, nameless
from mcdeconv.runs.records import LENDER, Identity, Store
from mcdeconv.runs.unscored import drop_scored, drop_unscored, is_unscored, keep_unscored
from mcdeconv.runs.wording import count as counted
from mcdeconv.runs.workers import in_processes, in_turns

log = logging.getLogger("mcdeconv")
ON_A_GPU = (2, 6, 12)  # runs in turns that are tried
GAIN = 1.1  # less than that is not worth more runs at a time
MARGIN = 1.1  # of what a run is expected to take
SCORING = {"cpu": 60.0, "cuda": 20.0}  # seconds kept back at the end, for scores of the last runs; a GPU's may wait
PACKING = 5.0  # of these: for the file that all goes into
TIMED = {"cpu": 1, "cuda": 40}  # iterations, after as many that are not timed
RIVALS_SECONDS = 30.0  # a classical method on a picture of 800 px, with its scores


@dataclass(frozen=True)
class Tranche:
    """Runs of one kind, in the order in which they matter."""

    title: str
    jobs: Callable[[], Sequence[Job]]
    large: bool = False  # an hour a run on a processor, where it comes last


@dataclass(frozen=True)
class Pace:
    """How long runs of a kind take on a device."""

    seconds: float  # of an iteration of each of `at_a_time` runs
    at_a_time: int
    area: int  # px of the latent image that was timed

    def expected(self, job: Job) -> float:
        """Seconds from a run's start to its end; what is larger than what was timed takes as much longer."""
        if not isinstance(job.config, SolverConfig):
            return RIVALS_SECONDS
        return MARGIN * job.config.last_iteration * self.seconds * max(1.0, area(job) / self.area)

    def __str__(self) -> str:
        rate = 1e3 * self.seconds / self.at_a_time
        return f"{rate:.2f} ms an iteration and run, {self.at_a_time} at a time"


@dataclass
class Contribution:
    """What one machine adds in a given time; `Tranche` by `Tranche`, and nothing that would not end."""

    store: Store
    known: Sequence[Store]
    device: str
    seconds: float
    by: str = ""  # who lends the machine, as the book names them
    say: Callable[[str], None] = tqdm.write
    paces: dict[object, Pace] = field(default_factory=dict)  # of runs with equal networks
    tasks: dict[Identity, Task] = field(default_factory=dict)  # of all tranches so far
    undone: Undone = field(default_factory=Undone)
    slower: dict[object, float] = field(default_factory=dict)  # how many times as long runs of a kind really took

    def __post_init__(self) -> None:
        if not LENDER.fullmatch(self.by):
            raise InputError(
                f"--by {self.by!r} is no name for a list: up to 60 letters, digits, spaces and . , ' ( ) @ -"
            )
        kept_back = min(SCORING[kind(self.device)], self.seconds / 6)
        self.end = time.monotonic() + self.seconds
        self.deadline = self.end - kept_back  # of runs
        self.replayed = not self.device.startswith("cuda") or replays_rightly(self.device)
        if not self.replayed:
            self.say("recorded iterations are not those of plain steps here: plain steps are taken")

    def make(self, tranches: Sequence[Tranche]) -> None:
        """Solve what is missing, as far as the time goes; a record is kept as soon as it is scored.

        On a GPU the next run goes on while other processes score the last one, from one tranche to the next too. What
        has no scores at the end is kept without: `unscored`.
        """
        make_folder(self.store.folder)
        require_writable(self.store.folder)
        outcomes: Generator[Outcome, None, None]
        if kind(self.device) == "cuda":
            until = self.end - min(PACKING, self.seconds / 10)
            outcomes = in_processes(scored, self.ended(tranches), max(1, usable_cores() - 1), until)
        else:
            outcomes = self.outcomes(tranches)
        try:
            with closing(outcomes):
                keep(self.store, self.tasks, self.checked(outcomes), "contributed", self.undone)
        finally:
            if left := drop_scored(self.store):
                self.say(f"{counted(left, 'run')} without scores: `mcdeconv merge` makes these")

    def ended(self, tranches: Sequence[Tranche]) -> Iterator[Ended]:
        for tasks, pace in self.planned(tranches):
            for ended in in_turns(tasks, self.started, pace.at_a_time, too_large):
                task = self.tasks[ended.identity]
                if ended.solved and task.expected:
                    key = nets_of(task.job)
                    self.slower[key] = max(self.slower.get(key, 1.0), ended.solved.result.seconds / task.expected)
                keep_unscored(self.store, ended, task.jobs)
                yield ended

    def started(self, task: Task) -> Steps[Ended]:
        return solving_job(replace(task, expected=self.slower.get(nets_of(task.job), 1.0) * task.expected))

    def checked(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """What cannot be scored does not stay: it starts anew next time."""
        for outcome in outcomes:
            if outcome.failure:
                for job in self.tasks[outcome.identity].jobs:
                    drop_unscored(self.store, job)
            yield outcome

    def outcomes(self, tranches: Sequence[Tranche]) -> Generator[Outcome, None, None]:
        for tasks, pace in self.planned(tranches):
            with closing(in_processes(solve_job, tasks, pace.at_a_time)) as outcomes:
                yield from outcomes

    def planned(self, tranches: Sequence[Tranche]) -> Iterator[tuple[list[Task], Pace]]:
        """Of every tranche what is missing and would end in time, when its turn comes."""
        for tranche in tranches if kind(self.device) == "cuda" else sorted(tranches, key=lambda one: one.large):
            if self.deadline <= time.monotonic():
                return self.say(f"{tranche.title}: no time left, nor for what comes after it")
            try:
                jobs = self.missing(tranche)
            except InputError as error:  # a data set that is not here
                self.say(f"{tranche.title}: {error}")
                continue
            if not jobs:
                self.say(f"{tranche.title}: all there")
                continue
            pace = pace_of(jobs, self.device, self.paces)
            left = self.deadline - time.monotonic()
            self.say(f"{tranche.title}: {len(jobs)} missing, {pace}; {max(0.0, left):.0f} s left")
            tasks = {
                nameless(job.identity): Task(
                    [job], self.device, self.deadline, None, pace.at_a_time, pace.expected(job), self.replayed, self.by
                )
                for job in jobs
                if self.slower.get(nets_of(job), 1.0) * pace.expected(job) < left
            }
            self.tasks |= tasks
            if tasks:
                yield [*tasks.values()], pace

    def missing(self, tranche: Tranche) -> list[Job]:
        stores = (self.store, *self.known)
        jobs = (job for job in tranche.jobs() if nameless(job.identity) not in self.tasks)
        return [job for job in jobs if not is_unscored(self.store, job) and not any(map(job.done, stores))]


def kind(device: str) -> str:
    return "cuda" if device.startswith("cuda") else "cpu"


def area(job: Job) -> int:
    """Pixels of a job's latent image."""
    shape = job.problem.blurred.shape
    return math.prod(latent_shape((shape[0], shape[1]), job.problem.kernel_size))


def nets_of(job: Job) -> object:
    """What an iteration's time depends on, beside the image's size; None for a rival."""
    config = job.config
    return (config.image_net, config.kernel_net, config.update) if isinstance(config, SolverConfig) else None


def pace_of(jobs: Sequence[Job], device: str, paces: dict[object, Pace]) -> Pace:
    """Time a few iterations of the first job that has any, unless a run with such networks was timed before."""
    job = next((job for job in jobs if isinstance(job.config, SolverConfig)), None)
    if job is None:
        return Pace(0.0, usable_cores(), 1)
    key = nets_of(job)
    if key not in paces:
        paces[key] = timed_on_gpu(job, device) if kind(device) == "cuda" else timed_alone(job, device)
    return paces[key]


def timed_alone(job: Job, device: str) -> Pace:
    """A process a core does not get slower by the others, as far as memory's speed allows."""
    return Pace(seconds_of_round(job, device, 1), usable_cores(), area(job))


def timed_on_gpu(job: Job, device: str) -> Pace:
    """With as many runs in turns as still gain something."""
    found: dict[int, float] = {}  # runs at a time → seconds of an iteration of all of them
    for count in ON_A_GPU:
        try:
            found[count] = seconds_of_round(job, device, count)
        except torch.OutOfMemoryError:
            break
        if found[count] / count > min(seconds / n for n, seconds in found.items()):
            break
    if not found:
        return Pace(math.inf, 1, area(job))
    best = min(seconds / n for n, seconds in found.items())
    count = min(n for n, seconds in found.items() if seconds / n < GAIN * best)
    return Pace(found[count], count, area(job))


def seconds_of_round(job: Job, device: str, count: int) -> float:
    """In which each of so many runs has an iteration."""
    assert isinstance(job.config, SolverConfig)
    problem, rounds, threads = job.problem, TIMED[kind(device)], torch.get_num_threads()
    known = problem.item.kernel if job.config.kernel_net.architecture == "known" else None
    what = problem.blurred, problem.kernel_size, job.config
    torch.set_num_threads(1)  # as workers have
    try:
        with ExitStack() as runs:
            going = [solving(*what, seed=n, device=device, known_kernel=known) for n in range(count)]
            for steps in going:
                runs.enter_context(closing(steps))
            begun = 0.0
            for _ in ("not counted", "counted"):
                wait_for(device)
                begun = time.perf_counter()
                for _ in range(rounds):
                    for steps in going:
                        next(steps)
                wait_for(device)
            return (time.perf_counter() - begun) / rounds
    finally:
        torch.set_num_threads(threads)


def wait_for(device: str) -> None:
    if kind(device) == "cuda":
        torch.cuda.synchronize()


TEST = SolverConfig(
    image_net=ImageNetConfig(levels=3, channels=8, skip_channels=4),
    kernel_net=KernelNetConfig(levels=2, channels=8),
    dropout_rate=Step(0.3, 0.001, 12),
    input_noise_std=Step(0.05, 0.001, 24),
    halve_after=30,
    iterations=40,
)
CLOSE = 0.02  # of the loss: rounding, which iterations amplify


def replays_rightly(device: str) -> bool:
    """Whether iterations that are recorded and replayed on this GPU have the losses of plain ones."""
    blurred = torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0)).to(device)
    losses = []
    try:
        for accelerator in (one_by_one, graphs()):
            states = [*algorithm_1(blurred, 9, TEST, seed=0, accelerator=accelerator)]  # one, again and again
            wait_for(device)
            losses.append(torch.tensor(states[-1].losses))
    except RuntimeError as error:  # what CUDA raises
        log.warning("iterations cannot be recorded here: %s", error)
        return False
    apart = (losses[0] - losses[1]).abs() / losses[0]
    log.info("recorded iterations differ from plain ones by %.2g of the loss", float(apart.max()))
    return bool(apart.max() < CLOSE)
