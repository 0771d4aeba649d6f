"""From a photograph to a sharp one: kernel from the luminance, final deconvolution of every channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.device import choose_device
from mcdeconv.core.presets import TIERS, configure
from mcdeconv.core.solve import Observer, Solution, check_grey, check_problem, solve
from mcdeconv.data.grey import grey_of, luma
from mcdeconv.data.kernel_size import estimate_kernel_size
from mcdeconv.data.region import CLIPPED, Region, region_for_kernel
from mcdeconv.errors import InputError, choose
from mcdeconv.scoring.nonblind import METHODS, deconvolve_with_kernel, normalised

FINAL = ("auto", "direct", *METHODS)
DOUBTFUL_EDGE_SHARE = 0.25  # of the kernel in the outermost tenth of its square
SATURATED_SHARE = 0.005  # of clipped pixels, from which "auto" takes the deconvolution that knows of clipping


@dataclass(frozen=True)
class Restoration:
    """A deblurred photograph and what it rests on."""

    sharp: NDArray  # of the photograph's shape, float32 in [0, 1]
    kernel: NDArray  # (k, k) float32, sums to 1
    std: NDArray | None  # (H, W) float32, in units of the image's range; None if not estimated; see `deconvolve`
    kernel_size: int
    region: Region  # where the kernel was estimated
    final: str  # how `sharp` came out of the kernel
    solution: Solution
    config: SolverConfig


def deconvolve(
    blurred: NDArray,
    kernel_size: int | Literal["auto"] = "auto",
    *,
    preset: str = "ours",
    tier: str = "quick",
    final: str = "auto",
    seed: int = 0,
    device: str = "auto",
    checkpoint: Path | None = None,
    time_budget: float | None = None,
    observers: Sequence[Observer] = (),
) -> Restoration:
    """Blind deconvolution of a grey or colour image: the Python form of `mcdeconv deblur`.

    Parameters
    ----------
    blurred : array, shape (H, W) or (H, W, 3), in [0, 1]
    kernel_size : odd int, or "auto" to estimate it
    tier : "quick", "laptop" (both estimate the kernel on the most informative region) or "paper" (on all of it)
    final : how the sharp image is made: "hyper-laplacian", "sparse", "outliers" or "whyte" with the estimated kernel,
        "direct" for the network's own output (needs a run on the whole image), or "auto": "outliers" where more than
        0.5% of the pixels are clipped, else "hyper-laplacian"
    checkpoint : file to go on from and to save to, optional
    time_budget : seconds for the estimation of the kernel, optional

    Returns
    -------
    Restoration
        `std` is the standard deviation of 10 samples of the image network where that saw the whole image; where it saw
        a region, that of the restorations with kernels from the last quarter of the run; None if the time was up before
        there were two of these.

    Raises
    ------
    InputError, RunFailed

    Examples
    --------
    >>> restoration = deconvolve(blurred, kernel_size=31)  # doctest: +SKIP
    """
    choose(dict.fromkeys(FINAL), final, "final deconvolution")
    config, region_size = configure(preset, tier), choose(TIERS, tier, "tier").region
    if blurred.ndim not in (2, 3) or blurred.shape[2:] not in ((), (3,)):
        raise InputError(f"the blurred image has shape {blurred.shape}; give (H, W) or (H, W, 3), without alpha")
    grey = grey_of(blurred)
    check_grey(grey)
    size = estimate_kernel_size(grey) if kernel_size == "auto" else kernel_size
    check_problem(grey, size)
    region = region_for_kernel(grey, region_size, size)
    if final == "direct" and (region.height, region.width) != grey.shape:
        raise InputError(
            f"--final direct needs the network to see the whole image; tier {tier!r} sees a region, use --tier paper"
        )
    solution = solve(
        grey[region.slices],
        size,
        config,
        seed=seed,
        device=choose_device(device),
        checkpoint=checkpoint,
        time_budget=time_budget,
        observers=observers,
    )
    chosen = final if final != "auto" else final_for(grey)
    sharp = restore(blurred, solution, chosen)
    whole = solution.image.shape == grey.shape
    std = solution.std if whole else spread(grey, solution.late_kernels, chosen)
    return Restoration(sharp, solution.kernel, std, size, region, chosen, solution, config)


def share_at_the_edge(kernel: NDArray) -> float:
    """Share of a kernel in the outermost tenth of its square: a lot of it there means a wrong or cut-off kernel."""
    rim = max(1, kernel.shape[0] // 10)
    return float(1 - kernel[rim:-rim, rim:-rim].sum() / kernel.sum())


def final_for(grey: NDArray) -> str:
    """The deconvolution that knows of clipping where there is some."""
    return "outliers" if np.mean(grey >= CLIPPED[1]) > SATURATED_SHARE else "hyper-laplacian"


def restore(blurred: NDArray, solution: Solution, final: str) -> NDArray:
    """The sharp image, clipped to [0, 1]; "direct" keeps the photograph's colour and takes the network's luminance."""
    if final != "direct":
        sharp = deconvolve_with_kernel(blurred, normalised(solution.kernel), final)
    elif blurred.ndim == 2:
        sharp = solution.image
    else:
        sharp = deconvolve_with_kernel(blurred, normalised(solution.kernel), "hyper-laplacian")
        sharp = sharp + (solution.image - luma(sharp))[..., None]
    return np.clip(sharp, 0, 1).astype(np.float32)


def spread(grey: NDArray, kernels: Sequence[NDArray], final: str) -> NDArray | None:
    """Pixelwise standard deviation of the luminance restored with each of some kernels; None if fewer than two."""
    if len(kernels) < 2:
        return None
    restored = [deconvolve_with_kernel(grey, normalised(kernel), final) for kernel in kernels]
    return np.std(restored, axis=0).astype(np.float32)
