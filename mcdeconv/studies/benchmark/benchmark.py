"""Milliseconds an iteration and peak memory by tier, image size and images at a time."""

import multiprocessing
import resource
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch.utils.flop_counter import FlopCounterMode

from mcdeconv.core.algorithm_1 import algorithm_1, one_by_one
from mcdeconv.core.config import Precision, SolverConfig
from mcdeconv.core.cuda_graph import graphs
from mcdeconv.core.device import has_bfloat16, usable_precision
from mcdeconv.core.presets import TIERS, configure
from mcdeconv.machine import keep_freed_memory
from mcdeconv.runs.provenance import provenance
from mcdeconv.studies.benchmark import ALONE, TOGETHER, per_image
from mcdeconv.studies.benchmark.textbook import textbook_state
from mcdeconv.studies.rows import Measured, Sheet

SIZES = (128, 255, 512, 1024)  # px a side of the blurred image
LARGEST_PLAIN = 512  # the textbook's loop needs more memory than small machines have beyond it
LAYOUT_SIZE = 255
KERNEL_SIZE = 27  # the largest of Levin's
WARM_UP = 2
BLOCK = 50  # iterations that a GPU is timed over at once: it is told of them ahead
COUNTS = (1, 4, 8, 16, 32)  # images in turns on a GPU, as far as its memory goes
RATE_SIDE = 2048  # of the matrix product that the floor is taken from


@dataclass(frozen=True)
class Case:
    """One row of the benchmark."""

    tier: str
    precision: Precision
    size: int
    device: str
    threads: int
    repeats: int

    @property
    def config(self) -> SolverConfig:
        return replace(configure("ours", self.tier), precision=self.precision)

    @property
    def blurred(self) -> torch.Tensor:
        """Noise: an iteration's cost does not depend on the picture."""
        noise = torch.rand(1, 1, self.size, self.size, generator=torch.Generator().manual_seed(0))
        return noise.to(self.device)

    def row(self, timed: str, images: int, milliseconds: float) -> Measured:
        own: Measured = {"timed": timed, "tier": self.tier, "precision": self.precision, "size": self.size}
        return own | {"at_a_time": images, "milliseconds": milliseconds, "repeats": self.repeats}


