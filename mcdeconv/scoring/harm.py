"""Whether a restored photograph is worse than the photograph itself, judged without the truth.

Four measures: three can refuse, each beyond a limit; the fourth, and lower limits of two, only raise a doubt. The idea
of looking at what a restoration breaks is that of Y. Liu, J. Wang, S. Cho, A. Finkelstein and S. Rusinkiewicz, "A
no-reference metric for evaluating the quality of motion deblurring", SIGGRAPH Asia 2013; that a right restoration has
the sparser gradients, that of D. Krishnan, T. Tay and R. Fergus, "Blind deconvolution using a normalized sparsity
measure", CVPR 2011.

`scripts/harm_development.py` blurs sharp pictures with random shake, discs or nothing, adds 0 to 2% noise, and restores
them by three classical methods, told a kernel size that is right, 1.7 times too large or half; harmed is what has a
lower PSNR than the photograph. On 26 November 2026, 299 restorations, 251 of them by l0:

=====================  ===============  ======================  =======================
refused of the         harmed           harmed by more than 1   better by 1 dB or more
=====================  ===============  ======================  =======================
limits' pictures       75 of 81         64 of 67                5 of 62
other pictures         58 of 62         51 of 52                5 of 68
=====================  ===============  ======================  =======================

Which measures to take was decided with both rows in view, the limits on the first, when there were 249 restorations.
The table counts a doubt as a refusal. Doubts came in when ten real photographs, which had no part in it, were looked
at: three that had become sharper would have been refused, for one kernel never explains all of a real photograph, and
one that had become worse would have passed (its flat places were 3.3 times as rough). With doubts, 3 of the 119 of all
299 that were harmed by more than 1 dB pass without a word, and 13 of the 130 that are better by 1 dB get one.
`unexplained` and `agreement` do nearly all of it; without a second region the lower row was 47 of 57, 42 of 47 and 2 of
63, when there were 269. What passes and should not: a wrong kernel of the right breadth at times, and a sharp texture
taken for a blurred one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter, uniform_filter

from mcdeconv.data.region import CLIPPED
from mcdeconv.errors import InputError
from mcdeconv.scoring.metrics import kernel_similarity

POINT = 0.6  # of the kernel in one pixel: no motion was found; by definition, not by choice
# chosen on blurred pictures with known truth, see above
MOST_UNEXPLAINED = 0.105
# Between this and twice as much it may be the camera: real photographs are not blurred by one kernel alone.
CERTAINLY_UNEXPLAINED = 2 * MOST_UNEXPLAINED
MOST_SPREAD = 1.01
MOST_ROUGHNESS = 4.0
DOUBTFUL_ROUGHNESS = 3.0
LEAST_AGREEMENT = 0.5
UNKNOWN_EXTENT = 5.0  # px, of a kernel that is not known
NOISE_STD = 1.5  # px: what is finer is taken for noise
LEVEL = 1 / 255  # smallest difference that a photograph shows
DOUBTFUL_WEIGHT = 1e-3  # of a pixel where clipping, and not the kernel, explains the difference


@dataclass(frozen=True)
class Judgement:
    """What was measured on a restoration, and why it should not be handed over, if so."""

    reasons: tuple[str, ...]  # to refuse it; one line each, for the person who asked for the restoration
    peak: float  # the kernel's largest value: 1 for a point
    unexplained: float  # share of the photograph's detail that is missed by the restoration, blurred again
    spread: float  # how evenly the gradients are spread, ‖∇x‖₁ / ‖∇x‖₂, as a multiple of the photograph's
    roughness: float  # of the places that are flat in the photograph, as a multiple of what it was
    agreement: float | None  # of the kernels of two regions, in [0, 1]; None where there is one region
    doubts: tuple[str, ...] = ()  # not enough to refuse it

    @property
    def harmful(self) -> bool:
        """Whether the photograph is the better image of the two."""
        return bool(self.reasons)


NO_HARM = Judgement((), 0.0, 0.0, 1.0, 1.0, None)  # of a photograph that stays as it is


def judge(blurred: NDArray, sharp: NDArray, kernel: NDArray | None, other_kernel: NDArray | None = None) -> Judgement:
    """Judge a restoration by the photograph and the kernel that it was made from.

    Parameters
    ----------
    blurred, sharp : array, shape (H, W), grey in [0, 1]
        The photograph and the restoration, aligned, as `deconvolve_with_kernel` gives it, clipped.
    kernel : array, shape (k, k), k odd, not negative, sums to 1; None of a method that finds none, whose image is
        judged by its gradients and its flat places alone
    other_kernel : array, shape (m, m), optional
        A kernel from another region of the photograph, of the same method or of one that is trusted.

    Raises
    ------
    InputError
        If the two images differ in shape or are not grey, or the kernel is larger than they are.

    Examples
    --------
    >>> image, kernel = np.eye(32), np.zeros((3, 3))
    >>> kernel[1, 1] = 1
    >>> judge(image, image, kernel).reasons
    ('no blur found: the kernel is a single point',)
    """
    blurred, sharp = (np.asarray(array, np.float64) for array in (blurred, sharp))
    if blurred.ndim != 2 or blurred.shape != sharp.shape:
        raise InputError(f"photograph {blurred.shape} and restoration {sharp.shape}: give two grey images of one shape")
    if kernel is not None and max(kernel.shape) > min(blurred.shape):
        raise InputError(f"kernel {kernel.shape} is larger than the photograph {blurred.shape}; crop its margin")
    sharp = np.clip(sharp, 0, 1)
    peak, extent, unexplained = 0.0, UNKNOWN_EXTENT, 0.0
    if kernel is not None:
        kernel = np.asarray(kernel, np.float64)
        peak, extent = float(kernel.max() / kernel.sum()), extent_of(kernel)
        unexplained = unexplained_detail(blurred, sharp, kernel, extent)
    spread = gradient_spread(sharp) / gradient_spread(blurred)
    roughness = roughness_of_flat_places(blurred, sharp, extent)
    agreement = None if kernel is None or other_kernel is None else kernel_similarity(kernel, other_kernel)
    found: list[str] = []
    doubts: list[str] = []
    if unexplained > MOST_UNEXPLAINED:
        where = found if unexplained > CERTAINLY_UNEXPLAINED else doubts
        where.append(f"does not explain the photograph: blurred again, it misses {unexplained:.0%} of the detail")
    if spread > MOST_SPREAD:
        doubts.append(f"is not sharper: its gradients are spread {spread:.2f} times as evenly as the photograph's")
    if roughness > DOUBTFUL_ROUGHNESS:
        where = found if roughness > MOST_ROUGHNESS else doubts
        where.append(f"rings or is noisy: flat places became {roughness:.1f} times as rough")
    if agreement is not None and agreement < LEAST_AGREEMENT:
        found.append(f"a second look at a part of it disagrees: the kernels have a similarity of {agreement:.2f}")
    reasons = ("no blur found: the kernel is a single point",) if peak > POINT else tuple(found)
    return Judgement(reasons, peak, unexplained, spread, roughness, agreement, tuple(doubts))


def extent_of(kernel: NDArray) -> float:
    """Root mean square distance from the kernel's middle, in px."""
    middle = kernel.shape[0] // 2
    rows, columns = np.mgrid[: kernel.shape[0], : kernel.shape[1]] - middle
    return float(np.sqrt(np.sum((rows**2 + columns**2) * kernel) / kernel.sum()))


