"""The first screen's image is the one of the median gain, whatever it looks like."""

import pytest

from mcdeconv.core.presets import configure
from mcdeconv.data import datasets
from mcdeconv.paper import plans
from mcdeconv.paper.answer.typical import gains_of, psnr_of, typical_image
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Identity, Record, Store

LEVIN = "synthetic-levin"


def record(image, method, psnr, seed=0, dataset=LEVIN, config="c" * 12):
    key = Identity(dataset, image, method, "quick", seed, config, "i" * 12)
    kernel = [[0.0, 0.1, 0.0], [0.1, 0.6, 0.1], [0.0, 0.1, 0.0]]
    scores = {"psnr_sparse": psnr, "ssim_sparse": 0.5, "psnr_hyper-laplacian": psnr, "ssim_hyper-laplacian": 0.5}
    return Record(key, scores, kernel, 1.0, 10, seed, {})


def test_a_gain_is_that_of_the_first_seed_that_both_have():
    runs = [
        record("a", "ours", 25.0), record("a", "ours", 27.0, 1), record("a", "without-both", 24.0, 1),
        record("b", "ours", 20.0), record("b", "without-both", 23.0), record("b", "without-both", 10.0, 1),
        record("c", "ours", 20.0),
    ]  # fmt: skip
    assert {gain.ours.identity.image: (gain.decibels, gain.ours.identity.seed) for gain in gains_of(runs)} == {
        "a": (3.0, 1),
        "b": (-3.0, 0),
    }


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "results/paper").mkdir(parents=True)
    (tmp_path / "mcdeconv").mkdir()
    return tmp_path


def put(root, gains):
    """A pair of today's configuration for each of the first images of the Levin flavour that the plan has."""
    images = [i for part in plans.EXPERIMENTS["levin"]["quick"] for i in part.images][: len(gains)]
    digests = {method: configure(method, "quick", LEVIN).digest() for method in plans.BOTH}
    for image, gain in zip(images, gains, strict=True):
        for method, psnr in (("ours", 24.0 + gain), ("without-both", 24.0)):
            Store(root / "out/records").put(record(image, method, psnr, config=digests[method]))
    return images


@pytest.mark.parametrize(("gains", "place"), [([5.0, -1.0, 0.5], 2), ([9.0, 1.0, -3.0, 2.0], 1), ([-2.0], 0)])
def test_the_image_is_that_of_the_median_gain_the_lower_of_two(checkout, gains, place):
    images = put(checkout, gains)
    found = typical_image(Library(checkout))
    assert found.item.id == images[place] and found.gain.decibels == pytest.approx(gains[place])
    assert sorted(found.all_gains) == pytest.approx(sorted(gains)) and found.better == sum(g > 0 for g in gains)
    assert psnr_of(found.gain.ours) == pytest.approx(24.0 + gains[place])


def test_what_was_given_is_the_kernels_size(checkout):
    put(checkout, [1.0])
    found = typical_image(Library(checkout))
    item = datasets.load_item(LEVIN, found.item.id)
    assert found.kernel_size == len(item.kernel)
    assert found.kernel_share == pytest.approx(len(item.kernel) / item.blurred.shape[1])
    assert found.restored(found.gain.ours).shape == item.blurred.shape


def test_without_a_pair_there_is_none(checkout):
    assert typical_image(Library(checkout)) is None
