"""Networks so small that a test can run them."""

from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig

NETS = {
    "image_net": ImageNetConfig(levels=2, channels=4, skip_channels=2),
    "kernel_net": KernelNetConfig(levels=2, channels=4),
}
TINY = SolverConfig(**NETS, iterations=2)  # type: ignore[arg-type]
