"""The schedules at their edges: the paper's iterations (3.1), one before and one after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcdeconv.core.schedules import Step, constant, learning_rate

P0 = Step(0.3, 0.001, 1500)  # 3.1: "p0 = 0.3 at the first 1.5 × 10³ epochs and drop to p0 = 0.001 for later iteration"


@pytest.mark.parametrize(("iteration", "value"), [(1, 0.3), (1499, 0.3), (1500, 0.3), (1501, 0.001), (5000, 0.001)])
def test_step_at_its_edge(iteration, value):
    assert P0(iteration) == value


@pytest.mark.parametrize("iteration", [1, 2, 5000])
def test_constant(iteration):
    assert constant(0.05)(iteration) == 0.05
    assert constant(0.05) == Step(0.05, 0.05, 0)  # another `at` would be another digest, and orphan records


@pytest.mark.parametrize(
    ("iteration", "once", "repeated"),
    [
        (1, 1e-2, 1e-2),
        (3000, 1e-2, 1e-2),  # 3.1: "dropped with rate 0.5 after 3 × 10³ steps"
        (3001, 5e-3, 5e-3),
        (6000, 5e-3, 5e-3),
        (6001, 5e-3, 2.5e-3),
        (9001, 5e-3, 1.25e-3),
    ],
)
def test_learning_rate_halves_once_or_every_so_many(iteration, once, repeated):
    assert learning_rate(1e-2, iteration, 3000) == pytest.approx(once, rel=1e-15)
    assert learning_rate(1e-2, iteration, 3000, repeat=True) == pytest.approx(repeated, rel=1e-15)


def test_compressed_drops_at_the_same_share():
    short = P0.compressed(600 / 5000)
    assert (short.before, short.after) == (0.3, 0.001)
    assert (short(180), short(181)) == (0.3, 0.001)  # 1500 / 5000 of 600
    assert P0.compressed(2)(3000) == 0.3 and P0.compressed(2)(3001) == 0.001


@given(st.integers(0, 5000), st.integers(1, 20000))
def test_compressed_is_within_one_iteration_of_the_share(at, iterations):
    assert abs(Step(1, 0, at).compressed(iterations / 5000).at / iterations - at / 5000) <= 0.5 / iterations + 1e-12


def test_compressed_leaves_a_constant_constant():
    short = constant(0.5).compressed(0.1)
    assert {short(t) for t in range(1, 500)} == {0.5}
