"""SelfDeblur (Ren et al. 2020, [43]) as its authors released it, but read out as every preset is, without noise.

What the comments quote was read in csdwren/SelfDeblur (`selfdeblur_levin.py`, `SSIM.py`, `networks/skip.py` and
`fcn.py`), and in copies of it (`networks/common.py` and `non_local_dot_product.py`).
"""

from dataclasses import dataclass, field
from typing import Literal

from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig
from mcdeconv.core.schedules import Step


@dataclass(frozen=True)
class ReleasedImageNet(ImageNetConfig):
    """G_x of `skip.py`, without the biases there that batch normalisation takes out again."""

    levels: int = 5
    skip_channels: int = 16
    slope: float = 0.2  # `act` in `common.py`
    encoder_convolutions: int = 2
    non_local_from: int | None = 3  # `i > 1`, counted from 0
    non_local: Literal["dot-product"] = "dot-product"


@dataclass(frozen=True)
class SelfDeblur(SolverConfig):
    """The loop of `selfdeblur_levin.py`: squared error first, then 1 - SSIM; Adam's moments stay as they are."""

    image_net: ImageNetConfig = field(default_factory=ReleasedImageNet)
    kernel_net: KernelNetConfig = field(default_factory=lambda: KernelNetConfig("fully-connected"))
    dropout_rate: Step = Step(0.0, 0.0, 0)
    input_noise_std: Step = Step(0.001, 0.001, 0)  # `reg_noise_std`, in every iteration
    kernel_weight: float = 0.0
    data_term: Literal["mean", "sum"] = "mean"  # `MSELoss`
    update: Literal["alternating", "joint"] = "joint"  # one Adam, one step
    halve_after: int = 2000  # `MultiStepLR`, of both rates
    halve_again_after: tuple[int, ...] = (3000, 4000)
    ssim_after: int | None = 1000

    def structural(self, iteration: int) -> bool:
        return self.ssim_after is not None and iteration > self.ssim_after

    def rate(self, initial: float, iteration: int) -> float:
        return super().rate(initial, iteration) * 0.5 ** sum(iteration > after for after in self.halve_again_after)

    def with_iterations(self, iterations: int) -> "SelfDeblur":
        factor = iterations / self.iterations
        scaled = {
            "halve_again_after": tuple(max(1, round(after * factor)) for after in self.halve_again_after),
            "ssim_after": None if self.ssim_after is None else round(self.ssim_after * factor),
        }
        return SelfDeblur(**vars(super().with_iterations(iterations)) | scaled)
