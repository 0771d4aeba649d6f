"""The small network against torch's, gradients by hand against autograd, and its posteriors against simulation."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mcdeconv.errors import InputError
from mcdeconv.teaching import decoder, output, randomness, trained
from mcdeconv.teaching.network import gradients


def in_torch(network, parameters, jitter, masks):
    mixers, biases, last = parameters[:3], parameters[3:6], parameters[6]
    state = torch.from_numpy(network.input + jitter)[None]
    for block in range(3):
        kept = state * (1 if masks is None else torch.from_numpy(masks[block]))
        doubled = F.interpolate(kept, scale_factor=2, mode="linear", align_corners=False)
        state = F.relu(F.conv1d(doubled, mixers[block], biases[block], padding=1))
    return torch.einsum("c,bcn->n", last, state)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_outputs_and_gradients_are_torchs(dropout):
    rng = np.random.default_rng(0)
    network = decoder(32, 5, seed=1)
    jitter, masks = randomness(network, dropout, 0.2, rng)
    for bias in network.biases:
        bias += 0.1 * rng.standard_normal(5)
    towards = rng.standard_normal(32)
    parameters = [torch.from_numpy(one.copy()).requires_grad_() for one in network.parameters]
    wanted = in_torch(network, parameters, jitter, masks)
    assert np.allclose(output(network, jitter, masks), wanted.detach().numpy())
    (wanted @ torch.from_numpy(towards)).backward()
    for found, one in zip(gradients(network, towards, jitter, masks), parameters, strict=True):
        assert np.allclose(found, one.grad.numpy())


def test_training_is_torchs_adam_on_the_same_loss():
    rng = np.random.default_rng(3)
    kernel, data = np.array([0.2, 0.5, 0.3]), rng.standard_normal(30)
    network = decoder(32, 4, seed=2)
    parameters = [torch.from_numpy(one.copy()).requires_grad_() for one in network.parameters]
    optimiser = torch.optim.Adam(parameters, lr=0.02)
    flipped, wanted = torch.from_numpy(kernel[::-1].copy())[None, None], torch.from_numpy(data)
    for _ in range(20):
        optimiser.zero_grad()
        blurred = F.conv1d(in_torch(network, parameters, 0.0, None)[None, None], flipped)[0, 0]
        ((blurred - wanted) ** 2).sum().backward()
        optimiser.step()
    *_, last = trained(network, data, kernel, 20, 0.02)
    assert np.allclose(last, in_torch(network, parameters, 0.0, None).detach().numpy())


def test_dropout_and_noise_have_the_variances_that_they_should():
    network = decoder(64, 40, seed=0)
    rng = np.random.default_rng(0)
    drawn = [randomness(network, 0.25, 0.3, rng) for _ in range(200)]
    assert np.std([jitter for jitter, _ in drawn]) == pytest.approx(0.3, rel=0.02)
    masks = np.concatenate([np.ravel(one) for _, some in drawn for one in some])
    assert masks.mean() == pytest.approx(1, rel=0.01) and masks.var() == pytest.approx(0.25 / 0.75, rel=0.02)
    assert set(np.unique(masks)) == {0, 1 / 0.75}


def test_a_step_is_found_under_noise_before_the_noise_is():
    """The spectral bias, and why one stops early: the best iteration is far better than the noisy signal."""
    clean = np.repeat([0.0, 1.0, 0.3], [24, 16, 24])
    noisy = clean + 0.3 * np.random.default_rng(0).standard_normal(64)
    errors = [np.sqrt(np.mean((one - clean) ** 2)) for one in trained(decoder(64, 16, 0), noisy, np.ones(1), 800, 0.01)]
    assert min(errors) < 0.7 * np.sqrt(np.mean((noisy - clean) ** 2))
    assert min(errors) < errors[-1]


@pytest.mark.parametrize(("length", "channels"), [(60, 4), (4, 4), (0, 4), (64, 0)])
def test_a_network_that_cannot_be_is_refused(length, channels):
    with pytest.raises(InputError, match="give a multiple of 8"):
        decoder(length, channels, 0)


@pytest.mark.parametrize(("dropout", "noise"), [(1.0, 0.0), (-0.1, 0.0), (0.0, -1.0)])
def test_randomness_that_cannot_be_is_refused(dropout, noise):
    with pytest.raises(InputError, match="give a dropout from 0 to below 1"):
        randomness(decoder(16, 2, 0), dropout, noise, np.random.default_rng(0))
