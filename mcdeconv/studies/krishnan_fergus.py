"""The constants of Krishnan and Fergus (NIPS 2009) with the true kernels: those that are published, and ours.

Their public code has λ = 2,000 and α = 1/2 in its demonstration, their paper α = 2/3 as well; β goes from 1 up to 2⁸ by
a factor of 2 √2, with one solution of x for each. The image is padded by replication, tapered four times and taken for
periodic (a copy of the demonstration in use elsewhere has the taper's lines as a comment). Ours has the same β, and
leaves the unknown border out of the data term. How the paper that is rebuilt here set λ and α is stated nowhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.datasets.groups import CATEGORIES
from mcdeconv.scoring.nonblind.hyper_laplacian import HyperLaplacianSettings
from mcdeconv.scoring.protocols import protocol_of, score
from mcdeconv.studies.kernels import StoredKernel, true_kernels
from mcdeconv.studies.rows import Measured
from mcdeconv.studies.study import Asked, Study, Survey

DATA_WEIGHTS = (2000, 3000, 6000, 12000)  # λ
EXPONENTS = {"1/2": 1 / 2, "2/3": 2 / 3}  # α
UNKNOWN, TAPERED = "unknown", "tapered"  # the border: ours, and theirs
BORDERS = (UNKNOWN, TAPERED)
TAPERINGS = 4  # in the authors' demonstration
LAI = tuple(
    f"{category}_{n:02}_kernel_{n:02}" for category in CATEGORIES if category != "saturated" for n in range(1, 5)
)


@dataclass(frozen=True)
class Trial:
    """An image deconvolved with its true kernel by one choice of constants."""

    kernel: StoredKernel
    border: str
    exponent: str
    data_weight: int

    @property
    def heads(self) -> list[Measured]:
        item = self.kernel.item
        own: Measured = {"dataset": item.dataset, "image": item.id, "record": self.kernel.record}
        own |= {"border": self.border, "exponent": self.exponent, "data_weight": self.data_weight}
        return [own | {"protocol": protocol_of(item.dataset).name}]

    def rows(self) -> list[Measured]:
        """Deconvolve and score by the data set's protocol."""
        from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised

        item, taps = self.kernel.item, normalised(self.kernel.taps)
        protocol = protocol_of(item.dataset)
        blurred = protocol.to_deconvolve(item)
        settings = HyperLaplacianSettings(data_weight=self.data_weight, exponent=EXPONENTS[self.exponent])
        if self.border == UNKNOWN:
            restored = deconvolve_with_kernel(blurred, taps, "hyper-laplacian", settings)
        else:
            restored = deconvolve_tapered(blurred, taps, settings)
        found = score(restored, item, protocol)
        return [head | {"psnr": found.psnr, "structure": found.structure} for head in self.heads]


def deconvolve_tapered(blurred: NDArray, kernel: NDArray, settings: HyperLaplacianSettings) -> NDArray:
    """The hyper-Laplacian deconvolution with the authors' border: replicated, tapered, periodic.

    Parameters
    ----------
    blurred : array, shape (H, W) or (H, W, 3), in [0, 1]; channels one by one
    kernel : array, shape (k, k), sums to 1
    settings : all but `border_steps` count: with no unknown border the x-step is one division

    Returns
    -------
    float64 array of the shape of `blurred`; not clipped.
    """
    from mcdeconv.scoring.nonblind.hyper_laplacian import shrink

    if blurred.ndim == 3:
        return np.stack([deconvolve_tapered(c, kernel, settings) for c in np.moveaxis(blurred, 2, 0)], axis=2)
    half = kernel.shape[0] // 2
    image = np.pad(blurred.astype(float), half, mode="edge")
    for _ in range(TAPERINGS):
        image = taper(image, kernel)
    transfer = spectrum_of(kernel, image.shape)
    differences = [spectrum_of(step, image.shape) for step in (np.array([[1.0], [-1], [0]]), np.array([[1.0, -1, 0]]))]
    power, roughness = np.abs(transfer) ** 2, sum(np.abs(step) ** 2 for step in differences)
    projected, latent, beta = np.conj(transfer) * np.fft.rfft2(image), image, settings.beta_start
    while beta < settings.beta_stop:
        pulled = np.zeros_like(transfer)
        for axis, step in enumerate(differences):
            w = shrink(np.roll(latent, -1, axis) - latent, settings.exponent, beta)
            pulled = pulled + np.conj(step) * np.fft.rfft2(w)
        gamma = beta / settings.data_weight
        latent = np.fft.irfft2((projected + gamma * pulled) / (power + gamma * roughness), image.shape)
        beta *= settings.beta_factor
    return latent[half : half + blurred.shape[0], half : half + blurred.shape[1]]


def spectrum_of(kernel: NDArray, shape: Sequence[int]) -> NDArray:
    """The half spectrum of a periodic convolution with a kernel whose centre is at index size // 2."""
    placed = np.zeros(shape)
    placed[: kernel.shape[0], : kernel.shape[1]] = kernel
    return np.fft.rfft2(np.roll(placed, [-(size // 2) for size in kernel.shape], axis=(0, 1)))


def taper(image: NDArray, kernel: NDArray) -> NDArray:
    """The image, blended at its border into itself blurred periodically, as MATLAB's `edgetaper` documents it.

    The image's share along an axis is 1 less the scaled autocorrelation of the kernel's sum over the other axis:
    0 at the border, 1 where the kernel does not reach.
    """
    share = np.ones(image.shape)
    for axis, length in enumerate(image.shape):
        profile = np.fft.rfft(kernel.sum(axis=1 - axis), length - 1)
        overlap = np.fft.irfft(np.abs(profile) ** 2, length - 1)
        overlap = np.append(overlap, overlap[0])  # both borders are the peak
        share *= np.expand_dims(1 - overlap / overlap.max(), 1 - axis)
    blurred = np.fft.irfft2(spectrum_of(kernel, image.shape) * np.fft.rfft2(image), image.shape)
    return share * image + (1 - share) * blurred


def _tasks(asked: Asked) -> Iterator[Trial]:
    datasets = (asked.dataset or "levin",) if asked.dataset or asked.images else ("levin", "lai")
    for dataset in datasets:
        images = asked.images or (LAI if dataset == "lai" else None)
        for kernel in true_kernels(dataset, images):
            if not kernel.item.saturated:  # their protocol has another deconvolution
                yield from (
                    Trial(kernel, border, exponent, weight)
                    for border in BORDERS
                    for exponent in EXPONENTS
                    for weight in DATA_WEIGHTS
                )


STUDY = Study(
    "krishnan-fergus",
    "What do the published constants of the final deconvolution give with the true kernels?",
    page="measurements",
    survey=Survey(
        lambda asked: list(_tasks(asked)),
        ("dataset", "image", "border", "exponent", "data_weight", "protocol"),
        "record",
        ("dataset", "border", "exponent", "data_weight"),
        ("psnr", "structure"),
    ),
    takes=("dataset", "images"),
)
