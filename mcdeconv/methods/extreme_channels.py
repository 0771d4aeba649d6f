"""Extreme channels prior: the dark channel of the image and that of its negative, the bright channel.

Y. Yan, W. Ren, Y. Guo, R. Wang and X. Cao, "Image deblurring via extreme channels prior", CVPR 2017, reference [55] of
the paper. From the paper: the second channel. From its public code: the window and the weights. The rest is that of
`dark_channel`.
"""

from dataclasses import dataclass

from numpy.typing import NDArray

from mcdeconv.methods.coarse_to_fine import Found, Shares
from mcdeconv.methods.dark_channel import DarkChannelSettings, darkened, with_channels
from mcdeconv.methods.l0 import Periodic, alternating


@dataclass(frozen=True)
class ExtremeChannelsSettings(DarkChannelSettings):
    """Images are in [0, 1]; `channel_weight` is that of either channel."""

    window: int = 45


def extreme_channels(blurred: NDArray, kernel_size: int, settings: ExtremeChannelsSettings) -> Shares[Found]:
    """Estimate a kernel under the extreme channels prior; see `coarse_to_fine` for what is given and found."""
    return alternating(blurred, kernel_size, settings, extreme_channels_latent)


def extreme_channels_latent(
    periodic: Periodic, kernel: NDArray, settings: ExtremeChannelsSettings, iterations_before: int
) -> NDArray:
    """argmin |k ⊗ x - y|² + λ ‖∇x‖₀ + μ (‖D(x)‖₀ + ‖D(1 - x)‖₀), on the periodic grid, from y."""

    def pull(image: NDArray, threshold: float) -> list[NDArray]:
        dark, bright = (darkened(part, threshold, settings.window) for part in (image, 1 - image))
        return [dark, 1 - bright]

    return with_channels(periodic, kernel, settings, iterations_before, pull)
