"""Every number of the method as a field of a frozen dataclass, with its place in the paper.

Where the paper is silent, the field's comment says so; what many of these choices change, `mcdeconv study` measures.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Literal, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from mcdeconv.core.schedules import Step, learning_rate
from mcdeconv.errors import InputError

Norm = Literal["batch", "instance", "none"]
DropoutMode = Literal["element", "channel"]
Precision = Literal["float32", "bfloat16"]  # what G_x is trained in; float32 where a processor lacks bfloat16


def refuse_unknown_choices(config: object) -> None:
    """InputError if a field has a value that its `Literal` type does not name."""
    for name, kind in get_type_hints(type(config)).items():
        value = getattr(config, name)
        if get_origin(kind) is Literal and value not in get_args(kind):
            raise InputError(f"{name} is {value!r}; choose one of {', '.join(map(str, get_args(kind)))}")


@dataclass(frozen=True)
class ImageNetConfig:
    """G_x, the generative network of the image (3.1)."""

    levels: int = 6  # 3.1
    channels: int = 128  # 3.1
    skip_channels: int = 32  # silent: makes both networks together 2.57 M parameters; Table 6: 2.65 M
    slope: float = 0.1  # LeakyReLU, 3.1
    norm: Norm = "batch"  # silent
    dropout_mode: DropoutMode = "element"  # silent
    encoder_convolutions: int = 1  # a level; Ren et al. have 2
    non_local_from: int | None = None  # level, from 1, from which on the encoder has non-local blocks; Ren et al.: 3
    tracks_statistics: bool = False  # read out with running normalisation statistics, not the current ones; silent

    def __post_init__(self) -> None:
        refuse_unknown_choices(self)


@dataclass(frozen=True)
class KernelNetConfig:
    """G_k, the generative network of the kernel (3.1); a softmax makes its output a kernel (2.3)."""

    # Ren et al. have the second; "known" is no network but a kernel that is given, to see what G_x makes of it
    architecture: Literal["unet", "fully-connected", "known"] = "unet"
    levels: int = 4  # 3.1
    channels: int = 64  # 3.1
    slope: float = 0.1  # LeakyReLU, 3.1
    norm: Norm = "none"  # U-Net; silent
    inputs: int = 8  # depth of z_k (U-Net); silent
    hidden: int = 1000  # fully connected: 200 → 1000 → k², Ren et al.

    def __post_init__(self) -> None:
        refuse_unknown_choices(self)


@dataclass(frozen=True)
class SolverConfig:
    """Algorithm 1 with all its numbers. The defaults are the paper's; presets and tiers derive from them."""

    image_net: ImageNetConfig = field(default_factory=ImageNetConfig)
    kernel_net: KernelNetConfig = field(default_factory=KernelNetConfig)

    # the fixed inputs z_x, z_k
    input_depth: int = 8  # channels of z_x; silent
    input_law: Literal["uniform", "normal"] = "uniform"  # 3.1 says uniform, Algorithm 1 says normal
    input_scale: float = 0.1  # U(0, scale) or N(0, scale²)

    # what randomises the networks, equation (19); zero switches a source off
    dropout_rate: Step = Step(0.3, 0.001, 1500)  # p0, 3.1
    input_noise_std: Step = Step(0.05, 0.001, 3500)  # sigma0 for large kernels, 3.1
    small_kernel_noise_std: float = 0.01  # sigma0 before the drop for "relative small kernel size", 3.1
    # px; from this size on a kernel counts as large. Silent, but in Figure 8 the method starts at 0.01 on one of Lai's
    # images, whose kernels have 31, 51, 55 and 75 px; and 0.05 did worse than 0.01 in the study.
    large_kernel_from: int = 51
    kernel_dropout_rate: Step = Step(0.0, 0.0, 0)  # p0 of a randomised G_k (Figures 9 and 10)
    kernel_input_noise_std: Step = Step(0.0, 0.0, 0)

    # the loss, equation (27)
    samples: int = 1  # N in (24)
    kernel_weight: float = 1e-4  # mu, 3.1
    data_term: Literal["mean", "sum"] = "sum"  # over pixels, (24); a mean over n pixels makes mu n times stronger
    tv_weight: float = 0.0  # lambda in (8)

    # the updates, Algorithm 1
    iterations: int = 5000  # T, 3.1
    update: Literal["alternating", "joint"] = "alternating"  # lines 5 and 6
    image_learning_rate: float = 1e-2  # 3.1
    kernel_learning_rate: float = 1e-4  # 3.1
    halve_after: int = 3000  # both rates, 3.1
    halve_repeatedly: bool = False  # silent
    stop_at: int | None = None  # early stopping, Figure 1 (c): the result is read out after this iteration

    # reading out x and k (Algorithm 1, line 8)
    readout_dropout: bool = False  # silent

    # how it is computed; no effect on what is computed beyond rounding
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        refuse_unknown_choices(self)
        for name in ("iterations", "samples", "input_depth", "halve_after", "stop_at"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        for name in ("image_learning_rate", "kernel_learning_rate", "input_scale"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} is {getattr(self, name)}; it must be positive")
        if self.kernel_net.architecture == "known" and self.update != "joint":
            raise InputError(f"update is {self.update!r} with a known kernel, which has no updates; choose 'joint'")
        for name in ("dropout_rate", "kernel_dropout_rate"):
            step = getattr(self, name)
            if not (0 <= step.before < 1 and 0 <= step.after < 1):
                raise InputError(f"{name} goes from {step.before} to {step.after}; both must lie in [0, 1)")

    @property
    def last_iteration(self) -> int:
        """After which the result is read out."""
        return self.stop_at or self.iterations

    def mu(self, iteration: int) -> float:
        """The weight of ‖k‖² in the loss (27) at an iteration: constant here, a study lets it vary."""
        return self.kernel_weight

    def structural(self, iteration: int) -> bool:
        """Whether the data term is 1 - SSIM at an iteration and not the squared error of (24): never in the paper."""
        return False

    def rate(self, initial: float, iteration: int) -> float:
        """The learning rate at an iteration of a network that starts with `initial`."""
        return learning_rate(initial, iteration, self.halve_after, self.halve_repeatedly)

    def for_kernel_size(self, noise_std: Step, kernel_size: int) -> Step:
        """sigma0(t) for a kernel of this size: 3.1 gives a smaller start to small kernels."""
        if kernel_size >= self.large_kernel_from:
            return noise_std
        return replace(noise_std, before=min(self.small_kernel_noise_std, noise_std.before))

    def with_iterations(self, iterations: int) -> "SolverConfig":
        """A shorter or longer run with every schedule at the same share of it."""
        factor = iterations / self.iterations
        return replace(
            self,
            iterations=iterations,
            halve_after=max(1, round(self.halve_after * factor)),
            stop_at=None if self.stop_at is None else max(1, round(self.stop_at * factor)),
            **{
                name: getattr(self, name).compressed(factor)
                for name in ("dropout_rate", "input_noise_std", "kernel_dropout_rate", "kernel_input_noise_std")
            },
        )

    @property
    def randomises_kernel(self) -> bool:
        """Whether G_k is randomised too (Figures 9 and 10)."""
        steps = (self.kernel_dropout_rate, self.kernel_input_noise_std)
        return any(step.before or step.after for step in steps)

    def digest(self) -> str:
        """First 12 hex digits of the SHA-256 of all fields: part of a run's identity."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]


def input_digest(blurred: NDArray, kernel_size: int | None = None) -> str:
    """First 12 hex digits of the SHA-256 of an image's shape and float32 values, and of a kernel size."""
    values = np.ascontiguousarray(blurred, dtype=np.float32)
    size = f"k={kernel_size}" if kernel_size else ""
    return hashlib.sha256(f"{values.shape!r}{size}".encode() + values.tobytes()).hexdigest()[:12]
