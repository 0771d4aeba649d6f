"""Algorithm 1 as a textbook has it, with PyTorch's defaults: the yardstick for what makes the solver fast.

Float32, contiguous memory, `torch.cat`, no fused optimiser, one forward and one backward pass an iteration for both
updates. The loop, the networks, the loss and the random numbers are those of `algorithm_1`.
"""

from dataclasses import replace

import torch
from torch import Tensor

from mcdeconv.core.algorithm_1 import State, initialise
from mcdeconv.core.config import SolverConfig


def torch_cat(left: Tensor, right: Tensor) -> Tensor:
    """In the place of `networks.Join`."""
    return torch.cat((left, right), 1)


def textbook_state(blurred: Tensor, kernel_size: int, config: SolverConfig, seed: int) -> State:
    """What `algorithm_1` goes on from (`resume`), without all that makes it fast.

    Parameters
    ----------
    blurred : Tensor, shape (1, 1, H, W), float32 in [0, 1], on the device to compute on
    """
    state = initialise(blurred, kernel_size, replace(config, precision="float32", update="joint"), seed)
    for net in (state.image_net, state.kernel_net):
        setattr(net, "join", torch_cat)  # noqa: B010
        net.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    state.z_x = state.z_x.contiguous()
    state.image_optimiser = torch.optim.Adam(state.image_net.parameters(), config.image_learning_rate)
    state.kernel_optimiser = torch.optim.Adam(state.kernel_net.parameters(), config.kernel_learning_rate)
    return state
