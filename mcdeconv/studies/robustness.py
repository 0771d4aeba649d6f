"""Where methods stop finding the kernel: with how much noise, and with how much too large a size given.

Noise is added to embedded pictures that are blurred by code; every method's kernel, and the true one, is followed by
the same deconvolution, whose weight of the data suits the noise. A size that is too large is given on Levin's images.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of
from mcdeconv.errors import choose
from mcdeconv.methods import RIVALS, MethodSettings, finished, solving_rival
from mcdeconv.scoring.protocols import protocol_of, score
from mcdeconv.studies.kernels import KNOWN
from mcdeconv.studies.outputs import blurred_by_code
from mcdeconv.studies.rows import Measured
from mcdeconv.studies.study import Asked, Study, Survey

NOISY, SIZED = "synthetic-levin", "levin"
TRIED_METHODS = ("ours+", "l0", "dark-channel", "extreme-channels", "cho-lee", "xu-jia")
NOISES = (0.01, 0.02, 0.03, 0.05)  # standard deviation
TIMES = (2.0,)  # the data set's size
EVEN_KERNELS = tuple(image for images in LEVIN_SCENES.values() for image in images if int(image[-1]) % 2 == 0)
SEED = 0  # of the noise


def noise_name(noise: float) -> str:
    return f"noise {noise:.0%}"


def size_name(times: float) -> str:
    return f"size x{times:g}"


@dataclass(frozen=True)
class Attempt:
    """A method on one image that was made harder."""

    item: Item
    method: str  # or KNOWN
    noise: float | None = None
    times: float | None = None

    @property
    def heads(self) -> list[Measured]:
        own: Measured = {"dataset": self.item.dataset, "image": self.item.id, "method": self.method}
        own["variant"] = noise_name(self.noise) if self.noise is not None else size_name(self.times or 1.0)
        return [own | {"config": KNOWN if self.method == KNOWN else self.settings.digest()}]

    @property
    def settings(self) -> MethodSettings:
        return RIVALS[self.method].settings

    def rows(self) -> list[Measured]:
        """Find the kernel, deconvolve, score; `seconds` are of the kernel, with what else the machine does."""
        import time

        from mcdeconv.deblur import settings_for
        from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised

        assert self.item.kernel is not None and self.item.kernel_size is not None
        item = self.item if self.noise is None else noisy(self.item, self.noise)
        size, started = odd(self.item.kernel_size * (self.times or 1.0)), time.monotonic()
        kernel = self.item.kernel if self.method == KNOWN else self.found(grey_of(item.blurred), size)
        seconds = time.monotonic() - started
        protocol = protocol_of(item.dataset)
        blurred = protocol.to_deconvolve(item)
        final = "sparse" if self.noise is None else "hyper-laplacian"
        settings = settings_for(blurred, final)
        scores = score(deconvolve_with_kernel(blurred, normalised(kernel), final, settings), item, protocol)
        return [self.heads[0] | {"psnr": scores.psnr, "seconds": seconds}]

    def found(self, grey: NDArray, size: int) -> NDArray:
        kernel = finished(solving_rival(self.method, grey, size, self.settings, threads=1)).kernel
        assert kernel is not None
        return kernel


def noisy(item: Item, noise: float) -> Item:
    """Blurred by code with the true kernel, and white noise of that standard deviation; see `blurred_by_code`."""
    clean = blurred_by_code(item)
    added = noise * np.random.default_rng(SEED).standard_normal(clean.blurred.shape)
    return replace(clean, blurred=(clean.blurred + added).astype(np.float32))


def odd(size: float) -> int:
    """The nearest odd number of pixels, upwards."""
    return int(np.ceil(size)) | 1


def _tasks(asked: Asked) -> Sequence[Attempt]:
    if asked.dataset is not None:
        choose(dict.fromkeys((NOISY, SIZED)), asked.dataset, "data set of this study")
    found = []
    if asked.dataset in (None, NOISY):
        items = datasets.load(NOISY)
        found += [
            Attempt(i, method, noise=noise) for i in items for noise in NOISES for method in (*TRIED_METHODS, KNOWN)
        ]
    if asked.dataset in (None, SIZED):
        found += [Attempt(i, "ours+", times=times) for i in datasets.load(SIZED, EVEN_KERNELS) for times in TIMES]
    return found


STUDY = Study(
    "robustness",
    "How much noise, and how much too large a size, do the methods stand?",
    page="limits",
    survey=Survey(_tasks, ("dataset", "image", "method", "variant"), "config", ("variant", "method"), ("psnr",)),
    takes=("dataset",),
)
