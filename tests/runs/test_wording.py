"""Numbers and lists as the pages write them, and the one order of methods."""

import math

import pytest

from mcdeconv.core.presets import PRESETS
from mcdeconv.methods import RIVALS
from mcdeconv.runs.wording import METHOD_ORDER, count, decibel, in_order, listing, number, scientific, signed


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (number(-1.005), "−1.00"),
        (number(math.nan), "unknown"),
        (decibel(24.618), "24.62 dB"),
        (decibel(math.nan), "no truth to compare with"),
        (signed(0.5), "+0.50"),
        (signed(-0.5, 1), "−0.5"),
        (scientific(2.14e-4), "2.1e−04"),
        (listing(["a"]), "a"),
        (listing(["a", "b", "c"]), "a, b and c"),
        (listing(["a", "b", "c"], "; "), "a; b; and c"),
        (count(1, "image"), "1 image"),
        (count(0, "image"), "0 images"),
    ],
)
def test_what_is_written(written, words):
    assert written == words


def test_methods_stand_in_the_papers_order_once_and_ours_last():
    assert in_order(["ours", "zeta", "tv", "S1", "tv", "without-both"]) == ["without-both", "tv", "S1", "zeta", "ours"]
    assert {*METHOD_ORDER, "ours"} == {*PRESETS, *RIVALS}
