"""Algorithm 1 against a slow, literal transcription of it, and the cost (27) against NumPy."""

import copy
import inspect
import math
from dataclasses import dataclass, replace
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d
from torch.nn import functional as F

from mcdeconv.core import algorithm_1 as solver
from mcdeconv.core.algorithm_1 import Diverged, State, adam, algorithm_1, gaussian_like, initialise, loss, read_out
from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig
from mcdeconv.core.schedules import Step, constant
from mcdeconv.errors import RunFailed
from mcdeconv.scoring.metrics import ssim_wang

KERNEL_SIZE = 5
TINY = SolverConfig(
    image_net=ImageNetConfig(levels=2, channels=6, skip_channels=2),
    kernel_net=KernelNetConfig(levels=2, channels=4, inputs=3),
    input_depth=3,
    input_scale=1.0,
    dropout_rate=Step(0.3, 0.001, 4),
    input_noise_std=Step(0.05, 0.001, 5),
    kernel_learning_rate=3e-2,
    kernel_weight=1e-2,
    data_term="mean",
    iterations=8,
    halve_after=6,
)
RANDOM_KERNEL = replace(TINY, kernel_dropout_rate=Step(0.1, 0.001, 4), kernel_input_noise_std=Step(0.05, 0.001, 5))
TRACKING = replace(TINY, image_net=replace(TINY.image_net, tracks_statistics=True))


def blurred_image(dtype=torch.float32):
    """Random tiles of 4 px, blurred over 5 px, shape (1, 1, 32, 35)."""
    tiles = np.kron(np.random.default_rng(0).integers(0, 2, (9, 10)), np.ones((4, 4)))
    blurred = convolve2d(tiles, np.eye(KERNEL_SIZE) / KERNEL_SIZE, mode="valid")[:, :35]
    return torch.from_numpy(blurred).to(dtype)[None, None]


def start(config=TINY, seed=3, kernel_size=KERNEL_SIZE):
    return initialise(blurred_image(torch.get_default_dtype()), kernel_size, config, seed)


def go_on(state, blurred):
    return algorithm_1(blurred, state.kernel_size, state.config, resume=state)


def run(state, iterations=None, blurred=None):
    """Go on for some iterations, or to the end."""
    blurred = blurred_image() if blurred is None else blurred
    for _ in zip(range(iterations or state.config.iterations), go_on(state, blurred), strict=False):
        pass
    return state


def weights(*modules):
    return [p.detach().clone() for module in modules for p in module.parameters()]


def assert_same_weights(one, two):
    for a, b in zip(weights(one.image_net, one.kernel_net), weights(two.image_net, two.kernel_net), strict=True):
        assert torch.equal(a, b)


def current_kernel(state):
    return state.kernel_net(state.z_k, 0.0, torch.Generator()).detach()


def literal_cost(x, k, y, config):
    """(24) and (27) with PyTorch's direct convolution, sample by sample."""
    total = torch.zeros(())
    for sample in x:
        residual = F.conv2d(sample[None], k.flip(0, 1)[None, None]) - y
        squared = (residual**2).sum()
        total = total + (squared / y.numel() if config.data_term == "mean" else squared)
    return total / len(x) + config.kernel_weight * (k**2).sum()


