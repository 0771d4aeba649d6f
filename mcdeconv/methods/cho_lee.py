"""Fast motion deblurring: edges are predicted by filters, so that both image and kernel are quadratic problems.

S. Cho and S. Lee, "Fast motion deblurring", ACM Transactions on Graphics 28 (SIGGRAPH Asia), 2009, reference [8] of the
paper. Its authors published an executable only. From that paper, as remembered and not read again: prediction, the two
objectives and all constants. Of these the filters', r and the decay stand also in ImageStack, an independent program in
C++, which was read (there β is 1, and conjugate gradients take 10 steps). From the frame: the pyramid, the kernel's
start, pruning and centring. Ours: the continuation beyond the border, and that filters and threshold start anew at each
level. r = 2, 4, 8 and 16 differed little on pictures of no benchmark, so r is the paper's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2

from mcdeconv.methods.coarse_to_fine import (
    Found,
    Level,
    Shares,
    balanced_threshold,
    coarse_to_fine,
    fit_kernel,
    forward_gradients,
    pruned,
)
from mcdeconv.methods.l0 import Periodic, squared
from mcdeconv.methods.settings import MethodSettings


@dataclass(frozen=True)
class ChoLeeSettings(MethodSettings):
    """Images are in [0, 1]."""

    iterations: int = 7  # a level: prediction, kernel, latent image
    window: int = 5  # px a side, of the bilateral filter
    spatial_std: float = 2.0  # px, of the bilateral filter
    range_std: float = 0.5  # of the bilateral filter, at a level's first iteration
    shock_step: float = 1.0  # dt, at a level's first iteration
    pixels: float = 2.0  # r: so many times the kernel's side stay in each of four orientations at first
    decay: float = 0.9  # of range_std, shock_step and the threshold of gradients, after each iteration
    value_weight: float = 50.0  # ω of the image's values; half of it for each order of derivative
    kernel_weight: float = 5.0  # β of ‖k‖²
    kernel_steps: int = 5  # of conjugate gradients
    gradient_weight: float = 0.1  # α of ‖∇x‖²


def cho_lee(blurred: NDArray, kernel_size: int, settings: ChoLeeSettings) -> Shares[Found]:
    """Estimate a kernel from predicted edges; see `coarse_to_fine` for what is given and found."""

    def alternate(level: Level, kernel: NDArray) -> Iterator[tuple[NDArray, NDArray]]:
        periodic = Periodic(level.blurred, level.kernel_size)
        blurred_derivatives = derivatives(*level.gradients)
        latent = level.blurred if level.coarser is None else level.coarser
        threshold = np.inf
        for i in range(settings.iterations):
            decay = settings.decay**i
            edges = forward_gradients(predicted(latent, decay, settings))
            if i == 0:
                threshold = balanced_threshold(*edges, round(settings.pixels * level.kernel_size))
            kept = edges[0] ** 2 + edges[1] ** 2 >= threshold * decay**2
            kernel = fit_kernel(
                derivatives(edges[0] * kept, edges[1] * kept),
                blurred_derivatives,
                kernel,
                settings.kernel_weight,
                settings.kernel_steps,
                tuple(settings.value_weight / 2**order for order in (1, 1, 2, 2, 2)),
            )
            kernel = pruned(kernel)
            latent = periodic.crop(deconvolved(periodic, kernel, settings))
            yield latent, kernel

    return coarse_to_fine(blurred.astype(np.float32), kernel_size, alternate, settings.iterations)


def predicted(latent: NDArray, decay: float, settings: ChoLeeSettings) -> NDArray:
    """The image without noise and small ringing, and then with sharper edges."""
    smooth = bilateral(latent, settings.window, settings.spatial_std, settings.range_std * decay)
    return shocked(smooth, settings.shock_step * decay)


def bilateral(image: NDArray, window: int, spatial_std: float, range_std: float) -> NDArray:
    """Means of neighbours, the nearer and the more alike the more (Tomasi and Manduchi 1998); borders replicated."""
    half = window // 2
    height, width = image.shape
    padded = np.pad(image, half, mode="edge")
    total, weights = np.zeros_like(image), np.zeros_like(image)
    for down in range(window):
        for across in range(window):
            neighbour = padded[down : down + height, across : across + width]
            distance = ((down - half) ** 2 + (across - half) ** 2) / spatial_std**2
            weight = np.exp(-0.5 * (((neighbour - image) / range_std) ** 2 + distance))
            total += weight * neighbour
            weights += weight
    return total / weights


def shocked(image: NDArray, step: float) -> NDArray:
    """One step of the shock filter, x - sign(Δx) |∇x| dt (Osher and Rudin 1990); borders replicated."""
    x = np.pad(image, 1, mode="edge")
    above, below, left, right = x[:-2, 1:-1], x[2:, 1:-1], x[1:-1, :-2], x[1:-1, 2:]
    laplacian = above + below + left + right - 4 * image
    return image - np.sign(laplacian) * np.hypot((below - above) / 2, (right - left) / 2) * step


def derivatives(down: NDArray, across: NDArray) -> tuple[NDArray, ...]:
    """∂↓ and ∂→ of an image, given, and its ∂↓↓, ∂→→ and ∂↓→, all of the shape that the second ones have.

    Selected gradients are no image's: ∂↓→ is then the mean of ∂→ of the one and ∂↓ of the other.
    """
    down_down, across_down = np.diff(down, axis=0)[:, :-1], np.diff(across, axis=0)[:, :-1]
    down_across, across_across = np.diff(down, axis=1)[:-1], np.diff(across, axis=1)[:-1]
    return down[:-1, :-1], across[:-1, :-1], down_down, across_across, (across_down + down_across) / 2


def deconvolved(periodic: Periodic, kernel: NDArray, settings: ChoLeeSettings) -> NDArray:
    """argmin Σ_∂ ω_∂ |k ⊗ ∂x - ∂y|² + α |∇x|², ∂ up to the second order, on the periodic grid; in [0, 1]."""
    down, across = (
        2 - 2 * np.cos(2 * np.pi * frequencies)
        for frequencies in (np.fft.fftfreq(periodic.grid[0])[:, None], np.fft.rfftfreq(periodic.grid[1]))
    )
    second_order = down**2 + across**2 + down * across
    importance = settings.value_weight * (1 + (down + across) / 2 + second_order / 4)
    transfer = periodic.transfer(kernel)
    solution = np.conj(transfer) * periodic.spectrum * importance
    solution /= squared(transfer) * importance + settings.gradient_weight * periodic.roughness
    return irfft2(solution, periodic.grid).clip(0, 1).astype(periodic.start.dtype)
