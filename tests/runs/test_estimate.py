"""The mean over images and seeds against NumPy, pandas and SciPy, and the two-stage bootstrap against a plain loop."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap

from mcdeconv.runs.statistics import FEWEST, _weights, estimate


def values_of(count, seeds, rng):
    return {(f"i{n}", s): float(rng.normal(30, 3) + rng.normal()) for n in range(count) for s in range(seeds)}


def test_mean_is_the_mean_over_images_of_their_seeds():
    found = estimate({("a", 0): 30.0, ("a", 1): 32.0, ("a", 2): 34.0, ("b", 0): 20.0})
    assert (found.mean, found.images, found.seeds, found.runs) == (26.0, 2, 3, 4)


@settings(deadline=None, max_examples=30)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcdef"), st.integers(0, 3)), st.floats(-100, 100), min_size=1, max_size=20
    )
)
def test_mean_is_that_of_pandas_and_lies_in_its_interval(values):
    frame = pd.DataFrame([(image, value) for (image, _), value in values.items()], columns=["image", "value"])
    found = estimate(values)
    assert found.mean == pytest.approx(frame.groupby("image")["value"].mean().mean(), abs=1e-9)
    assert found.has_interval == (frame["image"].nunique() >= FEWEST)
    means = frame.groupby("image")["value"].mean()
    assert (found.least, found.most) == pytest.approx((means.min(), means.max()), abs=1e-9)
    if found.has_interval:
        assert frame["value"].min() - 1e-9 <= found.low <= found.high <= frame["value"].max() + 1e-9


@pytest.mark.parametrize("count", [5, 32])
def test_with_one_seed_it_is_scipys_percentile_bootstrap(count):
    values = values_of(count, 1, np.random.default_rng(count))
    sample = np.array(list(values.values()))
    wanted = bootstrap((sample,), np.mean, n_resamples=50_000, method="percentile", rng=1).confidence_interval
    found = estimate(values)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=0.04 * (wanted.high - wanted.low))


def test_with_several_seeds_it_draws_images_and_then_their_seeds():
    rng = np.random.default_rng(7)
    values = values_of(6, 3, rng) | {("i0", 3): 50.0}  # one image has a further, odd seed
    groups = {}
    for (image, _), value in values.items():
        groups.setdefault(image, []).append(value)
    lists = list(groups.values())
    means = []
    for _ in range(8000):
        drawn = [lists[n] for n in rng.integers(0, len(lists), len(lists))]
        means.append(np.mean([np.mean(rng.choice(runs, len(runs))) for runs in drawn]))
    low, high = np.quantile(means, (0.025, 0.975))
    found = estimate(values)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.05 * (high - low))


def test_one_image_has_no_interval_unless_its_runs_are_what_counts():
    values = {("a", seed): float(seed) for seed in range(10)}
    assert math.isnan(estimate(values).low)
    trials = estimate(values, over_runs=True)
    wanted = bootstrap((np.arange(10.0),), np.mean, n_resamples=50_000, method="percentile", rng=1).confidence_interval
    assert (trials.mean, trials.images, trials.seeds, trials.runs) == (4.5, 1, 10, 10)
    assert (trials.least, trials.most) == (0.0, 9.0)
    assert (trials.low, trials.high) == pytest.approx((wanted.low, wanted.high), abs=0.15)
    assert math.isnan(estimate({("a", 0): 1.0}, over_runs=True).low)
    two = values | {("b", 0): 20.0}  # of several images these are what counts, whatever is asked
    assert estimate(two, over_runs=True).mean == pytest.approx((4.5 + 20) / 2) and not estimate(two, True).has_interval


def test_two_images_have_a_range_and_no_interval():
    """The bootstrap of two images is their two values: shown as an interval it would pass for one of many."""
    found = estimate({("a", 0): 1.0, ("b", 0): 4.0})
    assert (found.least, found.most) == (1.0, 4.0) and not found.has_interval and math.isnan(found.high)


def test_nothing_is_no_number():
    nothing = estimate({})
    assert math.isnan(nothing.mean) and math.isnan(nothing.low) and nothing.runs == 0


def test_the_same_values_give_the_same_interval_in_any_order():
    values = values_of(6, 2, np.random.default_rng(0))
    first = estimate(values)
    assert estimate(dict(reversed(values.items()))) == first
    _weights.cache_clear()  # as in another process
    assert estimate(values, seed=0) == first != estimate(values, seed=1)
