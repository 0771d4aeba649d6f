"""Normalised blind deconvolution: total variation times the kernel's norm, by gradient descent on image and kernel.

M. Jin, S. Roth and P. Favaro, "Normalized blind deconvolution", ECCV 2018, reference [18] of the paper, in its variant
PN: the kernel is normalised after each step (the Frank-Wolfe variant is not here). From the public code: the objective,
all constants, the pyramid and the order of steps. From the public code of Perrone and Favaro 2014, on which that one
builds: the floor under |∇u|. Ours: convolutions by FFT in float32, an even image that keeps its last row and column,
and the kernel's move to the middle at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import fft, ifft, irfft, irfft2, next_fast_len, rfft, rfft2

from mcdeconv.methods.coarse_to_fine import FAINT, Found, Shares, centred, normalised, pruned
from mcdeconv.methods.settings import MethodSettings


@dataclass(frozen=True)
class JinSettings(MethodSettings):
    """Images are in [0, 1]."""

    tv_weight: float = 8e-3  # λ of |k|₂ TV(u)
    gradient_floor: float = 1e-3  # |∇u| counts as no smaller where it divides
    iterations: int = 800  # a level: one step of the image, one of the kernel
    image_step: float = 5e-3  # largest change of a pixel, as a part of the largest pixel
    kernel_step: float = 1e-3  # largest change of the kernel before it is normalised, as a part of its maximum
    prune_every: int = 200  # iterations
    ratio: float = 1.2  # of the kernel's sides at one level and the next coarser one
    smallest_kernel: int = 3  # px


def jin(blurred: NDArray, kernel_size: int, settings: JinSettings) -> Shares[Found]:
    """Estimate a kernel by normalised blind deconvolution; see `coarse_to_fine` for what is given and found."""
    levels = pyramid(blurred.shape, kernel_size, settings)
    pixels = np.cumsum([shape[0] * shape[1] for shape, _ in levels])
    reach = kernel_size // 2
    photo = blurred.astype(np.float32)
    image = np.pad(photo, reach, mode="edge")
    kernel = np.zeros((kernel_size, kernel_size))
    kernel[reach, reach] = 1
    for level, (shape, size) in enumerate(levels):
        image = scaled(image, (shape[0] + size - 1, shape[1] + size - 1))
        kernel = normalised(scaled(kernel, (size, size)))
        descent = Descent(scaled(photo, shape), image, kernel.astype(photo.dtype), settings)
        before = pixels[level] - shape[0] * shape[1]
        for share in descent.run():
            yield float((before + share * shape[0] * shape[1]) / pixels[-1])
        image, kernel = descent.image, descent.kernel.astype(np.float64)
        kernel = normalised(np.where(kernel > FAINT * kernel.max(), kernel, 0))
    return Found(centred(kernel), image[reach : reach + blurred.shape[0], reach : reach + blurred.shape[1]])


def pyramid(shape: tuple[int, ...], kernel_size: int, settings: JinSettings) -> list[tuple[tuple[int, int], int]]:
    """Shape of the blurred image and side of the kernel at each level, coarsest first; odd but for the finest image."""
    levels = [((shape[0], shape[1]), kernel_size)]
    while levels[-1][1] > settings.smallest_kernel:
        (height, width), size = levels[-1]
        coarser = int(size / settings.ratio + 0.5)
        coarser = max(min(coarser - 1 + coarser % 2, size - 2), settings.smallest_kernel)
        height, width = (int(side * coarser / size + 0.5) for side in (height, width))
        levels.append(((height - 1 + height % 2, width - 1 + width % 2), coarser))
    return levels[::-1]


class Descent:
    """Gradient descent on ½ |u ⊗ k - f|² + λ |k|₂ TV(u), 'valid' convolution, at one level.

    Attributes
    ----------
    image : array (h + k - 1, w + k - 1), u
    kernel : array (k, k)
    """

    def __init__(self, blurred: NDArray, image: NDArray, kernel: NDArray, settings: JinSettings) -> None:
        self.blurred, self.image, self.kernel, self.settings = blurred, image, kernel, settings
        self.grid = (next_fast_len(image.shape[0]), next_fast_len(image.shape[1], real=True))
        size = kernel.shape[0]
        self.valid = tuple(slice(size - 1, size - 1 + side) for side in blurred.shape)
        self.placed = np.zeros(self.grid, image.dtype)  # the residual, zero where nothing was observed
        self.spectrum = rfft2(image, self.grid)
        self.tv, self.tv_gradient = total_variation(image, settings.gradient_floor)

    def run(self) -> Iterator[float]:
        """All iterations; yields now and then the share that is done."""
        for i in range(1, self.settings.iterations + 1):
            self.step_image()
            self.step_kernel()
            if i % self.settings.prune_every == 0:
                self.kernel = pruned(self.kernel)
            if i % 20 == 0:
                yield i / self.settings.iterations

    def step_image(self) -> None:
        """One step of u."""
        gradient = self.image_gradient()
        largest = max(float(gradient.max()), -float(gradient.min()), 1e-31)
        gradient *= self.settings.image_step * float(self.image.max()) / largest
        self.image = self.image - gradient
        self.spectrum = rfft2(self.image, self.grid)
        self.tv, self.tv_gradient = total_variation(self.image, self.settings.gradient_floor)

    def step_kernel(self) -> None:
        """One step of k."""
        gradient = self.kernel_gradient()
        largest = max(float(np.abs(gradient).max()), 1e-31)
        step = self.settings.kernel_step * float(self.kernel.max()) / largest
        self.kernel = normalised(self.kernel - step * gradient).astype(self.image.dtype)

    def image_gradient(self) -> NDArray:
        """k̃ ⊗ (u ⊗ k - f) + λ |k|₂ ∂TV(u)/∂u, 'full'."""
        transfer = self._transfer()
        residual = self._residual(transfer)
        residual *= transfer.conj()
        gradient = irfft2(residual, self.grid, overwrite_x=True)[: self.image.shape[0], : self.image.shape[1]]
        gradient += self.settings.tv_weight * float(np.linalg.norm(self.kernel)) * self.tv_gradient
        return gradient

    def kernel_gradient(self) -> NDArray:
        """ũ ⊗ (u ⊗ k - f) + λ TV(u) k / |k|₂, 'valid'."""
        size = self.kernel.shape[0]
        residual = self._residual(self._transfer())
        residual *= self.spectrum.conj()
        # of the inverse transform only what the kernel covers
        data = irfft(ifft(residual, axis=0, overwrite_x=True)[:size], self.grid[1], axis=1)[:, :size]
        return data + self.settings.tv_weight * self.tv / float(np.linalg.norm(self.kernel)) * self.kernel

    def _transfer(self) -> NDArray:
        return fft(rfft(self.kernel, self.grid[1], axis=1), self.grid[0], axis=0)

    def _residual(self, transfer: NDArray) -> NDArray:
        """Half spectrum of u ⊗ k - f, 'valid', at the place where it is in the full convolution."""
        predicted = irfft2(transfer * self.spectrum, self.grid, overwrite_x=True)
        np.subtract(predicted[self.valid], self.blurred, out=self.placed[self.valid])
        return rfft2(self.placed)


def total_variation(image: NDArray, floor: float) -> tuple[float, NDArray]:
    """TV(u) = Σ |∇u|, forward differences, none beyond the border, and its derivative with |∇u| at least `floor`."""
    down, across = np.zeros_like(image), np.zeros_like(image)
    np.subtract(image[1:], image[:-1], out=down[:-1])
    np.subtract(image[:, 1:], image[:, :-1], out=across[:, :-1])
    size = down * down
    size += across * across
    np.sqrt(size, out=size)
    total = float(size.sum(dtype=np.float64))
    np.maximum(size, floor, out=size)
    down /= size
    across /= size
    gradient = -down
    gradient -= across
    gradient[1:] += down[:-1]
    gradient[:, 1:] += across[:, :-1]
    return total, gradient


def scaled(image: NDArray, shape: tuple[int, int]) -> NDArray:
    """Bicubic, with a broader kernel where it shrinks (as MATLAB's `imresize`)."""
    for axis in (0, 1):
        if image.shape[axis] != shape[axis]:
            weights = bicubic(image.shape[axis], shape[axis]).astype(image.dtype)
            image = np.moveaxis(np.tensordot(weights, image, (1, axis)), 0, axis)
    return image


def bicubic(before: int, after: int) -> NDArray:
    """Weights (after, before) of Keys' cubic convolution, a = -½; borders mirrored."""
    scale = min(after / before, 1.0)
    centres = (np.arange(after) + 0.5) * before / after - 0.5
    reach = int(np.ceil(2 / scale)) + 1
    taps = np.floor(centres).astype(int)[:, None] + np.arange(-reach, reach + 1)
    x = np.abs(taps - centres[:, None]) * scale
    values = np.where(x <= 1, 1.5 * x**3 - 2.5 * x**2 + 1, np.where(x < 2, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2, 0))
    values /= values.sum(axis=1, keepdims=True)
    taps = np.mod(taps, 2 * before)
    weights = np.zeros((after, before))
    np.add.at(weights, (np.arange(after)[:, None], np.minimum(taps, 2 * before - 1 - taps)), values)
    return weights
