"""What `mcdeconv study benchmark` finds and the book shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """An iteration of Algorithm 1 on one image: times in milliseconds, each the median of `repeats`."""

    tier: str
    size: int  # px a side of the blurred image
    kernel_size: int
    channels: int
    precision: str
    milliseconds: float
    fastest: float
    slowest: float
    repeats: int
    peak_megabytes: float  # of the process or of the GPU
    plain_milliseconds: float | None  # of the textbook's loop in turns with it; None: not timed
    floor_milliseconds: float  # the iteration's arithmetic at the rate of the device's own matrix product

    @property
    def speed_up(self) -> float | None:
        """How many times as fast as the textbook's loop."""
        return None if self.plain_milliseconds is None else self.plain_milliseconds / self.milliseconds

    @property
    def nanoseconds_per_pixel(self) -> float:
        """Of the latent image."""
        return 1e6 * self.milliseconds / (self.size + self.kernel_size - 1) ** 2


@dataclass(frozen=True)
class Layout:
    """Images at a time: how long each takes when `images` of them share the device's `threads` (or streams)."""

    tier: str
    size: int
    precision: str
    images: int
    threads: int  # each
    milliseconds: float  # an iteration of one of them, median
    repeats: int

    @property
    def per_image(self) -> float:
        """Milliseconds an iteration and image."""
        return self.milliseconds / self.images
