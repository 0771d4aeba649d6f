"""Lai et al. 2016, synthetic uniform: 25 images × 4 kernels, RGB, `manmade_01_kernel_01` to `text_05_kernel_04`."""

from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.datasets.registry import benchmark, verified
from mcdeconv.data.photo import read_photo


def ids(dataset: str = "lai", folder: Path | None = None) -> list[str]:
    """The 100 ids."""
    return [PurePosixPath(path).stem for path in benchmark("lai").files if path.startswith("blurry/")]


def load_item(dataset: str, item_id: str, folder: Path | None = None) -> Item:
    """One blurred image with its truth and kernel; text_05's alpha channel is dropped.

    Raises
    ------
    InputError
        If a file is missing, truncated or altered.
    """
    image, number = item_id.split("_kernel_")
    category = image.split("_")[0]
    kernel = _kernel(number, folder)
    return Item(
        id=item_id,
        dataset="lai",
        category=category,
        blurred=read_photo(verified("lai", f"blurry/{item_id}.png", folder)).pixels,
        kernel_size=kernel.shape[0],
        sharp=read_photo(verified("lai", f"sharp/{image}.png", folder)).pixels,
        kernel=kernel,
        saturated=category == "saturated",
    )


def _kernel(number: str, folder: Path | None) -> NDArray:
    """The published images are *correlated* with the kernel picture: rotate it by 180°; its 3 channels are equal."""
    picture = read_photo(verified("lai", f"kernels/kernel_{number}.png", folder)).pixels
    grey = picture.astype(np.float64).mean(axis=-1) if picture.ndim == 3 else picture.astype(np.float64)
    return np.rot90(grey, 2) / grey.sum()
