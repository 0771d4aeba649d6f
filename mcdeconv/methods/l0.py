"""L0 gradient prior: the latent image has few gradients, whatever their size.

L. Xu, S. Zheng and J. Jia, "Unnatural L0 sparse representation for natural image deblurring", CVPR 2013, reference [54]
of the paper. From that paper: the prior and its half-quadratic splitting. From the public code of Pan et al. 2014: one
weight λ, the doubling of β and the kernel step, in place of the authors' own sequence of thresholds, whose program is
not public. Ours: the continuation beyond the border.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, rfft2

from mcdeconv.methods.coarse_to_fine import EdgeSelection, Found, Level, Shares, coarse_to_fine, fit_kernel, pruned
from mcdeconv.methods.settings import MethodSettings
from mcdeconv.scoring.nonblind.edges import extend_periodically


@dataclass(frozen=True)
class L0Settings(MethodSettings):
    """Images are in [0, 1]."""

    gradient_weight: float = 4e-3  # λ of ‖∇x‖₀, at the first iteration
    decay: float = 1.1  # λ is divided by this after each iteration, over all levels
    smallest_weight: float = 1e-4  # but does not fall below
    beta_stop: float = 1e5  # β, which ties the auxiliary gradients to ∇x, doubles from 2λ until here
    iterations: int = 5  # a level: latent image, kernel

    def decayed(self, weight: float, iterations_before: int) -> float:
        """A weight after so many iterations."""
        return max(weight / self.decay**iterations_before, min(weight, self.smallest_weight))


def l0(blurred: NDArray, kernel_size: int, settings: L0Settings) -> Shares[Found]:
    """Estimate a kernel under the L0 gradient prior; see `coarse_to_fine` for what is given and found."""
    return alternating(blurred, kernel_size, settings, l0_latent)


def l0_latent(periodic: "Periodic", kernel: NDArray, settings: L0Settings, iterations_before: int) -> NDArray:
    """argmin |k ⊗ x - y|² + λ ‖∇x‖₀, on the periodic grid, from y."""
    transfer = periodic.transfer(kernel)
    numerator = np.conj(transfer) * periodic.spectrum
    weight = settings.decayed(settings.gradient_weight, iterations_before)
    return sparse_gradients(periodic.start, numerator, squared(transfer), periodic.roughness, weight, settings)


S = TypeVar("S", bound=L0Settings)


def alternating(
    blurred: NDArray, kernel_size: int, settings: S, sharpen: Callable[["Periodic", NDArray, S, int], NDArray]
) -> Shares[Found]:
    """Latent image by `sharpen` and kernel from its large gradients, in turns, from coarse to fine."""
    select = EdgeSelection()

    def alternate(level: Level, kernel: NDArray) -> Iterator[tuple[NDArray, NDArray]]:
        select.begin(level)
        periodic = Periodic(level.blurred, level.kernel_size)
        for i in range(settings.iterations):
            latent = periodic.crop(sharpen(periodic, kernel, settings, level.iterations_before + i))
            kernel = pruned(fit_kernel(select(latent), level.gradients, kernel))
            yield latent, kernel

    return coarse_to_fine(blurred.astype(np.float32), kernel_size, alternate, settings.iterations)


class Periodic:
    """A blurred image continued to a periodic one, and transfer functions on its grid; all in the image's precision.

    Attributes
    ----------
    start : array, shape `grid`, the image at the top left
    spectrum : its half spectrum
    roughness : |F(∂down)|² + |F(∂across)|²
    """

    def __init__(self, blurred: NDArray, kernel_size: int) -> None:
        self.shape = blurred.shape
        self.start = extend_periodically(blurred, kernel_size - 1).astype(blurred.dtype)
        self.grid = self.start.shape
        self.spectrum = rfft2(self.start)
        rows, columns = np.fft.fftfreq(self.grid[0]), np.fft.rfftfreq(self.grid[1])
        self.roughness = (4 - 2 * np.cos(2 * np.pi * rows)[:, None] - 2 * np.cos(2 * np.pi * columns)).astype(
            blurred.dtype
        )

    def transfer(self, kernel: NDArray) -> NDArray:
        """The kernel's half spectrum, with its middle at the origin."""
        size = kernel.shape[0]
        placed = np.zeros(self.grid, self.start.dtype)
        placed[:size, :size] = kernel
        return rfft2(np.roll(placed, (-(size // 2), -(size // 2)), (0, 1)))

    def crop(self, image: NDArray) -> NDArray:
        """The part under the blurred image."""
        return image[: self.shape[0], : self.shape[1]]


def squared(spectrum: NDArray) -> NDArray:
    """|F|²."""
    return spectrum.real**2 + spectrum.imag**2


def sparse_gradients(
    image: NDArray, numerator: NDArray, denominator: NDArray, roughness: NDArray, weight: float, settings: L0Settings
) -> NDArray:
    """Half-quadratic splitting: gradients whose square is below λ/β are set to zero, the image follows, β doubles.

    Parameters
    ----------
    image : array (H, W), the start
    numerator, denominator : half spectra of the rest of the normal equations, without the gradients' part
    """
    beta = 2 * weight
    across, down = np.empty_like(image), np.empty_like(image)
    while beta < settings.beta_stop:
        difference(image, down, across)
        kept = down * down + across * across >= weight / beta
        down *= kept
        across *= kept
        spectrum = rfft2(divergence(down, across))
        spectrum *= image.dtype.type(beta)
        spectrum += numerator
        # the same last bit as a division, which NumPy does as one of complex numbers, in a fifth of its time
        spectrum *= 1 / (denominator + image.dtype.type(beta) * roughness)
        image = irfft2(spectrum, image.shape)
        beta *= 2
    return image


def difference(image: NDArray, down: NDArray, across: NDArray) -> None:
    """∇x, periodic: x[i + 1] - x[i] down and across, into two arrays of its shape."""
    np.subtract(image[1:], image[:-1], out=down[:-1])
    np.subtract(image[0], image[-1], out=down[-1])
    np.subtract(image[:, 1:], image[:, :-1], out=across[:, :-1])
    np.subtract(image[:, 0], image[:, -1], out=across[:, -1])


def divergence(down: NDArray, across: NDArray) -> NDArray:
    """∇ᵀ of a field, the adjoint of `difference`."""
    found = np.empty_like(down)
    np.subtract(down[:-1], down[1:], out=found[1:])
    np.subtract(down[-1], down[0], out=found[0])
    found[:, 1:] += across[:, :-1] - across[:, 1:]
    found[:, 0] += across[:, -1] - across[:, 0]
    return found
