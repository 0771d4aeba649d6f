"""The one-dimensional laboratory against quadrature, SciPy's normal distribution, an optimiser, and itself by chain."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, norm

from mcdeconv.errors import InputError
from mcdeconv.teaching import (
    SmoothPrior,
    SparsePrior,
    annealed_log_evidence,
    blur_matrix,
    blurred,
    bump,
    expected_squared_error,
    factorisations,
    jensen_bound,
    jensen_gap,
    log_evidence,
    log_joint_maximum,
    log_mean_likelihood,
    posterior_of_kernels,
    posterior_of_signal,
    two_sided,
)
from mcdeconv.teaching.sampled import log_likelihoods

NOISE = 0.1


@pytest.fixture
def seen():
    """A blurred signal of the sparse prior, 8 samples of 10, and its kernel."""
    kernel = np.array([0.25, 0.5, 0.25])
    signal = SparsePrior().draw(10, 1, np.random.default_rng(3))[0]
    return blurred(signal, kernel, NOISE, seed=1), kernel


@given(st.integers(1, 7), st.integers(0, 5), st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_the_matrix_is_the_convolution(size, more, seed):
    rng = np.random.default_rng(seed)
    kernel, signal = rng.random(size), rng.standard_normal(size + more)
    assert np.allclose(blur_matrix(kernel, len(signal)) @ signal, np.convolve(signal, kernel, "valid"))


@pytest.mark.parametrize("prior", [SmoothPrior(), SparsePrior()])
def test_a_seeds_noise_is_not_that_of_its_signal(prior):
    drawn = [(prior.draw(13, 1, np.random.default_rng(seed))[0], seed) for seed in range(200)]
    noise = [blurred(signal, np.ones(1), 1.0, seed) - signal for signal, seed in drawn]
    steps = np.diff([signal for signal, _ in drawn], axis=1)
    both = np.corrcoef(np.column_stack([steps, noise]).T)[: steps.shape[1], steps.shape[1] :]
    assert np.abs(both).max() < 0.35  # five standard errors


def test_kernels_are_gaussians_with_a_width_on_either_side():
    assert np.array_equal(bump(0, 5), [0, 0, 1, 0, 0])
    taps = two_sided(1.0, 2.0, 9)
    assert taps.sum() == pytest.approx(1)
    assert taps[3] / taps[4] == pytest.approx(norm.pdf(1) / norm.pdf(0))
    assert taps[6] / taps[4] == pytest.approx(norm.pdf(1) / norm.pdf(0))  # two samples of a width of two
    with pytest.raises(InputError, match="give an odd size"):
        bump(1.0, 4)


def test_a_product_of_kernels_is_taken_apart_again():
    one, other = np.array([0.3, 0.7]), np.array([0.2, 0.5, 0.3])
    pairs = factorisations(np.convolve(one, other))
    assert all(np.allclose(np.convolve(*pair), np.convolve(one, other)) for pair in pairs)
    assert any(len(pair[0]) == 2 and np.allclose(pair[0], one) for pair in pairs)
    assert any(len(pair[0]) == 1 for pair in pairs) and any(len(pair[1]) == 1 for pair in pairs)


def test_the_smooth_evidence_is_that_of_a_normal_distribution(seen):
    data, kernel = seen
    prior = SmoothPrior(0.4, 1.5)
    places = np.arange(10)
    covariance = 1.5**2 + 0.4**2 * np.minimum.outer(places, places)  # of a random walk
    matrix = blur_matrix(kernel, 10)
    wanted = multivariate_normal(np.zeros(8), matrix @ covariance @ matrix.T + NOISE**2 * np.eye(8)).logpdf(data)
    assert log_evidence(data, kernel, prior, NOISE) == pytest.approx(wanted)


def test_the_sparse_evidence_is_the_integral_over_signals():
    prior, kernel, data = SparsePrior(0.3, 1.0, 0.1, 0.8), np.array([0.6, 0.4]), np.array([0.5])

    def joint(second, first):
        step = second - first
        mixture = 0.3 * norm.pdf(step, scale=1.0) + 0.7 * norm.pdf(step, scale=0.1)
        return norm.pdf(first, scale=0.8) * mixture * norm.pdf(data[0], 0.4 * first + 0.6 * second, 0.2)

    wanted, error = dblquad(joint, -4, 4, -4, 4, epsabs=1e-6)
    assert np.exp(log_evidence(data, kernel, prior, 0.2)) == pytest.approx(wanted, abs=10 * error + 1e-5)


def test_the_chain_finds_the_sum_over_all_patterns(seen):
    data, kernel = seen
    exact = log_evidence(data, kernel, SparsePrior(), NOISE)
    found = annealed_log_evidence(data, kernel, SparsePrior(), NOISE, np.random.default_rng(0))
    assert found.error < 0.5 and abs(found.value - exact) < 4 * found.error


def test_the_best_pair_is_no_worse_than_an_optimiser_finds(seen):
    data, kernel = seen
    prior = SparsePrior()
    value, signal = log_joint_maximum(data, kernel, prior, NOISE)
    variances, chances = prior.states(10)

    def log_joint(x, pattern):
        steps = norm.logpdf(np.diff(x), scale=np.sqrt(variances[pattern])).sum()
        residual = norm.logpdf(data - np.convolve(x, kernel, "valid"), scale=NOISE).sum()
        return chances[pattern] + norm.logpdf(x[0], scale=prior.level_std) + steps + residual

    assert max(log_joint(signal, n) for n in range(len(chances))) == pytest.approx(value)
    for pattern in (0, 17, 300):
        assert -minimize(lambda x, n=pattern: -log_joint(x, n), signal).fun <= value + 1e-6


def test_the_posterior_of_kernels_is_bayes_rule(seen):
    data, _ = seen
    kernels = [bump(std, 3) for std in (0.0, 0.5, 1.0)]
    found = posterior_of_kernels(data, kernels, SmoothPrior(), NOISE)
    evidence = np.exp([log_evidence(data, one, SmoothPrior(), NOISE) for one in kernels])
    assert np.allclose(found, evidence / evidence.sum())


def test_the_expected_error_is_the_mean_over_samples_and_has_the_kernels_square():
    rng, kernel = np.random.default_rng(0), np.array([0.2, 0.5, 0.3])
    mean, std, data = rng.standard_normal(12), rng.random(12), rng.standard_normal(10)
    samples = mean + std * rng.standard_normal((40_000, 12))
    errors = np.array([np.sum((np.convolve(x, kernel, "valid") - data) ** 2) for x in samples])
    assert abs(errors.mean() - expected_squared_error(data, kernel, mean, std)) < 4 * errors.std() / 200
    flat = expected_squared_error(data, kernel, mean, 0.7) - expected_squared_error(data, kernel, mean, 0.0)
    assert flat == pytest.approx(10 * 0.7**2 * np.sum(kernel**2))


def test_likelihoods_are_those_of_normal_noise(seen):
    data, kernel = seen
    signals = SparsePrior().draw(10, 3, np.random.default_rng(5))
    wanted = [norm.logpdf(data, np.convolve(x, kernel, "valid"), NOISE).sum() for x in signals]
    assert np.allclose(log_likelihoods(data, kernel, signals, NOISE), wanted)


def test_jensens_bound_lies_below_and_more_samples_close_the_gap(seen):
    data, kernel = seen
    prior, noise = SparsePrior(), 0.5
    exact = log_evidence(data, kernel, prior, noise)
    signals = prior.draw(10, 40_000, np.random.default_rng(0))
    bound = jensen_bound(data, kernel, signals, noise)
    grouped = [log_mean_likelihood(data, kernel, signals, noise, group) for group in (1, 20, 40_000 // 8)]
    assert grouped[0].value == pytest.approx(bound.value) and bound.value + 4 * bound.error < exact
    assert grouped[0].value < grouped[1].value < grouped[2].value < exact + 4 * grouped[2].error
    assert exact - grouped[2].value < 0.2 * (exact - bound.value)


def test_a_signal_with_too_many_patterns_is_refused():
    with pytest.raises(InputError, match="39 patterns of jumps; give 17 or less"):
        SparsePrior().states(40)


@pytest.mark.parametrize("prior", [SmoothPrior(0.4, 1.5), SparsePrior(0.3, 1.0, 0.1, 0.8)])
def test_the_posterior_of_the_signal_is_what_weighted_samples_of_the_prior_say(prior):
    kernel, noise = np.array([0.3, 0.7]), 0.4
    data = np.array([0.5, 0.8, -0.2])
    samples = prior.draw(4, 400_000, np.random.default_rng(1))
    weights = np.exp(log_likelihoods(data, kernel, samples, noise))
    mean, std = posterior_of_signal(data, kernel, prior, noise)
    found = np.average(samples, axis=0, weights=weights)
    assert np.allclose(mean, found, atol=0.01)
    assert np.allclose(std, np.sqrt(np.average((samples - found) ** 2, axis=0, weights=weights)), atol=0.01)


def test_the_gap_is_the_exact_value_less_the_bound_that_samples_give():
    rng, kernel, noise = np.random.default_rng(2), np.array([0.25, 0.5, 0.25]), 0.3
    mean = rng.standard_normal(12)
    data = np.convolve(mean, kernel, "valid") + noise * rng.standard_normal(10)
    samples = mean + 0.2 * rng.standard_normal((40_000, 12))
    matrix = blur_matrix(kernel, 12)
    exact = multivariate_normal(matrix @ mean, 0.2**2 * matrix @ matrix.T + noise**2 * np.eye(10)).logpdf(data)
    bound = jensen_bound(data, kernel, samples, noise)
    gap = jensen_gap(data, kernel, mean, 0.2, noise)
    assert gap > 0 and abs(exact - bound.value - gap) < 4 * bound.error
    assert jensen_gap(data, kernel, mean, 1e-6, noise) == pytest.approx(0, abs=1e-6)
