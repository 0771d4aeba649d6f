"""The picture that the book opens with: no image is chosen for its looks, it is the one with the median gain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.datasets import Item, load_item
from mcdeconv.data.grey import grey_of
from mcdeconv.paper.figures.restorations import restored
from mcdeconv.paper.figures.runs import protocol_scores
from mcdeconv.paper.selection import Selection, stored
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record
from mcdeconv.scoring.protocols import protocol_of, score

TIER = "quick"
SETS = ("levin", "lai", "kohler")  # experiments whose embedded images have a truth
WITHOUT, WITH = "without-both", "ours"


class Gain(NamedTuple):
    """Of one image, its first seed: what both runs restore, in the kernel protocol, and by how much ours is above."""

    decibels: float
    without: Record
    ours: Record


@dataclass(frozen=True)
class Typical:
    """The image of the median gain."""

    item: Item
    gain: Gain
    all_gains: tuple[float, ...]  # dB, of every image that has both runs
    blurred_psnr: float

    @property
    def better(self) -> int:
        """On how many of the images sampling gives the better kernel."""
        return sum(gain > 0 for gain in self.all_gains)

    @property
    def kernel_size(self) -> int:
        """Side of the kernel's square, px."""
        return len(self.gain.ours.kernel) if self.item.kernel is None else len(self.item.kernel)

    @property
    def kernel_share(self) -> float:
        """Of the picture's width."""
        return self.kernel_size / self.item.blurred.shape[1]

    def restored(self, record: Record) -> NDArray:
        """What the data set's deconvolution makes of the kernel of a run; takes a second."""
        return restored(self.item, record)


def typical_image(library: Library) -> Typical | None:
    """The embedded image whose gain is the median (the lower of two); None if no image has both runs."""
    gains = [gain for name in SETS for gain in gains_of(stored(Selection(name, TIER), library))]
    if not gains:
        return None
    chosen = sorted(gains, key=lambda gain: gain.decibels)[(len(gains) - 1) // 2]
    item = load_item(chosen.ours.identity.dataset, chosen.ours.identity.image)
    blurred = score(np.clip(grey_of(item.blurred), 0, 1), item, protocol_of(item.dataset)).psnr
    return Typical(item, chosen, tuple(gain.decibels for gain in gains), blurred)


def gains_of(records: Sequence[Record]) -> list[Gain]:
    """A gain an image of one data set that has both runs with one seed: of the smallest such seed."""
    runs = {(key.image, key.seed, key.method): record for record in records if (key := record.identity).tier == TIER}
    scores = protocol_scores(runs.values())["psnr"]
    found: dict[str, Gain] = {}
    for image, seed, method in sorted(runs):
        if method == WITH and (image, seed, WITHOUT) in runs and image not in found:
            difference = scores[WITH, image, seed] - scores[WITHOUT, image, seed]
            found[image] = Gain(float(difference), runs[image, seed, WITHOUT], runs[image, seed, WITH])
    return list(found.values())


def psnr_of(record: Record) -> float:
    """In the kernel protocol, dB."""
    return float(protocol_scores([record])["psnr"].iloc[0])
