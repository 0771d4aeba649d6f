"""What `mcdeconv bench` finds and the book shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Median, smallest and largest milliseconds an iteration; peak memory of the process or of the GPU, in MB."""

    tier: str
    size: int
    kernel_size: int
    channels: int
    precision: str
    milliseconds: float
    fastest: float
    slowest: float
    repeats: int
    peak_megabytes: float