def literal_algorithm_1(config, seed, y, joint=False):
    """Lines 2–8 of Algorithm 1 as printed: both gradients of L from passes of their own with the same eps and M."""
    begin = start(config, seed)
    g_x, g_k = copy.deepcopy(begin.image_net), copy.deepcopy(begin.kernel_net)
    z_x, z_k, draws = begin.z_x, begin.z_k, torch.Generator().manual_seed(seed)
    theta_x, theta_k = list(g_x.parameters()), list(g_k.parameters())
    adam_x = torch.optim.Adam(theta_x, lr=1e-2, foreach=False)
    adam_k = torch.optim.Adam(theta_k, lr=3e-2, foreach=False)
    values = []
    for t in range(1, 9):
        p0 = 0.3 if t <= 4 else 0.001
        sigma0 = 0.01 if t <= 5 else 0.001  # 5 px is a small kernel
        adam_x.param_groups[0]["lr"] = 1e-2 if t <= 6 else 5e-3
        adam_k.param_groups[0]["lr"] = 3e-2 if t <= 6 else 1.5e-2
        depth, height, width = z_x.shape[1:]
        eps = sigma0 * torch.empty((config.samples, height, width, depth)).normal_(generator=draws).permute(0, 3, 1, 2)
        m = draws.get_state()  # M is what the generator gives from here

        def cost(p0=p0, eps=eps, m=m):
            draws.set_state(m)
            x, k = g_x(z_x + eps, p0, draws), g_k(z_k, 0.0, draws)
            return literal_cost(x, k, y, config)

        def step(adam, theta, gradients):
            for weight, gradient in zip(theta, gradients, strict=True):
                weight.grad = gradient
            adam.step()

        if joint:
            value = cost()
            gradients = torch.autograd.grad(value, theta_k + theta_x)
            step(adam_k, theta_k, gradients[: len(theta_k)])
            step(adam_x, theta_x, gradients[len(theta_k) :])
        else:
            step(adam_k, theta_k, torch.autograd.grad(cost(), theta_k))  # line 5
            value = cost()
            step(adam_x, theta_x, torch.autograd.grad(value, theta_x))  # line 6
        values.append(value.item())
    x, k = g_x(z_x, 0.0, draws), g_k(z_k, 0.0, draws)
    return x.detach(), k.detach(), values


@pytest.fixture
def double_precision(monkeypatch):
    """Everything in float64: what differs by more than 1e-9 then differs in the algorithm, not in rounding.

    In float32 Adam's first steps, which only see the signs of gradients, would turn rounding into whole steps.
    """
    monkeypatch.setattr(torch.Tensor, "float", lambda tensor: tensor)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("data_term", ["mean", "sum"])
@pytest.mark.parametrize("update", ["alternating", "joint"])
def test_updates_are_those_of_algorithm_1(update, data_term, samples):
    config, y = replace(TINY, update=update, data_term=data_term, samples=samples), blurred_image(torch.float64)
    state = run(start(config, seed=7), blurred=y)
    x, k, values = literal_algorithm_1(config, 7, y, joint=update == "joint")
    assert k.dtype == torch.float64 and k.std() > 1e-3
    np.testing.assert_allclose(state.losses, values, rtol=1e-9)
    np.testing.assert_allclose(current_kernel(state), k, atol=1e-9)
    np.testing.assert_allclose(state.draw(1, 0, 0, torch.Generator()).detach(), x, atol=1e-8)


@pytest.mark.usefixtures("double_precision")
def test_the_comparison_above_can_tell_the_two_updates_apart():
    y = blurred_image(torch.float64)
    (_, k, values), (_, joint_k, joint_values) = (literal_algorithm_1(TINY, 7, y, joint) for joint in (False, True))
    assert (k - joint_k).abs().max() > 1e-6
    assert np.abs(np.divide(values, joint_values) - 1).max() > 1e-6


def test_float32_follows_the_transcription_for_some_steps():
    """In the precision of real runs, as far as rounding lets it."""
    state = run(start(seed=7))
    _, k, values = literal_algorithm_1(TINY, 7, blurred_image())
    np.testing.assert_allclose(state.losses, values, rtol=1e-3)
    np.testing.assert_allclose(current_kernel(state), k, atol=1e-3)


def test_one_forward_pass_serves_both_updates():
    """Line 6 reuses line 5's samples, and the next line 5 this line 6's kernel."""
    state, passes = start(), []
    for name in ("image_net", "kernel_net"):
        getattr(state, name).register_forward_hook(lambda *_, name=name: passes.append(name))
    run(state)
    assert passes.count("image_net") == 8 and passes.count("kernel_net") == 9


# --- the cost


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("data_term", ["mean", "sum"])
@pytest.mark.parametrize("tv_weight", [0.0, 0.3])
def test_cost_by_hand(count, data_term, tv_weight):
    rng = np.random.default_rng(4)
    samples, kernel, y = rng.random((count, 1, 12, 10)), rng.random((5, 5)), rng.random((1, 1, 8, 6))
    kernel /= kernel.sum()
    config = replace(TINY, data_term=data_term, tv_weight=tv_weight, kernel_weight=0.7)
    squares = [(convolve2d(x[0], kernel, mode="valid") - y[0, 0]) ** 2 for x in samples]
    data = np.mean([s.mean() if data_term == "mean" else s.sum() for s in squares])  # (24)
    x = samples[:, 0]
    differences = np.abs(x[:, 1:] - x[:, :-1]), np.abs(x[:, :, 1:] - x[:, :, :-1])  # (8)
    tv = sum(d.mean() if data_term == "mean" else d.sum() / count for d in differences)
    value = loss(*(torch.from_numpy(a) for a in (samples, kernel, y)), config, 1)
    assert value.item() == pytest.approx(data + 0.7 * (kernel**2).sum() + tv_weight * tv, rel=1e-12)


