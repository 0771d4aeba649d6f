"""Lai et al. 2016: 25 images × 4 kernels in RGB, `manmade_01_kernel_01` to `text_05_kernel_04`, and 100 photographs.

"lai" is the synthetic uniform part; the photographs, "lai_real", have neither truth nor kernel.
"""

from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.datasets.registry import benchmark, verified
from mcdeconv.data.photo import read_photo


def ids(dataset: str, folder: Path | None = None) -> list[str]:
    """The 100 ids of "lai", or of "lai_real", such as "bird"."""
    paths = map(PurePosixPath, benchmark(dataset).files)
    return [path.stem for path in paths if path.parent.name == "blurry" or path.suffix == ".jpg"]


def load_item(dataset: str, item_id: str, folder: Path | None = None) -> Item:
    """One blurred image with its truth and kernel (text_05's alpha channel is dropped), or one photograph.

    The category of a photograph and whether it is saturated are in the data set's `attribute.txt`, in lines such as
    "bridge manmade saturated".
    """
    if dataset == "lai_real":
        lines = verified(dataset, "attribute.txt", folder).read_text(encoding="utf-8").splitlines()
        category, *others = next(line.split()[1:] for line in lines if line.split()[:1] == [item_id])
        photograph = _pixels(dataset, f"{item_id}.jpg", folder)
        return Item(item_id, dataset, category, photograph, saturated="saturated" in others)
    image, number = item_id.split("_kernel_")
    category = image.split("_")[0]
    kernel = _kernel(number, folder)
    return Item(
        id=item_id,
        dataset=dataset,
        category=category,
        blurred=_pixels(dataset, f"blurry/{item_id}.png", folder),
        kernel_size=kernel.shape[0],
        sharp=_pixels(dataset, f"sharp/{image}.png", folder),
        kernel=kernel,
        saturated=category == "saturated",
    )


def _pixels(dataset: str, path: str, folder: Path | None) -> NDArray:
    return read_photo(verified(dataset, path, folder)).pixels


def _kernel(number: str, folder: Path | None) -> NDArray:
    """The published images are *correlated* with the kernel picture: rotate it by 180°; its 3 channels are equal."""
    picture = _pixels("lai", f"kernels/kernel_{number}.png", folder).astype(np.float64)
    grey = picture.mean(axis=-1) if picture.ndim == 3 else picture
    return np.rot90(grey, 2) / grey.sum()