def run_benchmark(device: str, repeats: int, sheet: Sheet) -> Iterator[str]:
    """Time every tier at every size, a fresh process each; a line a row, which is kept at once."""
    threads = torch.get_num_threads()
    where = provenance(device, threads) | {"bfloat16": "yes" if has_bfloat16(device) else "no"}
    yield f"{where['device']}, {threads} threads, torch {where['torch']}, {repeats} iterations each"
    for tier, precision in [(name, precision) for name in TIERS for precision in precisions(name, device)]:
        for size in SIZES:
            row = measure(Case(tier, precision, size, device, threads, repeats))
            sheet.put([where | row])
            yield in_words(row)
        for count in images_at_a_time(device, threads):
            case = Case(tier, precision, LAYOUT_SIZE, device, max(1, threads // count), repeats)
            try:
                row = measure_layout(case, count)
            except torch.OutOfMemoryError:
                yield f"  {count} at a time: the memory does not suffice"
                break
            sheet.put([where | row])
            yield f"  {count} at a time: {per_image(row):.1f} ms an iteration and image"
    yield f"written to {sheet.path}"


def precisions(tier: str, device: str) -> list[Precision]:
    """The tier's own and bfloat16, where the device has it."""
    wanted: tuple[Precision, ...] = (configure("ours", tier).precision, "bfloat16")
    return list(dict.fromkeys(usable_precision(precision, device) for precision in wanted))


def images_at_a_time(device: str, threads: int) -> list[int]:
    """Processes that share the cores; on a GPU, runs that go in turns."""
    return [*COUNTS] if device == "cuda" else sorted({1, threads})


def in_words(row: Measured) -> str:
    ratio = f"{row['speed_up']:5.2f} × plain" if row["speed_up"] else ""
    return (
        f"{row['tier']:<8}{row['size']:>5} px  {row['channels']:>4} channels {row['precision']:<9}"
        f"{row['milliseconds']:9.1f} ms an iteration ({row['fastest']:.1f} to {row['slowest']:.1f}) {ratio:<13}"
        f"{row['floor_milliseconds'] / row['milliseconds']:5.0%} is the floor{row['peak_megabytes']:8.0f} MB"
        f"{row['nanoseconds_per_pixel']:8.0f} ns/px"
    )


def measure(case: Case) -> Measured:
    """Time iterations of Algorithm 1, in turns with the textbook's where that fits into memory.

    Each has a process of its own, for its peak memory, and because what ours tells the allocator would help both.
    """
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, begin, (case, "ours")) as ours, context.Pool(1, begin, (case, "plain")) as plain:
        pools = [ours, plain] if case.size <= LARGEST_PLAIN else [ours]
        turns = [[pool.apply(next_milliseconds) for pool in pools] for _ in range(WARM_UP + case.repeats)]
        peak, floor = ours.apply(peak_memory, (case.device,)), ours.apply(next_floor)
    times, *plain_times = ([turn[k] for turn in turns[WARM_UP:]] for k in range(len(pools)))
    median, latent = statistics.median(times), case.size + KERNEL_SIZE - 1
    plain_median = statistics.median(plain_times[0]) if plain_times else None
    return case.row(ALONE, 1, median) | {
        "channels": case.config.image_net.channels,
        "kernel_side": KERNEL_SIZE,
        "fastest": min(times),
        "slowest": max(times),
        "plain_milliseconds": plain_median,
        "speed_up": plain_median and plain_median / median,
        "floor_milliseconds": floor,
        "nanoseconds_per_pixel": 1e6 * median / latent**2,  # of the latent image
        "peak_megabytes": peak / 1e6,
    }


_mine = threading.local()  # what this worker of a pool times; in tests workers are threads


def begin(case: Case, loop: Literal["ours", "plain"]) -> None:
    """What a process begins with; the first iteration does the work."""
    torch.set_num_threads(case.threads)
    _mine.case, _mine.steps = case, iterations(case) if loop == "ours" else plain_iterations(case)


def next_milliseconds() -> float:
    return milliseconds(_mine.steps, _mine.case.device)


def next_floor() -> float:
    return floor_milliseconds(_mine.case)


def iterations(case: Case) -> Iterator[object]:
    """Those that a campaign does: on a GPU they are replayed."""
    keep_freed_memory()
    accelerator = graphs() if case.device == "cuda" else one_by_one
    yield from algorithm_1(case.blurred, KERNEL_SIZE, case.config, accelerator=accelerator)


def plain_iterations(case: Case) -> Iterator[object]:
    state = textbook_state(case.blurred, KERNEL_SIZE, case.config, seed=0)
    yield from algorithm_1(case.blurred, KERNEL_SIZE, state.config, resume=state)


def milliseconds(steps: Iterator[object], device: str) -> float:
    """Of a step, the mean over the next `BLOCK`; what is queued on a GPU is waited for before and after them."""
    count = BLOCK if device == "cuda" else 1
    wait_for(device)
    started = time.perf_counter()
    for _ in range(count):
        next(steps)
    wait_for(device)
    return 1e3 * (time.perf_counter() - started) / count


def wait_for(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def floor_milliseconds(case: Case) -> float:
    """An iteration's multiplications and additions at the rate that this device reaches in a matrix product."""
    with FlopCounterMode(display=False) as counter:  # it sees nothing of what is replayed
        next(algorithm_1(case.blurred, KERNEL_SIZE, case.config))
    kind = torch.bfloat16 if case.precision == "bfloat16" else torch.float32
    factor = torch.rand(RATE_SIDE, RATE_SIDE, device=case.device).to(kind)

    def products() -> Iterator[float]:
        while True:
            yield float((factor @ factor)[0, 0])

    steps = products()
    fastest = min(milliseconds(steps, case.device) for _ in range(WARM_UP + case.repeats))
    return fastest * counter.get_total_flops() / (2 * RATE_SIDE**3)


def measure_layout(case: Case, images: int) -> Measured:
    """Time `images` processes that iterate at the same time, on the case's threads each; on a GPU, runs in turns."""
    with multiprocessing.get_context("spawn").Pool(1 if case.device == "cuda" else images) as pool:
        if case.device == "cuda":
            found = [pool.apply(iterate_in_turns, (case, images))]
        else:
            found = pool.map(iterate_for_a_while, [case] * images, chunksize=1)
    return case.row(TOGETHER, images, statistics.median(time for times in found for time in times))


def iterate_for_a_while(case: Case) -> list[float]:
    """Several times the iterations asked for: the others have started by the second half, and not ended yet."""
    torch.set_num_threads(case.threads)
    steps = iterations(case)
    times = [milliseconds(steps, case.device) for _ in range(WARM_UP + 3 * case.repeats)]
    return times[-2 * case.repeats : -case.repeats]


def iterate_in_turns(case: Case, images: int) -> list[float]:
    """Times of rounds, in each of which every image has an iteration."""

    def rounds() -> Iterator[None]:
        together = [iterations(case) for _ in range(images)]
        while True:
            for steps in together:
                next(steps)
            yield

    steps = rounds()
    return [milliseconds(steps, case.device) for _ in range(WARM_UP + case.repeats)][WARM_UP:]


def peak_memory(device: str = "cpu") -> int:
    """Largest memory of the GPU that was allocated, or resident size of this process, so far, in bytes."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes on macOS, kilobytes elsewhere
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
