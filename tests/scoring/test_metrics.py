"""Metrics against scikit-image, direct implementations, closed forms and properties."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.signal import correlate2d
from skimage import data
from skimage.color import rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from mcdeconv.data.grey import luma
from mcdeconv.errors import InputError
from mcdeconv.scoring.metrics import (
    LOWPASS_97,
    _ssd_of_shifts,
    best_shift,
    kernel_similarity,
    msssim,
    psnr,
    ssim,
    ssim_wang,
)


def natural(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    """A smooth random image in [0, 1]."""
    image = gaussian_filter(np.random.default_rng(seed).random(shape), 1.5)
    return (image - image.min()) / np.ptp(image)


def noisy(image: np.ndarray, std: float, seed: int = 1) -> np.ndarray:
    return image + std * np.random.default_rng(seed).standard_normal(image.shape)


def direct_ssim_maps(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Luminance, contrast and structure maps of windows wholly inside, by 2-D correlation with a written-out window."""
    axis = np.arange(-5, 6)
    window = np.exp(-(axis[:, None] ** 2 + axis**2) / (2 * 1.5**2))
    window /= window.sum()
    mean_a, mean_b, aa, bb, ab = (correlate2d(i, window, "valid") for i in (a, b, a * a, b * b, a * b))
    std_a, std_b = np.sqrt(aa - mean_a**2), np.sqrt(bb - mean_b**2)
    luminance = (2 * mean_a * mean_b + 0.01**2) / (mean_a**2 + mean_b**2 + 0.01**2)
    contrast = (2 * std_a * std_b + 0.03**2) / (std_a**2 + std_b**2 + 0.03**2)
    structure = (ab - mean_a * mean_b + 0.03**2 / 2) / (std_a * std_b + 0.03**2 / 2)
    return luminance, contrast, structure


def brute_force(restored: np.ndarray, sharp: np.ndarray, crop: int, maxshift: int) -> tuple[float, tuple[float, float]]:
    """comp_upto_shift as a loop over bilinear warps."""
    target = sharp[crop:-crop, crop:-crop]
    rows, columns = np.mgrid[crop : sharp.shape[0] - crop, crop : sharp.shape[1] - crop]
    shifts = np.arange(-maxshift, maxshift + 0.25, 0.25)
    return min(
        (float(np.sum((map_coordinates(restored, [rows + dy, columns + dx], order=1) - target) ** 2)), (dy, dx))
        for dy in shifts
        for dx in shifts
    )


def test_psnr_agrees_with_scikit_image_and_with_its_closed_form() -> None:
    sharp = natural((40, 50))
    restored = noisy(sharp, 0.05)
    assert psnr(restored, sharp) == pytest.approx(peak_signal_noise_ratio(sharp, restored, data_range=1.0))
    assert psnr(255 * restored, 255 * sharp, peak=255) == pytest.approx(psnr(restored, sharp))
    assert psnr(np.zeros((8, 8)), np.full((8, 8), 0.1)) == pytest.approx(20.0)
    assert psnr(sharp, sharp) == float("inf")
    assert psnr(np.zeros((1, 1)), np.full((1, 1), 0.1)) == pytest.approx(20.0)
    colour = natural((40, 150)).reshape(40, 50, 3)
    assert psnr(noisy(colour, 0.05), colour) == pytest.approx(
        peak_signal_noise_ratio(colour, noisy(colour, 0.05), data_range=1.0)
    )


@pytest.mark.parametrize("measure", [ssim, ssim_wang, msssim])
def test_structure_does_not_depend_on_the_unit(measure: Callable[..., float]) -> None:
    """0 to 255 with peak 255 is as 0 to 1, in bytes too, whose squares need more than a byte."""
    a, b = (np.round(255 * np.clip(image, 0, 1)) for image in (natural((161, 170)), noisy(natural((161, 170)), 0.1)))
    in_units = measure(b / 255, a / 255)
    assert measure(b, a, peak=255) == pytest.approx(in_units)
    assert measure(b.astype(np.uint8), a.astype(np.uint8), peak=255) == pytest.approx(in_units)


