"""Borders for methods that solve in the Fourier domain.

There an image is periodic, and the step where its right border meets its left one rings. Here the blurred image lies on
a larger periodic grid whose surplus was not observed: a mask leaves it out of the data term, so that only the prior
fills it. With a mask the normal equations are no longer diagonal in the Fourier domain, but nearly, and conjugate
gradients preconditioned by the diagonal solution need few steps. (The surplus starts as a smooth continuation from one
border around to the opposite one, in the spirit of Liu and Jia, ICIP 2008; the masked data term is that of Almeida and
Figueiredo, IEEE TIP 2013.)
"""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2

from mcdeconv.scoring.nonblind.operators import conjugate_gradients

# beyond the k - 1 pixels that the kernel reaches, so that the prior does not tie opposite borders together
EXTRA_SURPLUS = 8


def extend_periodically(blurred: NDArray, surplus: int) -> NDArray:
    """Continue an image smoothly to a periodic one with at least `surplus` more rows and columns.

    The image stays at the top left; the surplus blends the last row (column) into the first by a raised cosine.

    Parameters
    ----------
    blurred : array, shape (H, W)
    surplus : int

    Returns
    -------
    array, at least (H + surplus, W + surplus), both sides fast FFT lengths.
    """
    for axis in (0, 1):
        length = blurred.shape[axis]
        added = next_fast_len(length + surplus, real=axis == 1) - length
        ramp = np.expand_dims(0.5 - 0.5 * np.cos(np.pi * np.arange(1, added + 1) / (added + 1)), 1 - axis)
        first, last = np.take(blurred, [0], axis), np.take(blurred, [-1], axis)
        blurred = np.concatenate([blurred, (1 - ramp) * last + ramp * first], axis=axis)
    return blurred


class PeriodicBlur:
    """Periodic convolution on an extended grid of which only the blurred image was observed.

    Attributes
    ----------
    grid : (rows, columns) of the extended image
    differences : transfer functions of the periodic first differences x[i + 1] - x[i], down and across
    """

    def __init__(self, kernel: NDArray, blurred: NDArray) -> None:
        size = kernel.shape[0]
        self.shape = blurred.shape
        self.start = extend_periodically(blurred, size - 1 + EXTRA_SURPLUS)
        self.grid = self.start.shape
        placed = np.zeros(self.grid)
        placed[:size, :size] = kernel
        self._transfer = rfft2(np.roll(placed, (-(size // 2), -(size // 2)), axis=(0, 1)))
        rows, columns = np.fft.fftfreq(self.grid[0]), np.fft.rfftfreq(self.grid[1])
        self.differences = (np.exp(2j * np.pi * rows)[:, None] - 1, np.exp(2j * np.pi * columns)[None, :] - 1)
        self._roughness = sum(np.abs(difference) ** 2 for difference in self.differences)
        # rfft2 keeps half of the columns: the others count through their conjugates
        self._multiplicity = np.where((columns == 0) | (columns == 0.5), 1.0, 2.0)
        observed = np.zeros(self.grid)
        observed[: self.shape[0], : self.shape[1]] = blurred
        self._back_projected = np.conj(self._transfer) * rfft2(observed)

    def dot(self, a: NDArray, b: NDArray) -> float:
        """Inner product of two images (times their number of pixels) from their half spectra."""
        return float(((a.real * b.real + a.imag * b.imag) @ self._multiplicity).sum())

    def normal(self, spectrum: NDArray, prior_weight: float) -> NDArray:
        """(Kᵀ M K + prior_weight Σ_j D_jᵀ D_j) x on spectra; M keeps the observed pixels."""
        predicted = irfft2(self._transfer * spectrum, self.grid)
        predicted[self.shape[0] :] = 0
        predicted[:, self.shape[1] :] = 0
        return np.conj(self._transfer) * rfft2(predicted) + prior_weight * self._roughness * spectrum

    def solve(self, latent: NDArray, pulled: NDArray, prior_weight: float, steps: int) -> NDArray:
        """Minimise |M (k ⊗ x - y)|² + prior_weight Σ_j |D_j x - w_j|² over x, from `latent`.

        Parameters
        ----------
        latent : array, shape `grid`
        pulled : complex array, half spectrum of Σ_j D_jᵀ w_j
        prior_weight : float
        steps : int
            Of preconditioned conjugate gradients.

        Returns
        -------
        array, shape `grid`.
        """
        diagonal = np.abs(self._transfer) ** 2 + prior_weight * self._roughness
        spectrum = conjugate_gradients(
            lambda x: self.normal(x, prior_weight),
            self._back_projected + prior_weight * pulled,
            rfft2(latent),
            steps,
            precondition=lambda residual: residual / diagonal,
            dot=self.dot,
        )
        return irfft2(spectrum, self.grid)
