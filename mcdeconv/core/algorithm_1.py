"""Algorithm 1: train G_x and G_k on one blurred image by Monte-Carlo sampling of the image network."""

import math
from collections.abc import Callable, Iterator
from collections.abc import Generator as Iterations
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor

from mcdeconv.core.config import Precision, SolverConfig
from mcdeconv.core.device import usable_precision
from mcdeconv.core.forward import convolve, latent_shape
from mcdeconv.core.networks import ImageNet, build_kernel_net
from mcdeconv.core.schedules import Step
from mcdeconv.core.structure import structural_similarity
from mcdeconv.errors import RunFailed


@dataclass
class State:
    """All that a run is at one iteration; `state_dict` saves it so that it goes on to the last bit."""

    config: SolverConfig
    kernel_size: int
    noise_std: Step  # sigma0 of G_x for this kernel size
    kernel_noise_std: Step  # and of G_k
    image_net: torch.nn.Module
    kernel_net: torch.nn.Module
    image_optimiser: torch.optim.Optimizer
    kernel_optimiser: torch.optim.Optimizer
    z_x: Tensor
    z_k: Tensor
    generator: Generator
    precision: Precision  # that the device has
    iteration: int = 0
    losses: list[float] = field(default_factory=list)
    late_kernels: list[Tensor] = field(default_factory=list)  # a few of the last quarter; see solve.py
    stream: torch.cuda.Stream | None = None  # of the GPU that the iterations are queued on; None: the current one
    seconds: float = 0.0  # spent on the iterations so far, by all the calls that it took; see solve.py
    stopped: bool = False  # whoever watches the run may set it: no further iteration

    _MODULES = ("image_net", "kernel_net", "image_optimiser", "kernel_optimiser")

    def draw(self, count: int, noise_std: float, dropout_rate: float, generator: Generator) -> Tensor:
        """G_x(z_x + eps; theta_x, M) for `count` draws of eps ~ N(0, noise_std²) and M ~ B(dropout_rate), (20)."""
        z = self.z_x.expand(count, -1, -1, -1)
        if noise_std:
            z = z + noise_std * gaussian_like(z, generator)
        with torch.autocast(z.device.type, torch.bfloat16, enabled=self.precision != "float32"):
            return self.image_net(z, dropout_rate, generator)

    def state_dict(self) -> dict:
        saved = {name: getattr(self, name).state_dict() for name in self._MODULES}
        return saved | {
            "generator": self.generator.get_state(),
            "iteration": self.iteration,
            "losses": list(self.losses),
            "late_kernels": list(self.late_kernels),
            "seconds": self.seconds,
        }

    def load_state_dict(self, saved: dict) -> None:
        for name in self._MODULES:
            getattr(self, name).load_state_dict(saved[name])
        self.generator.set_state(saved["generator"].cpu())
        self.iteration, self.losses = saved["iteration"], list(saved["losses"])
        self.late_kernels, self.seconds = list(saved["late_kernels"]), saved["seconds"]


Update = Callable[[Tensor | None], tuple[Tensor, Tensor | None]]
Accelerator = Callable[[State, Update], AbstractContextManager[Callable[[], None]]]


@contextmanager
def one_by_one(state: State, update: Update) -> Iterator[Callable[[], None]]:
    """Run the updates of every iteration as they stand, and wait for the loss of each."""
    kernel: Tensor | None = None

    def run() -> None:
        nonlocal kernel
        value, kernel = update(kernel)
        state.losses.append(finite(value.item()))

    yield run


def algorithm_1(
    blurred: Tensor,
    kernel_size: int,
    config: SolverConfig,
    seed: int = 0,
    *,
    known_kernel: Tensor | None = None,
    resume: State | None = None,
    accelerator: Accelerator = one_by_one,
) -> Iterations[State, None, tuple[Tensor, Tensor]]:
    """Algorithm 1 on one blurred image, (1, 1, H, W) in [0, 1]; yields its state after each iteration, returns x and k.

    `resume` is the state of a run to go on with, `accelerator` what runs the updates: `one_by_one` or a CUDA graph.
    """
    state = resume or initialise(blurred, kernel_size, config, seed, known_kernel)  # line 2: z_x, z_k, theta_x, theta_k

    def update(kernel: Tensor | None) -> tuple[Tensor, Tensor | None]:
        t = state.iteration
        samples = sample_images(state)  # line 4: draw eps and M, then G_x(z_x + eps; theta_x, M)
        if kernel is None or config.randomises_kernel:
            kernel = predict_kernel(state)
        if config.update == "joint":  # not the paper's: both at once, as Ren et al. do
            value = loss(samples, kernel, blurred, config, t)
            return descend(value, state.kernel_optimiser, state.image_optimiser), None
        descend(loss(samples.detach(), kernel, blurred, config, t), state.kernel_optimiser)  # line 5: theta_k
        kernel = predict_kernel(state)  # serves line 5 of the next iteration too: line 6 leaves theta_k alone
        value = loss(samples, kernel.detach(), blurred, config, t)
        return descend(value, state.image_optimiser), kernel  # line 6: theta_x, with the samples of line 4

    with accelerator(state, update) as run:  # run() is update(), lines 4 to 6
        while state.iteration < config.last_iteration and not state.stopped:  # line 3: for t = 1 … T
            state.iteration += 1
            set_learning_rates(state)
            run()
            yield state  # line 7: end for
    return read_out(state)  # line 8: x and k without noise and dropout


def sample_images(state: State) -> Tensor:
    """N samples of the image at this iteration's p0 and sigma0, shape (N, 1, H + k - 1, W + k - 1)."""
    t, config = state.iteration, state.config
    return state.draw(config.samples, state.noise_std(t), config.dropout_rate(t), state.generator)


