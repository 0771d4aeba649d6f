"""Readings of the protocol: against the scores that a run has, and Levin's against the stored known-kernel table."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from mcdeconv.data.datasets import load_item
from mcdeconv.errors import InputError
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Identity, Record
from mcdeconv.runs.run import kernel_protocol
from mcdeconv.scoring.protocols import readings_of
from mcdeconv.studies import rescoring
from mcdeconv.studies.rescoring import KNOWN, THRESHOLDS, read, rescore, rescore_thresholded

IMAGE = "camera_kernel_01"


def record(image=IMAGE, kernel=None, dataset="synthetic-levin", method="ours", config="c" * 12):
    item = load_item(dataset, image)
    key = Identity(dataset, image, method, "quick", 0, config, "i" * 12)
    return Record(key, {}, (item.kernel if kernel is None else kernel).tolist(), 1.0, 1, 0, {})


def test_readings_are_the_scores_of_the_kernel_protocol(tmp_path):
    item = load_item("synthetic-levin", IMAGE)
    flat = item.kernel * 0 + 1 / item.kernel.size
    found = rescore("synthetic-levin", [record(kernel=flat)], tmp_path / "r.csv", 1)
    for method, kernel in ((KNOWN, item.kernel), ("ours", flat)):
        wanted = kernel_protocol(item, kernel)
        for reading in (one for one in found if one.method == method):
            assert reading.protocol == "synthetic" and reading.error_ratio is None
            assert reading.psnr == pytest.approx(wanted[f"psnr_{reading.final}"], abs=1e-4)
            assert reading.structure == pytest.approx(wanted[f"ssim_{reading.final}"], abs=1e-4)
    assert [one.final for one in found] == ["hyper-laplacian", "sparse"] * 2
    assert read(tmp_path / "r.csv") == found


def test_what_the_file_has_is_not_computed_again(tmp_path):
    path = tmp_path / "r.csv"
    rescore("synthetic-levin", [record()], path, 1)
    head, first, *rest = path.read_text().splitlines()
    columns = first.split(",")
    columns[8] = "99.5"
    path.write_text("\n".join([head, ",".join(columns), *rest]) + "\n")
    again = rescore("synthetic-levin", [record(), record("camera_kernel_02")], path, 1)
    assert len(again) == 8 and [one.psnr for one in again].count(99.5) == 1


def test_a_protocol_that_is_new_is_read_off_old_kernels_too(tmp_path, monkeypatch):
    path = tmp_path / "r.csv"
    rescore("synthetic-levin", [record()], path, 1)
    [own] = readings_of("synthetic-levin")
    monkeypatch.setattr(rescoring, "readings_of", lambda dataset: [own, replace(own, name="new")])
    found = rescore("synthetic-levin", [record()], path, 1)
    assert [one.protocol for one in found].count("new") == 4 and len(found) == 8


def test_a_kernel_that_is_no_longer_stored_goes(tmp_path):
    path = tmp_path / "r.csv"
    rescore("synthetic-levin", [record(), record(method="ren")], path, 1)
    flat = load_item("synthetic-levin", IMAGE).kernel * 0 + 1
    anew = record(kernel=flat, config="d" * 12)
    found = rescore("synthetic-levin", [anew], path, 1)
    assert {one.kernel for one in found if one.method == "ours"} == {anew.identity.file_name}
    assert read(path) == found and {one.method for one in found} == {KNOWN, "ours", "ren"}


def test_without_small_values_a_kernel_with_a_tail_is_the_true_one_again(tmp_path):
    """The tail is a flat floor of 0.8% of the largest value: only a threshold above it takes it away."""
    item = load_item("synthetic-levin", IMAGE)
    truth = np.where(item.kernel < 0.05 * item.kernel.max(), 0, item.kernel)
    tailed = np.where(truth > 0, truth, 0.008 * truth.max())
    found = rescore_thresholded("synthetic-levin", [record(kernel=tailed)], tmp_path / "r.csv", 1)
    wanted = kernel_protocol(item, truth / truth.sum())
    ours = {(one.threshold, one.final): one.psnr for one in found if one.method == "ours"}
    assert {threshold for threshold, _ in ours} == set(THRESHOLDS)
    for final in ("sparse", "hyper-laplacian"):
        for threshold in THRESHOLDS[1:]:
            assert ours[threshold, final] == pytest.approx(wanted[f"psnr_{final}"], abs=1e-4)
        assert ours[0.0, final] != pytest.approx(wanted[f"psnr_{final}"], abs=0.02)
    assert read(tmp_path / "r.csv") == found


@pytest.mark.parametrize("content", ["image\nx\n", "\x00", "kernel,seed\na,b\n"])
def test_a_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "r.csv").write_text(content)
    with pytest.raises(InputError, match=r"r\.csv cannot be read.*make readings"):
        read(tmp_path / "r.csv")


def test_levins_readings_with_the_true_kernel(benchmark_data, monkeypatch, tmp_path):
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    found = rescore("levin", [record("im08_flit05", dataset="levin")], tmp_path / "r.csv", 1)
    table = Library.here().root / "results/known_kernel/levin.csv"
    with table.open() as stream:
        stored = next(row for row in csv.DictReader(stream) if row["image"] == "im08_flit05")
    by_name = {(one.final, one.protocol): one for one in found if one.method == KNOWN}
    assert len(by_name) == 2 * 5
    for final in ("sparse", "hyper-laplacian"):
        assert by_name[final, "levin"].psnr == pytest.approx(float(stored[f"psnr_{final}"]), abs=2e-3)
        assert by_name[final, "levin-shift10"].psnr >= by_name[final, "levin"].psnr  # a larger window finds no less
        assert by_name[final, "levin-scene-shift10"].psnr >= by_name[final, "levin-scene"].psnr
        assert by_name[final, "levin-scene"].psnr == by_name[final, "levin-selfdeblur"].psnr
    assert by_name["sparse", "levin"].error_ratio == pytest.approx(1, abs=0.02)
    assert by_name["sparse", "levin-scene"].error_ratio is None  # the published errors are against each file's own x
