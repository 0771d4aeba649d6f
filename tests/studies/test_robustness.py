"""The study of noise and sizes: what is made harder, and that a row is the method's own kernel, scored."""

import numpy as np
import pytest

from mcdeconv.data import datasets
from mcdeconv.deblur import settings_for
from mcdeconv.methods import RIVALS
from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised
from mcdeconv.scoring.protocols import protocol_of, score
from mcdeconv.studies.kernels import KNOWN
from mcdeconv.studies.outputs import blurred_by_code
from mcdeconv.studies.robustness import STUDY, Attempt, noisy, odd
from mcdeconv.studies.study import Asked


@pytest.fixture(scope="module")
def item():
    return datasets.load_item("synthetic-levin", "camera_kernel_01")


def test_the_noise_has_the_standard_deviation_that_is_named(item):
    added = noisy(item, 0.03).blurred - blurred_by_code(item).blurred
    assert np.std(added) == pytest.approx(0.03, rel=0.02) and abs(np.mean(added)) < 0.001


def test_the_true_kernel_is_deconvolved_with_a_weight_that_suits_the_noise(item):
    (row,) = Attempt(item, KNOWN, noise=0.05).rows()
    hard = noisy(item, 0.05)
    settings = settings_for(hard.blurred, "hyper-laplacian")
    restored = deconvolve_with_kernel(hard.blurred, normalised(item.kernel), "hyper-laplacian", settings)
    wanted = score(restored, hard, protocol_of(item.dataset)).psnr
    assert row["psnr"] == pytest.approx(wanted, abs=1e-4)
    assert settings.data_weight < 200 and row["variant"] == "noise 5%" and row["config"] == KNOWN


def test_a_method_is_given_the_larger_size(item, monkeypatch):
    sizes = []

    def seen(self, grey, size):
        sizes.append(size)
        return np.pad(item.kernel, 4)

    monkeypatch.setattr(Attempt, "found", seen)
    (row,) = Attempt(item, "l0", times=2.0).rows()
    assert sizes == [odd(2 * item.kernel_size)] and row["variant"] == "size x2"
    assert row["config"] == RIVALS["l0"].settings.digest()


@pytest.mark.parametrize(("size", "wanted"), [(9, 9), (13.5, 15), (18, 19), (28.5, 29)])
def test_sizes_are_odd(size, wanted):
    assert odd(size) == wanted


def test_another_data_set_is_refused(tmp_path):
    with pytest.raises(ValueError, match="unknown data set of this study 'lai'"):
        list(STUDY.answer(Asked(tmp_path, dataset="lai")))