def test_cost_of_the_truth_is_the_kernels_norm_alone():
    rng = np.random.default_rng(5)
    x, kernel = rng.random((12, 12)), np.full((3, 3), 1 / 9)
    y = convolve2d(x, kernel, mode="valid")
    value = loss(torch.from_numpy(x)[None, None], torch.from_numpy(kernel), torch.from_numpy(y)[None, None], TINY, 1)
    assert value.item() == pytest.approx(1e-2 / 9, rel=1e-12)


@dataclass(frozen=True)
class Structural(SolverConfig):
    """Goes over to SSIM after iteration 2, as Ren et al. do, with a mu that grows."""

    def mu(self, iteration):
        return 0.1 * iteration

    def structural(self, iteration):
        return iteration > 2


@pytest.mark.parametrize("data_term", ["mean", "sum"])
def test_cost_by_hand_of_a_configuration_that_changes_on_the_way(data_term):
    rng = np.random.default_rng(6)
    samples, kernel, y = rng.random((1, 1, 19, 16)), rng.random((5, 5)), rng.random((15, 12))
    config = Structural(data_term=data_term)
    predicted, per = convolve2d(samples[0, 0], kernel, mode="valid"), 1 if data_term == "mean" else y.size
    similarity = ssim_wang(np.pad(predicted, 5), np.pad(y, 5))  # of all windows, with zeros around both
    data = {2: per * ((predicted - y) ** 2).mean(), 3: per * (1 - similarity)}
    for t in (2, 3):
        value = loss(*(torch.from_numpy(a) for a in (samples, kernel, y[None, None])), config, t)
        assert value.item() == pytest.approx(data[t] + 0.1 * t * (kernel**2).sum(), rel=1e-12)


@pytest.mark.parametrize(("update", "each"), [("alternating", 2), ("joint", 1)])
def test_each_cost_is_that_of_its_iteration(monkeypatch, update, each):
    asked, cost = [], solver.loss

    def recorded(samples, kernel, blurred, config, t):
        asked.append(t)
        return cost(samples, kernel, blurred, config, t)

    monkeypatch.setattr(solver, "loss", recorded)
    run(start(replace(TINY, update=update)))
    assert asked == [t for t in range(1, 9) for _ in range(each)]


# --- what is drawn and used at each iteration


@pytest.mark.parametrize(("repeat", "last"), [(False, 0.5), (True, 0.25)])
def test_each_iteration_has_its_rates(monkeypatch, repeat, last):
    config = replace(TINY, kernel_learning_rate=1e-3, halve_after=3, halve_repeatedly=repeat, samples=2)
    drawn, rates, draw = [], [], State.draw

    def recorded(state, count, noise_std, dropout_rate, generator):
        drawn.append((count, noise_std, dropout_rate))
        return draw(state, count, noise_std, dropout_rate, generator)

    monkeypatch.setattr(State, "draw", recorded)
    for state in algorithm_1(blurred_image(), KERNEL_SIZE, config, seed=3):
        rates.append([o.param_groups[0]["lr"] for o in (state.image_optimiser, state.kernel_optimiser)])
    assert drawn == [(2, 0.01, 0.3)] * 4 + [(2, 0.01, 0.001)] + [(2, 0.001, 0.001)] * 3 + [(1, 0.0, 0.0)]  # line 8
    factors = [1] * 3 + [0.5] * 3 + [last] * 2
    np.testing.assert_allclose(rates, [[1e-2 * f, 1e-3 * f] for f in factors], rtol=1e-12)


