"""The generative networks G_x(z_x + eps; theta_x, M) and G_k(z_k; theta_k), equations (6), (10) and (19)."""

import math
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from mcdeconv.core.config import ImageNetConfig, KernelNetConfig
from mcdeconv.core.released import ReleasedImageNet
from mcdeconv.errors import InputError


def dropout(features: Tensor, rate: float, mode: str, generator: Generator) -> Tensor:
    """Multiply by M / (1 - rate) with M ~ Bernoulli, per element or per channel, from an explicit generator."""
    if rate == 0:
        return features
    count, channels, height, width = features.shape
    pixels = (height, width) if mode == "element" else (1, 1)
    drawn = torch.rand((count, *pixels, channels), device=features.device, generator=generator).permute(0, 3, 1, 2)
    return features * (drawn >= rate).to(features.dtype).div_(1 - rate)


class Join(torch.autograd.Function):
    """Two feature maps side by side, `torch.cat` along channels, whose gradients do not share memory.

    `torch.cat` hands each input a view into one shared gradient, whose values lie with gaps. The backward pass of
    bilinear interpolation takes ten times as long on such a view.
    """

    @staticmethod
    def forward(ctx: Any, left: Tensor, right: Tensor) -> Tensor:
        """(N, C, H, W) and (N, D, H, W) to (N, C + D, H, W)."""
        ctx.channels = left.shape[1]
        return torch.cat((left, right), 1)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """The gradient's two parts, each in memory of its own, in the order of the gradient's."""
        left, right = gradient[:, : ctx.channels], gradient[:, ctx.channels :]
        return left.clone(memory_format=dense(gradient)), right.clone(memory_format=dense(gradient))


def dense(features: Tensor) -> torch.memory_format:
    """The order without gaps that is closest to how the features lie in memory."""
    channels_last = features.is_contiguous(memory_format=torch.channels_last)
    return torch.channels_last if channels_last else torch.contiguous_format


def normalisation(kind: str, channels: int, tracks: bool) -> nn.Module:
    if kind == "batch":
        return nn.BatchNorm2d(channels, track_running_stats=tracks)
    if kind == "instance":
        return nn.InstanceNorm2d(channels, affine=True, track_running_stats=tracks)
    return nn.Identity()


class Block(nn.Module):
    """Convolution (reflection padding), normalisation, LeakyReLU."""

    def __init__(
        self, inputs: int, outputs: int, size: int, stride: int, norm: str, slope: float, tracks: bool = False
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, bias=norm == "none")
        self.norm = normalisation(norm, outputs, tracks)
        self.pad, self.slope = size // 2, slope

    def forward(self, features: Tensor) -> Tensor:
        if self.pad:
            mode = "reflect" if min(features.shape[-2:]) > self.pad else "replicate"
            features = F.pad(features, (self.pad,) * 4, mode=mode)
        features = self.conv(features)
        if features.shape[-2:] != (1, 1):  # the coarsest level of a small image: one pixel has no spread to normalise
            features = self.norm(features)
        return F.leaky_relu(features, self.slope, inplace=True)


