"""Signals, kernels and equation (1) in one dimension: y = k ⊗ x + n, where only whole neighbourhoods are seen."""

import numpy as np
from numpy.typing import NDArray

from mcdeconv.errors import InputError

NOISE = 1  # of what is drawn from a seed, the noise


def blur_matrix(kernel: NDArray, length: int) -> NDArray:
    """The matrix K of k ⊗ x, 'valid': shape (length - k + 1, length), so that K @ x == np.convolve(x, k, "valid").

    Raises
    ------
    InputError
        If the kernel is longer than the signal.
    """
    size = len(kernel)
    if size > length:
        raise InputError(f"a kernel of {size} samples does not fit a signal of {length}; give a shorter kernel")
    rows = np.zeros((length - size + 1, length))
    for n in range(len(rows)):
        rows[n, n : n + size] = kernel[::-1]
    return rows


def blurred(signal: NDArray, kernel: NDArray, noise: float, seed: int) -> NDArray:
    """A blurred signal, shape (length - k + 1,), with white noise of that standard deviation.

    The seed's noise is its own: who draws a signal from `default_rng(seed)` may give the same seed here.
    """
    clean = np.convolve(signal, kernel, "valid")
    return clean + noise * np.random.default_rng([seed, NOISE]).standard_normal(len(clean))


def bump(std: float, size: int) -> NDArray:
    """A Gaussian kernel, shape (size,), sums to 1; std in samples, 0 for a point. The one-parameter family."""
    return two_sided(std, std, size)


def two_sided(left: float, right: float, size: int) -> NDArray:
    """A Gaussian with a width of its own on either side, shape (size,), sums to 1: the two-parameter family.

    Raises
    ------
    InputError
        If the size is even or a width is negative.
    """
    if size % 2 == 0 or min(left, right) < 0:
        raise InputError(f"size {size}, widths {left:g} and {right:g}: give an odd size and widths of 0 or more")
    reach = np.arange(size) - size // 2
    widths = np.where(reach < 0, left, right)
    taps = np.where(reach == 0, 1.0, 0.0)
    wide = widths > 0
    taps[wide] = np.exp(-(reach[wide] ** 2) / (2 * widths[wide] ** 2))
    return taps / taps.sum()


def factorisations(kernel: NDArray, tolerance: float = 1e-9) -> list[tuple[NDArray, NDArray]]:
    """All ways to write a kernel as k₁ ⊗ k₂, both not negative and with sum 1: what equation (2) cannot tell apart.

    A kernel of k samples is a polynomial of degree k - 1; its factors are products of some of its roots. Real kernels
    come of conjugate roots taken together. The trivial pair, a point and the kernel itself, is among them.
    """
    roots = np.roots(kernel)
    groups = _conjugates(roots)
    found = []
    for chosen in range(2 ** len(groups)):
        sides = ([], [])  # type: tuple[list[complex], list[complex]]
        for n, group in enumerate(groups):
            sides[chosen >> n & 1].extend(group)
        one, other = (np.real(np.atleast_1d(np.poly(side))) for side in sides)
        if abs(one.sum()) > tolerance and abs(other.sum()) > tolerance:
            one, other = one / one.sum(), other / other.sum()
            if min(one.min(), other.min()) >= -tolerance:
                found.append((np.maximum(one, 0), np.maximum(other, 0)))
    return found


def _conjugates(roots: NDArray) -> list[list[complex]]:
    """Real roots one by one, complex ones in pairs."""
    upper = [complex(root) for root in roots if root.imag > 1e-9]
    real = [complex(root.real) for root in roots if abs(root.imag) <= 1e-9]
    return [[root] for root in real] + [[root, root.conjugate()] for root in upper]
