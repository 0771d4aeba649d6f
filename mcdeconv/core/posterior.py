"""The distribution that the trained network stands for: samples, mean and standard deviation of the image."""

import torch
from torch import Generator, Tensor

from mcdeconv.core.algorithm_1 import State, read_out
from mcdeconv.core.forward import centring_shift, crop_to_blurred
from mcdeconv.errors import InputError


class Posterior:
    """Samples of x by equation (20), from the state of a run after any iteration.

    Drawing uses random numbers of its own, so looking at a run never changes how it goes on.

    Parameters
    ----------
    state : State
    noise_std, dropout_rate : float, optional
        sigma0 and p0 of the draws; by default those of the state's iteration.
    """

    def __init__(self, state: State, noise_std: float | None = None, dropout_rate: float | None = None) -> None:
        iteration = max(1, state.iteration)
        self.state = state
        self.noise_std = state.noise_std(iteration) if noise_std is None else noise_std
        self.dropout_rate = state.config.dropout_rate(iteration) if dropout_rate is None else dropout_rate

    @torch.no_grad()
    def samples(self, count: int, seed: int = 0) -> Tensor:
        """`count` independent images under the blurred one, shape (count, H, W), float32 in (0, 1)."""
        generator = Generator(self.state.z_x.device).manual_seed(seed)
        net = self.state.image_net
        net.train(not self.state.config.image_net.tracks_statistics)
        drawn = [self.state.draw(1, self.noise_std, self.dropout_rate, generator) for _ in range(count)]
        net.train()
        shift = centring_shift(read_out(self.state)[1].cpu().numpy())
        return crop_to_blurred(torch.cat(drawn), self.state.kernel_size, shift)[:, 0]

    def mean(self, count: int = 10, seed: int = 0) -> Tensor:
        """Mean of `count` samples, shape (H, W)."""
        return self.samples(count, seed).mean(0)

    def std(self, count: int = 10, seed: int = 0) -> Tensor:
        """Pixelwise standard deviation of `count` ≥ 2 samples, shape (H, W); Figure 3 (e) uses 10."""
        if count < 2:
            raise InputError(f"a standard deviation needs at least 2 samples, not {count}")
        return self.samples(count, seed).std(0)
