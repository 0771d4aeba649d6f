"""The frame that classical blind deconvolution shares: a pyramid of images and, at each level, latent image and kernel
in turns.

The constants are those of the public code of Pan et al. 2014 and 2016, from which Yan et al. 2017 and many others
started; Cho and Lee 2009 and Xu and Jia 2010 describe the same frame with constants of their own.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import center_of_mass, convolve1d, label, map_coordinates, zoom

T = TypeVar("T")
Shares = Generator[float, None, T]  # yields the share that is done, returns a T
RATIO = 0.5**0.5  # of the sides of one level and the next finer one
COARSEST_KERNEL = 5  # px: the pyramid ends where the kernel would be smaller
KERNEL_WEIGHT = 2.0  # of ‖k‖², images in [0, 1]
KERNEL_STEPS, KERNEL_TOLERANCE = 20, 1e-5  # of conjugate gradients
FAINT = 0.05  # of the kernel's maximum: smaller values are set to zero
SMALLEST_PART = 0.1  # of the kernel's sum: connected parts with less are removed


class Share(float):
    """The share that is done, and what is being done."""

    stage: str

    def __new__(cls, share: float, stage: str = "") -> "Share":
        made = super().__new__(cls, share)
        made.stage = stage
        return made


class TimeUp(Exception):
    """Thrown into a method's steps when there is no more time; one that has something by then returns it."""