def test_ssim_agrees_with_scikit_image_up_to_the_borders() -> None:
    sharp = natural((64, 80))
    restored = noisy(sharp, 0.05)
    mean, map_ = structural_similarity(
        sharp, restored, data_range=1.0, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, full=True
    )
    assert mean == pytest.approx(map_[5:-5, 5:-5].mean())
    assert ssim_wang(restored, sharp) == pytest.approx(mean)  # at this size it is the mean of windows wholly inside
    # replicated borders: the whole map is the inside of the map of the padded images
    padded = [np.pad(image, 5, mode="edge") for image in (sharp, restored)]
    assert ssim(restored, sharp) == pytest.approx(np.prod(direct_ssim_maps(*padded), axis=0).mean())
    assert ssim(sharp, sharp) == pytest.approx(1.0)


def test_ssim_has_the_value_of_another_program() -> None:
    """0.357959091663361 is what `imdiff -m mssim` prints (IPOL 2011, in C), as scikit-image's own tests quote it.

    It takes the whole image; four quarters, whose windows lie side by side, are too small for `ssim_wang` to reduce.
    """
    camera = data.camera()
    drawn = np.random.RandomState(5).randn(*camera.shape)
    spoiled = np.clip(camera + 20.0 * drawn, 0, 255).astype(camera.dtype)
    quarters = [
        (rows, columns) for rows in (slice(0, 261), slice(251, 512)) for columns in (slice(0, 261), slice(251, 512))
    ]
    values = [ssim_wang(spoiled[quarter], camera[quarter], peak=255) for quarter in quarters]
    assert np.mean(values) == pytest.approx(0.357959091663361, abs=1e-5)


def test_ssim_of_constant_images_is_the_luminance_term() -> None:
    expected = (2 * 0.2 * 0.6 + 0.01**2) / (0.2**2 + 0.6**2 + 0.01**2)
    for measure in (ssim, ssim_wang):
        for size in (11, 20):
            assert measure(np.full((size, size), 0.2), np.full((size, size), 0.6)) == pytest.approx(expected)


@pytest.mark.parametrize(("height", "factor"), [(385, 2), (641, 3)])
def test_ssim_wang_reduces_large_images_as_matlab_does(height: int, factor: int) -> None:
    sharp = natural((height, 660))
    restored = noisy(sharp, 0.05)

    def reduce(image: np.ndarray) -> np.ndarray:
        before = (factor - 1) // 2  # an even window reaches one pixel further down and right
        padded = np.pad(image, (before, factor - 1 - before), mode="symmetric")
        return correlate2d(padded, np.full((factor, factor), factor**-2.0), "valid")[::factor, ::factor]

    expected = np.prod(direct_ssim_maps(reduce(restored), reduce(sharp)), axis=0).mean()
    assert ssim_wang(restored, sharp) == pytest.approx(expected)


def test_lowpass_97_has_unit_gain_and_four_zeros_at_the_highest_frequency() -> None:
    taps = np.arange(-4, 5)
    assert np.array_equal(LOWPASS_97, LOWPASS_97[::-1])
    assert LOWPASS_97.sum() == pytest.approx(1.0)
    for order in range(4):
        assert np.sum((-1.0) ** taps * taps**order * LOWPASS_97) == pytest.approx(0.0, abs=1e-11)


def test_lowpass_97_is_what_its_authors_derive() -> None:
    """Cohen, Daubechies and Feauveau 1992: of the half-band filter with eight zeros at the highest frequency, four of
    these and the two complex roots of 1 + 4 y + 10 y² + 20 y³, y = sin²(ω / 2), are one filter's."""
    y, halved = np.array([-1, 2, -1]) / 4, np.array([1, 2, 1]) / 4
    taps = np.convolve(halved, halved)
    for root in np.roots([20, 10, 4, 1]):
        if abs(root.imag) > 1e-9:
            taps = np.convolve(taps, [0, 1, 0] - y / root)
    assert np.allclose(LOWPASS_97, taps, rtol=0, atol=1e-14)


