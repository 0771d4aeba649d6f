"""The linear operators of the forward model, each with its adjoint, and the solver of their normal equations."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2


class ValidConvolution:
    """A: x ↦ k ⊗ x, 'valid', from the latent image (H + k - 1, W + k - 1) to the blurred one (H, W), by FFT.

    The latent pixels beyond the blurred image that the kernel reaches are unknowns like all others, so that no false
    edge is there to ring.

    Parameters
    ----------
    kernel : array, shape (k, k), k odd
    shape : (H, W) of the blurred image
    """

    def __init__(self, kernel: NDArray, shape: tuple[int, int]) -> None:
        size = kernel.shape[0]
        self.half = size // 2
        self.shape = shape
        self.latent_shape = (shape[0] + size - 1, shape[1] + size - 1)
        # the circular wrap-around of a grid at least as large as x stays outside the 'valid' part
        self._grid = (next_fast_len(self.latent_shape[0]), next_fast_len(self.latent_shape[1], real=True))
        self._transfer = rfft2(kernel, self._grid)
        self._valid = tuple(slice(size - 1, size - 1 + length) for length in shape)

    def forward(self, latent: NDArray) -> NDArray:
        """A x, shape (H, W)."""
        return irfft2(self._transfer * rfft2(latent, self._grid), self._grid)[self._valid]

    def adjoint(self, blurred: NDArray) -> NDArray:
        """Aᵀ y, shape (H + k - 1, W + k - 1), with <A x, y> = <x, Aᵀ y>."""
        placed = np.zeros(self._grid)
        placed[self._valid] = blurred
        latent = irfft2(np.conj(self._transfer) * rfft2(placed), self._grid)
        return latent[: self.latent_shape[0], : self.latent_shape[1]]

    def extend(self, blurred: NDArray) -> NDArray:
        """A first latent image: the blurred one with its border replicated."""
        return np.pad(blurred, self.half, mode="edge")

    def crop(self, latent: NDArray) -> NDArray:
        """The part of a latent image that lies under the blurred one, shape (H, W)."""
        return latent[self.half : self.half + self.shape[0], self.half : self.half + self.shape[1]]


def derivative(image: NDArray, axes: tuple[int, ...]) -> NDArray:
    """D x: differences x[i + 1] - x[i] along the given axes, one after the other; each shortens its axis by one."""
    for axis in axes:
        image = np.diff(image, axis=axis)
    return image


def derivative_adjoint(values: NDArray, axes: tuple[int, ...]) -> NDArray:
    """Dᵀ v, with <D x, v> = <x, Dᵀ v>."""
    for axis in axes:
        values = -np.diff(values, axis=axis, prepend=0, append=0)
    return values


def conjugate_gradients(
    normal: Callable[[NDArray], NDArray],
    right: NDArray,
    start: NDArray,
    iterations: int,
    tolerance: float = 0.0,
    precondition: Callable[[NDArray], NDArray] = lambda residual: residual,
    dot: Callable[[NDArray, NDArray], float] = lambda a, b: float(np.vdot(a, b)),
) -> NDArray:
    """Solve normal(x) = right, normal symmetric and positive definite (Hestenes and Stiefel 1952).

    Parameters
    ----------
    normal, precondition : functions of an array
        The operator, and an approximation of its inverse, also symmetric and positive definite.
    right, start : array
        Right-hand side and first solution.
    iterations : int
    tolerance : float
        Stop earlier, once the residual's norm (in the preconditioner's metric) is this part of the right-hand side's.
    dot : function of two arrays
        The inner product in which both operators are symmetric.

    Returns
    -------
    array of the shape of `start`.
    """
    x, residual = start, right - normal(start)
    direction = better = precondition(residual)
    energy = dot(residual, better)
    goal = tolerance**2 * dot(right, precondition(right))
    for _ in range(iterations):
        if energy <= goal:
            break
        image = normal(direction)
        step = energy / dot(direction, image)
        x = x + step * direction
        residual = residual - step * image
        better = precondition(residual)
        previous, energy = energy, dot(residual, better)
        direction = better + energy / previous * direction
    return x
