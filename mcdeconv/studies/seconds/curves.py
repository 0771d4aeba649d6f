"""What a method restores after so many seconds: PSNR of the kernel protocol on four of Levin's images."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mcdeconv.core.algorithm_1 import State
from mcdeconv.core.config import SolverConfig
from mcdeconv.core.device import usable_precision
from mcdeconv.core.presets import PRESETS
from mcdeconv.core.solve import solve
from mcdeconv.data import datasets
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError, choose
from mcdeconv.machine import kept_memory, usable_cores
from mcdeconv.methods import RIVALS, choose_method
from mcdeconv.runs.provenance import provenance
from mcdeconv.runs.recorder import look
from mcdeconv.scoring.nonblind import METHODS, deconvolve_with_kernel, normalised
from mcdeconv.scoring.protocols import final_method, protocol_of, score
from mcdeconv.studies.rows import Measured, Sheet
from mcdeconv.studies.seconds import BLURRED, CURVE, TRUE_KERNEL
from mcdeconv.studies.seconds.timing import LEVEL_SIZES, estimated, has_rows, is_wanted, on_threads
from mcdeconv.studies.study import Asked

DATASET = "levin"
IMAGES = ("im05_flit01", "im06_flit03", "im07_flit05", "im08_flit08")  # chosen before any run: no scene, kernel twice
TIER = "laptop"
ITERATIVE = tuple(name for name in ("without-both", "selfdeblur", "ours") if name in PRESETS)
BOUNDS = (BLURRED, TRUE_KERNEL)
MOMENTS = 12
FIRST = 0.01  # of the iterations: the first moment
UNSET = "-"  # configuration of what has none


@dataclass
class KernelsOnTheWay:
    """An observer of `solve` that keeps the kernel, and the seconds since it was made, at some moments."""

    moments: frozenset[int]  # iterations
    kept: list[tuple[int, float, NDArray]] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def __call__(self, state: State) -> None:
        if state.iteration == 1:  # also when a run that diverged starts again with another seed
            self.kept.clear()
        if state.iteration in self.moments:
            seconds = time.perf_counter() - self.started
            self.kept.append((state.iteration, seconds, look(state)[1]))


def moments(config: SolverConfig) -> frozenset[int]:
    """Iterations at equal steps of their logarithm, the last one included."""
    last = config.last_iteration
    return frozenset(np.geomspace(max(1, FIRST * last), last, MOMENTS).round().astype(int).tolist())


@dataclass(frozen=True)
class Curve:
    """One method, or bound, on one image."""

    method: str
    item: Item
    threads: int

    @property
    def heads(self) -> list[Measured]:
        choice = None if self.method in BOUNDS else choose_method(self.method, TIER)
        where = provenance("cpu", self.threads)
        own: Measured = {"timed": CURVE, "method": self.method, "image": self.item.id}
        own |= {"size": self.item.blurred.shape[0], "kernel_side": self.item.kernel_size}
        own |= {"config": choice.config.digest(), "tier": choice.tier} if choice else {"config": UNSET, "tier": ""}
        if choice is None or not isinstance(choice.config, SolverConfig):
            return [where | own | {"iterations": 0}]
        own |= {"precision": usable_precision(choice.config.precision, "cpu")}
        return [where | own | {"iterations": moment} for moment in sorted(moments(choice.config))]

    def rows(self) -> list[Measured]:
        """Solve, then score what there was on the way; the scoring's seconds do not count."""
        if self.method in BOUNDS:
            psnr = self._psnr(self.item.kernel) if self.method == TRUE_KERNEL else self._psnr_of(self.item.blurred)
            points = [(0.0, psnr)]
        else:
            with on_threads(self.threads), kept_memory():
                points = self._rival() if self.method in RIVALS else self._iterative()
        return [
            head | {"seconds": seconds, "psnr": psnr} for head, (seconds, psnr) in zip(self.heads, points, strict=True)
        ]

    def _iterative(self) -> list[tuple[float, float]]:
        choice = choose_method(self.method, TIER)
        assert isinstance(choice.config, SolverConfig)
        problem = pose(self.item, choice.region)
        observer = KernelsOnTheWay(moments(choice.config))
        solve(problem.blurred, problem.kernel_size, choice.config, observers=[observer])
        return [(seconds, self._psnr(kernel)) for _, seconds, kernel in observer.kept]

    def _rival(self) -> list[tuple[float, float]]:
        rival, started = RIVALS[self.method], time.perf_counter()
        found = estimated(self.method, self.item.blurred, pose(self.item, None).kernel_size, self.threads)
        seconds = time.perf_counter() - started
        return [(seconds, self._psnr_of(found.latent) if rival.gives == "image" else self._psnr(found.kernel))]

    def _psnr(self, kernel: NDArray | None) -> float:
        """Of the whole image, deconvolved with a kernel as the kernel protocol does."""
        assert kernel is not None
        given = protocol_of(DATASET).to_deconvolve(self.item)
        return self._psnr_of(deconvolve_with_kernel(given, normalised(kernel), final_method(DATASET)))

    def _psnr_of(self, image: NDArray) -> float:
        return score(image, self.item, protocol_of(DATASET)).psnr


def check(asked: Asked) -> None:
    """Refuse, in one line, methods and images that the study does not have."""
    methods, images = (*BOUNDS, *RIVALS, *ITERATIVE, *METHODS), (*IMAGES, *(f"drawn-{size}" for size in LEVEL_SIZES))
    for names, every, kind in ((asked.variants, methods, "variant"), (asked.images, images, "image")):
        for name in names or ():
            choose(dict.fromkeys(every), name, kind)


def curves(asked: Asked) -> Iterator[Curve]:
    """Those that are asked for, an image after the other: an interrupted study has all methods on some images."""
    every: Sequence[str] = (*BOUNDS, *RIVALS, *ITERATIVE)
    names = {image: [name for name in every if is_wanted(asked, name, image)] for image in IMAGES}
    for image, methods in names.items():
        if methods:
            item = datasets.load_item(DATASET, image)
            yield from (Curve(method, item, usable_cores()) for method in methods)


def measure_curves(asked: Asked, sheet: Sheet) -> Iterator[str]:
    """Solve and score what has no rows yet; a line a curve, which is kept at once.

    Raises
    ------
    InputError
        If the data set is not on this machine.
    """
    for curve in curves(asked):
        if has_rows(sheet, curve.heads):
            continue
        try:
            rows = curve.rows()
        except InputError as error:  # as in `measure_seconds`
            yield f"{curve.method}, {curve.item.id}: {error}"
            continue
        sheet.put(rows)
        yield f"{curve.method}, {curve.item.id}: {rows[-1]['psnr']:.2f} dB after {rows[-1]['seconds']:.1f} s"