@pytest.mark.parametrize(("kernel_size", "sigma0"), [(49, 0.01), (51, 0.05)])
def test_sigma0_starts_by_kernel_size(kernel_size, sigma0):
    assert start(kernel_size=kernel_size).noise_std(1) == sigma0


def test_samples_are_independent_and_as_noisy_as_asked():
    state = start()
    inputs = []
    state.image_net.register_forward_hook(lambda module, args, output: inputs.append(args[0]))
    images = state.draw(3, 0.05, 0.0, torch.Generator().manual_seed(0))
    eps = (inputs[0] - state.z_x).double()
    assert images.shape == (3, 1, 36, 39)
    assert eps.std().item() == pytest.approx(0.05, rel=0.03) and abs(eps.mean().item()) < 0.003
    assert abs(np.corrcoef(eps.flatten(1).numpy())[np.triu_indices(3, 1)]).max() < 0.06
    still = state.draw(2, 0.0, 0.0, torch.Generator())
    assert torch.equal(inputs[1][0], state.z_x[0]) and torch.equal(inputs[1][1], state.z_x[0])
    # a processor may add up the two of a batch in different orders
    assert torch.allclose(still[0], still[1], rtol=0, atol=1e-6)


def test_a_deterministic_kernel_net_takes_no_random_numbers():
    state = start()
    before = state.generator.get_state()
    state.iteration = 1
    assert torch.equal(solver.predict_kernel(state), solver.predict_kernel(state))
    assert torch.equal(state.generator.get_state(), before)


@pytest.mark.parametrize(
    "source",
    [{"kernel_dropout_rate": constant(0.3)}, {"kernel_input_noise_std": constant(0.05)}],
    ids=["dropout", "noise"],
)
def test_a_random_kernel_net_draws_anew_for_each_update(monkeypatch, source):
    """With weights that stand still every kernel would be the same one, were it not drawn again."""
    config = replace(TINY, kernel_learning_rate=1e-30, **source)
    kernels, predict = [], solver.predict_kernel

    def recorded(state):
        kernels.append(predict(state))
        return kernels[-1]

    monkeypatch.setattr(solver, "predict_kernel", recorded)
    run(start(config))
    assert len(kernels) == 16  # lines 5 and 6 of 8 iterations
    assert all(not torch.equal(a, b) for i, a in enumerate(kernels) for b in kernels[:i])


def test_a_random_kernel_net_sees_its_input_with_noise():
    state = start(replace(TINY, kernel_input_noise_std=Step(0.01, 0.002, 4)))
    inputs = []
    state.kernel_net.register_forward_hook(lambda module, args, output: inputs.append(args[0]))
    for t, noise_std in ((4, 0.01), (5, 0.002)):
        state.iteration, draws = t, torch.Generator()
        draws.set_state(state.generator.get_state())
        solver.predict_kernel(state)
        wanted = state.z_k + noise_std * torch.empty(state.z_k.shape).normal_(generator=draws)
        torch.testing.assert_close(inputs[-1], wanted, rtol=0, atol=1e-7)


