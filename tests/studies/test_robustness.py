"""The study of noise and sizes: what is made harder, and that a row is the method's own kernel, scored."""

import numpy as np
import pytest
from scipy.signal import fftconvolve

from mcdeconv.data import datasets
from mcdeconv.data.compression import is_compressed
from mcdeconv.deblur.restore import settings_for
from mcdeconv.methods import RIVALS
from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised
from mcdeconv.scoring.protocols import protocol_of, score
from mcdeconv.studies.kernels import KNOWN
from mcdeconv.studies.outputs import blurred_by_code
from mcdeconv.studies.robustness import CAMERA, HARDER, IN_LIGHT, JPEG, STUDY, Attempt, noisy, odd, photographed
from mcdeconv.studies.study import Asked


@pytest.fixture(scope="module")
def item():
    return datasets.load_item("synthetic-levin", "camera_kernel_01")


def test_the_noise_has_the_standard_deviation_that_is_named(item):
    added = noisy(item, 0.03).blurred - blurred_by_code(item).blurred
    assert np.std(added) == pytest.approx(0.03, rel=0.02) and abs(np.mean(added)) < 0.001


def test_the_true_kernel_is_deconvolved_with_a_weight_that_suits_the_noise(item):
    (row,) = Attempt(item, KNOWN, "noise 5%").rows()
    hard = noisy(item, 0.05)
    settings = settings_for(hard.blurred, "hyper-laplacian")
    restored = deconvolve_with_kernel(hard.blurred, normalised(item.kernel), "hyper-laplacian", settings)
    wanted = score(restored, hard, protocol_of(item.dataset)).psnr
    assert row["psnr"] == pytest.approx(wanted, abs=1e-4)
    assert settings.data_weight < 200 and row["variant"] == "noise 5%" and row["config"] == KNOWN


def test_a_camera_sees_light_and_stores_its_root_compressed(item):
    light = fftconvolve(item.sharp.astype(float) ** 2.2, item.kernel, mode="valid")
    seen = photographed(item, 2.2)
    assert np.sqrt(np.mean((seen.blurred - light ** (1 / 2.2)) ** 2)) < 0.006  # noise, and what JPEG adds
    assert is_compressed(seen.blurred) and seen.sharp.shape == seen.blurred.shape
    plain = photographed(item, 1.0).blurred
    assert np.sqrt(np.mean((plain - blurred_by_code(item).blurred) ** 2)) < 0.006 and is_compressed(plain)


def test_in_light_the_true_kernel_restores_more_of_what_a_camera_saw():
    item = datasets.load_item("synthetic-levin", "coffee_kernel_01")
    (known,), (light,) = (Attempt(item, method, CAMERA).rows() for method in (KNOWN, IN_LIGHT))
    (plain,) = Attempt(item, KNOWN, JPEG).rows()
    assert known["psnr"] + 1 < light["psnr"] < plain["psnr"]  # noise in the shadows is larger in light
    assert known["config"] == KNOWN and light["config"] == IN_LIGHT


def test_every_method_is_tried_on_everything_that_is_harder(tmp_path):
    tasks = STUDY.survey.tasks(Asked(tmp_path, dataset="synthetic-levin"))
    tried = {(task.harder, task.method) for task in tasks}
    methods = {method for _, method in tried} - {IN_LIGHT}
    assert tried == {(name, method) for name in HARDER for method in methods} | {(CAMERA, IN_LIGHT)}
    assert "ours+" in methods and KNOWN in methods


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
