"""Stored kernels, and the true ones, to deconvolve with again: by another method, or scored in another way.

The paper states neither truth nor shifts nor final deconvolution, nor whether a kernel's small values are dropped
before it. Each moves the mean by as much as lies between neighbours in Table 1.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data import datasets
from mcdeconv.data.datasets.item import Item
from mcdeconv.errors import InputError
from mcdeconv.runs.records import Record
from mcdeconv.scoring.protocols import Protocol, protocol_of, score
from mcdeconv.studies.rows import Measured

FINALS = ("sparse", "hyper-laplacian")
KNOWN = "known kernel"  # in the place of a method, and of a record
KEY = ("dataset", "image", "method", "tier", "seed", "blur", "threshold", "final", "protocol")
MARGIN = 3  # px, for what blurring spreads


@dataclass(frozen=True)
class StoredKernel:
    """A kernel and the image that it belongs to."""

    item: Item  # with the true kernel
    taps: NDArray  # (k, k)
    record: str = KNOWN  # the file's name
    method: str = KNOWN
    tier: str = ""
    seed: int = 0


@dataclass(frozen=True)
class Deconvolution:
    """A kernel to deconvolve its image with, by one method, and the protocols to score by."""

    kernel: StoredKernel
    final: str
    protocols: Sequence[Protocol]
    threshold: float = 0.0  # of the kernel's largest value, below which values are set to zero
    blur: float = 0.0  # px, standard deviation of a Gaussian that makes the kernel broader

    @property
    def heads(self) -> list[Measured]:
        kernel = self.kernel
        own: Measured = {"dataset": kernel.item.dataset, "image": kernel.item.id, "method": kernel.method}
        own |= {"tier": kernel.tier, "seed": kernel.seed, "record": kernel.record}
        own |= {"blur": self.blur, "threshold": self.threshold, "final": self.final}
        return [own | {"protocol": protocol.name} for protocol in self.protocols]

    def rows(self) -> list[Measured]:
        """Deconvolve once and score under every protocol; error ratios are against the published squared errors."""
        from scipy.ndimage import gaussian_filter

        from mcdeconv.scoring.nonblind import deconvolve_with_kernel, thresholded

        item, taps = self.kernel.item, thresholded(self.kernel.taps, self.threshold)
        if self.blur:
            taps = gaussian_filter(np.pad(taps, MARGIN), self.blur)
        restored = deconvolve_with_kernel(protocol_of(item.dataset).to_deconvolve(item), taps / taps.sum(), self.final)
        scores = [score(restored, item, protocol) for protocol in self.protocols]
        truth = np.asarray(item.kernel)
        shape = {"concentration": concentration(taps, truth), "cut_off": cut_off(taps, truth)}
        return [
            head | {"psnr": s.psnr, "structure": s.structure, "ssd": s.ssd, "error_ratio": s.error_ratio} | shape
            for head, s in zip(self.heads, scores, strict=True)
        ]


def concentration(kernel: NDArray, truth: NDArray) -> float:
    """Σ k² of a kernel over that of the true one, both of sum 1: 1 if as narrow, less if broader."""
    return float(np.square(kernel / kernel.sum()).sum() / np.square(truth / truth.sum()).sum())


def cut_off(kernel: NDArray, truth: NDArray) -> float:
    """The share of the true kernel for which an estimate has no place: laid where it fits best, it leaves the square.

    Blind deconvolution finds a kernel up to a shift only, equation (2), so an estimate may lie at its square's edge.
    """
    from scipy.signal import correlate2d

    fits = correlate2d(kernel, truth, "full")
    moved = np.unravel_index(int(fits.argmax()), fits.shape) - np.array(truth.shape) + 1  # of the truth, down and right
    places = np.indices(truth.shape) + moved[:, None, None]
    outside = ((places < 0) | (places >= np.array(kernel.shape)[:, None, None])).any(axis=0)
    return float(truth[outside].sum() / truth.sum())


def true_kernels(dataset: str, images: Sequence[str] | None = None) -> list[StoredKernel]:
    """Those of a data set.

    Raises
    ------
    InputError
        If the data set is not on this machine or has no true kernels.
    """
    found = []
    for item in datasets.load(dataset, images):
        if item.kernel is None:
            raise InputError(f"{item.dataset} {item.id} has no known kernel")
        found.append(StoredKernel(item, item.kernel))
    return found


def with_true_kernels(dataset: str, records: Iterable[Record]) -> list[StoredKernel]:
    """The true kernel of every image that has a record, then the records' own; errors as `true_kernels`."""
    records = list(records)
    kernels = true_kernels(dataset, sorted({record.identity.image for record in records}))
    items = {kernel.item.id: kernel.item for kernel in kernels}
    for record in records:
        key, taps = record.identity, np.asarray(record.kernel)
        kernels.append(StoredKernel(items[key.image], taps, key.file_name, key.method, key.tier, key.seed))
    return kernels
