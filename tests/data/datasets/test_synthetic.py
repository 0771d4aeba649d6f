"""Synthetic data: what they promise about pixels, kernels and determinism, against SciPy and themselves."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import convolve, label

from mcdeconv.core.config import input_digest
from mcdeconv.data.datasets import load, load_item, names
from mcdeconv.data.datasets.scenes import latent_view
from mcdeconv.data.datasets.shake import camera_shake_kernel, kernel_of_path
from mcdeconv.data.datasets.synthetic import NOISE_STD, PHOTOGRAPH_VIEWS, SIZE
from mcdeconv.data.grey import grey_of
from mcdeconv.errors import InputError

SYNTHETIC = ("synthetic-levin", "synthetic-lai", "synthetic-kohler")
ROOT = Path(__file__).resolve().parents[3]
SMALL = ("small-levin", "small-lai")


def reflection(kernel):
    return kernel[::-1, ::-1]


def interior_residual(item, kernel):
    """Std of blurred - kernel ⊗ sharp where the sharp image has all that the kernel reaches."""
    channels = item.sharp[..., None] if item.sharp.ndim == 2 else item.sharp
    model = np.stack([convolve(plane.astype(float), kernel) for plane in np.moveaxis(channels, -1, 0)], axis=-1)
    half = kernel.shape[0] // 2
    return float((item.blurred - model.reshape(item.blurred.shape))[half:-half, half:-half].std())


@pytest.mark.parametrize("dataset", [*SYNTHETIC, *SMALL])
def test_every_item_is_well_formed_and_not_flat(dataset):
    items = list(load(dataset))
    assert [item.id for item in items] == names(dataset)
    assert len(set(names(dataset))) == len(items)
    for item in items:
        assert item.blurred.shape == item.sharp.shape
        assert item.blurred.dtype == item.sharp.dtype == np.float32
        for pixels in (item.blurred, item.sharp, *item.frames):
            assert pixels.min() >= 0 and pixels.max() <= 1
        assert item.sharp.std() > 0.1
        assert item.kernel.shape == (item.kernel_size, item.kernel_size) and item.kernel_size % 2 == 1
        assert item.kernel.dtype == np.float64 and item.kernel.min() >= 0
        assert item.kernel.sum() == pytest.approx(1, abs=1e-12)


def test_the_three_flavours_differ_as_their_benchmarks_do():
    levin, lai, kohler = ([load_item(dataset, names(dataset)[-1])] for dataset in SYNTHETIC)
    assert len(names("synthetic-levin")) == 16 and levin[0].blurred.shape == (SIZE, SIZE)
    assert len(names("synthetic-lai")) == 20 and lai[0].blurred.shape == (SIZE, SIZE, 3)
    assert {name.split("_")[0] for name in names("synthetic-lai")} == {
        "manmade",
        "natural",
        "people",
        "saturated",
        "text",
    }
    assert len(names("synthetic-kohler")) == 6 and len(kohler[0].frames) > 30


@pytest.mark.parametrize("dataset", SYNTHETIC)
def test_kernels_are_as_wide_against_the_picture_as_the_benchmarks_are(dataset):
    for item in load(dataset):
        assert 192 <= min(item.blurred.shape[:2]) <= 256
        assert 0.03 <= item.kernel_size / item.blurred.shape[1] <= 0.10


def test_the_small_pictures_are_those_that_the_stored_studies_were_made_on():
    for study, dataset in (("readings", "small-lai"), ("equality", "small-levin")):
        with (ROOT / f"results/studies/{study}/runs.csv").open() as rows:
            stored = {(row["image"], row["input"]) for row in csv.DictReader(rows) if row["dataset"] == dataset}
        assert {image for image, _ in stored} <= set(names(dataset)) and stored
        for image, digest in stored:
            assert input_digest(grey_of(load_item(dataset, image).blurred)) == digest


def test_a_photograph_comes_alone_and_blurred():
    for item in load("synthetic-lai_real"):
        assert item.blurred.shape == (SIZE, SIZE, 3) and item.blurred.dtype == np.float32
        assert item.sharp is item.kernel is item.kernel_size is None and not item.frames
        assert spectral_energy(item.blurred[..., 1]) < 0.3 * spectral_energy(sharp_view(item.id)[..., 1])


def sharp_view(name):
    latent = latent_view(PHOTOGRAPH_VIEWS[name][0], SIZE, grey=False)
    return latent[:SIZE, :SIZE]


def spectral_energy(plane):
    """Energy of the differences between neighbours but one, which noise of 1% hardly changes."""
    return float(np.square(plane[2:] - plane[:-2]).mean() + np.square(plane[:, 2:] - plane[:, :-2]).mean()) - 4e-4


@pytest.mark.parametrize("item_id", ["camera_kernel_01", "coins_kernel_02", "leaves_kernel_03", "coffee_kernel_04"])
def test_blurred_is_the_convolution_with_the_kernel_and_not_the_correlation(item_id):
    item = load_item("synthetic-levin", item_id)
    assert interior_residual(item, item.kernel) == pytest.approx(NOISE_STD, rel=0.06)
    assert interior_residual(item, reflection(item.kernel)) > 2 * NOISE_STD


def test_saturated_was_blurred_before_clipping_and_the_others_were_not():
    for item in load("synthetic-lai", [name for name in names("synthetic-lai") if name.endswith("kernel_02")]):
        assert item.saturated == (item.category == "saturated")
        residual = interior_residual(item, item.kernel)
        assert residual > 3 * NOISE_STD if item.saturated else residual < 1.1 * NOISE_STD


def test_kohler_is_the_mean_of_its_frames_and_not_uniform():
    item = load_item("synthetic-kohler", "astronaut_trajectory_02")
    noise = item.blurred - np.mean(item.frames, axis=0)
    inside = (item.blurred > 0) & (item.blurred < 1)
    assert noise[inside].std() == pytest.approx(NOISE_STD, rel=0.05)
    # the one kernel explains most of the blur, but no longer all of it
    identity = float((item.blurred - item.sharp).std())
    assert 1.1 * NOISE_STD < interior_residual(item, item.kernel) < identity / 2
    assert interior_residual(item, reflection(item.kernel)) > interior_residual(item, item.kernel)


def test_same_pixels_in_another_process_and_another_order():
    script = (
        "from mcdeconv.data.datasets import load_item; import hashlib;"
        "print(hashlib.sha256(load_item('synthetic-levin', 'leaves_kernel_02').blurred.tobytes()).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    import hashlib

    list(load("synthetic-levin", ["coins_kernel_01"]))
    here = load_item("synthetic-levin", "leaves_kernel_02").blurred
    assert hashlib.sha256(here.tobytes()).hexdigest() == other


def test_importing_the_data_sets_imports_nothing_heavy():
    script = (
        "import mcdeconv.data.datasets, sys; "
        "print([name for name in ('torch', 'scipy', 'skimage', 'pooch', 'PIL') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), half=st.integers(3, 18))
def test_a_shake_kernel_is_a_thin_connected_centred_curve(seed, half):
    size = 2 * half + 1
    kernel = camera_shake_kernel(size, np.random.default_rng(seed))
    assert kernel.min() >= 0 and kernel.sum() == pytest.approx(1)
    assert label(kernel > 0, np.ones((3, 3)))[1] == 1
    centre = np.tensordot(kernel, np.indices(kernel.shape), axes=((0, 1), (1, 2)))
    assert centre == pytest.approx([half, half], abs=1e-9)
    used = [np.flatnonzero(kernel.sum(axis=axis)) for axis in (0, 1)]
    # reaches one edge, and spans half of the square in its longer direction at least
    assert max(np.ptp(rows) + 1 for rows in used) > half
    assert min(rows.min() for rows in used) == 0 or max(rows.max() for rows in used) == size - 1


def test_a_point_between_four_pixels_is_shared_by_them():
    kernel = kernel_of_path(np.array([[0.25, -0.5]]), 3)
    expected = np.zeros((3, 3))
    expected[1:3, 0:2] = [[0.375, 0.375], [0.125, 0.125]]
    assert kernel == pytest.approx(expected)


def test_synthetic_alone_is_levin_and_unknown_names_list_the_choices(tmp_path):
    assert names("synthetic") == names("synthetic-levin")
    with pytest.raises(InputError, match=r"unknown data set 'lewin'; choose one of .*levin, lai, lai_real, kohler"):
        load("lewin")
    with pytest.raises(InputError, match=r"no image 'rocket'; choose one of rocket_trajectory_01"):
        load("synthetic-kohler", ["rocket"])
    with pytest.raises(InputError, match=r"no image 'camera_9'; choose one of camera_kernel_01"):
        load_item("synthetic", "camera_9")
