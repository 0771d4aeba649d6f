"""How broad estimated kernels are, and what it costs if true ones are as broad; and what their square cuts off."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mcdeconv.runs.statistics import Estimate, Pairs, estimate
from mcdeconv.scoring.protocols import protocol_of
from mcdeconv.studies import levin
from mcdeconv.studies.kernels import (
    KEY,
    KNOWN,
    MARGIN,
    Deconvolution,
    StoredKernel,
    concentration,
    true_kernels,
    with_true_kernels,
)  # fmt: skip
from mcdeconv.studies.rows import runs_of
from mcdeconv.studies.study import Asked, Study, Survey

OURS, OTHER = levin.METHODS[0], levin.GAIN_OVER[levin.METHODS[0]]
AS_BROAD = f"{OTHER}, as broad as {OURS}"
BROADEST = 3.0  # px, of the blur that makes it so
BLURS = (0.0, 0.4, 0.6, 0.8)  # px, of the true kernels


def _tasks(asked: Asked) -> list[Deconvolution]:
    estimated = with_true_kernels("levin", levin.STUDY.stored(asked.results))
    kernels = [(kernel, 0.0) for kernel in estimated if kernel.method != KNOWN]
    kernels += [(kernel, blur) for kernel in true_kernels("levin") for blur in BLURS]
    kernels += [(kernel, 0.0) for kernel in _as_broad(estimated)]
    return [Deconvolution(kernel, "sparse", (protocol_of("levin"),), blur=blur) for kernel, blur in kernels]


def _as_broad(kernels: Sequence[StoredKernel]) -> Iterator[StoredKernel]:
    """Every kernel of the networks without dropout and noise, blurred until it is as broad as that of ours."""
    ours = {(kernel.item.id, kernel.seed): kernel for kernel in kernels if kernel.method == OURS}
    for kernel in kernels:
        if kernel.method == OTHER and (other := ours.get((kernel.item.id, kernel.seed))):
            truth = np.asarray(kernel.item.kernel)
            yield replace(
                kernel, taps=blurred_to(kernel.taps, concentration(other.taps, truth), truth), method=AS_BROAD
            )


def blurred_to(taps: NDArray, wanted: float, truth: NDArray) -> NDArray:
    """A kernel after the Gaussian blur that gives it a concentration, found by bisection; itself if it is broader."""
    from scipy.ndimage import gaussian_filter

    padded, low, high = np.pad(taps, MARGIN), 0.0, BROADEST
    if concentration(taps, truth) <= wanted:
        return taps
    for _ in range(30):
        middle = (low + high) / 2
        if concentration(gaussian_filter(padded, middle), truth) > wanted:
            low = middle
        else:
            high = middle
    blurred: NDArray = gaussian_filter(padded, high)
    return blurred


def what_remains(results: Path) -> Estimate:
    """What ours restores more, in dB with the sparse prior, than kernels without sampling made as broad as ours."""
    rows = STUDY.sheet(results).read()
    psnr = (runs_of([row for row in rows if row["method"] == method], "psnr") for method in (OURS, AS_BROAD))
    return estimate(Pairs.of(*psnr).differences)


STUDY = Study(
    "breadth",
    "How broad are the kernels, and what would true ones as broad score?",
    page="obstacles",
    survey=Survey(_tasks, KEY, "record", ("method", "blur"), ("concentration", "psnr")),
    takes=(),
)
