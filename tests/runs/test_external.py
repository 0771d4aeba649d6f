"""Another system's results as records: the way from a folder into every reader of records."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio

from mcdeconv.core.config import input_digest
from mcdeconv.data.datasets import load_item
from mcdeconv.data.photo import write_image
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError
from mcdeconv.runs import run
from mcdeconv.runs.external import (
    System,
    image_scores,
    keep,
    kernel_scores,
    left_from_elsewhere,
    read_results,
    score_results,
)
from mcdeconv.runs.frame import frame
from mcdeconv.runs.library import Library
from mcdeconv.runs.merge import merge
from mcdeconv.runs.records import Identity, Record, Store
from mcdeconv.scoring.protocols import PROTOCOLS, score

DATASET = "small-levin"
IMAGES = ("camera_kernel_01", "coins_kernel_03")
SYSTEM = System("Somebody (2013)", "a page, version 1")


@pytest.fixture
def folder(tmp_path):
    """True kernels, rotated by 180°, in one format each, and one restored image, larger than the blurred one."""
    (tmp_path / "theirs").mkdir()
    for image in IMAGES:
        np.save(tmp_path / "theirs" / f"{image}_kernel.npy", load_item(DATASET, image).kernel[::-1, ::-1])
    truth = load_item(DATASET, IMAGES[1]).sharp
    worse = truth + 0.02 * np.random.default_rng(0).standard_normal(truth.shape)
    write_image(tmp_path / "theirs" / f"{IMAGES[1]}.tif", np.pad(worse, ((3, 5), (6, 2)), mode="reflect"), 16)
    return tmp_path / "theirs"


def scored(folder, system=SYSTEM, **options):
    return score_results(read_results(folder, DATASET), system, processes=1, **options)


@pytest.fixture
def library(tmp_path):
    for name in ("results/paper", "mcdeconv"):
        (tmp_path / name).mkdir(parents=True)
    return Library.here(tmp_path)


def test_true_kernels_score_as_known_ones_and_an_image_as_scikit_image_says(folder):
    first, second = scored(folder)
    for record in (first, second):
        for name in ("psnr_sparse", "ssim_sparse", "psnr_hyper-laplacian"):
            assert record.scores[name] == pytest.approx(record.scores[f"known_{name}"], abs=1e-6)
        assert record.scores["kernel_similarity"] == pytest.approx(1)
        assert record.provenance["found"]["orientation"] == "correlation"
    assert "psnr_direct" not in first.scores
    with Image.open(folder / f"{IMAGES[1]}.tif") as image:
        inner = (np.asarray(image) / 65535)[3 + 15 : -5 - 15, 6 + 15 : -2 - 15]
    truth = load_item(DATASET, IMAGES[1]).sharp[15:-15, 15:-15].astype(float)
    assert second.scores["psnr_direct"] == pytest.approx(peak_signal_noise_ratio(truth, inner, data_range=1), abs=1e-6)
    assert second.provenance["found"]["offset"] == [3, 6] and second.provenance["found"]["crop"] == [96, 96]


def test_a_record_says_where_it_is_from_and_has_no_picture(folder):
    record = scored(folder)[1]
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob(f"{IMAGES[1]}*")}
    assert len(digests) == 2 and record.provenance["files"] == digests
    assert record.provenance["external"] and record.provenance["source"] == SYSTEM.source
    key = record.identity
    assert (key.dataset, key.image, key.method, key.tier, key.seed) == (
        DATASET,
        IMAGES[1],
        SYSTEM.method,
        "external",
        0,
    )
    assert key.input == input_digest(pose(load_item(DATASET, IMAGES[1]), None).blurred) and key.as_planned
    assert (record.kernel, record.seconds, record.iterations) == ([], 0.0, 0)


def test_the_readers_of_records_take_it(folder, library):
    keep(library.local, scored(folder))
    records = library.records(DATASET, [SYSTEM.method], "external")
    assert [record.identity.image for record in records] == list(IMAGES)
    rows = frame(records)
    own = rows[(rows["protocol"] == "kernel") & (rows["measure"] == "psnr")]
    assert own["value"].tolist() == [record.scores["psnr_sparse"] for record in records]
    assert rows[rows["protocol"] == "direct"]["image"].unique().tolist() == [IMAGES[1]]
    assert "seconds" not in set(rows["measure"])  # nobody measured any


def test_scoring_again_leaves_one_record_an_image_whatever_has_changed(folder, library):
    keep(library.local, scored(folder))
    [before] = [record for record in library.local if record.identity.image == IMAGES[0]]
    kernel = np.load(folder / f"{IMAGES[0]}_kernel.npy")
    np.save(folder / f"{IMAGES[0]}_kernel.npy", kernel + 0.01 * kernel.max())
    again = scored(folder, images=[IMAGES[0]])
    assert again[0].identity.config != before.identity.config
    keep(library.local, again)
    assert [r for r in library.local if r.identity.image == IMAGES[0]] == again
    assert left_from_elsewhere(library.local, again) == [IMAGES[1]]
    keep(library.local, scored(folder))
    assert len(list(library.local)) == 2 and left_from_elsewhere(library.local, again) == []
    elsewhere = scored(folder, System(SYSTEM.method, "another page"))
    keep(library.local, elsewhere)
    assert len(library.records(DATASET)) == 2


def test_of_two_versions_a_merge_keeps_the_old_one_unless_told_otherwise(folder, library, tmp_path):
    keep(library.committed, scored(folder))
    newer = Store(tmp_path / "newer")
    keep(newer, scored(folder, System(SYSTEM.method, "version 2")))
    assert merge(newer, library.committed)["kept"] == 2
    assert merge(newer, library.committed, replace=True)["replaced"] == 2
    assert {record.provenance["source"] for record in library.committed} == {"version 2"}
    assert len(list(library.committed)) == 2


def test_processes_change_nothing(folder):
    folder_read = read_results(folder, DATASET)
    one, two = (score_results(folder_read, SYSTEM, processes=n) for n in (1, 2))
    assert [replace(r, provenance={}) for r in one] == [replace(r, provenance={}) for r in two]


def test_the_orientation_can_be_given(folder):
    given = read_results(folder, DATASET, "convolution")
    [record] = score_results(given, SYSTEM, [IMAGES[0]], 1)
    assert record.provenance["found"]["orientation"] == "convolution"
    assert record.scores["psnr_sparse"] < record.scores["known_psnr_sparse"] - 1


@pytest.mark.parametrize(
    ("dataset", "file", "message"),
    [("synthetic-lai_real", "coffee.png", "no sharp image to score with"), ("folder", "a.png", "benchmark")],
)
def test_without_a_truth_there_is_nothing_to_score(tmp_path, dataset, file, message):
    write_image(tmp_path / file, np.random.default_rng(0).random((96, 96)))
    with pytest.raises(InputError, match=message):
        read_results(tmp_path, dataset)


def test_the_truth_itself_has_no_finite_score(tmp_path):
    truth = load_item(DATASET, IMAGES[0]).sharp
    tifffile.imwrite(tmp_path / f"{IMAGES[0]}.tif", truth)
    with pytest.raises(InputError, match="psnr_direct is inf"):
        scored(tmp_path)


READINGS = ("levin-shift10", "levin-scene", "levin-scene-shift10")


@pytest.fixture
def as_levin():
    """An embedded image in Levin's place, with a scene's truth that lies 8 px to the right of its own."""
    item = load_item(DATASET, IMAGES[0])
    return replace(item, dataset="levin", other_truths={"scene": np.roll(item.sharp, 8, axis=1)})


def test_a_restored_image_is_scored_under_every_reading(as_levin):
    restored = as_levin.sharp + 0.02 * np.random.default_rng(0).standard_normal(as_levin.sharp.shape)
    found = image_scores(restored, as_levin)
    names = {f"{measure}_direct/{reading}" for measure in ("psnr", "ssim") for reading in READINGS}
    assert set(found) == {"psnr_direct", "ssim_direct"} | names  # the form of SSIM is no reading of these
    assert found["psnr_direct"] == pytest.approx(34, abs=0.2)  # 20 log10(1 / 0.02)
    assert found["psnr_direct/levin-scene-shift10"] == pytest.approx(found["psnr_direct"], abs=0.2)
    assert found["psnr_direct/levin-scene"] < 25  # 8 px are more than its window has
    assert "psnr_direct/levin-scene" not in image_scores(restored, replace(as_levin, dataset="small-levin"))


BT601 = np.array([0.299, 0.587, 0.114])


def test_a_restored_colour_image_is_scored_on_the_luma_of_its_protocol():
    """Too much red is an error of 0.299 of that in luma; in Lai's studio luma also 219 / 255 of it."""
    item = load_item("synthetic-lai", "natural_01_kernel_02")
    sharp = 0.1 + 0.8 * np.round(item.sharp * 255) / 255
    restored = sharp + 0.05 * np.array([1, 0, 0])
    lai = replace(item, dataset="lai", sharp=sharp)
    found = image_scores(restored, lai)
    assert found["psnr_direct/lai-full-luma"] == pytest.approx(-20 * np.log10(0.05 * 0.299), abs=1e-3)
    assert found["psnr_direct"] == pytest.approx(-20 * np.log10(0.05 * 0.299 * 219 / 255), abs=1e-3)
    assert image_scores(restored @ BT601, lai) == pytest.approx(found)  # a grey image is R = G = B


