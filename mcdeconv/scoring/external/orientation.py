"""Whether somebody else's kernels are those of a convolution or of a correlation: what fits the data decides."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of
from mcdeconv.errors import InputError
from mcdeconv.scoring.metrics import kernel_similarity

CONVOLUTION, CORRELATION = "convolution", "correlation"
# The stored kernel → the kernel of a convolution. One of the last six is somebody's slip, to be mended by them.
AS_STORED: dict[str, Callable[[NDArray], NDArray]] = {
    CONVOLUTION: lambda kernel: kernel,
    CORRELATION: lambda kernel: kernel[::-1, ::-1],
    "turned by 90°": lambda kernel: np.rot90(kernel),
    "turned by 270°": lambda kernel: np.rot90(kernel, 3),
    "mirrored left to right": lambda kernel: kernel[:, ::-1],
    "mirrored upside down": lambda kernel: kernel[::-1],
    "transposed": lambda kernel: kernel.T,
    "transposed and turned by 180°": lambda kernel: kernel[::-1, ::-1].T,
}
LEAST_MARGIN = 0.02  # of the mean likeness; what estimated kernels miss by chance is below it
ERRORS = 2  # standard errors that the margin must exceed, too


@dataclass(frozen=True)
class Orientation:
    """How the kernels of a folder are stored."""

    name: str  # "convolution", or "correlation": to be rotated by 180°
    why: str

    def turned(self, kernel: NDArray) -> NDArray:
        """A stored kernel as that of a convolution."""
        return AS_STORED[self.name](kernel)


def likeness(kernel: NDArray, item: Item) -> NDArray:
    """How well a stored kernel fits an item in each way of `AS_STORED`, in [0, 1].

    The similarity with the true kernel; where that is not known, the correlation of the gradients of the blurred
    image and of the sharp one blurred with the kernel, at the shift where it is largest.
    """
    ways = [turn(kernel) for turn in AS_STORED.values()]
    if item.kernel is not None:
        return np.array([kernel_similarity(way, item.kernel) for way in ways])
    if item.one_truth is None:
        raise InputError(f"{item.id} has neither kernel nor sharp image; give --orientation convolution or correlation")
    shape = [next_fast_len(side + kernel.shape[0], real=True) for side in item.blurred.shape[:2]]
    sharp, blurred = (_gradients(grey_of(image), shape) for image in (item.one_truth, item.blurred))
    return np.array([_explained(sharp, blurred, rfft2(way, shape), shape) for way in ways])


def _gradients(image: NDArray, shape: list[int]) -> NDArray:
    """Transforms of the two first differences, (2, ...)."""
    inner = np.asarray(image, np.float64)
    return np.stack([rfft2(np.diff(inner, axis=axis), shape) for axis in (0, 1)])


def _explained(sharp: NDArray, blurred: NDArray, kernel: NDArray, shape: list[int]) -> float:
    model = irfft2(sharp * kernel, shape)
    correlation = irfft2(np.sum(blurred * np.conj(sharp * kernel), axis=0), shape)
    norms = np.linalg.norm(model) * np.linalg.norm(irfft2(blurred, shape))
    return float(np.clip(correlation.max() / norms, 0, 1))


def decide(fits: NDArray, known_kernels: bool) -> Orientation:
    """The one orientation of a folder's kernels.

    Parameters
    ----------
    fits : array, shape (images, 8): `likeness` of each
    known_kernels : whether that is the similarity with the true kernels

    Raises
    ------
    InputError
        If the margin does not suffice, or the kernels fit better mirrored, transposed or turned by 90°.
    """
    names, means = list(AS_STORED), fits.mean(axis=0)
    best = int(means[:2].argmax())
    way_out = "; if you know how they are stored, say --orientation convolution or --orientation correlation"
    other = 2 + int(means[2:].argmax())
    if clear(fits[:, other] - fits[:, best]):
        raise InputError(
            f"the kernels fit best {names[other]} ({means[other]:.3f}, as convolution {means[0]:.3f}, as correlation "
            f"{means[1]:.3f}); save them the right way up{way_out}"
        )
    measure = "mean similarity with the true kernels" if known_kernels else "mean correlation with the blurred images"
    why = f"{measure}: as convolution {means[0]:.3f}, as correlation {means[1]:.3f}"
    if not clear(fits[:, best] - fits[:, 1 - best]):
        raise InputError(f"the orientation of the kernels cannot be told ({why}, {len(fits)} images){way_out}")
    return Orientation(names[best], why)


def clear(margins: NDArray) -> bool:
    """Whether some margins are positive beyond chance."""
    error = margins.std(ddof=1) / np.sqrt(len(margins)) if len(margins) > 1 else 0.0
    return bool(margins.mean() > max(LEAST_MARGIN, ERRORS * error))
