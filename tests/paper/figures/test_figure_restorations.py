"""Figures 4–7: restored again from the record's kernel, with crops and images that nobody chose by eye."""

from dataclasses import replace

import numpy as np
import pytest
from figure_fakes import ITEM, record

from mcdeconv.data.datasets import load_item
from mcdeconv.errors import InputError
from mcdeconv.paper.figures import NARROW, comparison, telling_images
from mcdeconv.paper.figures.restorations import first_seeds, panels_of, restored, telling_crops
from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised
from mcdeconv.scoring.protocols import final_method

SCORES = {"psnr_hyper-laplacian": 24.12, "ssim_hyper-laplacian": 0.8123, "psnr_sparse": 11.0, "psnr_direct": 12.0}


@pytest.fixture
def instant(monkeypatch):
    """A final deconvolution that takes no time: it gives the blurred image back."""
    monkeypatch.setattr(
        "mcdeconv.paper.figures.restorations.deconvolve_with_kernel", lambda blurred, kernel, method: blurred
    )


def scored(method, image, seed, psnr, dataset="synthetic-levin", final="sparse"):
    return record(method, seed, image, dataset, **{f"psnr_{final}": psnr, f"ssim_{final}": 0.5})


@pytest.mark.parametrize(
    ("dataset", "saturated", "method"),
    [
        ("levin", False, "sparse"),
        ("synthetic-levin", False, "sparse"),
        ("lai", False, "hyper-laplacian"),
        ("lai", True, "whyte"),
        ("lai_real", True, "whyte"),
        ("synthetic-kohler", False, "hyper-laplacian"),
    ],
)
def test_the_final_deconvolution_is_the_data_sets(dataset, saturated, method):
    assert final_method(dataset, saturated) == method


def test_a_restored_image_is_made_from_the_records_kernel_in_colour():
    ours = record(blur=0.8)
    wanted = deconvolve_with_kernel(ITEM.blurred, normalised(np.array(ours.kernel)), "hyper-laplacian")
    image = restored(ITEM, ours)
    np.testing.assert_allclose(image, np.clip(wanted, 0, 1))
    assert image.shape == ITEM.blurred.shape and not np.allclose(image, ITEM.blurred, atol=0.05)


@pytest.mark.parametrize(
    ("scores", "final"),
    [({}, "whyte"), ({"psnr_outliers": 1.0}, "outliers"), ({"psnr_outliers": 1.0, "psnr_whyte": 2.0}, "whyte")],
)
def test_a_saturated_image_is_restored_as_its_record_was_scored(scores, final, monkeypatch):
    """An older record has no score of Whyte et al.'s deconvolution: picture and number must be of one method."""
    taken = []
    monkeypatch.setattr(
        "mcdeconv.paper.figures.restorations.deconvolve_with_kernel", lambda *given: taken.append(given[2]) or given[0]
    )
    restored(replace(ITEM, dataset="lai", saturated=True), record(image="saturated_01", dataset="lai", **scores))
    assert taken == [final]


def test_panels_are_input_methods_ours_and_truth_with_the_protocols_scores(instant):
    records = [record("ours", 1, psnr_sparse=1.0), record("ours", 0, **SCORES), record("without-both", 0, blur=3)]
    records.append(record("tv", image="another"))
    panels = panels_of(ITEM, first_seeds(ITEM, records))
    assert [panel.title for panel in panels] == ["input", "without dropout and noise", "ours", "truth"]
    blurred, _, ours, truth = panels
    assert ours.note == "24.12 dB / 0.812"  # of seed 0
    assert panels[1].note.strip() == ""  # not scored
    np.testing.assert_array_equal(blurred.image, ITEM.blurred)
    np.testing.assert_array_equal(truth.image, ITEM.sharp)
    np.testing.assert_array_equal(truth.kernel, ITEM.kernel)
    assert len({panel.crops for panel in panels}) == 1 and len(ours.crops) == 2
    shown = comparison(ITEM, records)
    alt = shown.alt
    assert shown.caption.endswith("tier quick. Below the pictures: PSNR and SSIM of the kernel protocol.")
    assert "tier quick. Chosen by lot. Below" in comparison(ITEM, records, "Chosen by lot.").caption
    assert alt.startswith(f"4 pictures of {ITEM.id}") and "ours, 24.12 dB / 0.812" in alt
    for width in (7.5, NARROW):
        assert shown.at(width).get_figwidth() == width