@pytest.mark.parametrize("brightness", [1.0, 0.4])
def test_msssim_agrees_with_a_direct_implementation(brightness: float) -> None:
    a, b = natural((170, 161)), brightness * noisy(natural((170, 161)), 0.1)
    weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    expected, images = 1.0, [a, b]
    for level, weight in enumerate(weights):
        if level:
            images = [correlate2d(i, np.outer(LOWPASS_97, LOWPASS_97), "same", "symm")[::2, ::2] for i in images]
        luminance, contrast, structure = (map_.mean() for map_ in direct_ssim_maps(*images))
        expected *= contrast**weight * structure**weight
    assert msssim(b, a) == pytest.approx(expected * luminance ** weights[-1])


def test_msssim_is_one_for_equal_images_and_falls_with_noise() -> None:
    sharp = natural((176, 180))
    values = [msssim(noisy(sharp, std), sharp) for std in (0.0, 0.02, 0.05, 0.1, 0.2)]
    assert values[0] == pytest.approx(1.0)
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.9
    assert 0 <= msssim(1 - sharp, sharp) < 0.1  # anticorrelated


kernels = arrays(float, st.integers(1, 9).map(lambda k: (k, k)), elements=st.floats(0, 1)).filter(
    lambda k: k.max() > 1e-6
)


@settings(max_examples=50, deadline=None)
@given(kernels, kernels, st.integers(0, 4), st.integers(0, 4))
def test_kernel_similarity_properties(a: np.ndarray, b: np.ndarray, down: int, right: int) -> None:
    similarity = kernel_similarity(a, b)
    assert 0 <= similarity <= 1
    assert kernel_similarity(b, a) == pytest.approx(similarity)
    assert kernel_similarity(3 * a, b) == pytest.approx(similarity)
    shifted = np.pad(a, ((down, 4 - down), (right, 4 - right)))
    assert kernel_similarity(shifted, b) == pytest.approx(similarity)
    assert kernel_similarity(shifted, a) == pytest.approx(1.0)


def test_kernel_similarity_of_a_line_and_a_point() -> None:
    line = np.zeros((7, 7))
    line[3, 1:5] = 0.25
    point = np.ones((1, 1))
    assert kernel_similarity(point, line) == pytest.approx(0.5)  # 1 / sqrt(4 px)
    assert kernel_similarity(line.T, line) == pytest.approx(0.25)
    with pytest.raises(InputError, match="zero everywhere"):
        kernel_similarity(np.zeros((3, 3)), line)
    assert kernel_similarity(np.array([[-1.0]]), np.array([[1.0]])) == 0  # a network's output may dip below 0


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 3), st.integers(0, 2))
def test_best_shift_agrees_with_brute_force(seed: int, maxshift: int, extra: int) -> None:
    crop = maxshift + 1 + extra
    restored, sharp = np.random.default_rng(seed).random((2, 17, 20))
    ssd, shift = brute_force(restored, sharp, crop, maxshift)
    found = best_shift(restored, sharp, crop, maxshift)
    assert found.ssd == pytest.approx(ssd)
    assert found.shift == shift
    assert np.sum((found.restored - found.sharp) ** 2) == found.ssd
    assert np.array_equal(found.sharp, sharp[crop:-crop, crop:-crop])


