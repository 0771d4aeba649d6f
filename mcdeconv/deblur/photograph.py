"""From a photograph to a sharp one: kernel from the luminance, final deconvolution of every channel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.device import choose_device
from mcdeconv.core.solve import Observer, Solution, check_grey, check_problem, solve
from mcdeconv.data.borders import framed, photograph_within
from mcdeconv.data.grey import grey_of
from mcdeconv.data.region import Region, region_for_kernel
from mcdeconv.deblur.deviation import deviation, expected_error
from mcdeconv.deblur.estimate import SIZE_SHARE, Budget, Estimation, Tell, by_rival, part_of, silent, size_within
from mcdeconv.deblur.restore import final_for, restore, settings_for
from mcdeconv.deblur.sharpness import is_sharp
from mcdeconv.errors import InputError, choose
from mcdeconv.methods import RIVALS, MethodSettings, Share, choose_method
from mcdeconv.methods.parts import differing_parts
from mcdeconv.methods.second_look import second_look
from mcdeconv.scoring.harm import NO_HARM, Judgement, judge
from mcdeconv.scoring.nonblind import FINAL_OPTIONS

DEFAULT_METHOD = "ours+"
LARGEST_REGION = 800  # px a side that a rival sees of a large photograph
SHARP = "none"  # the final deconvolution where no blur was found


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
    progress: Tell = silent,
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
    check_picture(blurred)
    inside = photograph_within(blurred)
    photograph = blurred[inside.slices]
    grey = grey_of(photograph)
    whole = method in RIVALS and RIVALS[method].gives == "image"
    if whole and region is not None:
        raise InputError(f"{method} sees the whole photograph; leave out the region")
    if final == "direct" and method in RIVALS and not whole:
        raise InputError(f"{method} gives a kernel and no image of its own; leave out --final direct")
    place = None if region is None else region_given(region, inside)
    budget, rival, bar = Budget(time_budget), isinstance(choice.config, MethodSettings), progress
    if kernel_size == "auto":
        bar = part_of(progress, SIZE_SHARE, 1)
    size = checked_size(grey, place, kernel_size, budget, part_of(progress, 0, SIZE_SHARE) if rival else silent)
    seen = place or region_for_kernel(grey, None if whole else LARGEST_REGION if rival else choice.region, size)
    if final == "direct" and (seen.height, seen.width) != grey.shape:
        way_out = "leave out --region" if region is not None else f"tier {tier!r} sees a region, use --tier paper"
        raise InputError(f"--final direct needs the network to see the whole image; {way_out}")
    if isinstance(choice.config, MethodSettings):
        given = photograph if whole else grey[seen.slices]
        estimate = by_rival(given, size, method, choice.config, budget, bar)
        progress(Share(1.0, "sharp picture"))
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
        estimate = Estimation(solution.kernel, solution.image, solution.seconds, solution)
    return restoration(blurred, inside, seen, size, method, final, choice.config, estimate)


def check_picture(blurred: NDArray) -> None:
    if blurred.ndim not in (2, 3) or blurred.shape[2:] not in ((), (3,)):
        raise InputError(f"the blurred image has shape {blurred.shape}; give (H, W) or (H, W, 3), without alpha")
    check_grey(grey_of(blurred))


def region_given(region: Region, inside: Region) -> Region:
    """A region of the whole picture as one of the photograph within its frame."""
    top, left = region.top - inside.top, region.left - inside.left
    if min(top, left) < 0 or top + region.height > inside.height or left + region.width > inside.width:
        raise InputError(
            f"the region, {region.width}×{region.height} px at ({region.left}, {region.top}), is not within the "
            f"photograph: {inside.width}×{inside.height} px at ({inside.left}, {inside.top})"
        )
    return replace(region, top=top, left=left)


def checked_size(
    grey: NDArray, place: Region | None, kernel_size: int | Literal["auto"], budget: Budget, progress: Tell
) -> int:
    """The size that is given, or is found; InputError if it does not fit the photograph, or the place in it."""
    part = grey if place is None else grey[place.slices]
    try:
        size = size_within(part, budget, progress) if kernel_size == "auto" else kernel_size
        check_problem(part, size)
    except InputError as error:
        if place is None:
            raise
        raise InputError(f"in the region given, {error}") from None
    return size


def restoration(
    blurred: NDArray,
    inside: Region,
    seen: Region,
    size: int,
    method: str,
    final: str,
    config: SolverConfig | MethodSettings,
    estimate: Estimation,
) -> Restoration:
    """What a photograph becomes with a kernel that was estimated on a region of it, or with a method's own image."""
    photograph = blurred[inside.slices]
    grey = grey_of(photograph)
    kernel, whole = estimate.kernel, estimate.kernel is None
    if method == DEFAULT_METHOD and final == "auto" and is_sharp(grey[seen.slices], kernel):
        final, sharp, judgement, differing = SHARP, photograph.astype(np.float32), NO_HARM, None
    else:
        final = "direct" if whole else final_for(grey) if final == "auto" else final
        sharp = restore(photograph, kernel, estimate.image, final)
        second = None if kernel is None else second_look(grey[seen.slices], len(kernel))
        judgement = judge(grey, grey_of(sharp), kernel, second)
        differing = None if kernel is None else differing_parts(grey, grey_of(sharp), kernel)
    std = None
    if estimate.solution is not None:
        std = deviation(grey, estimate.solution, final, settings_for(photograph, final))
    elif kernel is not None and estimate.others and final == "hyper-laplacian":
        std = expected_error(grey, (kernel, *estimate.others), settings_for(photograph, final))
    return Restoration(
        framed(sharp, blurred.astype(np.float32), inside),
        kernel,
        std if std is None else framed(std, np.zeros(blurred.shape[:2], np.float32), inside),
        size,
        replace(seen, top=seen.top + inside.top, left=seen.left + inside.left),
        final,
        method,
        estimate.seconds,
        judgement,
        inside,
        estimate.solution,
        None if isinstance(config, MethodSettings) else config,
        differing,
    )
