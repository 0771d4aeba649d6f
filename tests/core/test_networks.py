"""The networks: shapes, what makes their output an image or a kernel, and where and how they drop out."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from torch.nn import functional as F

from mcdeconv.core import networks
from mcdeconv.core.config import ImageNetConfig, KernelNetConfig
from mcdeconv.core.networks import Block, ImageNet, Join, NonLocal, build_kernel_net, dropout

ARCHITECTURES = ("unet", "fully-connected")


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def image_net(levels=3, channels=8, skip_channels=2, seed=0, **settings):
    torch.manual_seed(seed)
    return ImageNet(ImageNetConfig(levels, channels, skip_channels, **settings), inputs=4)


def kernel_net(size, seed=0, levels=4, **settings):
    torch.manual_seed(seed)
    return build_kernel_net(KernelNetConfig(levels=levels, channels=6, hidden=16, **settings), size)


def noise(*shape, seed=1):
    return torch.randn(shape, generator=generator(seed))


@settings(deadline=None, max_examples=12)
@given(st.integers(17, 49), st.integers(17, 49), st.integers(1, 3), st.sampled_from(("batch", "instance", "none")))
def test_image_net_keeps_the_size_and_gives_an_image(height, width, count, norm):
    images = image_net(norm=norm)(noise(count, 4, height, width), 0.3, generator())
    assert images.shape == (count, 1, height, width) and images.dtype == torch.float32
    assert 0 < images.min() < images.max() < 1


def test_six_levels_work_on_the_smallest_image():
    """32 px and a 3 px kernel: 34 px come down to 1 px, which has no spread that BatchNorm could divide by."""
    images = image_net(levels=6)(noise(1, 4, 34, 34), 0.3, generator())
    assert images.shape == (1, 1, 34, 34) and images.isfinite().all()


@pytest.mark.parametrize("levels", [2, 3, 6])
def test_image_net_halves_the_size_at_each_level(levels, monkeypatch):
    sizes = []
    net = image_net(levels)
    for encode in net.encoder:
        encode.register_forward_hook(lambda module, inputs, output: sizes.append(output.shape[2:]))
    net(noise(1, 4, 67, 70), 0.0, generator())
    expected = [(67, 70)]
    for _ in range(levels):
        expected.append(tuple((side + 1) // 2 for side in expected[-1]))
    assert sizes == expected[1:]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@settings(deadline=None, max_examples=15)
@given(st.integers(1, 15), st.integers(0, 1000), st.floats(0.1, 10))
def test_kernel_net_gives_a_kernel_whatever_its_weights(architecture, half, seed, scale):
    size = 2 * half + 1
    net = kernel_net(size, seed, architecture=architecture)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(scale)
        kernel = net(noise(*net.input_shape), 0.2, generator())
    assert kernel.shape == (size, size) and kernel.dtype == torch.float32
    assert kernel.min() >= 0 and kernel.max() > 0
    assert kernel.double().sum().item() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("size", range(3, 33, 2))
@pytest.mark.parametrize("norm", ["none", "batch"])
def test_kernel_unet_takes_every_kernel_size(size, norm):
    net = kernel_net(size, norm=norm)
    assert net.input_shape == (1, 8, size, size)
    one, two = (net(noise(*net.input_shape, seed=seed), 0.0, generator()) for seed in (1, 2))
    assert one.shape == (size, size)
    assert not torch.allclose(one, two)  # it depends on z_k


def test_fully_connected_kernel_net_by_hand():
    net = kernel_net(5, architecture="fully-connected")
    z = 10 * noise(200)
    w1, b1, w2, b2 = (p.detach().numpy().astype(float) for p in net.parameters())
    before = w1 @ z.numpy() + b1
    assert before.max() > 6 and before.min() < 0  # both ends of ReLU6 are in play
    expected = softmax(w2 @ np.clip(before, 0, 6) + b2).reshape(5, 5)
    np.testing.assert_allclose(net(z, 0.0, generator()).detach(), expected, rtol=1e-4)


# --- dropout


@pytest.mark.parametrize("rate", [0.3, 0.5, 0.05])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_dropout_rate_and_scale(rate, dtype):
    kept = dropout(torch.ones(4, 50, 40, 40, dtype=dtype), rate, "element", generator()).double()
    assert kept.unique().tolist() == pytest.approx([0, 1 / (1 - rate)], rel=4e-3 if dtype == torch.bfloat16 else 1e-6)
    error = 4 * np.sqrt(rate * (1 - rate) / kept.numel())  # four standard errors
    assert (kept == 0).double().mean().item() == pytest.approx(rate, abs=error)
    assert kept.mean().item() == pytest.approx(1, abs=error / (1 - rate) + 4e-3 * (dtype == torch.bfloat16))


def test_low_dropout_rate_survives_bfloat16():
    """1 - 0.001 is not a bfloat16 number; the rate after the drop (3.1) must not become 0."""
    kept = dropout(torch.ones(1, 100, 100, 100, dtype=torch.bfloat16), 0.001, "element", generator())
    assert (kept == 0).double().mean().item() == pytest.approx(0.001, rel=0.15)


def test_dropout_of_elements_and_of_channels():
    features = 1 + torch.rand(3, 64, 5, 7, generator=generator())
    dropped = {mode: dropout(features, 0.5, mode, generator(1)) == 0 for mode in ("element", "channel")}
    # over a channel's pixels: all alike, or mixed (all 35 alike by chance: 6e-11)
    whole = {mode: mask.flatten(2).all(2) | ~mask.flatten(2).any(2) for mode, mask in dropped.items()}
    assert whole["channel"].all() and not whole["element"].any()
    channels = dropped["channel"][:, :, 0, 0].double()
    assert 0.3 < channels.mean() < 0.7
    assert not torch.equal(channels[0], channels[1])  # every sample draws its own M


@pytest.mark.parametrize("mode", ["element", "channel"])
def test_dropout_draws_from_its_generator_alone(mode):
    features = noise(2, 8, 6, 6)
    torch.manual_seed(1)
    first = dropout(features, 0.4, mode, generator(5))
    torch.manual_seed(2)
    before = torch.get_rng_state()
    assert torch.equal(first, dropout(features, 0.4, mode, generator(5)))
    assert not torch.equal(first, dropout(features, 0.4, mode, generator(6)))
    assert torch.equal(before, torch.get_rng_state())


def test_dropout_rate_0_leaves_features_and_generator_alone():
    draws = generator()
    state, features = draws.get_state(), noise(1, 2, 3, 3)
    assert torch.equal(dropout(features, 0.0, "element", draws), features)
    assert torch.equal(draws.get_state(), state)


def events_of(net, z, rate, monkeypatch):
    """The calls of dropout and of re-scaling in one forward pass: (what, shape it works on, rate or mode)."""
    events = []
    drop, rescale = networks.dropout, F.interpolate

    def recorded_dropout(features, rate, mode, draws):
        events.append(("dropout", tuple(features.shape), rate, mode))
        return drop(features, rate, mode, draws)

    def recorded_rescale(features, **settings):
        events.append(("re-scaling", tuple(features.shape), tuple(settings["size"])))
        return rescale(features, **settings)

    monkeypatch.setattr(networks, "dropout", recorded_dropout)
    monkeypatch.setattr(networks.F, "interpolate", recorded_rescale)
    net(z, rate, generator())
    return events


@pytest.mark.parametrize("mode", ["element", "channel"])
@pytest.mark.parametrize("levels", [2, 4])
def test_image_net_drops_out_before_every_rescaling(levels, mode, monkeypatch):
    """3.1: "a dropout layer before each re-scaling in the Decoder sub-network"."""
    events = events_of(image_net(levels, dropout_mode=mode), noise(2, 4, 33, 40), 0.25, monkeypatch)
    sizes = [(33, 40)]
    for _ in range(levels):
        sizes.insert(0, tuple((side + 1) // 2 for side in sizes[0]))
    expected = []
    for small, large in pairwise(sizes):
        expected += [("dropout", (2, 8, *small), 0.25, mode), ("re-scaling", (2, 8, *small), large)]
    assert events == expected


def test_kernel_unet_drops_out_before_every_rescaling(monkeypatch):
    net = kernel_net(27)
    events = events_of(net, noise(*net.input_shape), 0.1, monkeypatch)
    expected = []
    for small, large in ((4, 7), (7, 14), (14, 27)):  # 4 levels: three re-scalings
        expected += [
            ("dropout", (1, 6, small, small), 0.1, "element"),
            ("re-scaling", (1, 6, small, small), (large,) * 2),
        ]
    assert events == expected


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_kernel_net_is_random_only_when_asked(architecture):
    net = kernel_net(9, architecture=architecture)
    z = noise(*net.input_shape)
    one, two, other = (net(z, rate, generator(seed)) for rate, seed in ((0.0, 1), (0.0, 2), (0.3, 1)))
    assert torch.equal(one, two) and not torch.equal(one, other)
    assert torch.equal(other, net(z, 0.3, generator(1)))
    assert not all(
        torch.equal(other, net(z, 0.3, generator(seed))) for seed in range(2, 6)
    )  # 16 units: masks may agree


def test_image_net_is_random_only_through_its_generator():
    net, z = image_net(), noise(1, 4, 24, 24)
    still, same = (net(z, 0.0, generator(seed)) for seed in (1, 2))
    assert torch.equal(still, same)
    assert torch.equal(net(z, 0.3, generator(1)), net(z, 0.3, generator(1)))
    assert not torch.equal(net(z, 0.3, generator(1)), net(z, 0.3, generator(2)))


# --- blocks


def test_leaky_relu_slope():
    block = Block(1, 1, 1, 1, "none", slope=0.1)
    with torch.no_grad():
        block.conv.weight.fill_(1)
        block.conv.bias.zero_()
    features = torch.tensor([-2.0, -0.5, 0.0, 3.0]).view(1, 1, 2, 2)
    np.testing.assert_allclose(block(features).detach().flatten(), [-0.2, -0.05, 0, 3], rtol=1e-6)


@pytest.mark.parametrize("slope", [0.1, 0.2])
def test_every_block_has_the_configured_slope(slope):
    blocks = [m for m in image_net(slope=slope).modules() if isinstance(m, Block)]
    blocks += [m for m in kernel_net(7, slope=slope).modules() if isinstance(m, Block)]
    assert len(blocks) == 3 * (1 + 1 + 2) + 4 * 2 + 3 * 2
    assert {block.slope for block in blocks} == {slope}


@pytest.mark.parametrize(("stride", "side"), [(1, 9), (2, 9), (2, 10), (1, 1)])
def test_block_pads_by_reflection(stride, side):
    """A side of one pixel has nothing to reflect and is replicated."""
    block = Block(2, 3, 3, stride, "none", slope=1.0).double()
    features = noise(2, 2, side, side).double()
    mode = "reflect" if side > 1 else "edge"
    padded = torch.from_numpy(np.pad(features.numpy(), ((0, 0), (0, 0), (1, 1), (1, 1)), mode=mode))
    expected = F.conv2d(padded, block.conv.weight, block.conv.bias, stride)
    torch.testing.assert_close(block(features), expected)


def test_normalisation_is_over_what_its_name_says():
    features = 30 + 20 * noise(4, 2, 8, 8)
    over = {"batch": (0, 2, 3), "instance": (2, 3)}
    for norm, axes in over.items():
        out = Block(2, 5, 1, 1, norm, slope=1.0)(features).detach()
        np.testing.assert_allclose(out.mean(axes), 0, atol=1e-5)
        np.testing.assert_allclose(out.var(axes, unbiased=False), 1, atol=1e-3)
    assert Block(2, 5, 1, 1, "none", slope=1.0)(features).mean((0, 2, 3)).abs().max() > 0.1


def test_non_local_is_softmax_attention_over_all_pixels():
    """Wang et al. 2018, embedded Gaussian: y_i = Σ_j softmax_j(θ(x_i)·φ(x_j)) g(x_j), then x + W y."""
    torch.manual_seed(0)
    block, features = NonLocal(6), noise(2, 6, 4, 5)

    def embed(layer, pixels):
        return pixels @ layer.weight.detach().numpy()[:, :, 0, 0].T + layer.bias.detach().numpy()

    result = block(features).detach().numpy()
    for image, mine in zip(features.numpy(), result, strict=True):
        pixels = image.reshape(6, 20).T
        query, key, value = (embed(layer, pixels) for layer in (block.query, block.key, block.value))
        assert query.shape == (20, 3)
        attended = softmax(query @ key.T, axis=1) @ value
        expected = pixels + embed(block.output, attended)
        np.testing.assert_allclose(mine.reshape(6, 20).T, expected, atol=1e-5)


@pytest.mark.parametrize(("first", "count"), [(None, 0), (1, 5), (3, 3), (5, 1)])
def test_non_local_blocks_from_a_level_on(first, count):
    net = image_net(levels=5, non_local_from=first)
    assert [any(isinstance(m, NonLocal) for m in level) for level in net.encoder] == [False] * (5 - count) + [
        True
    ] * count


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_join_is_torchs_cat_with_gradients_of_their_own(layout):
    gradient = noise(2, 5, 6, 7, seed=3).contiguous(memory_format=layout)
    found, expected = [], []
    for join, gradients in ((Join.apply, found), (lambda left, right: torch.cat((left, right), 1), expected)):
        parts = [noise(2, count, 6, 7).contiguous(memory_format=layout).requires_grad_() for count in (2, 3)]
        whole = join(*(part * 1 for part in parts))  # not leaves: those copy what they are given
        for part in whole.grad_fn.next_functions:
            part[0].register_prehook(lambda given, gradients=gradients: gradients.append(*given))
        whole.backward(gradient)
        torch.testing.assert_close(whole, torch.cat(parts, 1), rtol=0, atol=0)
    for own, of_cat in zip(found, expected, strict=True):
        torch.testing.assert_close(own, of_cat, rtol=0, atol=0)
        assert own.is_contiguous(memory_format=layout)
    assert not all(of_cat.is_contiguous(memory_format=layout) for of_cat in expected)


def test_gradients_reach_every_weight():
    net, kernel = image_net(levels=3, encoder_convolutions=2, non_local_from=2), kernel_net(15)
    net(noise(2, 4, 32, 32), 0.3, generator()).square().mean().backward()
    kernel(noise(*kernel.input_shape), 0.1, generator()).square().sum().backward()
    for module in (net, kernel):
        for name, parameter in module.named_parameters():
            # a constant added to all keys or all logits cancels in the softmax
            if name != "output.bias" and not name.endswith("key.bias"):
                assert parameter.grad.abs().max() > 0, name