@pytest.mark.parametrize("reach", [0, 1, 2])
def test_ssd_of_all_shifts_by_bilinear_warps(reach: int) -> None:
    region, target = np.random.default_rng(reach).random((2, 12, 14))
    target = target[reach : 12 - reach, reach : 14 - reach]
    rows, columns = np.mgrid[reach : 12 - reach, reach : 14 - reach]
    shifts = np.linspace(-reach, reach, 8 * reach + 1)
    warped = [[map_coordinates(region, [rows + dy, columns + dx], order=1) for dx in shifts] for dy in shifts]
    expected = [[np.sum((image - target) ** 2) for image in line] for line in warped]
    np.testing.assert_allclose(_ssd_of_shifts(region, target, 4), expected, rtol=1e-12)


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e12])
def test_best_shift_does_not_depend_on_the_unit(unit: float) -> None:
    sharp = natural((40, 41), 3)
    restored = noisy(np.roll(sharp, (-4, 3), axis=(0, 1)), 1e-3)
    assert best_shift(unit * restored, unit * sharp, crop=5, maxshift=5).shift == (-4, 3)
    black = best_shift(np.zeros((40, 41)), unit * sharp, crop=5, maxshift=5)  # no shift is better than another
    assert black.shift == (0, 0) and black.ssd == pytest.approx(unit**2 * np.sum(sharp[5:-5, 5:-5] ** 2))
    both = best_shift(np.zeros((40, 41)), np.zeros((40, 41)), crop=5, maxshift=5)
    assert (both.shift, both.ssd) == ((0, 0), 0)


@settings(max_examples=15, deadline=None)
@given(st.integers(-20, 20), st.integers(-20, 20))
def test_best_shift_finds_a_known_shift_exactly(quarters_down: int, quarters_right: int) -> None:
    restored = natural((60, 64))
    dy, dx = quarters_down / 4, quarters_right / 4
    rows, columns = np.mgrid[:60, :64]
    sharp = map_coordinates(restored, [rows + dy, columns + dx], order=1, mode="nearest")
    found = best_shift(restored, sharp, crop=15, maxshift=5)
    assert found.shift == (dy, dx)
    assert found.ssd == pytest.approx(0, abs=1e-20)


def test_best_shift_stays_where_pixels_exist_and_prefers_the_shortest() -> None:
    restored, sharp = natural((30, 31), 1), natural((30, 31), 2)
    within = best_shift(restored, sharp, crop=2, maxshift=2)
    assert best_shift(restored, sharp, crop=2, maxshift=9).shift == within.shift
    assert best_shift(restored, sharp, crop=0, maxshift=9).ssd == pytest.approx(np.sum((restored - sharp) ** 2))
    flat = best_shift(np.full((30, 31), 0.25), np.full((30, 31), 0.5), crop=5, maxshift=5)
    assert flat.shift == (0, 0)
    assert flat.ssd == pytest.approx(20 * 21 / 16)


def test_luma() -> None:
    white, colour = np.ones((2, 2, 3)), np.random.default_rng(0).random((4, 5, 3))
    assert luma(white) == pytest.approx(np.ones((2, 2)))
    assert luma(white, "studio") == pytest.approx(np.full((2, 2), 235 / 255))
    assert luma(0 * white, "studio") == pytest.approx(np.full((2, 2), 16 / 255))
    assert luma(colour, "studio") == pytest.approx(rgb2ycbcr(colour)[..., 0] / 255)
    grey = colour[..., 0]
    assert np.array_equal(luma(grey), grey)
    assert luma(grey, "studio") == pytest.approx(rgb2ycbcr(np.stack([grey] * 3, axis=-1))[..., 0] / 255)


def test_wrong_shapes_are_named() -> None:
    with pytest.raises(InputError, match=r"\(4, 4\).*\(4, 5\)"):
        psnr(np.zeros((4, 4)), np.zeros((4, 5)))
    colour = np.zeros((200, 200, 3))
    for measure in (ssim, ssim_wang, msssim, lambda a, b: best_shift(a, b, 15, 5)):
        with pytest.raises(InputError, match=r"not shape \(200, 200, 3\); take their `luma` first"):
            measure(colour, colour)
    with pytest.raises(InputError, match="at least 161 x 161 px"):
        msssim(np.zeros((160, 200)), np.zeros((160, 200)))
    with pytest.raises(InputError, match="at least 11 x 11 px"):
        ssim_wang(np.zeros((20, 10)), np.zeros((20, 10)))
    with pytest.raises(InputError, match="31 x 31"):
        best_shift(np.zeros((30, 40)), np.zeros((30, 40)), crop=15, maxshift=5)