class NonLocal(nn.Module):
    """Non-local block (Wang et al. 2018, embedded Gaussian), as in Ren et al.'s image network."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Conv2d(channels, channels // 2, 1) for _ in range(3))
        self.output = nn.Conv2d(channels // 2, channels, 1)

    def forward(self, features: Tensor) -> Tensor:
        query, key, value = (
            f(features).flatten(2).transpose(1, 2)[:, None] for f in (self.query, self.key, self.value)
        )
        attended = F.scaled_dot_product_attention(query, key, value, scale=1.0)[:, 0].transpose(1, 2)
        return features + self.output(attended.unflatten(2, features.shape[-2:]))


class DotProduct(nn.Module):
    """Non-local block of Ren et al.'s released code: no softmax, keys and values halved, no effect at the start."""

    def __init__(self, channels: int, tracks: bool) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Conv2d(channels, channels // 2, 1) for _ in range(3))
        self.output = nn.Conv2d(channels // 2, channels, 1)
        self.norm = nn.BatchNorm2d(channels, track_running_stats=tracks)
        nn.init.zeros_(self.norm.weight)

    def forward(self, features: Tensor) -> Tensor:
        key, value = (F.max_pool2d(f(features), 2).flatten(2) for f in (self.key, self.value))
        attended = (value @ key.mT / key.shape[-1]) @ self.query(features).flatten(2)
        return features + self.norm(self.output(attended.unflatten(2, features.shape[-2:])))


class ImageNet(nn.Module):
    """G_x: a skip encoder-decoder (3.1), with dropout before every re-scaling of the decoder.

    Each level halves the size with a strided 3×3 convolution; the decoder drops out, doubles the size, joins a
    narrow skip connection, and applies a 3×3 and a 1×1 convolution. The supplement with the exact network could
    not be had: the layout is that of the deep image prior, at the paper's levels, width and parameter count.
    With two convolutions a level and non-local blocks it is Ren et al.'s (SelfDeblur's) network. Their released one
    has other blocks, between the convolutions, normalises what is joined, and doubles exactly before it cuts.
    """

    join = staticmethod(Join.apply)

    def __init__(self, config: ImageNetConfig, inputs: int) -> None:
        super().__init__()
        c, s = config.channels, config.skip_channels
        common = (config.norm, config.slope, config.tracks_statistics)
        self.released = isinstance(config, ReleasedImageNet)
        above = [inputs] + [c] * (config.levels - 1)
        self.skips = nn.ModuleList(Block(a, s, 1, 1, *common) for a in above)
        self.encoder, self.decoder = nn.ModuleList(), nn.ModuleList()
        for level, a in enumerate(above, start=1):
            same: list[nn.Module] = [Block(c, c, 3, 1, *common) for _ in range(config.encoder_convolutions - 1)]
            if config.non_local_from and level >= config.non_local_from:
                same = [DotProduct(c, common[-1]), *same] if self.released else [*same, NonLocal(c)]
            self.encoder.append(nn.Sequential(Block(a, c, 3, 2, *common), *same))
            first = [nn.BatchNorm2d(c + s, track_running_stats=common[-1])] if self.released else []
            self.decoder.append(nn.Sequential(*first, Block(c + s, c, 3, 1, *common), Block(c, c, 1, 1, *common)))
        self.output = nn.Conv2d(c, 1, 1)
        self.dropout_mode = config.dropout_mode

    def forward(self, z: Tensor, dropout_rate: float, generator: Generator) -> Tensor:
        """Map z_x + eps (N, D, H, W) to samples of the image (N, 1, H, W) in (0, 1)."""
        joined = []
        for encode, skip in zip(self.encoder, self.skips, strict=True):
            joined.append(skip(z))
            z = encode(z)
        for skipped, decode in zip(reversed(joined), reversed(self.decoder), strict=True):
            z = dropout(z, dropout_rate, self.dropout_mode, generator)
            height, width = skipped.shape[-2:]
            size = tuple(2 * side for side in z.shape[-2:]) if self.released else (height, width)
            z = F.interpolate(z, size=size, mode="bilinear", align_corners=False)[..., :height, :width]
            z = decode(self.join(z, skipped))
        return torch.sigmoid(self.output(z).float())


class KernelUNet(nn.Module):
    """G_k: a 4-level, 64-channel U-Net on z_k (1, D, k, k) with a softmax over all pixels (3.1)."""

    join = staticmethod(Join.apply)

    def __init__(self, config: KernelNetConfig, kernel_size: int) -> None:
        super().__init__()
        c, slope = config.channels, config.slope
        above = [config.inputs] + [c] * (config.levels - 1)
        self.encoder = nn.ModuleList(
            nn.Sequential(Block(a, c, 3, 1, config.norm, slope), Block(c, c, 3, 1, config.norm, slope)) for a in above
        )
        self.decoder = nn.ModuleList(
            nn.Sequential(Block(2 * c, c, 3, 1, config.norm, slope), Block(c, c, 3, 1, config.norm, slope))
            for _ in above[1:]
        )
        self.output = nn.Conv2d(c, 1, 1)
        self.input_shape: tuple[int, ...] = (1, config.inputs, kernel_size, kernel_size)

    def forward(self, z: Tensor, dropout_rate: float, generator: Generator) -> Tensor:
        joined: list[Tensor] = []
        for level, encode in enumerate(self.encoder):
            z = encode(F.max_pool2d(z, 2, ceil_mode=True) if level else z)
            joined.append(z)
        for skipped, decode in zip(reversed(joined[:-1]), reversed(self.decoder), strict=True):
            z = dropout(z, dropout_rate, "element", generator)
            z = F.interpolate(z, size=skipped.shape[-2:], mode="bilinear", align_corners=False)
            z = decode(self.join(z, skipped))
        return softmax_kernel(self.output(z)[0, 0])


class KernelFullyConnected(nn.Module):
    """G_k of Ren et al. (SelfDeblur): 200 → 1000 (ReLU6) → k², softmax."""

    def __init__(self, config: KernelNetConfig, kernel_size: int) -> None:
        super().__init__()
        self.hidden, self.output = nn.Linear(200, config.hidden), nn.Linear(config.hidden, kernel_size**2)
        self.input_shape: tuple[int, ...] = (200,)
        self.kernel_size = kernel_size

    def forward(self, z: Tensor, dropout_rate: float, generator: Generator) -> Tensor:
        hidden = F.relu6(self.hidden(z))
        if dropout_rate:
            hidden = dropout(hidden[None, :, None, None], dropout_rate, "element", generator)[0, :, 0, 0]
        return softmax_kernel(self.output(hidden).view(self.kernel_size, self.kernel_size))


class KnownKernel(nn.Module):
    """In the place of G_k, a kernel that is given and stays."""

    def __init__(self, kernel: Tensor) -> None:
        super().__init__()
        self.kernel = nn.Parameter(kernel, requires_grad=False)
        self.input_shape: tuple[int, ...] = (0,)

    def forward(self, z: Tensor, dropout_rate: float, generator: Generator) -> Tensor:
        return self.kernel


def softmax_kernel(logits: Tensor) -> Tensor:
    """Non-negative and summing to 1 (2.3), in float32 whatever the network computes in."""
    return F.softmax(logits.float().flatten(), 0).view_as(logits)


def parameter_count(*modules: nn.Module) -> int:
    return sum(math.prod(p.shape) for m in modules for p in m.parameters())


def build_kernel_net(
    config: KernelNetConfig, kernel_size: int, known: Tensor | None = None
) -> "KernelUNet | KernelFullyConnected | KnownKernel":
    """G_k, or what stands in its place for a known kernel, shape (k, k), float32, sum 1.

    Raises
    ------
    InputError
        If the architecture is "known" and the kernel is not, or has another size.
    """
    if config.architecture != "known":
        kind = KernelUNet if config.architecture == "unet" else KernelFullyConnected
        return kind(config, kernel_size)
    if known is None or known.shape != (kernel_size, kernel_size):
        shape = None if known is None else tuple(known.shape)
        raise InputError(f"a known kernel of {kernel_size}×{kernel_size} px is needed, not {shape}")
    return KnownKernel(known)
