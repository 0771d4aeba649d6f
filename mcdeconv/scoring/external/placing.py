"""Where somebody else's restored images and kernels lie: size, crop and offset."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from mcdeconv.core.forward import centring_shift
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of
from mcdeconv.errors import InputError
from mcdeconv.scoring.external.files import without_margin
from mcdeconv.scoring.protocols import Protocol

LEAST_LIKENESS = 0.5  # correlation with the truth, below which a place is a guess


def spare(protocol: Protocol) -> int:
    """Pixels at each side of the image that a protocol never looks at."""
    return protocol.crop - min(protocol.maxshift, protocol.crop)


def place(restored: NDArray, item: Item, protocol: Protocol) -> tuple[int, int]:
    """(row, column) of the restored image that lies on pixel (0, 0) of the blurred one; (0, 0) for equal sizes.

    Of other sizes it is the whole-pixel offset at which the restored image is most like the truth.

    Raises
    ------
    InputError
        If it is larger by more than half, lacks pixels that the protocol looks at, or is like the truth nowhere.
    """
    shape, own = item.blurred.shape[:2], restored.shape[:2]
    surplus = [mine - wanted for mine, wanted in zip(own, shape, strict=True)]
    if surplus == [0, 0]:
        return 0, 0
    sizes = f"{item.id}: the restored image has {own[1]}×{own[0]} px, the blurred one {shape[1]}×{shape[0]}"
    if any(more > side // 2 or more < -2 * spare(protocol) for more, side in zip(surplus, shape, strict=True)):
        raise InputError(f"{sizes}; save it in the blurred image's frame")
    truth = item.one_truth
    if truth is None:
        raise InputError(f"{sizes}, and there is no truth to find its place by; save it in the blurred image's frame")
    offset = _most_alike(grey_of(restored), grey_of(truth), surplus)
    lacking = [max(-start, start - more) for start, more in zip(offset, surplus, strict=True)]
    placed = framed(grey_of(restored), shape, offset)
    inner = tuple(slice(max(0, lack), side - max(0, lack)) for lack, side in zip(lacking, shape, strict=True))
    alike = float(np.corrcoef(placed[inner].ravel(), grey_of(truth)[inner].ravel())[0, 1])
    if max(lacking) > spare(protocol) or not alike > LEAST_LIKENESS:
        raise InputError(f"{sizes}, and where it lies in it is not clear; save it in the blurred image's frame")
    return offset


def _most_alike(restored: NDArray, truth: NDArray, surplus: list[int]) -> tuple[int, int]:
    """The offset of the largest correlation of gradients, of those that keep the smaller of the two inside."""
    total = np.zeros(tuple(a + b - 1 for a, b in zip(restored.shape, truth.shape, strict=True)))
    for axis in (0, 1):
        a, b = (np.gradient(np.asarray(image, np.float64), axis=axis) for image in (restored, truth))
        total += fftconvolve(a, b[::-1, ::-1])
    first = [min(0, more) for more in surplus]
    spans = [(side - 1 + start, abs(more) + 1) for side, start, more in zip(truth.shape, first, surplus, strict=True)]
    allowed = total[tuple(slice(start, start + count) for start, count in spans)]
    row, column = np.unravel_index(allowed.argmax(), allowed.shape)
    return int(row) + first[0], int(column) + first[1]


def framed(restored: NDArray, shape: tuple[int, ...], offset: tuple[int, int]) -> NDArray:
    """A restored image in the blurred one's frame of a shape; what it lacks there repeats its border."""
    rows, columns = (
        np.clip(np.arange(side) + start, 0, own - 1)
        for side, start, own in zip(shape[:2], offset, restored.shape[:2], strict=True)
    )
    return restored[np.ix_(rows, columns)]


def within_reach(kernel: NDArray, protocol: Protocol) -> tuple[NDArray, tuple[int, int]]:
    """A kernel whose image the protocol can align, and the whole pixels (down, right) that it was moved for that.

    It stays as it is unless its centre of mass is farther from its centre than the protocol searches.
    """
    wide = np.pad(kernel, kernel.shape[0] // 2)
    shift = centring_shift(wide)
    if protocol.as_kohler or max(map(abs, shift)) <= protocol.maxshift:
        return kernel, (0, 0)
    return without_margin(np.roll(wide, shift, axis=(0, 1))), shift