def predict_kernel(state: State) -> Tensor:
    """G_k(z_k; theta_k), shape (k, k); randomised only in the variants of Figures 9 and 10."""
    t, config, z = state.iteration, state.config, state.z_k
    if noise_std := state.kernel_noise_std(t):
        z = z + noise_std * torch.empty_like(z).normal_(generator=state.generator)
    return state.kernel_net(z, config.kernel_dropout_rate(t), state.generator)


def loss(samples: Tensor, kernel: Tensor, blurred: Tensor, config: SolverConfig, t: int) -> Tensor:
    """The cost (27) at iteration t: the Monte-Carlo mean of (24) plus mu ‖k‖², and for (8) lambda ‖∇x‖₁."""

    def over_pixels(values: Tensor) -> Tensor:
        """Their sum or mean over pixels, and the mean over samples."""
        return values.mean() if config.data_term == "mean" else values.flatten(1).sum(1).mean()

    predicted = convolve(samples, kernel)
    if config.structural(t):  # not the paper's: Ren et al. go over to it
        data = (1 - structural_similarity(predicted, blurred)) * (blurred.numel() if config.data_term == "sum" else 1)
    else:
        data = over_pixels((predicted - blurred).square())
    total = data + config.mu(t) * kernel.square().sum()
    if config.tv_weight:
        vertical, horizontal = samples.diff(dim=-2).abs(), samples.diff(dim=-1).abs()
        total = total + config.tv_weight * (over_pixels(vertical) + over_pixels(horizontal))
    return total


def descend(value: Tensor, *optimisers: torch.optim.Optimizer) -> Tensor:
    """One Adam step down a loss, which is returned."""
    for optimiser in optimisers:
        optimiser.zero_grad()
    value.backward()
    for optimiser in optimisers:
        optimiser.step()
    return value.detach()


@torch.no_grad()
def read_out(state: State) -> tuple[Tensor, Tensor]:
    """Line 8 of Algorithm 1: x = G_x(z_x; theta_x) without noise, (H + k - 1, W + k - 1), and k = G_k(z_k; theta_k)."""
    config = state.config
    generator = Generator(state.z_x.device).manual_seed(0)
    dropout_rate = config.dropout_rate(max(1, state.iteration)) if config.readout_dropout else 0.0
    state.image_net.train(not config.image_net.tracks_statistics)
    latent = state.draw(1, 0.0, dropout_rate, generator)[0, 0]
    state.image_net.train()
    return latent, state.kernel_net(state.z_k, 0.0, generator)


def set_learning_rates(state: State) -> None:
    config = state.config
    for optimiser, initial in (
        (state.image_optimiser, config.image_learning_rate),
        (state.kernel_optimiser, config.kernel_learning_rate),
    ):
        for group in optimiser.param_groups:
            group["lr"] = config.rate(initial, state.iteration)


def initialise(
    blurred: Tensor, kernel_size: int, config: SolverConfig, seed: int, known_kernel: Tensor | None = None
) -> State:
    """Networks with random weights and the fixed inputs z_x, z_k (Algorithm 1, line 2), all from one seed.

    On the device of `blurred`, (1, 1, H, W). `known_kernel`, (k, k), stands in the place of G_k where the configuration
    says that the kernel is known.
    """
    device = blurred.device
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        image_net = ImageNet(config.image_net, config.input_depth)
        kernel_net = build_kernel_net(config.kernel_net, kernel_size, known_kernel)
        z_x = fixed_input(
            (1, config.input_depth, *latent_shape((blurred.shape[-2], blurred.shape[-1]), kernel_size)), config
        )
        z_k = fixed_input(kernel_net.input_shape, config)
    image_net = image_net.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    z_x = z_x.to(device=device, memory_format=torch.channels_last)
    kernel_net, z_k = kernel_net.to(device), z_k.to(device)
    return State(
        config,
        kernel_size,
        config.for_kernel_size(config.input_noise_std, kernel_size),
        config.for_kernel_size(config.kernel_input_noise_std, kernel_size),
        image_net,
        kernel_net,
        adam(image_net, config.image_learning_rate, device),
        adam(kernel_net, config.kernel_learning_rate, device),
        z_x,
        z_k,
        Generator(device).manual_seed(seed),
        usable_precision(config.precision, device.type),
    )


def adam(net: torch.nn.Module, rate: float, device: torch.device) -> torch.optim.Adam:
    """One fused kernel where the device has it; on a GPU with its step count there, so that a graph can record it."""
    return torch.optim.Adam(net.parameters(), rate, fused=device.type != "mps", capturable=device.type == "cuda")


def fixed_input(shape: tuple[int, ...], config: SolverConfig) -> Tensor:
    """z ~ U(0, scale) (3.1) or N(0, scale²) (Algorithm 1, line 2)."""
    draw = torch.rand if config.input_law == "uniform" else torch.randn
    return config.input_scale * draw(shape)


def gaussian_like(z: Tensor, generator: Generator) -> Tensor:
    """N(0, 1) of z's shape, (N, D, H, W), drawn in the order in which z lies in memory: nine times as fast."""
    if z.is_contiguous():
        return torch.empty_like(z).normal_(generator=generator)
    count, depth, height, width = z.shape
    drawn = torch.empty((count, height, width, depth), dtype=z.dtype, device=z.device).normal_(generator=generator)
    return drawn.permute(0, 3, 1, 2)


def finite(value: float) -> float:
    """The loss; NaN or infinity ends the run."""
    if not math.isfinite(value):
        raise Diverged(f"the loss became {value}")
    return value


class Diverged(RunFailed):
    """The loss is no longer a number."""
