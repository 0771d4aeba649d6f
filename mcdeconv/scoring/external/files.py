"""Somebody else's results as files: which is of which image, and what is in it."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from io import BytesIO
from math import prod
from pathlib import Path
from tokenize import TokenError  # of an array's header that is cut

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.photo import DAMAGED, READABLE, read_photo
from mcdeconv.errors import InputError
from mcdeconv.files import read_regular

KERNEL_FILES = frozenset({".txt", ".csv", ".mat", ".npy"})  # hold kernels only
KERNEL_ENDING = "_kernel"
USUAL_NAMES = ("kernel", "k", "f", "psf", "h")  # of a kernel among the arrays of a .mat file
IF_CONSTANT = "if the system itself failed so, say --constant-ok, and its failure counts"
LARGEST, MOST_VALUES = 1 << 26, 10**7  # bytes of a file, values of a .mat file: a few bytes can promise many
NEGATIVE = 0.05  # of the largest value: below zero by more than rounding is no kernel


def files_of(folder: Path, ids: Collection[str]) -> dict[str, list[Path]]:
    """The files of each image that has any: `<id>.<suffix>` and `<id>_kernel.<suffix>`, in the order of `ids`.

    Hidden files and those of other suffixes are passed over.

    Raises
    ------
    InputError
        If there is no such folder or nothing in it, or a file is of no image.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; give the one that has <id>.png or <id>_kernel.png")
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix.lower() not in READABLE | KERNEL_FILES:
            continue
        name = path.stem.removesuffix(KERNEL_ENDING)
        if name not in ids:
            alike = get_close_matches(name, ids, n=3, cutoff=0.3) or list(ids)[:3]
            raise InputError(f"{path} is of no image of the data set; ids are such as {', '.join(alike)}")
        found.setdefault(name, []).append(path)
    if not found:
        raise InputError(
            f"{folder} has no results; name them <id>.png, <id>_kernel.png or <id>_kernel.txt (.mat, .npy)"
        )
    return {name: found[name] for name in ids if name in found}


def sorted_out(paths: Collection[Path], shape: tuple[int, ...]) -> tuple[Path | None, Path | None]:
    """The restored image and the kernel among the files of one image of a shape (height, width).

    A picture `<id>.png` that is square and at most half as large as the image is a kernel, too.

    Raises
    ------
    InputError
        If there are two of either.
    """
    kinds: Mapping[bool, list[Path]] = {True: [], False: []}
    for path in paths:
        kinds[is_kernel(path, shape)].append(path)
    for of_kernel, own in kinds.items():
        if len(own) > 1:
            what = "the kernel" if of_kernel else "the restored image"
            raise InputError(f"{own[0]} and {own[1]} are both {what} of one image; move one of them away")
    image, kernel = (own[0] if own else None for own in (kinds[False], kinds[True]))
    return image, kernel


def is_kernel(path: Path, shape: tuple[int, ...]) -> bool:
    if path.suffix.lower() in KERNEL_FILES or path.stem.endswith(KERNEL_ENDING):
        return True
    height, width = read_photo(path, constant_ok=True).pixels.shape[:2]
    return height == width <= min(shape[:2]) // 2


def read_kernel(path: Path, constant_ok: bool = False) -> NDArray:
    """A kernel as it is stored, from a picture or numbers, on an odd square and without a margin of zeros.

    An even side gets a row or column of zeros after it, which keeps MATLAB's centre. Only whole frames of zeros go,
    which keeps the centre, too.

    Parameters
    ----------
    constant_ok : whether one value everywhere, but 0, is let through

    Returns
    -------
    float64 array, shape (k, k), k odd, not negative, sums to 1

    Raises
    ------
    InputError
        If the file cannot be read, or what is in it is not finite, constant, or negative.
    """
    values = _values(path)
    if values.ndim != 2 or min(values.shape) < 2:
        raise InputError(f"{path} has an array of shape {values.shape}; a kernel is (k, k)")
    if not np.isfinite(values).all():
        raise InputError(f"{path} has values that are NaN or infinite; replace them first")
    if values.min() == values.max() and not (constant_ok and values.max() > 0):
        raise InputError(f"{path} is constant: every value is {values.min():g}; {IF_CONSTANT}")
    if values.min() < -NEGATIVE * values.max():
        raise InputError(f"{path} has values down to {values.min():.3g}; a kernel is not negative, clip it at 0")
    kernel = without_margin(on_odd_square(values.clip(min=0)))
    return kernel / kernel.sum()


def on_odd_square(values: NDArray) -> NDArray:
    side = max(values.shape) | 1
    return np.pad(values, [((side - size) // 2, side - size - (side - size) // 2) for size in values.shape])


def without_margin(kernel: NDArray) -> NDArray:
    """Without the frames, one pixel wide, that are zero all around; the centre stays."""
    rows, columns = np.nonzero(kernel)
    last = kernel.shape[0] - 1
    margin = int(min(rows.min(), columns.min(), last - rows.max(), last - columns.max()))
    return kernel[margin : last + 1 - margin, margin : last + 1 - margin]


def _values(path: Path) -> NDArray:
    if path.suffix.lower() not in KERNEL_FILES:
        pixels = read_photo(path, constant_ok=True).pixels.astype(np.float64)
        return pixels.mean(axis=-1) if pixels.ndim == 3 else pixels
    try:
        content = read_regular(path, LARGEST)
        if path.suffix.lower() == ".npy":
            return np.asarray(np.load(BytesIO(content), allow_pickle=False), np.float64)
        if path.suffix.lower() == ".mat":
            return np.asarray(_from_mat(content), np.float64)
        text = content.decode("utf-8").replace(",", " ").replace(";", " ")
        return np.loadtxt(text.splitlines(), ndmin=2)
    except InputError:
        raise
    except (*DAMAGED, MemoryError, TokenError) as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise InputError(f"{path} has no kernel that can be read ({reason}); save it as .png, .txt or .npy") from None


def _from_mat(stored: bytes) -> NDArray:
    from scipy.io import loadmat, whosmat
    from scipy.io.matlab import MatReadError

    try:
        if sum(prod(shape) for _, shape, _ in whosmat(BytesIO(stored))) > MOST_VALUES:
            raise ValueError(f"it has more than {MOST_VALUES} values")
        content = loadmat(BytesIO(stored))
    except MatReadError as error:
        raise ValueError(error) from None
    arrays = {name: a for name, a in content.items() if not name.startswith("__") and getattr(a, "size", 0) > 1}
    chosen = next((name for name in USUAL_NAMES if name in arrays), None)
    if chosen is None and len(arrays) != 1:
        raise ValueError(f"it has {', '.join(arrays) or 'no arrays'}; call the kernel's 'kernel'")
    return np.asarray(arrays[chosen or next(iter(arrays))])
