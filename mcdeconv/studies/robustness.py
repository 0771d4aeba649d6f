"""Where methods stop finding the kernel: with how much noise, as a camera stores it, and with too large a size given.

Embedded pictures are blurred by code, and noise is added, or they are compressed as JPEG, without and with a camera's
curve between light and picture. Every method's kernel, and the true one, is followed by the same deconvolution, whose
weight of the data suits noise and compression. A size that is too large is given on Levin's images.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO

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
JPEG, CAMERA = "JPEG", "camera"  # variants: only compressed; with a camera's curve as well
QUALITY = 88  # of Pillow's JPEG
CAMERA_NOISE = 0.004  # standard deviation, before compression
CURVE = 2.2  # light is the picture's value to this power
IN_LIGHT = "known kernel, in light"  # the deconvolution of what the curve's inverse makes of the picture


def noise_name(noise: float) -> str:
    return f"noise {noise:.0%}"


def size_name(times: float) -> str:
    return f"size x{times:g}"


@dataclass(frozen=True)
class Attempt:
    """A method on one image that was made harder."""

    item: Item
    method: str  # or KNOWN, or IN_LIGHT
    harder: str | None = None  # of HARDER
    times: float | None = None

    @property
    def heads(self) -> list[Measured]:
        own: Measured = {"dataset": self.item.dataset, "image": self.item.id, "method": self.method}
        own["variant"] = self.harder or size_name(self.times or 1.0)
        return [own | {"config": self.method if self.knows else self.settings.digest()}]

    @property
    def knows(self) -> bool:
        """Whether the true kernel is taken."""
        return self.method in (KNOWN, IN_LIGHT)

    @property
    def settings(self) -> MethodSettings:
        return RIVALS[self.method].settings

    def rows(self) -> list[Measured]:
        """Find the kernel, deconvolve, score; `seconds` are of the kernel, with what else the machine does."""
        import time

        from mcdeconv.deblur.restore import settings_for
        from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised

        assert self.item.kernel is not None and self.item.kernel_size is not None
        item = self.item if self.harder is None else HARDER[self.harder](self.item)
        size, started = odd(self.item.kernel_size * (self.times or 1.0)), time.monotonic()
        kernel = self.item.kernel if self.knows else self.found(grey_of(item.blurred), size)
        seconds = time.monotonic() - started
        protocol = protocol_of(item.dataset)
        blurred = protocol.to_deconvolve(item)
        final = "sparse" if self.harder is None else "hyper-laplacian"
        curve = CURVE if self.method == IN_LIGHT else 1.0
        light = deconvolve_with_kernel(blurred**curve, normalised(kernel), final, settings_for(blurred, final))
        restored = light if curve == 1 else light.clip(0, 1) ** (1 / curve)
        scores = score(restored, item, protocol)
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


def photographed(item: Item, curve: float) -> Item:
    """Light blurred with the true kernel, then what a camera does: the curve, noise, and JPEG; curve 1 for none."""
    from PIL import Image

    assert item.sharp is not None
    light = blurred_by_code(replace(item, sharp=item.sharp.astype(np.float64) ** curve)).blurred.clip(0, 1)
    seen = light ** (1 / curve) + CAMERA_NOISE * np.random.default_rng(SEED).standard_normal(light.shape)
    file = BytesIO()
    Image.fromarray(np.rint(255 * seen.clip(0, 1)).astype(np.uint8)).save(file, "JPEG", quality=QUALITY)
    return replace(blurred_by_code(item), blurred=(np.asarray(Image.open(file)) / 255).astype(np.float32))


HARDER: dict[str, Callable[[Item], Item]] = {
    **{noise_name(noise): partial(noisy, noise=noise) for noise in NOISES},
    JPEG: partial(photographed, curve=1.0),
    CAMERA: partial(photographed, curve=CURVE),
}


def odd(size: float) -> int:
    """The nearest odd number of pixels, upwards."""
    return int(np.ceil(size)) | 1


def _tasks(asked: Asked) -> Sequence[Attempt]:
    if asked.dataset is not None:
        choose(dict.fromkeys((NOISY, SIZED)), asked.dataset, "data set of this study")
    found = []
    if asked.dataset in (None, NOISY):
        items = list(datasets.load(NOISY))
        found += [Attempt(i, method, name) for i in items for name in HARDER for method in (*TRIED_METHODS, KNOWN)]
        found += [Attempt(i, IN_LIGHT, CAMERA) for i in items]
    if asked.dataset in (None, SIZED):
        found += [Attempt(i, "ours+", times=times) for i in datasets.load(SIZED, EVEN_KERNELS) for times in TIMES]
    return found


STUDY = Study(
    "robustness",
    "How much noise, what of a camera, and how much too large a size do the methods stand?",
    page="limits",
    survey=Survey(_tasks, ("dataset", "image", "method", "variant"), "config", ("variant", "method"), ("psnr",)),
    takes=("dataset",),
)
