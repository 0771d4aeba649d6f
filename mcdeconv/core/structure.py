"""Structural similarity (SSIM) as a differentiable part of a loss."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

SIGMA, RADIUS, C1, C2 = 1.5, 5, 0.01**2, 0.03**2  # Wang et al. 2004, for images in [0, 1]
BELL = [math.exp(-(x**2) / (2 * SIGMA**2)) for x in range(-RADIUS, RADIUS + 1)]
PAD = {-2: (0, 0, RADIUS, RADIUS), -1: (RADIUS, RADIUS)}  # axis → as `F.pad` takes it


def structural_similarity(images: Tensor, target: Tensor) -> Tensor:
    """Mean over all pixels of Wang et al.'s SSIM, a scalar in [-1, 1], with zeros around both images.

    So has SelfDeblur's `SSIM.py`; scores count only windows wholly inside (`scoring.metrics`). `images` has the shape
    (N, 1, H, W), `target` that or (1, 1, H, W), both float32 in [0, 1].
    """
    target = target.expand_as(images)
    means = torch.cat((images, target, images * images, target * target, images * target))
    for axis, pad in PAD.items():
        # Shifted sums, no convolution: a GPU may round that to ten bits, and variances are small differences.
        size, padded = means.shape[axis], F.pad(means, pad)
        shifted = (weight / sum(BELL) * padded.narrow(axis, place, size) for place, weight in enumerate(BELL))
        means = sum(shifted, torch.zeros_like(means))
    x, y, xx, yy, xy = means.chunk(5)
    luminance, covariance = (2 * x * y + C1) / (x * x + y * y + C1), xy - x * y
    return (luminance * (2 * covariance + C2) / (xx + yy - x * x - y * y + C2)).mean()
