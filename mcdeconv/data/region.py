"""Where to estimate the kernel: the most informative square of a large image (named as future work in 3.6).

What makes a region good for that (Hu and Yang, ECCV 2012; Xu and Jia, ECCV 2010): strong edges that are longer than
the kernel, in every direction, and no clipped pixels. No learning is needed for a usable score of these.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, uniform_filter

USEFULNESS_FLOOR = 0.5  # Xu and Jia 2010, equation (1)
KERNELS_WIDE = 3  # at least: a latent image is known from whole neighbourhoods only
CLIPPED = (2 / 255, 253 / 255)  # darker or brighter counts as clipped


@dataclass(frozen=True)
class Region:
    """A rectangle of an image: rows top … top + height - 1, columns left … left + width - 1."""

    top: int
    left: int
    height: int
    width: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)


def region_for_kernel(blurred: NDArray, size: int | None, kernel_size: int) -> Region:
    """The most informative square of `size` px, or of `KERNELS_WIDE` kernels if that is more; all of it for None."""
    if size is None:
        return Region(0, 0, *blurred.shape)
    return most_informative_region(blurred, max(size, KERNELS_WIDE * kernel_size), kernel_size)


def most_informative_region(blurred: NDArray, size: int, kernel_size: int) -> Region:
    """The square of `size` px from which a kernel of `kernel_size` px is best estimated.

    Parameters
    ----------
    blurred : array, shape (H, W), in [0, 1]; a side shorter than `size` is taken whole

    Returns
    -------
    Region
        The one with the largest smaller eigenvalue of the structure tensor, summed over the pixels whose gradients
        form long edges (Xu and Jia's r-map), less what is lost to clipped pixels.
    """
    height, width = (min(size, side) for side in blurred.shape)
    dy, dx = np.gradient(gaussian_filter(blurred.astype(np.float64), 1.0))
    useful = long_edges(dy, dx, kernel_size)

    def total(values: NDArray) -> NDArray:
        return box_sums(useful * values, height, width)

    yy, xx, xy = total(dy * dy), total(dx * dx), total(dx * dy)
    smaller_eigenvalue = (yy + xx) / 2 - np.sqrt(((yy - xx) / 2) ** 2 + xy**2)
    clipped = (blurred <= CLIPPED[0]) | (blurred >= CLIPPED[1])
    unclipped_share = 1 - box_sums(clipped.astype(np.float64), height, width) / (height * width)
    merit = smaller_eigenvalue * unclipped_share**2
    top, left = np.unravel_index(int(merit.argmax()), merit.shape)
    return Region(int(top), int(left), height, width)


def long_edges(dy: NDArray, dx: NDArray, kernel_size: int) -> NDArray:
    """Xu and Jia's r: near 1 where gradients in a kernel-sized window agree, near 0 where they cancel or are absent."""
    area = kernel_size**2
    together = np.hypot(uniform_filter(dy, kernel_size), uniform_filter(dx, kernel_size)) * area
    apart = uniform_filter(np.hypot(dy, dx), kernel_size) * area
    return together / (apart + USEFULNESS_FLOOR)


def box_sums(values: NDArray, height: int, width: int) -> NDArray:
    """Sum over every height × width window, shape (H - height + 1, W - width + 1)."""
    table = np.pad(values, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    return table[height:, width:] - table[:-height, width:] - table[height:, :-width] + table[:-height, :-width]