def test_a_photograph_has_no_truth_and_the_text_says_so(instant):
    photo = replace(ITEM, sharp=None, kernel=None, kernel_size=None)
    assert [panel.title for panel in panels_of(photo, {"ours": record()})] == ["input", "ours"]
    shown = comparison(photo, [record()])
    assert "no truth" in shown.alt and "no truth" in shown.caption and "PSNR" not in shown.caption


def test_a_trajectory_of_frames_shows_one_of_them(instant):
    item = replace(load_item("synthetic-kohler", "rocket_trajectory_01"), sharp=None)
    *_, truth = panels_of(item, {"ours": record("ours", image=item.id, dataset=item.dataset)})
    assert truth.title == "truth (one frame)"
    np.testing.assert_array_equal(truth.image, item.frames[len(item.frames) // 2])


@pytest.mark.parametrize("shape", [(96, 96), (60, 96), (96, 60)])
def test_crops_lie_inside_one_in_each_half(shape):
    item = replace(ITEM, blurred=ITEM.blurred[: shape[0], : shape[1]], sharp=ITEM.sharp[: shape[0], : shape[1]])
    first, second = telling_crops(item)
    for crop in (first, second):
        assert crop.height == crop.width == 24
        assert 0 <= crop.top <= shape[0] - 24 and 0 <= crop.left <= shape[1] - 24
    apart = (second.left >= shape[1] // 2 >= first.left + 24) or (second.top >= shape[0] // 2 >= first.top + 24)
    assert apart


def test_crops_seek_out_detail():
    flat = np.full((96, 96), 0.5, np.float32)
    flat[64:80, 14:30] = 0.2  # its edges fit into one crop
    first, _ = telling_crops(replace(ITEM, sharp=flat, blurred=flat, kernel_size=5))
    assert first.top < 64 < 80 < first.top + 24 and first.left < 14 < 30 < first.left + 24


def test_both_ends_of_the_gain_are_shown():
    records = []
    for image, gain in (("a", 0.5), ("b", -1.5), ("c", 3.0), ("d", 2.0)):
        records += [scored("without-both", image, seed, 20 + seed) for seed in (0, 1)]
        records += [scored("ours", image, seed, 20 + seed + gain) for seed in (0, 1)]
    reasons = telling_images(records)
    assert list(reasons) == ["a", "c", "b"] and reasons["a"].endswith("gain the median.")  # the typical one first
    assert reasons["c"].endswith("gain most.") and reasons["b"].endswith("gain least.") and "4 images" in reasons["b"]
    assert telling_images(records[:4]) == {"a": ""}  # one image is shown once
    assert list(telling_images([record(image=name) for name in "zyx"])) == ["x", "y", "z"]  # nothing scored: by name


def test_the_worst_image_is_shown_too():
    def run(image, seed, psnr, known):
        both = {"psnr_sparse": psnr, "ssim_sparse": 0.8, "known_psnr_sparse": known, "known_ssim_sparse": 0.9}
        return record("ours", seed, image, "levin", **both)

    records = [run("a", 0, 30, 31), run("a", 1, 20, 31), run("b", 0, 27, 32), run("c", 0, 25, 26)]
    assert telling_images(records) == {  # in the mean over its seeds a is 6 dB behind, b 5
        "a": "Of 3 images, the one on which ours stays furthest behind the true kernel."
    }
    without = [
        record("without-both", 0, i, "levin", psnr_sparse=p, ssim_sparse=0.5)
        for i, p in zip("ab", (20, 28), strict=True)
    ]
    assert list(telling_images([*records, *without])) == ["a", "b"]


def test_the_gain_on_saturated_images_is_that_of_their_own_protocol():
    records = [
        replace(scored(m, i, 0, psnr, "synthetic-lai", "hyper-laplacian"))
        for i, gain in (("natural_01", 1.0), ("people_01", 2.0))
        for m, psnr in (("ours", 20 + gain), ("without-both", 20.0))
    ]
    for method, psnr in (("ours", 30.0), ("without-both", 20.0)):
        both = {"psnr_hyper-laplacian": 40 - psnr, "ssim_hyper-laplacian": 0.1, "psnr_outliers": psnr}
        records.append(record(method, 0, "saturated_01", **both, ssim_outliers=0.9))
    assert list(telling_images(records)) == ["people_01", "saturated_01", "natural_01"]


def test_an_image_without_records_is_refused():
    with pytest.raises(InputError, match=f"no record of small-lai {ITEM.id}"):
        comparison(ITEM, [record(image="another")])
