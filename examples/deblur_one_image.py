"""Blind deconvolution of one image: y = k ⊗ x + n, and nothing but y is known. At the size of tier quick.

python examples/deblur_one_image.py [ITERATIONS] [PICTURE]
"""

import sys

import matplotlib.pyplot as plt
import torch

from mcdeconv.core.config import ImageNetConfig, KernelNetConfig
from mcdeconv.core.forward import convolve
from mcdeconv.core.networks import ImageNet, KernelFullyConnected
from mcdeconv.data.datasets import load_item

T = int(sys.argv[1]) if len(sys.argv) > 1 else 1500  # iterations
item = load_item("synthetic-levin", "coins_kernel_03")
y = torch.tensor(item.blurred, dtype=torch.float32)[None, None]
k_size, mu, draws = item.kernel_size, 1e-4, torch.Generator().manual_seed(0)

# Two random networks stand for the image and the kernel: x = G_x(z_x), k = G_k(z_k), (6) and (10); G_k is Ren et al.'s
torch.manual_seed(0)
G_x = ImageNet(ImageNetConfig(levels=5, channels=16, skip_channels=16), inputs=8)
G_k = KernelFullyConnected(KernelNetConfig(), k_size)
z_x = 0.1 * torch.rand(1, 8, y.shape[2] + k_size - 1, y.shape[3] + k_size - 1)
z_k = 0.1 * torch.rand(G_k.input_shape)
adam = torch.optim.Adam([{"params": G_x.parameters(), "lr": 1e-2}, {"params": G_k.parameters(), "lr": 1e-4}])


def loss(x: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    """The cost (27): the data term (24) of one sample, and mu ‖k‖²."""
    return (convolve(x, k) - y).square().sum() + mu * k.square().sum()


# Dropout M ~ B(p0) and noise eps ~ N(0, sigma0²) make every iteration a Monte-Carlo sample of the image, (19) and (20)
for t in range(1, T + 1):
    p0 = 0.3 if t <= 0.3 * T else 0.001
    sigma0 = 0.01 if t <= 0.7 * T else 0.001
    if t == round(0.6 * T):  # 3,000 of 5,000 (3.1)
        adam.param_groups[0]["lr"], adam.param_groups[1]["lr"] = 5e-3, 5e-5
    eps = sigma0 * torch.randn(z_x.shape, generator=draws)
    value = loss(G_x(z_x + eps, p0, draws), G_k(z_k, 0.0, draws))
    adam.zero_grad()
    value.backward()
    adam.step()

with torch.no_grad():
    x, k = G_x(z_x, 0.0, draws)[0, 0], G_k(z_k, 0.0, draws)
for place, (title, picture) in enumerate(
    {"blurred": y[0, 0], "restored": x, "kernel": k, "sharp": item.sharp}.items(), 1
):
    plt.subplot(1, 4, place, title=title, xticks=[], yticks=[])
    plt.imshow(picture, cmap="gray")
plt.savefig(sys.argv[2] if len(sys.argv) > 2 else "deblurred.png", dpi=150, bbox_inches="tight")
print(f"loss {value.item():.4f} after {T} iterations")