def test_kohlers_scale_of_a_colour_image_is_one_for_all_channels():
    item = load_item("synthetic-lai", "natural_01_kernel_02")
    restored = (0.6 * item.sharp + 0.1 * np.array([1, 0, 0])).clip(0, 1)
    sharp = item.sharp.astype(float)
    eight_bit = np.round(restored * 255) / 255
    scaled = eight_bit * np.sum(sharp * eight_bit) / np.sum(eight_bit**2)
    by_hand = peak_signal_noise_ratio(sharp @ BT601, scaled @ BT601, data_range=1)
    found = image_scores(restored, replace(item, dataset="kohler", frames=(sharp,), sharp=None))
    assert found["psnr_direct"] == pytest.approx(by_hand) and found.keys() == {"psnr_direct", "ssim_direct"}


def test_a_kernel_is_deconvolved_with_once_for_all_readings(as_levin, monkeypatch):
    seen, real = [], run.deconvolve_with_kernel
    monkeypatch.setattr(run, "deconvolve_with_kernel", lambda *given: seen.append(real(*given)) or seen[-1])
    found = kernel_scores(as_levin.kernel, as_levin)
    assert len(seen) == 2 * 2  # two final deconvolutions, of the kernel and of the true one
    for final, restored in zip(("sparse", "hyper-laplacian"), seen, strict=False):
        for reading in READINGS:
            wanted = score(restored, as_levin, PROTOCOLS[reading])
            assert found[f"psnr_{final}/{reading}"] == wanted.psnr
            assert found[f"ssim_{final}/{reading}"] == wanted.structure
    assert not [name for name in found if name.startswith("known") and "/" in name]


def test_other_readings_are_in_no_frame():
    key = Identity("levin", "im05_flit01", "Somebody", "external", 0, "c", "i")
    plain = {"psnr_sparse": 30.0, "psnr_direct": 31.0, "ssim_direct": 0.9}
    others = {f"psnr_{final}/levin-scene": 40.0 for final in ("sparse", "direct")}
    rows, wanted = (frame([Record(key, own, [], 0.0, 0, 0, {"external": True})]) for own in (plain | others, plain))
    assert rows[["protocol", "measure", "value"]].equals(wanted[["protocol", "measure", "value"]])
