"""Your own photographs: a folder of images, each with `<stem>_kernel.png` and `<stem>_sharp.*` if you know them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.photo import READABLE, read_photo
from mcdeconv.errors import InputError


def ids(dataset: str = "folder", folder: Path | None = None) -> list[str]:
    """Stems of the photographs in a folder, sorted.

    Raises
    ------
    InputError
        If there is no such folder, no photograph in it, or two photographs of one stem.
    """
    return sorted(_photographs(folder))


def load_item(dataset: str, item_id: str, folder: Path | None = None) -> Item:
    """One photograph, with its truth and kernel if they lie beside it.

    Raises
    ------
    InputError
        If a file cannot be read, the truth has another size, or the kernel is not an odd square.
    """
    path = _photographs(folder)[item_id]
    blurred = read_photo(path).pixels
    kernel = _kernel(path.with_name(f"{item_id}_kernel.png"))
    return Item(
        id=item_id,
        dataset="folder",
        category="photograph",
        blurred=blurred,
        kernel_size=None if kernel is None else kernel.shape[0],
        sharp=_truth(path, blurred),
        kernel=kernel,
    )


def _photographs(folder: Path | None) -> dict[str, Path]:
    """The photographs by stem."""
    if folder is None:
        raise InputError("data set 'folder' needs the folder of your photographs")
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder")
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in READABLE or path.stem.endswith(("_kernel", "_sharp")) or path.name[0] == ".":
            continue
        if path.stem in found:
            raise InputError(f"{found[path.stem]} and {path} have the same stem; rename one of them")
        found[path.stem] = path
    if not found:
        raise InputError(f"no photographs in {folder}; these are read: {', '.join(sorted(READABLE))}")
    return found


def _truth(path: Path, blurred: NDArray) -> NDArray | None:
    beside = [other for other in path.parent.glob("*_sharp.*") if other.stem == f"{path.stem}_sharp"]
    if not beside:
        return None
    sharp = read_photo(beside[0]).pixels
    if sharp.shape != blurred.shape:
        raise InputError(f"{beside[0]} has shape {sharp.shape} and {path} {blurred.shape}; they must be the same")
    return sharp


def _kernel(path: Path) -> NDArray | None:
    """A kernel picture as it is stored (convolution, not correlation), scaled to sum 1."""
    if not path.exists():
        return None
    picture = read_photo(path, constant_ok=True).pixels.astype(np.float64)
    grey = picture.mean(axis=-1) if picture.ndim == 3 else picture
    if grey.shape[0] != grey.shape[1] or grey.shape[0] % 2 == 0:
        raise InputError(f"{path} has {grey.shape[1]}×{grey.shape[0]} pixels; a kernel is a square with an odd side")
    if grey.sum() == 0:
        raise InputError(f"{path} is black; a kernel must have some weight")
    return grey / grey.sum()
