"""A supervised method that runs here: MAXIM, trained on the pairs of GoPro. It is not in the paper.

Z. Tu et al., "MAXIM: Multi-Axis MLP for Image Processing", CVPR 2022. The weights (`weights`) are those of its
three-stage model for deblurring, as published for TensorFlow.js; `graph` runs them. The network gives an image and no
kernel.

    model = maxim.load(maxim.require())
    restored = maxim.restore(photo, model)
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mcdeconv.data.grey import grey_of
from mcdeconv.errors import InputError
from mcdeconv.methods.maxim.graph import GraphModel, load
from mcdeconv.methods.maxim.weights import fetch, require

__all__ = ["GraphModel", "fetch", "load", "require", "restore"]

MULTIPLE = 64  # px; the network halves an image three times and then cuts it into blocks of 8
TILE = 832  # px; an image of 800 fits (6.3 GB), and what is larger needs no more memory than it
OVERLAP = 64  # px that neighbouring tiles share


def restore(photo: NDArray, model: Callable[[Tensor], Tensor], tile: int = TILE) -> NDArray:
    """Deblur a photograph with a network that was trained on pairs of blurred and sharp ones.

    Parameters
    ----------
    photo : array, shape (H, W) or (H, W, 3), in [0, 1]
        Grey is given to the network as R = G = B, and the luma of its result is taken.
    model : what `load` returns
    tile : int
        Largest side that is restored in one piece, px, a multiple of 64 from 128 on; a larger image is restored in
        tiles that overlap by 64 px and are blended there. Memory grows with its square.

    Returns
    -------
    float32 array of the shape of `photo`, in [0, 1].

    Raises
    ------
    InputError
        If the photograph or the tile is not as above.
    """
    if tile % MULTIPLE or tile < 2 * OVERLAP:
        raise InputError(f"tile is {tile}; give a multiple of {MULTIPLE}, {2 * OVERLAP} or more")
    image = _checked(photo)
    height, width = image.shape[:2]
    colour = image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)
    margins = [(gap // 2, gap - gap // 2) for gap in (-height % MULTIPLE, -width % MULTIPLE)]
    whole = _in_tiles(np.pad(colour, [*margins, (0, 0)], mode="reflect"), model, tile)
    (top, _), (left, _) = margins
    result = whole[top : top + height, left : left + width].clip(0, 1)
    return (result if image.ndim == 3 else grey_of(result).clip(0, 1)).astype(np.float32)


def _checked(photo: NDArray) -> NDArray:
    image = np.asarray(photo, np.float32)
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3) or 0 in image.shape:
        raise InputError(f"the photograph has shape {image.shape}; give (H, W) or (H, W, 3)")
    if not np.isfinite(image).all():
        raise InputError("the photograph has NaN or infinity; replace them first")
    if image.min() < 0 or image.max() > 1:
        raise InputError(f"the photograph spans [{image.min():.4g}, {image.max():.4g}]; scale it to [0, 1]")
    return image


def _in_tiles(image: NDArray, model: Callable[[Tensor], Tensor], tile: int) -> NDArray:
    """The mean of the tiles' results, each weighted less towards the tile's edges."""
    total, weights = np.zeros_like(image), np.zeros((*image.shape[:2], 1), np.float32)
    for rows, row_weights in _spans(image.shape[0], tile):
        for columns, column_weights in _spans(image.shape[1], tile):
            piece = torch.from_numpy(np.ascontiguousarray(image[None, rows, columns]))
            weight = np.outer(row_weights, column_weights)[..., None]
            total[rows, columns] += weight * model(piece)[0].numpy()
            weights[rows, columns] += weight
    return total / weights


def _spans(size: int, tile: int) -> Iterator[tuple[slice, NDArray]]:
    """Evenly spread spans of a side, and the weight of each of their pixels."""
    length = min(size, tile)
    count = 1 if size <= tile else -(-(size - OVERLAP) // (tile - OVERLAP))
    from_edge = np.minimum(np.arange(length), np.arange(length)[::-1]) + 1
    for start in np.linspace(0, size - length, count).round().astype(int):
        yield slice(start, start + length), np.minimum(from_edge / OVERLAP, 1).astype(np.float32)
