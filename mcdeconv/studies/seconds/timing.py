"""Seconds of every rival and of every final deconvolution, by size of the image and number of threads."""

import hashlib
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.fft import set_workers

from mcdeconv.core.solve import at_once
from mcdeconv.data import datasets
from mcdeconv.data.datasets.registry import benchmark_folder
from mcdeconv.data.datasets.scenes import View, latent_view
from mcdeconv.data.datasets.shake import camera_shake_kernel
from mcdeconv.errors import InputError
from mcdeconv.machine import kept_memory, usable_cores
from mcdeconv.methods import RIVALS, Found, solving_rival
from mcdeconv.runs.provenance import provenance
from mcdeconv.runs.wording import count
from mcdeconv.scoring.nonblind import METHODS, deconvolve_with_kernel, normalised
from mcdeconv.studies.rows import Measured, Sheet
from mcdeconv.studies.seconds import FINAL, KERNEL_SIDES, METHOD, PER_PIXEL, THREADS
from mcdeconv.studies.study import Asked

REPEATS = 3
SLOW = 30.0  # seconds: what takes longer is timed once
LEVEL_METHOD, LEVEL_SIDE = "l0", 31  # whose cost of a pixel is looked at, and with how large a kernel
LEVEL_SIZES = (255, 512, 800, 1024)
PICTURE = View("astronaut", 0, 0, 512)  # a photograph that scikit-image brings along
LEVIN = "im05_flit01"
NOISE_STD = 0.01  # as in the embedded data sets


@dataclass(frozen=True, eq=False)
class Scene:
    """What is solved."""

    image: str
    blurred: NDArray  # (H, H) float32 in [0, 1]
    kernel: NDArray  # (k, k), sums to 1

    @property
    def head(self) -> Measured:
        return {"image": self.image, "size": self.blurred.shape[0], "kernel_side": self.kernel.shape[0]}


@cache
def drawn(size: int, kernel_side: int) -> Scene:
    """A photograph scaled to a size, blurred by a random camera shake; needs no data set."""
    from scipy.signal import fftconvolve

    rng = np.random.default_rng([size, kernel_side])
    kernel = camera_shake_kernel(kernel_side, rng)
    sharp = latent_view(PICTURE, size + kernel_side - 1, grey=True)
    blurred = fftconvolve(sharp, kernel, mode="valid") + NOISE_STD * rng.standard_normal((size, size))
    return Scene(f"drawn-{size}", blurred.clip(0, 1).astype(np.float32), kernel)


def scenes() -> list[Scene]:
    """One of each size; the smallest is Levin's if the data set is on this machine."""
    found = [drawn(size, side) for size, side in KERNEL_SIDES.items()]
    if benchmark_folder("levin").is_dir():
        item = datasets.load_item("levin", LEVIN)
        found[0] = Scene(item.id, item.blurred, np.asarray(item.kernel))
    return found


@dataclass(frozen=True)
class TimedCase:
    """One method on one image with so many threads."""

    timed: str
    method: str
    scene: Scene
    threads: int

    @property
    def head(self) -> Measured:
        what = {"timed": self.timed, "method": self.method, "iterations": 0, "config": self._config}
        return provenance("cpu", self.threads) | what | self.scene.head

    @property
    def _config(self) -> str:
        if self.timed != FINAL:
            return RIVALS[self.method].settings.digest()
        return hashlib.sha256(repr(METHODS[self.method][1]()).encode()).hexdigest()[:12]

    def run(self) -> None:
        """From the blurred image to the result."""
        scene = self.scene
        if self.timed == FINAL:
            deconvolve_with_kernel(scene.blurred, normalised(scene.kernel), self.method)
            return
        estimated(self.method, scene.blurred, scene.kernel.shape[0], self.threads)

    def row(self, repeats: int) -> Measured:
        with on_threads(self.threads), kept_memory():  # as in a campaign
            times = timed(self.run, repeats)
        fastest, slowest = min(times), max(times)
        spread = {"seconds": statistics.median(times), "fastest": fastest, "slowest": slowest, "repeats": len(times)}
        return self.head | spread


def estimated(rival: str, blurred: NDArray, kernel_size: int, threads: int) -> Found:
    """What a rival finds with its own settings."""
    return at_once(solving_rival)(rival, blurred, kernel_size, RIVALS[rival].settings, threads)


def cases() -> Iterator[TimedCase]:
    """All of them, small images first."""
    counts = [number for number in THREADS if number <= usable_cores()]
    for scene in scenes():
        for kind, methods in ((METHOD, RIVALS), (FINAL, METHODS)):
            yield from (TimedCase(kind, name, scene, number) for name in methods for number in counts)
    yield from (TimedCase(PER_PIXEL, LEVEL_METHOD, drawn(size, LEVEL_SIDE), 1) for size in LEVEL_SIZES)


def is_wanted(asked: Asked, method: str, image: str) -> bool:
    return all(names is None or name in names for names, name in ((asked.variants, method), (asked.images, image)))


def measure_seconds(asked: Asked, sheet: Sheet) -> Iterator[str]:
    """Time what has no row yet; a line a row, which is kept at once."""
    for case in cases():
        if not is_wanted(asked, case.method, case.scene.image) or has_rows(sheet, [case.head]):
            continue
        where = f"{case.method}, {case.timed}, {case.scene.image}, {count(case.threads, 'thread')}"
        try:
            row = case.row(asked.repeats or REPEATS)
        except InputError as error:  # one without the files that it needs; the others go on
            yield f"{where}: {error}"
            continue
        sheet.put([row])
        yield f"{where}: {row['seconds']:.2f} s ({row['fastest']:.2f} to {row['slowest']:.2f}), n {row['repeats']}"


def has_rows(sheet: Sheet, heads: Sequence[Measured]) -> bool:
    """Whether all of these were measured, with today's settings."""
    done = {(*sheet.place(row), row["config"]) for row in sheet.read()}
    return done.issuperset((*sheet.place(head), head["config"]) for head in heads)


def timed(work: Callable[[], object], repeats: int) -> list[float]:
    """Seconds of so many calls; of one, if it is slow."""
    found: list[float] = []
    while len(found) < repeats and not (found and found[0] > SLOW):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return found


@contextmanager
def on_threads(number: int) -> Iterator[None]:
    """torch and SciPy's transforms have so many threads inside."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        with set_workers(number):
            yield
    finally:
        torch.set_num_threads(before)
