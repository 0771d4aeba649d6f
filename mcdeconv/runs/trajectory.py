"""What a run went through: loss, scores and pictures at moments on the way, for Figures 1, 3, 8–10 and the sliders."""

import io
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mcdeconv.core.presets import TIERS
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import pose
from mcdeconv.data.region import Region
from mcdeconv.errors import InputError
from mcdeconv.files import load_arrays, write_whole

LARGEST = 1 << 30  # bytes of all arrays
SAMPLES = 4  # Figure 3 (a)–(d)
STD_WHITE = 0.1  # the standard deviation that is stored as 255; larger ones too


@dataclass(frozen=True)
class Trajectory:
    """Curves at n moments, pictures at m of them, samples at 3 (none if m is 1). Images are (H, W), uint8 of [0, 1]."""

    iterations: NDArray  # (n,) int
    losses: NDArray  # (n,) float32, mean since the moment before
    psnr: NDArray  # (n,) float32, dB, G_x's output against the truth on the region solved; NaN without a truth
    ssim: NDArray  # (n,) float32
    similarity: NDArray  # (n,) float32, of the kernel with the true one; NaN without
    picture_iterations: NDArray  # (m,) int
    images: NDArray  # (m, H, W), G_x's output without noise
    stds: NDArray  # (m, H, W), standard deviation of 10 samples / STD_WHITE
    spread: NDArray  # (m,) float32, mean over the pixels of the standard deviation, in units of the image's range
    kernels: NDArray  # (m, k, k) float32, centred
    sample_iterations: NDArray  # (3,) int, or (0,)
    samples: NDArray  # (3, SAMPLES, H, W), or (0, SAMPLES, H, W)

    def without_pictures(self) -> "Trajectory":
        """The curves alone, that of the samples' spread too."""
        pictures = ("images", "stds", "kernels", "sample_iterations", "samples")
        return replace(self, **{name: getattr(self, name)[:0] for name in pictures})

    def save(self, path: Path) -> None:
        """Write all arrays as one compressed .npz, whole or not at all."""
        stream = io.BytesIO()
        np.savez_compressed(stream, **{f.name: getattr(self, f.name) for f in fields(self)})
        write_whole(path, stream.getvalue())

    @staticmethod
    def load(path: Path) -> "Trajectory":
        """Read what `save` wrote; InputError if it is damaged or of another version."""
        try:
            stored = load_arrays(path, LARGEST)
            return Trajectory(**{f.name: stored[f.name] for f in fields(Trajectory)})
        except (ValueError, KeyError) as error:
            raise InputError(f"{path} is not a usable trajectory ({error}); delete it to have it made again") from error


def region_shown(item: Item, tier: str, trajectory: Trajectory) -> Region:
    """The part of an image that a run at a tier solved, and that its pictures show.

    Raises
    ------
    InputError
        If its pictures have another shape.
    """
    region = pose(item, TIERS[tier].region if tier in TIERS else None).region
    if trajectory.images.shape[1:] != (region.height, region.width):
        shown = "×".join(map(str, trajectory.images.shape[:0:-1]))
        raise InputError(
            f"the run of {item.id} shows {shown} px where tier {tier} solves {region.width}×{region.height}; "
            "delete its record to have it computed again"
        )
    return region