def unexplained_detail(blurred: NDArray, sharp: NDArray, kernel: NDArray, extent: float) -> float:
    """|k ⊗ x - y| against |y - G ⊗ y|, G a Gaussian as wide as the kernel; both without what is as fine as noise.

    Overshoot that is clipped, and detail of a photograph that the kernel would have removed, cannot be blurred back.
    Where clipping, of a highlight within the kernel's reach or of the restoration, may explain what is missed, the
    kernel is not blamed for it.
    """
    from scipy.signal import fftconvolve  # here, so that what only reads records need not wait for it

    half = kernel.shape[0] // 2
    inside = tuple(slice(half, side - half) for side in blurred.shape)
    detail = (blurred - gaussian_filter(blurred, max(1.0, extent)))[inside]
    missed = fftconvolve(sharp, kernel, "valid") - blurred[inside]
    clipped = maximum_filter((blurred <= CLIPPED[0]) | (blurred >= CLIPPED[1]), 3)
    lit = maximum_filter(blurred >= CLIPPED[1], kernel.shape[0])
    reaches_clipped = fftconvolve(((sharp <= 0) | (sharp >= 1)).astype(np.float64), kernel, "valid")
    weights = np.maximum(1 - 4 * reaches_clipped, DOUBTFUL_WEIGHT)
    for doubtful in (clipped, lit):
        weights = weights * np.where(doubtful[inside], DOUBTFUL_WEIGHT, 1)
    power_missed, power = (
        np.average(gaussian_filter(part, NOISE_STD) ** 2, weights=weights) for part in (missed, detail)
    )
    return float(np.sqrt(power_missed / max(float(power), (LEVEL / 10) ** 2)))


def gradient_spread(image: NDArray) -> float:
    """‖∇x‖₁ / ‖∇x‖₂ per pixel, of the image without what is as fine as noise: 1 if all are alike, 0 for one edge.

    A gradient of a thousandth of a grey level is added to each, so that an image without any has a value, 1.
    """
    smooth = gaussian_filter(image, NOISE_STD)
    sizes = np.concatenate([np.abs(np.diff(smooth, axis=axis)).ravel() for axis in (0, 1)]) + LEVEL / 1000
    return float(sizes.mean() / np.sqrt(np.mean(sizes**2)))


def roughness_of_flat_places(blurred: NDArray, sharp: NDArray, extent: float) -> float:
    """Median ratio of standard deviations in windows of the kernel's extent, over the photograph's flatter half.

    Blur leaves a flat place where there was one; what a restoration shows there is ringing, or noise made larger.
    """
    window = int(max(3, 2 * extent + 1)) | 1
    before, after = (
        np.sqrt(np.maximum(uniform_filter(image**2, window) - uniform_filter(image, window) ** 2, 0))
        for image in (blurred, sharp)
    )
    flat = before <= np.median(before)
    return float(np.median((after[flat] + LEVEL) / (before[flat] + LEVEL)))