def finished(steps: Shares[T]) -> T:
    """What steps return when all of them have been made."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: T = end.value
            return found


@dataclass(frozen=True)
class Found:
    """What a method found."""

    kernel: NDArray | None  # (k, k) float64, sums to 1, centred; blurred = kernel ⊗ latent (true convolution)
    # (H, W): intermediate, only as good as the kernel's estimation needs, and not moved when the kernel is centred at
    # the end; of a method without a kernel its result
    latent: NDArray
    others: tuple[NDArray, ...] = ()  # further kernels that explain the image nearly as well, if the method has some


@dataclass
class Level:
    """One level of the pyramid, from the coarsest to the finest."""

    blurred: NDArray  # (h, w)
    kernel_size: int
    iterations_before: int  # in all, at coarser levels
    coarser: NDArray | None = None  # latent image of the level before, scaled to (h, w)
    gradients: tuple[NDArray, NDArray] = field(init=False)  # of `blurred`: down, across; both (h - 1, w - 1)

    def __post_init__(self) -> None:
        self.gradients = forward_gradients(self.blurred)


# (level, kernel) → (latent image, kernel), anew after each iteration of the level
Alternation = Callable[[Level, NDArray], Iterator[tuple[NDArray, NDArray]]]


def coarse_to_fine(blurred: NDArray, kernel_size: int, alternate: Alternation, iterations: int) -> Shares[Found]:
    """Estimate a kernel from the coarsest level to the finest.

    Parameters
    ----------
    blurred : array, shape (H, W), in [0, 1]; solved in its own precision
    kernel_size : odd int
    alternate : what one level does
    iterations : of `alternate` at a level
    """
    sizes = kernel_sizes(kernel_size)
    shares = np.cumsum([RATIO ** (2 * s) for s in reversed(range(len(sizes)))])  # pixels, thus time
    kernel, latent = start_kernel(sizes[-1]), None
    for done, s in enumerate(reversed(range(len(sizes)))):
        image = shrunk(blurred, RATIO**s)
        level = Level(image, sizes[s], done * iterations, None if latent is None else resized(latent, image.shape))
        kernel = enlarged(kernel, sizes[s]) if done else kernel
        for i, found in enumerate(alternate(level, kernel), start=1):
            latent, kernel = found
            yield float((shares[done] - (1 - i / iterations) * RATIO ** (2 * s)) / shares[-1])
        kernel = centred(kernel)
    assert latent is not None
    return Found(normalised(np.where(kernel < FAINT * kernel.max(), 0, kernel)), latent)


def kernel_sizes(kernel_size: int) -> list[int]:
    """The kernel's size at each level, finest first; all odd."""
    levels = max(int(np.floor(np.log(COARSEST_KERNEL / kernel_size) / np.log(RATIO))), 0) + 1
    return [kernel_size] + [int(np.ceil(kernel_size * RATIO**s)) // 2 * 2 + 1 for s in range(1, levels)]


def start_kernel(size: int) -> NDArray:
    """Two neighbouring pixels of ½ each: a first motion, however small."""
    kernel = np.zeros((size, size))
    corner = max((size - 3) // 2, 0)
    kernel[corner, corner : corner + 2] = 0.5
    return kernel


def shrunk(image: NDArray, scale: float) -> NDArray:
    """Low-pass filtered and sampled at a spacing of 1 / scale."""
    if scale == 1:
        return image
    reach = np.arange(-int(np.ceil(4 / scale)), int(np.ceil(4 / scale)) + 1)
    taps = np.exp(-2 * (reach * scale) ** 2)
    below = np.cumsum(taps) / taps.sum()
    taps = taps[np.minimum(below, below[::-1]) > 0.05]  # without the outermost 5% on either side
    half = len(taps) // 2
    for axis in (0, 1):
        image = convolve1d(image, taps / taps.sum(), axis)
    image = image[half : image.shape[0] - half, half : image.shape[1] - half]
    grid = np.meshgrid(*(np.arange(0, side - 1 + 1e-9, 1 / scale) for side in image.shape), indexing="ij")
    return map_coordinates(image, grid, order=1, output=image.dtype)


def resized(image: NDArray, shape: tuple[int, ...]) -> NDArray:
    """Bilinearly, corner on corner."""
    lines = (np.linspace(0, side - 1, count) for side, count in zip(image.shape, shape, strict=True))
    return map_coordinates(image, np.meshgrid(*lines, indexing="ij"), order=1, output=image.dtype)


def enlarged(kernel: NDArray, size: int) -> NDArray:
    """The kernel at the next finer level: cubic interpolation by √2, then trimmed or padded, where there is least."""
    larger = int(np.ceil(kernel.shape[0] / RATIO)) / kernel.shape[0]
    kernel = np.maximum(zoom(kernel, larger, order=3, grid_mode=True, mode="grid-constant"), 0)
    for axis in (0, 1):
        while kernel.shape[axis] != size:
            first, last = (kernel.take(end, axis).sum() for end in (0, -1))
            if kernel.shape[axis] > size:
                kernel = np.delete(kernel, 0 if first < last else -1, axis)
            else:
                kernel = np.insert(kernel, kernel.shape[axis] if first < last else 0, 0, axis)
    return normalised(kernel)


def normalised(kernel: NDArray) -> NDArray:
    """Without negative values, sum 1; a point where nothing is left."""
    kernel = np.maximum(kernel, 0)
    if kernel.sum() <= 0:
        kernel = np.zeros_like(kernel)
        kernel[kernel.shape[0] // 2, kernel.shape[1] // 2] = 1
    return kernel / kernel.sum()


def pruned(kernel: NDArray) -> NDArray:
    """Without parts, connected over sides or corners, that hold less than a tenth of the sum."""
    parts, count = label(kernel > 0, np.ones((3, 3)))
    sums = np.bincount(parts.ravel(), kernel.ravel(), count + 1)
    return normalised(np.where(sums[parts] < SMALLEST_PART, 0, kernel)) if count > 1 else normalised(kernel)


def centred(kernel: NDArray) -> NDArray:
    """Moved by whole pixels, so that the centre of mass rounds to the middle, but by no more than loses nothing.

    In the public code what leaves the square is cut off: of a long faint path with its weight at one end, half.
    """
    moves = []
    for axis, place in enumerate(center_of_mass(kernel)):
        taken = np.flatnonzero(kernel.any(axis=1 - axis))
        wanted = int(np.round(kernel.shape[axis] // 2 - place))
        moves.append(min(max(wanted, -int(taken[0])), kernel.shape[axis] - 1 - int(taken[-1])))
    return normalised(np.roll(kernel, moves, (0, 1)))


def forward_gradients(image: NDArray) -> tuple[NDArray, NDArray]:
    """x[i + 1] - x[i] down and across, both (H - 1, W - 1)."""
    return np.diff(image, axis=0)[:, :-1], np.diff(image, axis=1)[:-1]


class EdgeSelection:
    """Keeps the large gradients of a latent image: the small ones say more about noise than about the kernel.

    The threshold is set once, at the coarsest level, so that every orientation has enough pixels; at each level it
    starts there, and falls by a tenth at each use.
    """

    def __init__(self) -> None:
        self.start: float | None = None
        self.threshold = 0.0

    def begin(self, level: Level) -> None:
        """Start a level."""
        if self.start is None:
            down, across = level.gradients
            self.start = balanced_threshold(down, across, max(20 * level.kernel_size, 10))
        self.threshold = self.start

    def __call__(self, latent: NDArray) -> tuple[NDArray, NDArray]:
        down, across = forward_gradients(latent)
        size = down**2 + across**2
        while self.threshold > 0 and not (size >= self.threshold).any():
            self.threshold *= 0.81
        kept = size >= self.threshold
        self.threshold /= 1.1
        return down * kept, across * kept


def balanced_threshold(
    down: NDArray, across: NDArray, pixels: int, groups: int = 4, values: NDArray | None = None
) -> float:
    """The largest threshold of `values` (the squared gradient) that leaves so many pixels in each group of angles."""
    size = (down**2 + across**2 if values is None else values).ravel()
    angle = np.arctan(down / np.where(across == 0, np.finfo(across.dtype).tiny, across)).ravel()
    group = np.minimum(((angle / np.pi + 0.5) * groups).astype(int), groups - 1)
    found = [np.sort(size[group == g])[::-1] for g in range(groups)]
    return float(min(own[min(pixels, len(own)) - 1] if len(own) else 0 for own in found))


def fit_kernel(
    latent: tuple[NDArray, ...],
    blurred: tuple[NDArray, ...],
    kernel: NDArray,
    weight: float = KERNEL_WEIGHT,
    steps: int = KERNEL_STEPS,
    importance: tuple[float, ...] | None = None,
) -> NDArray:
    """Minimise Σ_j w_j |a_j ⊗ k - b_j|² + weight |k|² over kernels of the size of `kernel`, periodic borders.

    Conjugate gradients from the uniform kernel; then what is faint goes, and the sum is 1.

    Parameters
    ----------
    latent, blurred : the a_j and b_j, arrays of one shape
    importance : the w_j; by default 1
    """
    correlation, goal = kernel_equations(latent, blurred, kernel.shape[0], importance)
    found = solve_kernel(correlation, goal, weight, np.full(goal.shape, 1 / goal.size), steps)
    found[found < FAINT * found.max()] = 0
    return normalised(found)


def kernel_equations(
    latent: tuple[NDArray, ...], blurred: tuple[NDArray, ...], size: int, importance: tuple[float, ...] | None = None
) -> tuple[NDArray, NDArray]:
    """The normal equations of Σ_j w_j |a_j ⊗ k - b_j|²: autocorrelation (2 size - 1 a side) and right-hand side."""
    grid = tuple(next_fast_len(max(side, 2 * size - 1), real=True) for side in latent[0].shape)
    spectra = [rfft2(part, grid) for part in latent]
    others = [rfft2(part, grid) for part in blurred]
    weights = importance or (1.0,) * len(spectra)
    power = sum(w * (a.real**2 + a.imag**2) for w, a in zip(weights, spectra, strict=True))
    right = sum(w * np.conj(a) * b for w, a, b in zip(weights, spectra, others, strict=True))
    correlation = np.roll(irfft2(power, grid), (size - 1, size - 1), (0, 1))[: 2 * size - 1, : 2 * size - 1]
    goal = np.roll(irfft2(right, grid), (size // 2, size // 2), (0, 1))[:size, :size]
    return correlation.astype(np.float64), goal.astype(np.float64)


def solve_kernel(correlation: NDArray, goal: NDArray, weight: float | NDArray, start: NDArray, steps: int) -> NDArray:
    """Solve correlation ⊗ k + weight · k = goal on the kernel's square, by conjugate gradients from `start`."""
    from mcdeconv.scoring.nonblind.operators import conjugate_gradients

    size = goal.shape[0]
    grid = next_fast_len(3 * size - 2, real=True)
    transfer = rfft2(correlation, (grid, grid))

    def normal(kernel: NDArray) -> NDArray:
        full = irfft2(transfer * rfft2(kernel, (grid, grid)), (grid, grid))
        return full[size - 1 : 2 * size - 1, size - 1 : 2 * size - 1] + weight * kernel

    return conjugate_gradients(normal, goal, start, steps, KERNEL_TOLERANCE)
