"""The w-step against brute force, and what treating the border as unknown gains."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nonblind_cases import psnr
from scipy.optimize import minimize_scalar

from mcdeconv.errors import InputError
from mcdeconv.scoring.nonblind import HyperLaplacianSettings, deconvolve_with_kernel
from mcdeconv.scoring.nonblind.hyper_laplacian import shrink


def cost(w, v, exponent, beta):
    return np.abs(w) ** exponent + beta / 2 * (w - v) ** 2


def brute_force(v, exponent, beta):
    """The lower of w = 0 and the best local minimum found from a fine grid between 0 and v."""
    grid = np.linspace(0, v, 2001)[1:]
    start = int(np.argmin(cost(grid, v, exponent, beta)))
    low, high = sorted((grid[max(start - 1, 0)], grid[min(start + 1, len(grid) - 1)]))
    found = minimize_scalar(
        cost, bounds=(low, high), args=(v, exponent, beta), method="bounded", options={"xatol": 1e-12}
    )
    return min(0.0, float(found.x), key=lambda w: cost(w, v, exponent, beta))


@settings(max_examples=60, deadline=None)
@given(st.floats(-3, 3).filter(lambda v: abs(v) > 1e-3), st.sampled_from([0.5, 2 / 3, 0.8]), st.floats(1, 256))
def test_shrink_is_the_minimum(v, exponent, beta):
    w = float(shrink(np.array([v]), exponent, beta)[0])
    wanted = brute_force(v, exponent, beta)
    assert cost(w, v, exponent, beta) <= cost(wanted, v, exponent, beta) + 1e-9
    if abs(cost(0, v, exponent, beta) - cost(wanted, v, exponent, beta)) > 1e-6 or wanted == 0:
        assert w == pytest.approx(wanted, abs=1e-5)


def test_shrink_is_odd_and_keeps_shape():
    v = np.random.default_rng(0).standard_normal((5, 7))
    assert np.array_equal(shrink(-v, 2 / 3, 8.0), -shrink(v, 2 / 3, 8.0))
    assert shrink(v, 2 / 3, 8.0).shape == (5, 7)
    assert np.all(np.abs(shrink(v, 2 / 3, 8.0)) <= np.abs(v))


def test_masking_the_border_helps(case):
    blurred, sharp, kernel = case
    one = deconvolve_with_kernel(blurred, kernel, "hyper-laplacian", HyperLaplacianSettings(border_steps=1))
    five = deconvolve_with_kernel(blurred, kernel, "hyper-laplacian")
    assert psnr(five, sharp) > psnr(one, sharp)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"data_weight": 0}, "data_weight is 0; give a value above 0"),
        ({"exponent": 1.0}, "exponent is 1.0; give a value between 0 and 1, both excluded"),
        ({"beta_factor": 1.0}, "beta_factor 1.0; give .* beta_factor > 1"),
        ({"beta_stop": 0.5}, "beta_start is 1.0, beta_stop 0.5, .*; give beta_start < beta_stop"),
        ({"border_steps": 0}, "border_steps is 0"),
    ],
)
def test_wrong_settings(wrong, named):
    with pytest.raises(InputError, match=named):
        HyperLaplacianSettings(**wrong)
