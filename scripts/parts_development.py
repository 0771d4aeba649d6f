"""How well `agreement_of_parts` tells a blur that differs across a photograph from one that does not.

`python scripts/parts_development.py PICTURE…` (e.g. `natural_05`), with Lai et al.'s data at hand: each picture is
blurred by each of the four kernels, evenly, and so that the kernel turns by 10 or 25 degrees from the left edge to the
right one; 0.5% noise. The kernel that is asked about is the true one, or of a turning blur the one at the middle or
near the left edge. The limit was chosen with pictures 05.
"""

import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import rotate
from scipy.signal import fftconvolve

from mcdeconv.data.datasets.loading import load_item
from mcdeconv.data.grey import luma
from mcdeconv.methods.parts import LEAST_AGREEMENT, agreement_of_parts

TURNS = (0, 10, 25)  # degrees
NOISE = 0.005
PLACES = {"middle": 0.5, "left": 0.15}  # where the kernel is the one that is asked about, from left to right


def blurred(sharp: NDArray, kernel: NDArray, turn: float) -> tuple[NDArray, NDArray]:
    """The blurred picture, and the kernel at its right edge."""
    other = np.maximum(rotate(kernel, turn, reshape=False, order=1), 0) if turn else kernel
    other = other / other.sum()
    left, right = (fftconvolve(sharp, k, "valid") for k in (kernel, other))
    weight = np.linspace(0, 1, left.shape[1])
    noise = NOISE * np.random.default_rng(0).standard_normal(left.shape)
    return left * (1 - weight) + right * weight + noise, other


def cases(picture: str) -> Iterator[tuple[str, float, float | None]]:
    for number in range(1, 5):
        item = load_item("lai", f"{picture}_kernel_{number:02}")
        assert item.sharp is not None and item.kernel is not None
        kernel = np.asarray(item.kernel, np.float64)
        for turn in TURNS:
            image, other = blurred(luma(item.sharp), kernel, turn)
            for place, share in PLACES.items() if turn else [("", 0.0)]:
                asked = (1 - share) * kernel + share * other
                yield f"{item.id} {place}", turn, agreement_of_parts(image, asked)


def main() -> None:
    counts: dict[float, list[bool]] = {turn: [] for turn in TURNS}
    for picture in sys.argv[1:]:
        for name, turn, agreement in cases(picture):
            print(f"{name:32} turn {turn:2}  {'too small' if agreement is None else f'{agreement:.2f}'}", flush=True)
            if agreement is not None:
                counts[turn].append(agreement < LEAST_AGREEMENT)
    for turn, told in counts.items():
        print(f"turn {turn:2}: told of {sum(told)} of {len(told)}")


if __name__ == "__main__":
    main()