@pytest.mark.parametrize(("precision", "mixed"), [("float32", False), ("bfloat16", True)])
def test_mixed_precision_is_bfloat16_whatever_a_device_would_take(precision, mixed):
    """float16, which GPUs take by themselves, would need its loss scaled."""
    state, seen, before = start(), [], torch.get_autocast_dtype("cpu")
    state.precision = precision
    state.image_net.register_forward_hook(
        lambda *_: seen.append((torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")))
    )
    torch.set_autocast_dtype("cpu", torch.float16)
    try:
        state.draw(1, 0.0, 0.0, torch.Generator())
    finally:
        torch.set_autocast_dtype("cpu", before)
    assert seen == [(True, torch.bfloat16)] if mixed else seen[0][0] is False


def test_tv_draws_the_image_flat():
    variation = {}
    for weight in (0.0, 10.0):
        state = run(start(replace(TINY, tv_weight=weight, image_learning_rate=3e-2, iterations=25)))
        image = state.draw(1, 0, 0, torch.Generator())
        variation[weight] = (image.diff(dim=-1).abs().mean() + image.diff(dim=-2).abs().mean()).item()
    assert variation[10.0] < 0.5 * variation[0.0]


def test_the_cost_goes_down():
    state = run(start(replace(TINY, iterations=30)))
    assert np.mean(state.losses[-5:]) < 0.9 * np.mean(state.losses[:5])


# --- the start


def test_all_randomness_of_the_start_is_the_seeds():
    torch.manual_seed(1)
    one, before = start(seed=5), torch.get_rng_state()
    torch.manual_seed(2)
    two, other = start(seed=5), start(seed=6)
    assert_same_weights(one, two)
    assert torch.equal(one.z_x, two.z_x) and torch.equal(one.z_k, two.z_k)
    assert torch.equal(one.generator.get_state(), two.generator.get_state())
    assert not torch.equal(one.z_x, other.z_x)
    assert not torch.equal(weights(one.image_net)[0], weights(other.image_net)[0])
    torch.manual_seed(1)
    assert torch.equal(before, torch.get_rng_state())  # the caller's random numbers go on as if nothing had been drawn


@pytest.mark.parametrize(("device", "kept"), [("cpu", []), ("cuda", [torch.device("cuda")])])
def test_the_callers_random_numbers_are_kept_on_its_device_too(monkeypatch, device, kept):
    class Asked(Exception):
        pass

    def fork_rng(devices):
        raise Asked(devices)

    monkeypatch.setattr(torch.random, "fork_rng", fork_rng)
    blurred = SimpleNamespace(device=torch.device(device), shape=(1, 1, 32, 35))
    with pytest.raises(Asked) as asked:
        initialise(blurred, KERNEL_SIZE, TINY, 0)
    assert asked.value.args == (kept,)


def test_fixed_inputs_follow_their_law():
    uniform = start(replace(TINY, input_scale=0.1)).z_x  # U(0, 0.1), 3.1
    normal = start(replace(TINY, input_law="normal", input_scale=0.2)).z_x
    assert uniform.shape == (1, 3, 32 + 4, 35 + 4)  # (H + k - 1, W + k - 1)
    assert 0 <= uniform.min() < 0.002 and 0.098 < uniform.max() <= 0.1
    assert uniform.mean().item() == pytest.approx(0.05, abs=0.002)
    assert normal.std().item() == pytest.approx(0.2, rel=0.05) and abs(normal.mean().item()) < 0.01
    assert start().z_k.shape == (1, 3, 5, 5)


def test_the_optimisers_are_adam_fused_where_the_device_has_it():
    net = torch.nn.Linear(2, 2)
    for device, fused, capturable in (("cpu", True, False), ("cuda", True, True), ("mps", False, False)):
        defaults = adam(net, 0.25, torch.device(device)).defaults
        assert (defaults["lr"], defaults["fused"], defaults["capturable"]) == (0.25, fused, capturable)
        assert (defaults["betas"], defaults["eps"], defaults["weight_decay"]) == ((0.9, 0.999), 1e-8, 0)
    state = start()
    assert {id(p) for p in state.image_optimiser.param_groups[0]["params"]} == set(
        map(id, state.image_net.parameters())
    )
    assert [o.defaults["lr"] for o in (state.image_optimiser, state.kernel_optimiser)] == [1e-2, 3e-2]


def test_noise_is_drawn_in_the_order_of_memory():
    plain = torch.empty(2, 3, 4, 5)
    drawn = torch.empty(120).normal_(generator=torch.Generator().manual_seed(0))
    assert torch.equal(gaussian_like(plain, torch.Generator().manual_seed(0)).flatten(), drawn)
    last = plain.to(memory_format=torch.channels_last)
    found = gaussian_like(last, torch.Generator().manual_seed(0))
    assert found.shape == last.shape and found.stride() == last.stride()
    assert torch.equal(found.permute(0, 2, 3, 1).flatten(), drawn)
    assert gaussian_like(last.double(), torch.Generator()).dtype == torch.float64
    assert gaussian_like(last.to("meta"), None).device.type == "meta"  # where z is


# --- line 8


def test_the_read_out_may_keep_the_last_dropout_and_is_the_same_each_time():
    """It draws from a generator of its own: the run's random numbers go on as if nobody had looked."""
    for iterations, rate in ((4, 0.3), (5, 0.001)):
        state = run(start(replace(TINY, readout_dropout=True)), iterations)
        before = state.generator.get_state()
        (x, k), (again, _) = read_out(state), read_out(state)
        assert torch.equal(state.generator.get_state(), before) and torch.equal(x, again)
        wanted = state.image_net(state.z_x, rate, torch.Generator().manual_seed(0))[0, 0]
        assert torch.equal(x, wanted) and torch.equal(k, current_kernel(state))
        assert not (x.requires_grad or k.requires_grad)


def test_running_statistics_serve_the_read_out_alone():
    state = run(start(TRACKING), 3)
    x, _ = read_out(state)
    assert state.image_net.training
    still = copy.deepcopy(state.image_net).eval()(state.z_x, 0.0, torch.Generator())[0, 0]
    current = copy.deepcopy(state.image_net)(state.z_x, 0.0, torch.Generator())[0, 0]
    assert torch.equal(x, still) and not torch.equal(x, current)


def test_a_known_kernel_stays():
    kernel = torch.rand(KERNEL_SIZE, KERNEL_SIZE, generator=torch.Generator().manual_seed(0))
    config = replace(TINY, update="joint", iterations=2, kernel_net=KernelNetConfig(architecture="known"))
    seen, (x, k) = to_the_end(algorithm_1(blurred_image(), KERNEL_SIZE, config, known_kernel=kernel.clone()))
    assert seen == [1, 2] and torch.equal(k, kernel) and x.shape == (36, 39)


# --- divergence, saving


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_cost_that_is_no_number_ends_the_run(bad):
    state = run(start(), 2)
    y = blurred_image()
    y[0, 0, 3, 4] = bad
    with pytest.raises(Diverged, match=r"^the loss became (nan|inf)$"):
        run(state, 1, y)
    assert issubclass(Diverged, RunFailed)
    assert len(state.losses) == 2


@pytest.mark.parametrize(
    "config",
    [
        TINY,
        RANDOM_KERNEL,
        TRACKING,
        replace(TINY, update="joint", samples=2),
        replace(TINY, precision="bfloat16"),
        replace(TINY, kernel_net=replace(TINY.kernel_net, architecture="fully-connected", hidden=10)),
    ],
    ids=["ours", "random-kernel", "tracking", "joint", "bfloat16", "fully-connected"],
)
def test_a_saved_state_goes_on_to_the_last_bit(config):
    whole, first, second = run(start(config)), run(start(config), 3), start(config)
    stored = BytesIO()
    torch.save(first.state_dict(), stored)
    stored.seek(0)
    run(first)  # what goes on in the first one must not reach the saved state
    second.load_state_dict(torch.load(stored, weights_only=True))
    assert second.iteration == 3 and len(second.losses) == 3
    run(second)
    assert second.losses == whole.losses == first.losses
    assert len(set(whole.losses)) == 8
    assert_same_weights(second, whole)
    for a, b in zip(second.image_net.buffers(), whole.image_net.buffers(), strict=True):
        assert torch.equal(a, b)


def test_a_run_stops_after_its_iterations():
    state = run(start())
    assert state.iteration == len(state.losses) == 8
    assert list(go_on(state, blurred_image())) == []


def to_the_end(steps):
    """The iterations that a run goes through, and what it returns."""
    seen = []
    while True:
        try:
            seen.append(next(steps).iteration)
        except StopIteration as end:
            return seen, end.value


def test_lines_2_to_8_are_one_call():
    """From the seed to x and k, with nothing else; what is told to stop is read out where it is."""
    seen, (x, k) = to_the_end(algorithm_1(blurred_image(), KERNEL_SIZE, TINY, seed=7))
    assert torch.equal(
        to_the_end(algorithm_1(blurred_image(), KERNEL_SIZE, TINY))[1][1],
        to_the_end(algorithm_1(blurred_image(), KERNEL_SIZE, TINY, seed=0))[1][1],
    )
    state = run(start(seed=7))
    assert seen == list(range(1, 9))
    assert torch.equal(k, current_kernel(state)) and torch.equal(x, state.draw(1, 0, 0, torch.Generator())[0, 0])
    stopped = start(seed=7)
    for at, state in enumerate(go_on(stopped, blurred_image()), start=1):
        state.stopped = at == 3
    assert stopped.iteration == 3


def test_the_function_that_the_book_shows_fits_on_a_page():
    assert len(inspect.getsource(algorithm_1).splitlines()) <= 40
