"""From a photograph to a sharp one: kernel from the luminance, final deconvolution of every channel."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.device import choose_device
from mcdeconv.core.solve import Observer, Solution, check_grey, check_problem, solve
from mcdeconv.data.borders import framed, photograph_within
from mcdeconv.data.compression import is_compressed
from mcdeconv.data.grey import grey_of, luma
from mcdeconv.data.noise import noise_std
from mcdeconv.data.region import CLIPPED, KERNELS_WIDE, Region, most_informative_region, region_for_kernel
from mcdeconv.errors import InputError, RunFailed, choose
from mcdeconv.methods import RIVALS, MethodSettings, Share, Shares, T, TimeUp, choose_method, solving_rival
from mcdeconv.methods.found_size import LARGEST, SMALLEST, finding_kernel_size
from mcdeconv.methods.ours_plus import implausibility
from mcdeconv.methods.parts import differing_parts
from mcdeconv.scoring.harm import NO_HARM, Judgement, extent_of, judge
from mcdeconv.scoring.nonblind import FINAL_OPTIONS, HyperLaplacianSettings, deconvolve_with_kernel, normalised

DEFAULT_METHOD = "ours+"
SECOND = "l0"  # looks at a part of the photograph: fast, and the limits of `scoring.harm` were found with it
LARGEST_REGION = 800  # px a side that a rival sees of a large photograph
# px a side in which the kernel's size is found; with 800 it was near on 85 of Lai's 100 images, not 92
SIZE_REGION = 1600
SIZE_SHARE = 0.15  # of the progress, and half of the time budget at most, for the kernel's size
SHARP = "none"  # the final deconvolution where no blur was found
SHARP_EXTENT = 1.2  # px, of the kernel that ours+ finds: a photograph with less blur stays as it is
# In implausibility, over no blur at all. Ten sharp pictures gained 0.0 to 1.1, Levin's 32 blurred ones 3.1 or more, and
# twenty blurred photographs 1.2 to 2.3, but one 0.9; a brick wall, which explains itself by repetition, gained 1.8.
# With 1% of noise Levin's gain 1.5, with 2% about 1. The limit leaves no margin.
LEAST_GAIN = 1.15
# Compressed, 38 of forty blurred photographs gained 0.9 to 2.5, two 0.2 and 0.8; six sharp pictures 0.0 to 0.85, but a
# soft portrait 1.7 and the wall 2.4.
LEAST_GAIN_COMPRESSED = 0.87
LITTLE_NOISE = 0.01
# What `expected_error` takes: chosen on the eight development images of Levin's, by likelihood.
LEAST_ERROR, OF_KERNELS, OF_WEIGHTS = 0.011, 0.37, 1.5
# Of the data of a compressed photograph, at most: with a camera's curve and JPEG between light and picture the true
# kernels restored best with 750 to 1,500 on four of six such pictures, 0.4 to 0.9 dB above 6,000; two lost 0.5 dB.
WEIGHT_IF_COMPRESSED = 1500.0
OTHER_WEIGHTS = (0.25, 4.0)  # times the weight of the data
SECOND_REGION = 2 / 3  # of the shorter side, as in scripts/harm_development.py
SATURATED_SHARE = 0.005  # of clipped pixels, from which "auto" takes the deconvolution that knows of clipping


@dataclass(frozen=True)
class Restoration:
    """A deblurred photograph and what it rests on."""

    sharp: NDArray  # of the photograph's shape, float32 in [0, 1]
    kernel: NDArray | None  # (k, k) float32, sums to 1; None if the method finds none
    std: NDArray | None  # (H, W) float32, in units of the image's range; None if not estimated; see `deconvolve`
    kernel_size: int
    region: Region  # where the kernel was estimated
    final: str  # how `sharp` came out of the kernel; "none": no blur was found, and the photograph comes back as it is
    method: str
    seconds: float  # for the kernel, or for the image if there is none
    judgement: Judgement  # whether `sharp` is worse than the photograph, as far as that shows without the truth
    inside: Region  # the photograph without the frame around it
    solution: Solution | None = None  # of Algorithm 1
    config: SolverConfig | None = None
    differing: int | None = None  # parts of nine with a blur of their own, see `methods.parts`; None: not looked at


@dataclass(frozen=True)
class _Estimate:
    """What a method found on a region."""

    kernel: NDArray | None
    image: NDArray | None
    seconds: float
    solution: Solution | None = None
    others: tuple[NDArray, ...] = ()  # further kernels that explain the region nearly as well


def silent(share: float) -> None:
    """Progress that nobody is told."""


def deconvolve(
    blurred: NDArray,
    kernel_size: int | Literal["auto"] = "auto",
    *,
    method: str = DEFAULT_METHOD,
    tier: str = "quick",
    final: str = "auto",
    region: Region | None = None,
    seed: int = 0,
    device: str = "auto",
    checkpoint: Path | None = None,
    time_budget: float | None = None,
    observers: Sequence[Observer] = (),
    progress: Callable[[float], None] = silent,
) -> Restoration:
    """Blind deconvolution of a grey or colour image: the Python form of `mcdeconv deblur`.

    Parameters
    ----------
    blurred : array, shape (H, W) or (H, W, 3), in [0, 1]; a frame of one colour around the photograph stays as it is
    kernel_size : odd int, or "auto" to find it, see `methods.found_size`
    method : a rival such as "l0" or "dark-channel", or a preset of the paper's method such as "ours"
    tier : of presets: "quick", "laptop" (both estimate the kernel on the most informative region) or "paper" (on all
        of it); a rival sees 800 px a side, or three kernels if that is more
    final : how the sharp image is made: "hyper-laplacian", "sparse", "outliers" or "whyte" with the estimated kernel,
        "direct" for the method's own image (of a preset: needs a run on the whole image), or "auto": "outliers" where
        more than 0.5% of the pixels are clipped, else "hyper-laplacian"
    region : where the kernel is estimated, optional; else the most informative place is found, if not all is seen
    checkpoint : file to go on from and to save to, optional; of presets
    time_budget : seconds for the kernel and its size, optional; "ours+" takes the best that it has by then
    observers : of a preset's iterations
    progress : told the share that is done of a kernel's size and a rival, a `Share` where there are stages

    Returns
    -------
    Restoration
        `std` is the standard deviation of 10 samples of the image network where that saw the whole image; where it saw
        a region, that of the restorations with kernels from the last quarter of the run; None if the time was up before
        there were two of these. Of "ours+" see `expected_error`; None where no second kernel came near the first, where
        `final` is another one than "hyper-laplacian", and of a photograph that comes back as it is. Of others None.

    Raises
    ------
    InputError, RunFailed

    Examples
    --------
    >>> restoration = deconvolve(blurred, kernel_size=31)  # doctest: +SKIP
    """
    choose(dict.fromkeys(FINAL_OPTIONS), final, "final deconvolution")
    choice = choose_method(method, tier)
    if blurred.ndim not in (2, 3) or blurred.shape[2:] not in ((), (3,)):
        raise InputError(f"the blurred image has shape {blurred.shape}; give (H, W) or (H, W, 3), without alpha")
    check_grey(grey_of(blurred))
    inside = photograph_within(blurred)
    photograph = blurred[inside.slices]
    grey = grey_of(photograph)
    own = method in RIVALS and RIVALS[method].gives == "image"
    if own and region is not None:
        raise InputError(f"{method} sees the whole photograph; leave out the region")
    place = None if region is None else region_given(region, inside)
    budget = Budget(time_budget)
    bar = progress if isinstance(choice.config, MethodSettings) else silent  # a preset's observers draw their own
    of_size, of_rest = part_of(bar, 0, SIZE_SHARE), part_of(bar, SIZE_SHARE, 1)
    part = grey if place is None else grey[place.slices]
    try:
        size = size_within(part, budget, of_size) if kernel_size == "auto" else kernel_size
        check_problem(part, size)
    except InputError as error:
        if place is None:
            raise
        raise InputError(f"in the region given, {error}") from None
    if final == "direct" and method in RIVALS and not own:
        raise InputError(f"{method} gives a kernel and no image of its own; leave out --final direct")
    largest = None if own else LARGEST_REGION if method in RIVALS else choice.region
    seen = place or region_for_kernel(grey, largest, size)
    if final == "direct" and (seen.height, seen.width) != grey.shape:
        way_out = "leave out --region" if region is not None else f"tier {tier!r} sees a region, use --tier paper"
        raise InputError(f"--final direct needs the network to see the whole image; {way_out}")
    if isinstance(choice.config, MethodSettings):
        given = photograph if own else grey[seen.slices]
        estimate = _by_rival(given, size, method, choice.config, budget, of_rest if kernel_size == "auto" else progress)
    else:
        solution = solve(
            grey[seen.slices],
            size,
            choice.config,
            seed=seed,
            device=choose_device(device),
            checkpoint=checkpoint,
            time_budget=budget.left,
            observers=observers,
        )
        estimate = _Estimate(solution.kernel, solution.image, solution.seconds, solution)
    if estimate.solution is None:
        progress(Share(1.0, "sharp picture"))
    as_it_is = method == DEFAULT_METHOD and final == "auto" and is_sharp(grey[seen.slices], estimate.kernel)
    chosen = SHARP if as_it_is else "direct" if own else final if final != "auto" else final_for(grey)
    sharp = photograph.astype(np.float32) if as_it_is else restore(photograph, estimate.kernel, estimate.image, chosen)
    other = None if own or as_it_is else second_opinion(grey[seen.slices], size)
    std = None
    if estimate.solution is not None:
        std = deviation(grey, estimate.solution, chosen, settings_for(photograph, chosen))
    elif estimate.others and chosen == "hyper-laplacian":
        assert estimate.kernel is not None
        std = expected_error(grey, (estimate.kernel, *estimate.others), settings_for(photograph, chosen))
    return Restoration(
        framed(sharp, blurred.astype(np.float32), inside),
        estimate.kernel,
        std if std is None else framed(std, np.zeros(blurred.shape[:2], np.float32), inside),
        size,
        replace(seen, top=seen.top + inside.top, left=seen.left + inside.left),
        chosen,
        method,
        estimate.seconds,
        NO_HARM if as_it_is else judge(grey, grey_of(sharp), estimate.kernel, other),
        inside,
        estimate.solution,
        None if isinstance(choice.config, MethodSettings) else choice.config,
        None if own or as_it_is or estimate.kernel is None else differing_parts(grey, grey_of(sharp), estimate.kernel),
    )


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


def in_time(steps: Shares[T], progress: Callable[[float], None], budget: Budget, share: float = 1.0) -> T:
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


def part_of(progress: Callable[[float], None], begin: float, end: float) -> Callable[[float], None]:
    """Told the share of one part, it tells that of the whole."""
    return lambda share: progress(Share(begin + (end - begin) * share, share.stage if isinstance(share, Share) else ""))


def size_within(grey: NDArray, budget: Budget | None = None, progress: Callable[[float], None] = silent) -> int:
    """An odd size for the kernel, from the most informative region, in half of the time."""
    check_problem(grey, SMALLEST)
    steps = finding_kernel_size(grey[region_for_kernel(grey, SIZE_REGION, LARGEST).slices])
    return in_time(steps, progress, budget or Budget(), 1 / 2)


def region_given(region: Region, inside: Region) -> Region:
    """A region of the whole picture as one of the photograph within its frame."""
    top, left = region.top - inside.top, region.left - inside.left
    if min(top, left) < 0 or top + region.height > inside.height or left + region.width > inside.width:
        raise InputError(
            f"the region, {region.width}×{region.height} px at ({region.left}, {region.top}), is not within the "
            f"photograph: {inside.width}×{inside.height} px at ({inside.left}, {inside.top})"
        )
    return replace(region, top=top, left=left)


def is_sharp(grey: NDArray, kernel: NDArray | None) -> bool:
    """Whether there is nothing to restore: the photograph is sharp, or its kernel was not found.

    That is so of a kernel hardly wider than a pixel, and of one that is hardly more plausible than none; but in noise
    every kernel is, and that says nothing.
    """
    if kernel is None:
        return False
    if extent_of(kernel) < SHARP_EXTENT:
        return True
    if noise_std(grey) >= LITTLE_NOISE:
        return False
    none = np.zeros_like(kernel)
    none[kernel.shape[0] // 2, kernel.shape[1] // 2] = 1
    image = grey.astype(np.float64)
    least = LEAST_GAIN_COMPRESSED if is_compressed(grey) else LEAST_GAIN
    return implausibility(image, none) - implausibility(image, kernel) < least


def second_opinion(grey: NDArray, size: int) -> NDArray | None:
    """The kernel that `SECOND` finds in a smaller region: a wrong one rarely comes out twice."""
    side = max(round(SECOND_REGION * min(grey.shape)), KERNELS_WIDE * size)
    part = grey[most_informative_region(grey, side, size).slices]
    settings = RIVALS[SECOND].settings
    return _by_rival(part, size, SECOND, settings, Budget(), silent).kernel


def _by_rival(
    given: NDArray, size: int, method: str, settings: MethodSettings, budget: Budget, progress: Callable[[float], None]
) -> _Estimate:
    started = time.monotonic()
    steps = solving_rival(method, given, size, settings, threads=1)  # two are slower (`make study NAME=seconds`)
    found = in_time(steps, progress, budget)
    return _Estimate(found.kernel, found.latent, time.monotonic() - started, others=found.others)


def final_for(grey: NDArray) -> str:
    """The deconvolution that knows of clipping where there is some."""
    return "outliers" if np.mean(grey >= CLIPPED[1]) > SATURATED_SHARE else "hyper-laplacian"


def restore(blurred: NDArray, kernel: NDArray | None, image: NDArray | None, final: str) -> NDArray:
    """The sharp image, clipped to [0, 1]; of "direct" grey, the photograph gives the colour."""
    if final == "direct" or kernel is None:
        assert image is not None
        sharp = image
        if blurred.ndim == 3 and image.ndim == 2:
            assert kernel is not None
            sharp = deconvolve_with_kernel(blurred, normalised(kernel), "hyper-laplacian")
            sharp = sharp + (image - luma(sharp))[..., None]
    else:
        sharp = deconvolve_with_kernel(blurred, normalised(kernel), final, settings_for(blurred, final))
    return np.clip(sharp, 0, 1).astype(np.float32)


def settings_for(blurred: NDArray, final: str) -> HyperLaplacianSettings | None:
    """A weight of the data that suits the photograph's noise and compression; None leaves a deconvolution its defaults.

    On the development photographs of `scripts/harm_development.py` the best weight was 6,000 or more without noise,
    1,500 to 3,000 with 1% and 700 with 2%: about 1 / (4 noise variance).
    """
    if final != "hyper-laplacian":
        return None
    usual = HyperLaplacianSettings()
    channels = blurred[..., None] if blurred.ndim == 2 else blurred
    noise = max(float(np.mean([noise_std(channel) for channel in np.moveaxis(channels, 2, 0)])), 1e-6)
    most = WEIGHT_IF_COMPRESSED if is_compressed(grey_of(blurred)) else usual.data_weight
    return replace(usual, data_weight=min(most, 0.25 / noise**2))


def deviation(
    grey: NDArray, solution: Solution, final: str, settings: HyperLaplacianSettings | None = None
) -> NDArray | None:
    """Of the samples where the network saw all, else of restorations with late kernels; None if there are none."""
    return solution.std if solution.image.shape == grey.shape else spread(grey, solution.late_kernels, final, settings)


def expected_error(grey: NDArray, kernels: Sequence[NDArray], settings: HyperLaplacianSettings | None) -> NDArray:
    """Standard deviation of a hyper-Laplacian restoration's error, (H, W) float32; `book/limits.md` calibrates it.

    Of three parts: a floor, how much restorations with kernels differ that explain the photograph nearly as well, and
    how much those with the first kernel differ that trust the data less or more. What all of them get wrong, it misses.

    Parameters
    ----------
    grey : array, shape (H, W), in [0, 1]
    kernels : that of the restoration first
    settings : of the hyper-Laplacian deconvolution; None: its defaults
    """
    usual = settings or HyperLaplacianSettings()

    def restored(kernel: NDArray, times: float = 1.0) -> NDArray:
        weight = replace(usual, data_weight=times * usual.data_weight)
        return deconvolve_with_kernel(grey, normalised(kernel), "hyper-laplacian", weight)

    first = restored(kernels[0])
    of_kernels = variance(chain([first], map(restored, kernels[1:])))
    of_weights = variance(chain([first], (restored(kernels[0], times) for times in OTHER_WEIGHTS)))
    return np.sqrt(LEAST_ERROR**2 + OF_KERNELS**2 * of_kernels + OF_WEIGHTS**2 * of_weights).astype(np.float32)


def spread(
    grey: NDArray, kernels: Sequence[NDArray], final: str, settings: HyperLaplacianSettings | None = None
) -> NDArray | None:
    """Pixelwise standard deviation of the luminance restored with each of some kernels; None if fewer than two."""
    if len(kernels) < 2:
        return None
    restored = (deconvolve_with_kernel(grey, normalised(kernel), final, settings) for kernel in kernels)
    return np.sqrt(variance(restored)).astype(np.float32)


def variance(images: Iterable[NDArray]) -> NDArray:
    """Pixelwise, float64, of images in [0, 1] that come one by one: a large photograph's would not fit side by side."""
    total, squares, number = np.zeros(()), np.zeros(()), 0
    for image in images:
        wide = image.astype(np.float64)
        total, squares, number = total + wide, squares + wide**2, number + 1
    found: NDArray = np.maximum(squares / number - (total / number) ** 2, 0)
    return found
