"""Levin et al. 2009: 4 images × 8 kernels, 255×255 grey, `im05_flit01` to `im08_flit08`."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.datasets.registry import benchmark, verified

SCENE_TRUTH = "flit08"  # public evaluation code has one truth for each scene, equal to the x of kernel 8

# px: what SelfDeblur's released script (csdwren/SelfDeblur, `selfdeblur_levin.py`) sets for kernels 1 to 8. All but the
# fourth are 2 px smaller than the files' kernels.
SELFDEBLUR_KERNEL_SIZES = {
    f"flit0{number}": size for number, size in enumerate((17, 15, 13, 27, 11, 19, 21, 21), start=1)
}


def ids(dataset: str = "levin", folder: Path | None = None) -> list[str]:
    """The 32 ids, "im05_flit01" to "im08_flit08"."""
    return [path.removesuffix(".mat") for path in benchmark("levin").files]


def load_item(dataset: str, item_id: str, folder: Path | None = None) -> Item:
    """One file, with its own x as the truth and the x of kernel 8 as `other_truths["scene"]`.

    The file's y is x *correlated* with f, so the kernel is f rotated by 180°; in some files x is off by up to 4 whole
    pixels.
    """
    content = _read(item_id, folder)
    scene = item_id.split("_")[0]
    kernel = np.rot90(content["f"].astype(np.float64), 2).copy()
    return Item(
        id=item_id,
        dataset="levin",
        category=scene,
        blurred=_image(content["y"]),
        kernel_size=kernel.shape[0],
        sharp=_image(content["x"]),
        kernel=kernel / kernel.sum(),
        other_truths={"scene": _image(_read(f"{scene}_{SCENE_TRUTH}", folder)["x"])},
    )


def _read(item_id: str, folder: Path | None) -> dict[str, Any]:
    from scipy.io import loadmat

    content: dict[str, Any] = loadmat(verified("levin", f"{item_id}.mat", folder), variable_names=["x", "y", "f"])
    return content


def _image(pixels: NDArray) -> NDArray:
    return pixels.clip(0, 1).astype(np.float32)
