"""Brighter or as it is: the same photographs, kernels' size, region and configuration, and nothing else different."""

import numpy as np
import pytest

from mcdeconv.data.datasets import load_item
from mcdeconv.studies.brightness import METHODS, STUDY, brighter


@pytest.mark.parametrize("method", METHODS)
def test_only_brightness_differs(method):
    item = load_item("small-levin", "camera_kernel_01")
    as_it_is, changed = STUDY.variants[method], STUDY.variants[brighter(method)]
    assert as_it_is.config == changed.config and as_it_is.region == changed.region
    given, solved = as_it_is.pose(item), changed.pose(item)
    assert (given.gain, given.region, given.kernel_size) == (1, solved.region, solved.kernel_size)
    assert solved.blurred.max() == 1 and np.allclose(solved.blurred / solved.gain, given.blurred, atol=1e-6)


def test_both_methods_are_compared_as_they_are_and_brighter():
    assert set(STUDY.contrasts) == {
        (brighter("ours"), "ours"),
        (brighter("without-both"), "without-both"),
        ("ours", "without-both"),
        (brighter("ours"), brighter("without-both")),
    }
