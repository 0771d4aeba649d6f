"""The kernel and its size, within a time that is given and with its progress told."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from numpy.typing import NDArray

from mcdeconv.core.solve import Solution, check_problem
from mcdeconv.data.region import region_for_kernel
from mcdeconv.errors import RunFailed
from mcdeconv.methods import MethodSettings, Share, Shares, T, TimeUp, solving_rival
from mcdeconv.methods.found_size import LARGEST, SMALLEST, finding_kernel_size

# px a side in which the kernel's size is found; with 800 it was near on 85 of Lai's 100 images, not 92
SIZE_REGION = 1600
SIZE_SHARE = 0.15  # of the progress, and half of the time budget at most, for the kernel's size
Tell = Callable[[float], None]


@dataclass(frozen=True)
class Estimation:
    """What a method found on a region."""

    kernel: NDArray | None
    image: NDArray | None
    seconds: float
    solution: Solution | None = None
    others: tuple[NDArray, ...] = ()  # further kernels that explain the region nearly as well


def silent(share: float) -> None:
    """Progress that nobody is told."""


@dataclass(frozen=True)
class Budget:
    """Seconds from now on; None: there is no end."""

    seconds: float | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float | None:
        return None if self.seconds is None else max(0.0, self.seconds - (time.monotonic() - self.began))

    def spent(self, share: float) -> bool:
        """Whether more than a share of them is."""
        return self.seconds is not None and time.monotonic() - self.began > share * self.seconds


def in_time(steps: Shares[T], progress: Tell, budget: Budget, share: float = 1.0) -> T:
    """What steps come to, or have come to when a share of the time is spent.

    Raises
    ------
    RunFailed
        If that is nothing.
    """
    up = False
    while True:
        try:
            progress(steps.throw(TimeUp()) if up else next(steps))
        except StopIteration as end:
            found: T = end.value
            return found
        except TimeUp:
            raise RunFailed(f"nothing was found in {budget.seconds:g} s; give it more --time-budget") from None
        up = budget.spent(share)


def part_of(progress: Tell, begin: float, end: float) -> Tell:
    """Told the share of one part, it tells that of the whole."""
    return lambda share: progress(Share(begin + (end - begin) * share, share.stage if isinstance(share, Share) else ""))


def size_within(grey: NDArray, budget: Budget | None = None, progress: Tell = silent) -> int:
    """An odd size for the kernel, from the most informative region, in half of the time."""
    check_problem(grey, SMALLEST)
    steps = finding_kernel_size(grey[region_for_kernel(grey, SIZE_REGION, LARGEST).slices])
    return in_time(steps, progress, budget or Budget(), 1 / 2)


def by_rival(
    given: NDArray, size: int, method: str, settings: MethodSettings, budget: Budget, progress: Tell
) -> Estimation:
    """What a rival comes to in the time."""
    started = time.monotonic()
    steps = solving_rival(method, given, size, settings, threads=1)  # two are slower (`make study NAME=seconds`)
    found = in_time(steps, progress, budget)
    return Estimation(found.kernel, found.latent, time.monotonic() - started, others=found.others)
