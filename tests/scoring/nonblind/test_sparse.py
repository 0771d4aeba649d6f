"""Reweighting against its closed form, and the published known-kernel errors of Levin's benchmark."""

import numpy as np
import pytest
from scipy.io import loadmat
from scipy.ndimage import shift as shifted

from mcdeconv.errors import InputError
from mcdeconv.scoring.nonblind import SparseSettings, deconvolve_with_kernel
from mcdeconv.scoring.nonblind.sparse import DERIVATIVES, prior_weights

# sum of squared differences over the 225×225 crop that the benchmark publishes for the true kernels
PUBLISHED = {"im05_flit04": 48.3362, "im07_flit06": 10.0371, "im08_flit03": 15.3129}


def best_ssd(restored, sharp):
    """Levin's score by SciPy: crop 15, shifts of ±5 in whole pixels, then in quarters around the best."""

    def ssd(row, column):
        moved = shifted(restored, (-row, -column), order=1, mode="nearest")
        return float(np.sum((moved - sharp)[15:-15, 15:-15] ** 2))

    whole = [(float(r), float(c)) for r in range(-5, 6) for c in range(-5, 6)]
    row, column = min(whole, key=lambda rc: ssd(*rc))
    quarters = np.arange(-0.75, 1, 0.25)
    return min(ssd(row + r, column + c) for r in quarters for c in quarters)


def test_prior_weights_are_those_of_the_paper():
    settings = SparseSettings()
    latent = np.random.default_rng(0).random((12, 13))
    weights = prior_weights(latent, settings)
    across = latent[:, 1:] - latent[:, :-1]
    mixed = latent[1:, 1:] - latent[1:, :-1] - latent[:-1, 1:] + latent[:-1, :-1]
    assert np.allclose(weights[DERIVATIVES.index((1,))], 6.8e-4 / np.maximum(np.abs(across), 0.01) ** 1.2)
    assert np.allclose(weights[DERIVATIVES.index((0, 1))], 0.25 * 6.8e-4 / np.maximum(np.abs(mixed), 0.01) ** 1.2)


def test_small_derivatives_have_bounded_weights():
    weights = prior_weights(np.full((6, 6), 0.5), SparseSettings())
    assert all(np.allclose(w, s * 6.8e-4 * 0.01**-1.2) for w, s in zip(weights, (1, 1, 0.25, 0.25, 0.25), strict=True))


def test_reweighting_beats_the_gaussian_prior(case):
    blurred, sharp, kernel = case
    gaussian = deconvolve_with_kernel(blurred, kernel, "sparse", SparseSettings(reweightings=0))
    sparse = deconvolve_with_kernel(blurred, kernel, "sparse")
    assert np.mean((sparse - sharp) ** 2) < np.mean((gaussian - sharp) ** 2)


@pytest.mark.parametrize(
    "wrong", [{"prior_weight": 0}, {"exponent": 2.0}, {"iterations": 0}, {"gradient_floor": -1}, {"reweightings": -1}]
)
def test_wrong_settings(wrong):
    with pytest.raises(InputError):
        SparseSettings(**wrong)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_published_error_of_the_true_kernel(benchmark_data, name):
    data = loadmat(benchmark_data / "levin" / f"{name}.mat")
    kernel = np.rot90(data["f"], 2) / data["f"].sum()
    restored = deconvolve_with_kernel(data["y"], kernel, "sparse")
    assert best_ssd(restored, data["x"]) == pytest.approx(PUBLISHED[name], rel=0.02)


def test_hyper_laplacian_is_at_least_as_good_on_a_real_image(benchmark_data):
    data = loadmat(benchmark_data / "levin" / "im08_flit03.mat")
    kernel = np.rot90(data["f"], 2) / data["f"].sum()
    restored = deconvolve_with_kernel(data["y"], kernel, "hyper-laplacian")
    assert best_ssd(restored, data["x"]) < PUBLISHED["im08_flit03"]
