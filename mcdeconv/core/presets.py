"""Every variant that the paper compares, by name, and the three tiers that make it fit a machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, Precision, SolverConfig
from mcdeconv.core.released import SelfDeblur
from mcdeconv.core.schedules import Step, constant
from mcdeconv.errors import choose


def with_random_kernel_net(config: SolverConfig) -> SolverConfig:
    """Randomise G_k as in 3.5: dropout from 0.1 instead of 0.3, noise as for the image."""
    return replace(
        config, kernel_dropout_rate=Step(0.1, 0.001, 1500), kernel_input_noise_std=SolverConfig().input_noise_std
    )


OURS = SolverConfig()
DETERMINISTIC = replace(OURS, dropout_rate=constant(0.0), input_noise_std=constant(0.0))
DROPOUT_ONLY = replace(OURS, input_noise_std=constant(0.0))
NOISE_ONLY = replace(OURS, dropout_rate=constant(0.0))
# Ren et al.'s two networks. With k = 31 they have the 3.52 M parameters that Table 6 prints.
REN = replace(
    DETERMINISTIC,
    image_net=ImageNetConfig(levels=5, skip_channels=16, slope=0.2, encoder_convolutions=2, non_local_from=3),
    kernel_net=KernelNetConfig(architecture="fully-connected"),
    update="joint",
)

PRESETS: dict[str, SolverConfig] = {
    "ours": OURS,
    "without-both": DETERMINISTIC,  # loss (7); Figure 1 (b), Table 5
    "early-stopping": replace(DETERMINISTIC, stop_at=1000),  # Figure 1 (c); when to stop is not stated
    "tv": replace(DETERMINISTIC, tv_weight=1e-3),  # loss (8), Figure 1 (d); lambda is not stated
    "dropout-only": DROPOUT_ONLY,  # Table 5
    "noise-only": NOISE_ONLY,  # Table 5
    "S1": replace(DROPOUT_ONLY, dropout_rate=constant(0.5)),  # S1–S6: Figure 8 and 3.5
    "S2": replace(DROPOUT_ONLY, dropout_rate=constant(0.001)),
    "S3": DROPOUT_ONLY,
    "S4": replace(NOISE_ONLY, input_noise_std=constant(0.05), small_kernel_noise_std=0.05),
    "S5": replace(NOISE_ONLY, input_noise_std=constant(0.001)),  # printed as 0.05, the same as S4; 0.001 fits the text
    "S6": NOISE_ONLY,  # printed as dropping at 5,500 of 5,000 iterations; 3,500 as in 3.1
    "random-kernel-net": with_random_kernel_net(DETERMINISTIC),  # Figures 9 and 10
    "random-both-nets": with_random_kernel_net(OURS),
    "ren": REN,  # Table 6
    "ren+mc": replace(REN, dropout_rate=OURS.dropout_rate, input_noise_std=OURS.input_noise_std),
    "selfdeblur": SelfDeblur(),  # [43] as released, for Levin
    "selfdeblur-lai": SelfDeblur(ssim_after=500),
    # `selfdeblur_ycbcr.py`, for luma of colour photographs; no script is for Köhler
    "selfdeblur-colour": SelfDeblur(iterations=2500, halve_after=1600, halve_again_after=(1900, 2200), ssim_after=500),
    # [43]'s printed loss (6), lambda on Levin as a reader quotes its Section 4.1 (the repository's issue 16). There the
    # author calls 0 better; the released scripts with TV have 0, and squared differences.
    "selfdeblur-tv": SelfDeblur(ssim_after=None, tv_weight=1e-6),
}


@dataclass(frozen=True)
class Reduction:
    """What makes a run fit a small machine; everything else is the preset's.

    Iterations before width: on development images the gain of dropout and noise needs 1,500 iterations and shows with
    16 channels, not with 32 channels and the 600 iterations that take as long. G_k becomes Ren et al.'s fully
    connected net: it starts at a nearly uniform kernel and gets further in a short run than the U-Net (`mcdeconv
    study`); at full length the paper finds little between the two (3.5, Table 6).
    """

    channels: int  # width of G_x
    iterations: int
    levels: int = 6
    skip_channels: int = 16
    kernel_architecture: Literal["unet", "fully-connected"] = "fully-connected"
    kernel_learning_rate: float = 1e-4  # the paper's, 3.1
    update: Literal["alternating", "joint"] = "alternating"
    precision: Precision = "bfloat16"


@dataclass(frozen=True)
class Tier:
    """How large a run may be."""

    name: str
    region: int | None = None  # px a side on which the kernel is estimated; None: the whole image
    reduction: Reduction | None = None  # None: the paper's settings
    own: Mapping[str, Reduction] = field(default_factory=dict)  # data set → its own in the place of that


LAPTOP = Reduction(32, 2500, kernel_learning_rate=2e-4)
LONG = replace(LAPTOP, iterations=5000, kernel_learning_rate=1e-4)  # as many as the paper's, for larger kernels

TIERS = {
    tier.name: tier
    for tier in (
        Tier("quick", 96, Reduction(16, 1500, levels=5, update="joint", precision="float32")),
        Tier("laptop", 128, LAPTOP, {"lai": LONG, "kohler": LONG}),
        Tier("paper"),
    )
}


def configure(preset: str = "ours", tier: str = "paper", dataset: str = "") -> SolverConfig:
    """The configuration of a preset at a tier, which may have its own for a data set; shorter runs keep the schedules.

    Raises
    ------
    InputError
        For an unknown preset or tier; the message lists them.
    """
    config = choose(PRESETS, preset, "preset")
    size = choose(TIERS, tier, "tier")
    reduction = size.own.get(dataset, size.reduction)
    if reduction is None:
        return config
    return replace(
        config.with_iterations(reduction.iterations),
        image_net=replace(
            config.image_net,
            channels=reduction.channels,
            levels=min(reduction.levels, config.image_net.levels),
            skip_channels=min(reduction.skip_channels, config.image_net.skip_channels),
        ),
        kernel_net=replace(config.kernel_net, architecture=reduction.kernel_architecture),
        kernel_learning_rate=reduction.kernel_learning_rate,
        update="joint" if config.update == "joint" else reduction.update,
        precision=reduction.precision,
    )
