"""How broad estimated kernels are, and what it costs if true ones are as broad; and what their square cuts off."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.signal import correlate2d

from mcdeconv.data.datasets.item import Item
from mcdeconv.errors import InputError
from mcdeconv.runs.records import Record
from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised
from mcdeconv.scoring.protocols import protocol_of, score

BLURS = (0.4, 0.6, 0.8)  # px, standard deviation of a Gaussian
MARGIN = 3  # px, for what the Gaussian spreads
FINAL = "sparse"


def concentration(kernel: NDArray, truth: NDArray) -> float:
    """Σ k² of a kernel over that of the true one, both of sum 1: 1 if as narrow, less if broader."""
    return float(np.square(kernel / kernel.sum()).sum() / np.square(truth / truth.sum()).sum())


def cut_off(kernel: NDArray, truth: NDArray) -> float:
    """The share of the true kernel for which an estimate has no place: laid where it fits best, it leaves the square.

    Blind deconvolution finds a kernel up to a shift only, equation (2), so an estimate may lie at its square's edge.
    """
    fits = correlate2d(kernel, truth, "full")
    moved = np.unravel_index(int(fits.argmax()), fits.shape) - np.array(truth.shape) + 1  # of the truth, down and right
    places = np.indices(truth.shape) + moved[:, None, None]
    outside = ((places < 0) | (places >= np.array(kernel.shape)[:, None, None])).any(axis=0)
    return float(truth[outside].sum() / truth.sum())


def breadths(item: Item, records: Sequence[Record]) -> Iterator[dict[str, object]]:
    """Rows (image, kernel, concentration, cut_off, psnr_sparse): the true kernel, it blurred, and the records' kernels.

    Parameters
    ----------
    item : Item
        With truth and kernel.
    records : sequence of Record
        Those of other images are left out.
    """
    if item.kernel is None:
        raise InputError(f"{item.dataset} {item.id} has no known kernel")
    protocol = protocol_of(item.dataset)
    blurred = protocol.to_deconvolve(item)
    for std in (0.0, *BLURS):
        kernel = gaussian_filter(np.pad(item.kernel, MARGIN), std) if std else item.kernel
        result = score(deconvolve_with_kernel(blurred, normalised(kernel), FINAL), item, protocol)
        name = f"true, blurred by {std} px" if std else "true"
        yield row(item, name, kernel, result.psnr)
    for record in records:
        key = record.identity
        if key.image == item.id:
            yield row(item, key.method, np.asarray(record.kernel), record.scores[f"psnr_{FINAL}"])


def row(item: Item, name: str, kernel: NDArray, psnr: float) -> dict[str, object]:
    truth = np.asarray(item.kernel)
    return {
        "image": item.id,
        "kernel": name,
        "concentration": concentration(kernel, truth),
        "cut_off": cut_off(kernel, truth),
        f"psnr_{FINAL}": psnr,
    }
