"""The one type that every data set yields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from numpy.typing import NDArray


@dataclass(frozen=True)
class Item:
    """A blurred image with what is known of it. Images are float32 in [0, 1], (H, W) grey or (H, W, 3) RGB."""

    id: str  # unique in its data set, e.g. "im05_flit04"
    dataset: str
    category: str
    blurred: NDArray
    kernel_size: int | None = None  # what every method is given; odd
    sharp: NDArray | None = None  # the truth, of the shape of `blurred`
    kernel: NDArray | None = None  # (k, k) float64, sums to 1, blurred = kernel ⊗ sharp (true convolution)
    frames: Sequence[NDArray] = ()  # Köhler: the truth is a trajectory of sharp frames, the best one counts
    other_truths: Mapping[str, NDArray] = field(default_factory=dict)  # e.g. Levin's {"scene": x of kernel 8}
    saturated: bool = False  # blurred before clipping: the forward model does not hold in highlights

    @property
    def one_truth(self) -> NDArray | None:
        """The sharp image, or the frame in the middle of a trajectory, or None."""
        if self.sharp is not None:
            return self.sharp
        return self.frames[len(self.frames) // 2] if len(self.frames) else None
