"""Samples, mean and standard deviation: against NumPy, and without a trace left in the run that is looked at."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from mcdeconv.core.algorithm_1 import algorithm_1, initialise, read_out
from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig
from mcdeconv.core.forward import centring_shift
from mcdeconv.core.posterior import Posterior
from mcdeconv.core.schedules import Step

TINY = SolverConfig(
    image_net=ImageNetConfig(levels=2, channels=6, skip_channels=2),
    kernel_net=KernelNetConfig(levels=2, channels=4, inputs=3),
    input_depth=3,
    dropout_rate=Step(0.3, 0.001, 4),
    input_noise_std=Step(0.05, 0.02, 5),
    small_kernel_noise_std=0.05,
    kernel_learning_rate=3e-2,
    iterations=8,
)
TRACKING = replace(TINY, image_net=replace(TINY.image_net, tracks_statistics=True))
INSTANCE_TRACKING = replace(TINY, image_net=replace(TINY.image_net, norm="instance", tracks_statistics=True))
RANDOM_READ_OUT = replace(TINY, readout_dropout=True, dropout_rate=Step(0.3, 0.3, 4))
CONFIGS = pytest.mark.parametrize(
    "config",
    [TINY, TRACKING, INSTANCE_TRACKING, RANDOM_READ_OUT],
    ids=["batch", "tracking", "instance", "random-read-out"],
)
HEIGHT, WIDTH, KERNEL_SIZE = 32, 37, 7


def trained(config=TINY, iterations=8, observe=lambda state: None):
    y = torch.from_numpy(np.random.default_rng(0).random((1, 1, HEIGHT, WIDTH), dtype=np.float32))
    state = initialise(y, KERNEL_SIZE, config, seed=2)
    for _ in zip(range(iterations), algorithm_1(y, KERNEL_SIZE, config, resume=state), strict=False):
        observe(state)
    return state


def everything(state):
    """All weights and buffers by name."""
    return {
        f"{name}.{key}": value.clone()
        for name in ("image_net", "kernel_net")
        for key, value in getattr(state, name).state_dict().items()
    }


def assert_same(one, two):
    assert one.keys() == two.keys()
    assert all(torch.equal(value, two[key]) for key, value in one.items())


def look(state):
    posterior = Posterior(state)
    posterior.samples(2, seed=state.iteration)
    posterior.mean(2)
    posterior.std(2)
    read_out(state)


@CONFIGS
def test_looking_at_a_run_does_not_change_how_it_goes_on(config):
    unseen, seen = trained(config), trained(config, observe=look)
    assert seen.losses == unseen.losses and len(set(seen.losses)) == 8
    assert_same(everything(seen), everything(unseen))
    assert torch.equal(seen.generator.get_state(), unseen.generator.get_state())


@CONFIGS
def test_looking_leaves_weights_buffers_gradients_and_mode_alone(config):
    state = trained(config)
    before, draws = everything(state), state.generator.get_state()
    gradients = [p.grad.clone() for p in state.image_net.parameters()]
    look(state)
    assert_same(everything(state), before)
    assert torch.equal(state.generator.get_state(), draws)
    assert all(torch.equal(p.grad, g) for p, g in zip(state.image_net.parameters(), gradients, strict=True))
    assert all(module.training for module in state.image_net.modules())
    assert any("running" in name for name in before) == config.image_net.tracks_statistics


def test_mean_and_standard_deviation_are_numpys_over_the_samples():
    posterior = Posterior(trained())
    samples = posterior.samples(6, seed=4).numpy()
    assert samples.shape == (6, HEIGHT, WIDTH) and samples.dtype == np.float32
    np.testing.assert_allclose(posterior.mean(6, seed=4), samples.mean(0), atol=1e-6)
    np.testing.assert_allclose(posterior.std(6, seed=4), samples.std(0, ddof=1), atol=1e-6)
    assert samples.std(0).min() > 0 and 0 < samples.min() < samples.max() < 1


def test_samples_are_the_seeds_and_independent_of_one_another():
    posterior = Posterior(trained(), noise_std=0.05, dropout_rate=0.3)
    samples = posterior.samples(5, seed=1)
    assert torch.equal(samples, posterior.samples(5, seed=1))
    assert torch.equal(samples[:3], posterior.samples(3, seed=1))  # more samples go on where fewer ended
    assert not torch.equal(samples, posterior.samples(5, seed=2))
    deviations = (samples - samples.mean(0)).flatten(1).numpy()
    assert all(not np.array_equal(a, b) for i, a in enumerate(deviations) for b in deviations[:i])


def test_samples_lie_where_the_centred_kernel_puts_the_image():
    state = trained()
    with torch.no_grad():
        state.kernel_net.output.weight.zero_()  # a flat kernel …
        state.kernel_net.output.bias.zero_()
    flat = Posterior(state).samples(1, seed=3)
    kernel = torch.zeros(KERNEL_SIZE, KERNEL_SIZE)
    kernel[1, 5] = 1  # … and one two pixels up and right of the centre
    assert centring_shift(kernel.numpy()) == (2, -2)
    state.kernel_net.forward = lambda *_: kernel
    moved = Posterior(state).samples(1, seed=3)
    assert torch.equal(moved[:, :-2, 2:], flat[:, 2:, :-2])


@pytest.mark.parametrize("config", [TINY, TRACKING], ids=["current", "running"])
def test_without_dropout_and_noise_nothing_spreads(config):
    state = trained(config)
    posterior = Posterior(state, noise_std=0.0, dropout_rate=0.0)
    assert posterior.std(5).max() == 0
    latent, kernel = read_out(state)
    top, left = (KERNEL_SIZE // 2 + move for move in centring_shift(kernel.numpy()))
    assert torch.equal(posterior.samples(1)[0], latent[top : top + HEIGHT, left : left + WIDTH])


def test_each_source_spreads_and_more_spreads_more():
    state = trained()
    spread = {
        sources: Posterior(state, *sources).std(10).mean().item()
        for sources in ((0.01, 0.0), (0.05, 0.0), (0.0, 0.01), (0.0, 0.3))
    }
    assert 0 < spread[0.01, 0.0] < spread[0.05, 0.0]
    assert 0 < spread[0.0, 0.01] < spread[0.0, 0.3]


@pytest.mark.parametrize(
    ("iterations", "sigma0", "p0"), [(0, 0.05, 0.3), (4, 0.05, 0.3), (5, 0.05, 0.001), (6, 0.02, 0.001)]
)
def test_draws_are_as_random_as_the_iteration(iterations, sigma0, p0):
    state = trained(iterations=iterations)
    assert torch.equal(Posterior(state).samples(2), Posterior(state, sigma0, p0).samples(2))
    assert not torch.equal(Posterior(state).samples(2), Posterior(state, sigma0, 0.1).samples(2))


def test_read_out_is_the_noise_free_image_and_kernel():
    state = trained()
    latent, kernel = read_out(state)
    assert latent.shape == (HEIGHT + KERNEL_SIZE - 1, WIDTH + KERNEL_SIZE - 1)
    assert not latent.requires_grad and not kernel.requires_grad
    with torch.no_grad():
        assert torch.equal(latent, state.image_net(state.z_x, 0.0, torch.Generator())[0, 0])
        assert torch.equal(kernel, state.kernel_net(state.z_k, 0.0, torch.Generator()))


def test_read_out_with_dropout_is_one_fixed_draw():
    state, twin = trained(RANDOM_READ_OUT), trained(replace(RANDOM_READ_OUT, readout_dropout=False))
    assert torch.equal(read_out(state)[0], read_out(state)[0])
    assert (read_out(state)[0] - read_out(twin)[0]).abs().max() > 1e-3


@pytest.mark.parametrize("config", [TRACKING, INSTANCE_TRACKING], ids=["batch", "instance"])
def test_running_statistics_are_those_gathered_in_training(config):
    state = trained(config)
    latent = read_out(state)[0]
    with torch.no_grad():
        state.image_net.eval()
        running = state.image_net(state.z_x, 0.0, torch.Generator())[0, 0]
        state.image_net.train()
        current = state.image_net(state.z_x, 0.0, torch.Generator())[0, 0]
    assert torch.equal(latent, running) and (latent - current).abs().max() > 1e-3
