"""Köhler et al. 2012: 4 scenes × 12 camera trajectories, 800×800 RGB, `Blurry1_1` to `Blurry4_12`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from numpy.typing import NDArray

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.datasets.registry import benchmark, require_folder, verified
from mcdeconv.data.photo import read_photo

# What worked for others: 41 px but for the four largest trajectories.
KERNEL_SIZES = {8: 121, 9: 125, 10: 151, 11: 75}
USUAL_KERNEL_SIZE = 41


@dataclass(frozen=True)
class FrameFiles(Sequence[NDArray]):
    """Frames that are read when they are asked for: 199 of them at once would fill 1.5 GB."""

    paths: tuple[Path, ...]

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # the two overloads say no more
        chosen = self.paths[index]
        return FrameFiles(chosen) if isinstance(chosen, tuple) else read_photo(chosen).pixels


def ids(dataset: str = "kohler", folder: Path | None = None) -> list[str]:
    """The 48 ids."""
    return [PurePosixPath(path).stem for path in benchmark("kohler").files if path.startswith("blurry/")]


def load_item(dataset: str, item_id: str, folder: Path | None = None) -> Item:
    """One blurred image with the sharp frames of its trajectory.

    With the official truth in `frames/scene_<s>/` (`GroundTruth<s>_<trajectory>_<n>.png`) these are its frames, about
    199. Without, it is the scene's one JPEG frame: `len(item.frames) == 1` marks scores as approximate. `sharp` and
    `kernel` stay None: no single image is the truth of a trajectory.
    """
    scene, trajectory = item_id.removeprefix("Blurry").split("_")
    blurred = read_photo(verified("kohler", f"blurry/{item_id}.png", folder)).pixels
    # in order of time
    found = require_folder("kohler", folder).glob(f"frames/scene_{scene}/GroundTruth{scene}_{trajectory}_*.png")
    frames = sorted(found, key=lambda path: [int(digits) for digits in re.findall(r"\d+", path.stem)])
    if not frames:
        frames = [verified("kohler", f"sharp/GroundTruth{scene}_1_1.jpg", folder)]
    return Item(
        id=item_id,
        dataset="kohler",
        category=f"scene_{scene}",
        blurred=blurred,
        kernel_size=KERNEL_SIZES.get(int(trajectory), USUAL_KERNEL_SIZE),
        frames=FrameFiles(tuple(frames)),
    )
