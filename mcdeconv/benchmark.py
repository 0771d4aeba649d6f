"""Milliseconds an iteration and peak memory of each tier's networks, by image size, stored with the hardware."""

import json
import multiprocessing
import resource
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from mcdeconv.files import make_folder, write_whole
from mcdeconv.presets import TIERS, configure
from mcdeconv.records import processor, provenance
from mcdeconv.solver import algorithm_1, initialise
from mcdeconv.timing import Timing

SIZES = (128, 255, 512)  # px a side of the blurred image
KERNEL_SIZE = 27  # the largest of Levin's
WARM_UP = 2


@dataclass(frozen=True)
class Case:
    """One row of the benchmark."""

    tier: str
    size: int
    device: str
    threads: int
    repeats: int


def run_benchmark(device: str, repeats: int, folder: Path) -> list[Timing]:
    """Time every tier at every size, a fresh process each, print the rows and write them as JSON."""
    threads = torch.get_num_threads()
    where = provenance(device, threads)
    print(f"{where['device']}, {threads} threads, torch {where['torch']}, {repeats} iterations each")
    timings = []
    for tier in TIERS:
        for size in SIZES:
            with multiprocessing.get_context("spawn").Pool(1) as pool:  # a process of its own, for its peak memory
                timing = pool.apply(measure, (Case(tier, size, device, threads, repeats),))
            timings.append(timing)
            print(
                f"{tier:<8}{size:>4} px  {timing.channels:>4} channels {timing.precision:<9}"
                f"{timing.milliseconds:9.1f} ms an iteration ({timing.fastest:.1f} to {timing.slowest:.1f})"
                f"{timing.peak_megabytes:8.0f} MB",
                flush=True,
            )
    content = {"hardware": where, "timings": [asdict(timing) for timing in timings]}
    name = "-".join("".join(c if c.isalnum() else " " for c in (where["device"] or processor())).lower().split())
    make_folder(folder)
    path = folder / f"iteration-{name}.json"
    write_whole(path, (json.dumps(content, indent=1) + "\n").encode())
    print(f"written to {path}")
    return timings


def measure(case: Case) -> Timing:
    """Time iterations of Algorithm 1 on noise: their cost does not depend on the picture."""
    torch.set_num_threads(case.threads)
    config = configure("ours", case.tier)
    state = initialise((case.size, case.size), KERNEL_SIZE, config, seed=0, device=case.device)
    blurred = torch.rand(1, 1, case.size, case.size, generator=torch.Generator().manual_seed(0)).to(case.device)
    times = []
    steps = algorithm_1(state, blurred)
    for _ in range(WARM_UP + case.repeats):
        started = time.perf_counter()
        next(steps)  # reads the loss, and so waits for the device
        times.append(1e3 * (time.perf_counter() - started))
    times = times[WARM_UP:]
    on_gpu = case.device == "cuda"
    peak = torch.cuda.max_memory_allocated() if on_gpu else peak_memory()
    return Timing(
        case.tier,
        case.size,
        KERNEL_SIZE,
        config.image_net.channels,
        config.precision,
        round(statistics.median(times), 2),
        round(min(times), 2),
        round(max(times), 2),
        case.repeats,
        round(peak / 1e6, 1),
    )


def peak_memory() -> int:
    """Largest resident size of this process so far, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes on macOS, kilobytes elsewhere
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
