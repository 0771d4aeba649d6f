"""The forward model y = k ⊗ x + n, equation (1): 'valid' convolution, sizes, noise."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def latent_shape(blurred_shape: tuple[int, int], kernel_size: int) -> tuple[int, int]:
    """Size (H + k - 1, W + k - 1) of the latent image that a 'valid' convolution maps to (H, W)."""
    return blurred_shape[0] + kernel_size - 1, blurred_shape[1] + kernel_size - 1


def convolve(latent: Tensor, kernel: Tensor) -> Tensor:
    """k ⊗ x: 'valid' convolution (the kernel is flipped, as in SciPy), differentiable in both.

    Computed by FFT at the latent size, where the wrap-around touches only what 'valid' leaves out: on two cores this
    takes a tenth of the time of a direct convolution, which PyTorch does not optimise for a single channel.

    Parameters
    ----------
    latent : Tensor, shape (N, 1, H + k - 1, W + k - 1), float32
    kernel : Tensor, shape (k, k), float32

    Returns
    -------
    Tensor, shape (N, 1, H, W)
    """
    shape, reach = latent.shape[-2:], kernel.shape[-1] - 1
    product = torch.fft.rfft2(latent) * torch.fft.rfft2(kernel, s=shape)
    return torch.fft.irfft2(product, s=shape)[..., reach:, reach:]


def crop_to_blurred(latent: Tensor, kernel_size: int, shift: tuple[int, int] = (0, 0)) -> Tensor:
    """The part of a latent image (..., H + k - 1, W + k - 1) that lies under the blurred one, (..., H, W).

    `shift` is that of `centring_shift`: a kernel moved by it belongs to an image moved the other way, equation (2).
    """
    top, left = (kernel_size // 2 + move for move in shift)
    height, width = (size - kernel_size + 1 for size in latent.shape[-2:])
    return latent[..., top : top + height, left : left + width]


def blur(sharp: NDArray, kernel: NDArray, noise_std: float = 0.0, rng: np.random.Generator | None = None) -> NDArray:
    """Blur an image and add Gaussian white noise, equation (1), keeping its size by replicated borders.

    Parameters
    ----------
    sharp : array, shape (H, W) or (H, W, 3), in [0, 1]
    kernel : array, shape (k, k), k odd, sums to 1
    noise_std : float, in units of the image's range
    rng : numpy Generator, needed when noise_std > 0

    Returns
    -------
    float64 array of the shape of `sharp`; not clipped.
    """
    from scipy.signal import fftconvolve  # half a second

    half = kernel.shape[0] // 2
    widths = [(half, half), (half, half)] + [(0, 0)] * (sharp.ndim - 2)
    padded = np.pad(sharp.astype(np.float64), widths, mode="edge")
    taps = kernel.reshape(kernel.shape + (1,) * (sharp.ndim - 2))
    blurred = fftconvolve(padded, taps, mode="valid", axes=(0, 1))
    if rng is None or not noise_std:
        return blurred
    return blurred + noise_std * rng.standard_normal(blurred.shape)


FAINT = 0.02  # of the largest value: what a softmax leaves everywhere, and does not count as part of a kernel


def centring_shift(kernel: NDArray) -> tuple[int, int]:
    """Whole pixels (down, right) that bring a kernel's centre of mass to its centre without pushing it off an edge.

    Blind deconvolution finds kernel and image only up to a common shift, equation (2).
    """
    size = kernel.shape[0]
    solid = np.where(kernel >= FAINT * kernel.max(), kernel, 0)
    moves = []
    for axis in (0, 1):
        profile = solid.sum(axis=1 - axis)
        wanted = round(size // 2 - float(np.arange(size) @ profile / profile.sum()))
        support = np.flatnonzero(profile)
        moves.append(int(np.clip(wanted, -support[0], size - 1 - support[-1])))
    return moves[0], moves[1]


def centre_kernel(kernel: NDArray) -> NDArray:
    """The kernel moved by `centring_shift`; of the same sum."""
    return np.roll(kernel, centring_shift(kernel), axis=(0, 1))
