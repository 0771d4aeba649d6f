"""Two-phase kernel estimation: first from edges that are longer than the kernel, then with a sparse kernel.

L. Xu and J. Jia, "Two-phase kernel estimation for robust motion deblurring", ECCV 2010, reference [52] of the paper.
Its authors published an executable only. From that paper, as remembered and not read again: r, the two thresholds of
edges and their start, both objectives of the first phase, and how the support is detected. Two programs by others were
read, Z. Luo's in MATLAB and F. Krüger's in C++: they agree with this, and γ, the sparse kernel's weight and the number
of iterations are Luo's. From the frame: the pyramid, pruning, centring, and the kernel step, which is exact on the
kernel's square, where the paper solves on the whole image and cuts; on pictures of no benchmark neither was better.
Ours, chosen on such pictures: how strongly the image is smoothed and sharpened before its edges are taken, and Luo's 15
iterations instead of 5.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, rfft2
from scipy.ndimage import gaussian_filter

from mcdeconv.data.region import long_edges
from mcdeconv.methods.cho_lee import shocked
from mcdeconv.methods.coarse_to_fine import (
    KERNEL_STEPS,
    Found,
    Level,
    Shares,
    balanced_threshold,
    coarse_to_fine,
    fit_kernel,
    forward_gradients,
    kernel_equations,
    normalised,
    pruned,
    solve_kernel,
)
from mcdeconv.methods.l0 import Periodic, divergence, squared
from mcdeconv.methods.settings import MethodSettings

Gradients = tuple[NDArray, NDArray]


@dataclass(frozen=True)
class XuJiaSettings(MethodSettings):
    """Images are in [0, 1]."""

    iterations: int = 15  # a level: edges, kernel, latent image
    smoothing: float = 1.0  # px, standard deviation of the Gaussian before the shock filter
    shock_step: float = 0.5  # dt of its one step
    useful: float = 0.5  # so many √(pixels of the image · pixels of the kernel) pass τ_r in each of four orientations
    large: float = 2.0  # so many √(pixels of the kernel) pass τ_s in each orientation
    relaxation: float = 1.1  # τ_r and τ_s are divided by this after each iteration
    kernel_weight: float = 10.0  # γ of ‖k‖², in the first phase
    edge_weight: float = 2e-3  # λ, which ties ∇x to the edges
    sparsity: float = 1.0  # of |k| outside the support, in the second phase
    refinements: int = 3  # new supports, at most
    reweightings: int = 3  # least squares that stand for |k|, for each support
    kernel_floor: float = 1e-4  # kernel values count as this large where they divide
    tolerance: float = 1e-3  # a smaller change of the kernel, relative to its norm, ends the second phase


def xu_jia(blurred: NDArray, kernel_size: int, settings: XuJiaSettings) -> Shares[Found]:
    """Estimate a kernel from long edges and refine it; see `coarse_to_fine` for what is given and found."""

    def alternate(level: Level, kernel: NDArray) -> Iterator[tuple[NDArray, NDArray]]:
        periodic = Periodic(level.blurred, level.kernel_size)
        select = LongEdges(level.gradients, level.kernel_size, settings)
        latent = level.blurred if level.coarser is None else level.coarser
        for i in range(1, settings.iterations + 1):
            edges = select(latent)
            kernel = pruned(fit_kernel(edges, level.gradients, kernel, settings.kernel_weight))
            latent = periodic.crop(guided(periodic, kernel, edges, settings.edge_weight))
            if i == settings.iterations and level.kernel_size == kernel_size:
                kernel = refined(kernel, edges, level.gradients, settings)
            yield latent, kernel

    return coarse_to_fine(blurred.astype(np.float32), kernel_size, alternate, settings.iterations)


class LongEdges:
    """Keeps gradients of the sharpened image that are large and lie where the blurred image's edges are long."""

    def __init__(self, blurred: Gradients, kernel_size: int, settings: XuJiaSettings) -> None:
        down, across = (part.astype(np.float64) for part in blurred)  # for running sums
        self.usefulness = long_edges(down, across, kernel_size)
        self.kernel_size, self.settings = kernel_size, settings
        self.thresholds: tuple[float, float] | None = None

    def __call__(self, latent: NDArray) -> Gradients:
        smooth = gaussian_filter(latent, self.settings.smoothing)
        down, across = forward_gradients(shocked(smooth, self.settings.shock_step))
        size = np.hypot(down, across)
        useful, large = self.thresholds or self._start(down, across, size)
        kept = (self.usefulness >= useful) & (size >= large)
        self.thresholds = useful / self.settings.relaxation, large / self.settings.relaxation
        return down * kept, across * kept

    def _start(self, down: NDArray, across: NDArray, size: NDArray) -> tuple[float, float]:
        """τ_r and τ_s at a level's first iteration."""
        pixels = round(self.settings.useful * np.sqrt(size.size) * self.kernel_size)
        useful = balanced_threshold(down, across, pixels, values=self.usefulness)
        masked = size * (self.usefulness >= useful)
        return useful, balanced_threshold(down, across, round(self.settings.large * self.kernel_size), values=masked)


def guided(periodic: Periodic, kernel: NDArray, edges: Gradients, weight: float) -> NDArray:
    """argmin |k ⊗ x - y|² + λ |∇x - edges|², on the periodic grid; no edges beyond the border."""
    placed = np.zeros((2, *periodic.grid), periodic.start.dtype)
    for part, edge in zip(placed, edges, strict=True):
        part[: edge.shape[0], : edge.shape[1]] = edge
    transfer = periodic.transfer(kernel)
    numerator = np.conj(transfer) * periodic.spectrum + np.float32(weight) * rfft2(divergence(*placed))
    return irfft2(numerator / (squared(transfer) + np.float32(weight) * periodic.roughness), periodic.grid)


def refined(kernel: NDArray, edges: Gradients, blurred: Gradients, settings: XuJiaSettings) -> NDArray:
    """argmin ½ Σ |∂x ⊗ k - ∂y|² + γ Σ |k| outside the support, which the kernel before sets, several times."""
    correlation, goal = kernel_equations(edges, blurred, kernel.shape[0])
    for i in range(1, settings.refinements + 1):
        before, free = kernel, support(kernel, i)
        for _ in range(settings.reweightings):
            weight = np.where(free, 0, settings.sparsity / np.maximum(kernel, settings.kernel_floor))
            kernel = normalised(solve_kernel(correlation, goal, weight, kernel, KERNEL_STEPS))
        if np.linalg.norm(kernel - before) <= settings.tolerance * np.linalg.norm(before):
            break
    return kernel


def support(kernel: NDArray, iteration: int) -> NDArray:
    """Where the kernel is above the first jump of more than max / (2 n i) between its sorted values."""
    values = np.sort(kernel, axis=None)
    jumps = np.flatnonzero(np.diff(values) > values[-1] / (2 * kernel.shape[0] * iteration))
    return kernel > (values[jumps[0]] if len(jumps) else 0)
