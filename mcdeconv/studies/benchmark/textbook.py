"""Algorithm 1 as a textbook has it, with PyTorch's defaults: the yardstick for what makes the solver fast.

Float32, contiguous memory, `torch.cat`, no fused optimiser, one forward and one backward pass an iteration for both
updates. Same networks, loss, schedules and blur as `solver.algorithm_1`; other random numbers, since it draws them as
PyTorch does.
"""

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from mcdeconv.core.algorithm_1 import fixed_input, loss
from mcdeconv.core.config import SolverConfig
from mcdeconv.core.forward import latent_shape
from mcdeconv.core.networks import ImageNet, build_kernel_net


def torch_cat(left: Tensor, right: Tensor) -> Tensor:
    """In the place of `networks.Join`."""
    return torch.cat((left, right), 1)


def plain_algorithm_1(blurred: Tensor, kernel_size: int, config: SolverConfig, seed: int) -> Iterator[float]:
    """Iterate on one image; yields the loss after each iteration.

    Parameters
    ----------
    blurred : Tensor, shape (1, 1, H, W), float32 in [0, 1], on the device to compute on
    """
    device, generator = blurred.device, torch.Generator(blurred.device).manual_seed(seed)
    torch.manual_seed(seed)
    config = replace(config, precision="float32")
    image_net = ImageNet(config.image_net, config.input_depth).to(device)
    kernel_net = build_kernel_net(config.kernel_net, kernel_size).to(device)
    image_net.join = kernel_net.join = torch_cat
    height, width = blurred.shape[-2:]
    z_x = fixed_input((1, config.input_depth, *latent_shape((height, width), kernel_size)), config).to(device)
    z_k = fixed_input(kernel_net.input_shape, config).to(device)
    noise_std = config.for_kernel_size(config.input_noise_std, kernel_size)
    optimisers = (
        torch.optim.Adam(image_net.parameters(), config.image_learning_rate),
        torch.optim.Adam(kernel_net.parameters(), config.kernel_learning_rate),
    )
    for t in range(1, config.iterations + 1):
        eps = noise_std(t) * torch.randn_like(z_x)
        sample = image_net(z_x + eps, config.dropout_rate(t), generator)
        value = loss(sample, kernel_net(z_k, 0.0, generator), blurred, config, t)
        for optimiser in optimisers:
            optimiser.zero_grad()
        value.backward()
        for optimiser in optimisers:
            optimiser.step()
        yield value.item()
