"""How well `differing_parts` tells a blur that differs across a photograph from one that does not.

`python scripts/parts_development.py PICTURE…` (e.g. `natural_05`), with Lai et al.'s data at hand: each picture is
blurred by the kernels 1 to 3, evenly, so that the kernel turns by 10 or 25 degrees from the left edge to the right one,
or so that it shrinks by a quarter; noise of 0.2 and 0.5%. The kernel that is asked about is the one at the middle. The
limits were chosen with pictures 05.
"""

import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from mcdeconv.data.datasets.loading import load_item
from mcdeconv.data.grey import luma
from mcdeconv.methods.parts import LEAST_DIFFERING, changed, differing_parts
from mcdeconv.scoring.nonblind import deconvolve_with_kernel

CHANGES = {"even": (0.0, 1.0), "turn 10": (10.0, 1.0), "turn 25": (25.0, 1.0), "shrink": (0.0, 0.75)}  # degrees, size
NOISES = (0.002, 0.005)


def blurred(sharp: NDArray, left: NDArray, right: NDArray, noise: float) -> NDArray:
    """With one kernel at the left edge and another at the right one, mixed between."""
    images = [fftconvolve(sharp, kernel, "valid") for kernel in (left, right)]
    weight = np.linspace(0, 1, images[0].shape[1])
    mixed = images[0] * (1 - weight) + images[1] * weight
    return mixed + noise * np.random.default_rng(0).standard_normal(mixed.shape)


def cases(picture: str) -> Iterator[tuple[str, str, int | None]]:
    for number in range(1, 4):
        item = load_item("lai", f"{picture}_kernel_{number:02}")
        assert item.sharp is not None and item.kernel is not None
        kernel = np.asarray(item.kernel, np.float64)
        for change, (turn, size) in CHANGES.items():
            middle = changed(kernel, turn / 2, (1 + size) / 2)
            for noise in NOISES:
                image = blurred(luma(item.sharp), kernel, changed(kernel, turn, size), noise)
                restored = deconvolve_with_kernel(image, middle, "hyper-laplacian")
                yield f"{item.id}, noise {noise:.1%}", change, differing_parts(image, restored, middle)


def main() -> None:
    told: dict[str, list[bool]] = {change: [] for change in CHANGES}
    for picture in sys.argv[1:]:
        for name, change, parts in cases(picture):
            print(f"{name:40} {change:8} {'too small' if parts is None else parts}", flush=True)
            if parts is not None:
                told[change].append(parts >= LEAST_DIFFERING)
    for change, answers in told.items():
        print(f"{change:8} told of {sum(answers)} of {len(answers)}")


if __name__ == "__main__":
    main()
