"""The constants of the final deconvolution: their border against textbook filters, and the rows that are stored."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import convolve
from scipy.signal import correlate

from mcdeconv.data.datasets import load_item
from mcdeconv.runs.library import Library
from mcdeconv.runs.run import kernel_protocol
from mcdeconv.scoring.nonblind import HyperLaplacianSettings, deconvolve_with_kernel
from mcdeconv.studies import STUDIES, Asked
from mcdeconv.studies.krishnan_fergus import BORDERS, DATA_WEIGHTS, EXPONENTS, deconvolve_tapered, taper
from mcdeconv.studies.rows import by

STUDY = STUDIES["krishnan-fergus"]
IMAGE = "camera_kernel_01"
KERNEL = np.asarray(load_item("small-levin", IMAGE).kernel)
PHOTOGRAPH = np.asarray(load_item("small-levin", IMAGE).sharp, float)


def test_the_study_keeps_a_row_a_choice_and_ours_is_the_kernel_protocols(tmp_path: Path) -> None:
    lines = list(STUDY.answer(Asked(tmp_path, images=[IMAGE], dataset="small-levin", processes=1)))
    rows = STUDY.sheet(tmp_path).read()
    assert len(lines) == len(rows) == len(BORDERS) * len(EXPONENTS) * len(DATA_WEIGHTS)
    [ours] = [row for row in rows if (row["border"], row["exponent"], row["data_weight"]) == ("unknown", "2/3", 6000)]
    wanted = kernel_protocol(load_item("small-levin", IMAGE), KERNEL)
    assert ours["psnr"] == pytest.approx(wanted["psnr_hyper-laplacian"], abs=1e-4)
    assert ours["structure"] == pytest.approx(wanted["ssim_hyper-laplacian"], abs=1e-4)
    kept = (tmp_path / "studies/krishnan-fergus/rows.csv").read_bytes()
    assert list(STUDY.answer(Asked(tmp_path, images=[IMAGE], dataset="small-levin", processes=1))) == lines
    assert (tmp_path / "studies/krishnan-fergus/rows.csv").read_bytes() == kept


def test_saturated_images_are_left_out(tmp_path: Path) -> None:
    images = ["saturated_01_kernel_01"]
    assert list(STUDY.answer(Asked(tmp_path, images=images, dataset="small-lai", processes=1))) == []


def test_a_tapered_image_is_periodic_and_its_inside_unchanged() -> None:
    tapered, reach = taper(PHOTOGRAPH, KERNEL), KERNEL.shape[0]
    inner = slice(reach, -reach), slice(reach, -reach)
    np.testing.assert_allclose(tapered[inner], PHOTOGRAPH[inner], atol=1e-12)
    blurred = convolve(PHOTOGRAPH, KERNEL, mode="wrap")
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):  # there nothing but the blurred image is left
        np.testing.assert_allclose(tapered[edge], blurred[edge], atol=1e-12)
    profile = correlate(KERNEL.sum(axis=1), KERNEL.sum(axis=1))[reach - 1 :]
    share = 1 - profile / profile.max()  # along the middle column, far from the other borders
    middle = PHOTOGRAPH.shape[1] // 2
    wanted = share * PHOTOGRAPH[:reach, middle] + (1 - share) * blurred[:reach, middle]
    np.testing.assert_allclose(tapered[:reach, middle], wanted, atol=1e-12)


@pytest.mark.parametrize("settings", [HyperLaplacianSettings(), HyperLaplacianSettings(2000.0, 0.5)])
def test_where_nothing_is_at_the_border_both_borders_give_the_same(settings: HyperLaplacianSettings) -> None:
    """One divides spectra, the other takes conjugate gradients around what was not observed."""
    calm = np.full(PHOTOGRAPH.shape, 0.5)
    calm[24:-24, 24:-24] = PHOTOGRAPH[24:-24, 24:-24]
    blurred = convolve(calm, KERNEL, mode="nearest")
    tapered = deconvolve_tapered(blurred, KERNEL, settings)
    unknown = deconvolve_with_kernel(blurred, KERNEL, "hyper-laplacian", settings)

    def difference(image: np.ndarray) -> float:
        return float(np.sqrt(np.mean((image - tapered) ** 2)))

    assert difference(unknown) < 0.02 * difference(blurred)
    assert difference(calm) < 0.3 * difference(blurred)


def test_colour_goes_channel_by_channel() -> None:
    colour = np.stack([PHOTOGRAPH, PHOTOGRAPH / 2, 1 - PHOTOGRAPH], axis=2)
    restored = deconvolve_tapered(colour, KERNEL, HyperLaplacianSettings())
    for channel in range(3):
        alone = deconvolve_tapered(colour[..., channel], KERNEL, HyperLaplacianSettings())
        np.testing.assert_array_equal(restored[..., channel], alone)


def stored() -> Iterator[tuple[tuple[str, str], list[float]]]:
    rows = STUDY.sheet(Library.here().root / "results").read()
    for (dataset, image), own in by(rows, "dataset", "image").items():
        yield (dataset, image), [row["psnr"] for row in own]


def test_what_is_stored_is_whole_and_agrees_with_the_known_kernels() -> None:
    """Every choice on every image; ours on Levin's is what another study measured by itself."""
    results = Library.here().root / "results"
    found = dict(stored())
    assert {len(values) for values in found.values()} == {len(BORDERS) * len(EXPONENTS) * len(DATA_WEIGHTS)}
    assert len([1 for dataset, _ in found if dataset == "levin"]) == 32
    ours = {
        row["image"]: row["psnr"]
        for row in STUDY.sheet(results).read()
        if (row["border"], row["exponent"], row["data_weight"]) == ("unknown", "2/3", 6000)
    }
    for row in STUDIES["known-kernel"].sheet(results).read():
        if row["dataset"] == "levin" and row["final"] == "hyper-laplacian":
            assert ours[row["image"]] == pytest.approx(row["psnr"], abs=2e-3)
