"""The study of deviations: a map moves with its picture, and a row is what `deblur` writes."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

import mcdeconv
from mcdeconv.data import datasets
from mcdeconv.methods import RIVALS, finished
from mcdeconv.studies.deviations import STUDY, Judged, aligned


def test_a_map_is_aligned_as_its_picture_is():
    rng = np.random.default_rng(0)
    sharp = gaussian_filter(rng.random((60, 70)), 1.5)
    error = np.zeros((60, 70))
    error[30, 40] = 0.01
    moved, std = np.roll(sharp + error, (2, -3), (0, 1)), np.roll(error, (2, -3), (0, 1))
    found, told = aligned(moved, std, sharp, 8, 5)
    assert np.allclose(found, error[8:-8, 8:-8], atol=1e-9) and np.allclose(told, error[8:-8, 8:-8], atol=1e-9)


@pytest.mark.slow
def test_a_row_is_about_the_map_that_deblur_writes():
    item = datasets.load_item("small-levin", "camera_kernel_04")
    (row,) = Judged(item).rows()
    found = mcdeconv.deconvolve(item.blurred, item.kernel_size)
    assert row["rms_std"] == pytest.approx(np.sqrt(np.mean(found.std**2)), rel=0.2)  # of all, and without the border
    assert 0 < row["within_1"] < row["within_2"] <= 1
    assert STUDY.survey is not None and {*STUDY.survey.means} <= set(row)
    kernels = finished(RIVALS["ours+"].solve(item.blurred, item.kernel_size, RIVALS["ours+"].settings)).others
    assert row["kernels"] == 1 + len(kernels)
