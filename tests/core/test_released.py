"""SelfDeblur as released against a literal transcription of its loop, with PyTorch's own scheduler and loss."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from mcdeconv.core.algorithm_1 import algorithm_1, initialise
from mcdeconv.core.config import KernelNetConfig, SolverConfig
from mcdeconv.core.cuda_graph import constants_of
from mcdeconv.core.networks import DotProduct, ImageNet
from mcdeconv.core.presets import PRESETS
from mcdeconv.core.released import ReleasedImageNet, SelfDeblur

SIZE = 5  # px of the kernel
TINY = SelfDeblur(
    image_net=ReleasedImageNet(levels=3, channels=6, skip_channels=2, non_local_from=2),
    kernel_net=KernelNetConfig("fully-connected", hidden=12),
    input_depth=3,
    kernel_learning_rate=1e-3,
    iterations=12,
    ssim_after=4,
    halve_after=6,
    halve_again_after=(8, 10),
)
BLURRED = torch.rand(1, 1, 32, 35, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.fixture
def double_precision(monkeypatch):
    monkeypatch.setattr(torch.Tensor, "float", lambda tensor: tensor)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def literal_ssim(one, other):
    """A 2D window, convolved with zeros around."""
    bell = torch.exp(-((torch.arange(11.0) - 5) ** 2) / (2 * 1.5**2))
    window = (bell[:, None] * bell / bell.sum() ** 2)[None, None]
    mean = [F.conv2d(image, window, padding=5) for image in (one, other)]
    spread = [F.conv2d(a * b, window, padding=5) for a, b in ((one, one), (other, other), (one, other))]
    variances = [spread[0] - mean[0] ** 2, spread[1] - mean[1] ** 2]
    upper = (2 * mean[0] * mean[1] + 0.01**2) * (2 * (spread[2] - mean[0] * mean[1]) + 0.03**2)
    return (upper / ((mean[0] ** 2 + mean[1] ** 2 + 0.01**2) * (sum(variances) + 0.03**2))).mean()


def literal_losses(config, seed, switches=True):
    """One Adam with two groups, and a scheduler; the kernel is turned, as convolution has it."""
    state = initialise(BLURRED, SIZE, config, seed)
    g_x, g_k = copy.deepcopy(state.image_net), copy.deepcopy(state.kernel_net)
    draws = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam([{"params": g_x.parameters()}, {"params": g_k.parameters(), "lr": 1e-3}], lr=0.01)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(adam, milestones=[6, 8, 10], gamma=0.5)
    depth, height, width = state.z_x.shape[1:]
    found = []
    for step in range(12):
        noise = torch.empty((1, height, width, depth)).normal_(generator=draws).permute(0, 3, 1, 2)
        x, k = g_x(state.z_x + 0.001 * noise, 0.0, draws), g_k(state.z_k, 0.0, draws)
        y = F.conv2d(x, k.flip(0, 1)[None, None])
        value = F.mse_loss(y, BLURRED) if step < 4 or not switches else 1 - literal_ssim(y, BLURRED)
        adam.zero_grad()
        value.backward()
        adam.step()
        scheduler.step()
        found.append(value.item())
    return found


@pytest.mark.usefixtures("double_precision")
def test_it_takes_the_steps_of_the_released_loop():
    losses = [state.losses[-1] for state in algorithm_1(BLURRED, SIZE, TINY, seed=3)]
    np.testing.assert_allclose(losses, literal_losses(TINY, 3), rtol=1e-8)


@pytest.mark.usefixtures("double_precision")
def test_without_a_switch_it_stays_with_the_squared_error():
    config = replace(TINY, ssim_after=None)
    losses = [state.losses[-1] for state in algorithm_1(BLURRED, SIZE, config, seed=3)]
    np.testing.assert_allclose(losses, literal_losses(config, 3, switches=False), rtol=1e-8)


@pytest.mark.parametrize(
    ("preset", "last_of_squares", "halvings"),
    [
        ("selfdeblur", 1000, (2000, 3000, 4000)),
        ("selfdeblur-lai", 500, (2000, 3000, 4000)),
        ("selfdeblur-colour", 500, (1600, 1900, 2200)),
        ("selfdeblur-tv", 5000, (2000, 3000, 4000)),
    ],
)
def test_switch_and_rates_at_their_edges(preset, last_of_squares, halvings):
    config = PRESETS[preset]
    assert not config.structural(last_of_squares) and config.structural(last_of_squares + 1) == ("tv" not in preset)
    for number, after in enumerate(halvings):
        assert config.rate(0.01, after) == 0.01 / 2**number and config.rate(0.01, after + 1) == 0.005 / 2**number


@pytest.mark.parametrize("after", [None, 1000])
def test_a_shorter_run_switches_and_halves_at_the_same_share(after):
    short = SelfDeblur(ssim_after=after).with_iterations(500)
    assert (short.ssim_after, short.halve_after, short.halve_again_after) == (after and 100, 200, (300, 400))
    assert short.with_iterations(5000) == SelfDeblur(ssim_after=after)


def test_the_papers_method_never_switches():
    assert not any(SolverConfig().structural(t) for t in (1, 1001, 5000))


def test_the_switch_needs_a_new_recording():
    state = initialise(BLURRED.float(), SIZE, TINY, 0)
    found = []
    for state.iteration in (3, 4, 5, 6):
        found.append(constants_of(state))
    assert found[0] == found[1] != found[2] == found[3]


# --- its image network


def test_the_non_local_block_is_that_of_its_formula():
    """x + BN(W y), y_i = sum over the halved keys j of <theta_i, phi_j> g_j / their number; nothing at the start."""
    torch.manual_seed(0)
    block, x = DotProduct(6, tracks=False), torch.randn(1, 6, 9, 8)
    assert torch.equal(block(x), x)
    nn.init.normal_(block.norm.weight)
    theta = block.query(x)[0].flatten(1)
    phi, g = (F.max_pool2d(f(x), 2)[0].flatten(1) for f in (block.key, block.value))
    y = torch.zeros(3, 72)
    for i in range(72):
        for j in range(16):
            y[:, i] += (theta[:, i] @ phi[:, j]) * g[:, j] / 16
    expected = x + block.norm(block.output(y.view(1, 3, 9, 8)))
    torch.testing.assert_close(block(x), expected, atol=1e-5, rtol=1e-4)


def test_blocks_stand_between_the_convolutions_from_the_third_level_on():
    net = ImageNet(ReleasedImageNet(channels=8, skip_channels=2), 4)
    assert [[type(part).__name__ for part in encode] for encode in net.encoder] == (
        [["Block", "Block"]] * 2 + [["Block", "DotProduct", "Block"]] * 3
    )
    assert all(isinstance(decode[0], nn.BatchNorm2d) and decode[0].num_features == 10 for decode in net.decoder)


@pytest.mark.parametrize("shape", [(34, 34), (45, 51)])
def test_any_size_comes_out_as_it_went_in(shape):
    net = ImageNet(ReleasedImageNet(channels=8, skip_channels=2), 4)
    images = net(torch.rand(2, 4, *shape), 0.0, torch.Generator())
    assert images.shape == (2, 1, *shape) and 0 < images.min() < images.max() < 1


def test_enlarging_doubles_and_cuts(monkeypatch):
    """Not stretched by 17 / 9: pixel 0 and the last keep their place in a grid of exactly half the spacing."""
    sizes, plain = [], F.interpolate
    monkeypatch.setattr(F, "interpolate", lambda z, size, **how: sizes.append(tuple(size)) or plain(z, size, **how))
    net = ImageNet(ReleasedImageNet(levels=2, channels=4, skip_channels=2, non_local_from=None), 4)
    net(torch.rand(1, 4, 33, 34), 0.0, torch.Generator())
    assert sizes == [(18, 18), (34, 34)]
