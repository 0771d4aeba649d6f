"""Images at half resolution: large kernels become ones that a small machine can estimate."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of
from mcdeconv.errors import InputError


def halved(item: Item) -> Item:
    """The luma at half resolution, blurred and sharp image area-averaged alike, the kernel summed over 2×2 taps."""
    if item.kernel is None or item.sharp is None:
        raise InputError(f"{item.dataset} {item.id} has no kernel or truth to halve")
    size = item.kernel.shape[0]
    odd = (size + 1) // 2 | 1
    kernel = 4 * area_average(np.pad(item.kernel, ((0, 2 * odd - size),) * 2))
    return replace(
        item,
        id=f"{item.id}_half",
        blurred=area_average(grey_of(item.blurred)),
        sharp=area_average(grey_of(item.sharp)),
        kernel=kernel,
        kernel_size=odd,
    )


def area_average(image: NDArray) -> NDArray:
    """Mean of every 2×2 pixels; an odd last row or column is dropped."""
    height, width = (side // 2 * 2 for side in image.shape)
    even = image[:height, :width]
    return (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4
