"""Kernels deconvolved with again: against the scores that a run has, by hand, and against what is stored of Levin's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from mcdeconv.core.presets import configure
from mcdeconv.data.datasets import load_item
from mcdeconv.errors import InputError
from mcdeconv.methods import RIVALS
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Identity, Record
from mcdeconv.runs.run import kernel_protocol
from mcdeconv.scoring.nonblind import deconvolve_with_kernel
from mcdeconv.scoring.protocols import LEVIN_KNOWN_KERNEL_SSD, readings_of, score
from mcdeconv.studies import STUDIES, Asked
from mcdeconv.studies.breadth import AS_BROAD, OURS, blurred_to, what_remains
from mcdeconv.studies.kernels import (
    FINALS,
    KNOWN,
    Deconvolution,
    StoredKernel,
    concentration,
    cut_off,
    with_true_kernels,
)
from mcdeconv.studies.protocols import stored_kernels
from mcdeconv.studies.rows import Measured
from mcdeconv.studies.thresholds import THRESHOLDS

IMAGE = "camera_kernel_01"
ITEM = load_item("small-levin", IMAGE)
TRUTH = np.asarray(ITEM.kernel)
BT601 = np.array([0.299, 0.587, 0.114])


def record(kernel: NDArray = TRUTH, image: str = IMAGE, dataset: str = "small-levin") -> Record:
    key = Identity(dataset, image, "ours", "quick", 2, "c" * 12, "i" * 12)
    return Record(key, {}, kernel.tolist(), 1.0, 1, 0, {})


def rows_of(records: list[Record], threshold: float = 0.0, blur: float = 0.0) -> Iterator[Measured]:
    for kernel in with_true_kernels("small-levin", records):
        for final in FINALS:
            yield from Deconvolution(kernel, final, readings_of("small-levin"), threshold, blur).rows()


def test_rows_are_the_scores_of_the_kernel_protocol() -> None:
    flat = TRUTH * 0 + 1 / TRUTH.size
    rows = list(rows_of([record(flat)]))
    assert [(row["method"], row["seed"]) for row in rows] == [(KNOWN, 0)] * 2 + [("ours", 2)] * 2
    assert rows[-1]["record"] == record(flat).identity.file_name
    for method, kernel in ((KNOWN, TRUTH), ("ours", flat)):
        wanted = kernel_protocol(ITEM, kernel)
        for row in (row for row in rows if row["method"] == method):
            assert row["protocol"] == "synthetic" and row["error_ratio"] is None
            assert row["psnr"] == pytest.approx(wanted[f"psnr_{row['final']}"], abs=1e-4)
            assert row["structure"] == pytest.approx(wanted[f"ssim_{row['final']}"], abs=1e-4)


def test_the_heads_are_those_of_the_rows() -> None:
    [known, _] = with_true_kernels("small-levin", [record()])
    task = Deconvolution(known, "sparse", [replace(one, name=name) for one in readings_of("x") for name in "ab"])
    for head, row in zip(task.heads, task.rows(), strict=True):
        assert head.items() <= row.items()
    assert [head["protocol"] for head in task.heads] == ["a", "b"]


def test_without_small_values_a_kernel_with_a_tail_is_the_true_one_again() -> None:
    """The tail is a flat floor of 0.8% of the largest value: only a threshold above it takes it away."""
    truth = np.where(0.05 * TRUTH.max() > TRUTH, 0, TRUTH)
    tailed = np.where(truth > 0, truth, 0.008 * truth.max())
    wanted = kernel_protocol(ITEM, truth / truth.sum())
    for threshold in THRESHOLDS:
        for row in (row for row in rows_of([record(tailed)], threshold) if row["method"] == "ours"):
            same = row["psnr"] == pytest.approx(wanted[f"psnr_{row['final']}"], abs=1e-4)
            assert same == (threshold > 0)


def test_the_true_kernel_gets_worse_as_it_gets_broader() -> None:
    rows = [next(rows_of([record()], blur=blur)) for blur in (0.0, 0.4, 0.6, 0.8)]
    shares = [row["concentration"] for row in rows]
    assert shares[0] == pytest.approx(1) and 1 > shares[1] > shares[2] > shares[3] > 0
    assert {row["cut_off"] for row in rows} == {0.0}
    assert rows[3]["psnr"] < rows[0]["psnr"]


def test_concentration_by_hand() -> None:
    truth = np.array([[0.5, 0.5], [0.0, 0.0]])
    assert concentration(truth, truth) == pytest.approx(1)
    assert concentration(3 * np.ones((2, 2)), truth) == pytest.approx(0.5)  # of sum 1: 4 / 16 against 2 / 4


def test_what_the_square_cuts_off_by_hand() -> None:
    truth = np.zeros((5, 5))
    truth[1, 1:4] = (0.5, 0.3, 0.2)
    assert cut_off(truth, truth) == 0
    assert cut_off(np.roll(truth, (1, 1), (0, 1)), truth) == 0
    beyond = np.zeros((5, 5))
    beyond[2, 3:] = (0.5, 0.3)  # two to the right: what had 0.2 has no place
    assert cut_off(beyond, truth) == pytest.approx(0.2)
    larger = np.zeros((9, 9))
    larger[0, 6:] = truth[1, 1:4]
    assert cut_off(larger, truth) == 0


def test_levins_true_kernel_scores_what_is_stored(benchmark_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    image = "im08_flit05"
    results = Library.here().root / "results"
    stored = {
        (name, row["final"], row["protocol"]): row["psnr"]
        for name in ("known-kernel", "protocols", "thresholds")
        for row in STUDIES[name].sheet(results).read()
        if (row["image"], row["method"], row["threshold"]) == (image, KNOWN, 0.0)
    }
    kernel, _ = with_true_kernels("levin", [record(image=image, dataset="levin")])
    found = {
        (final, row["protocol"]): row
        for final in FINALS
        for row in Deconvolution(kernel, final, readings_of("levin")).rows()
    }
    assert len(found) == 2 * 5 and len(stored) == 2 + 2 * 5 + 2
    for (_, final, protocol), psnr in stored.items():
        assert found[final, protocol]["psnr"] == pytest.approx(psnr, abs=2e-3)
    for final in FINALS:
        psnr = {protocol: row["psnr"] for (one, protocol), row in found.items() if one == final}
        assert psnr["levin-shift10"] >= psnr["levin"]  # a larger window finds no less
        assert psnr["levin-scene-shift10"] >= psnr["levin-scene"] == psnr["levin-selfdeblur"]
    assert found["sparse", "levin"]["error_ratio"] == pytest.approx(1, abs=0.02)
    assert found["sparse", "levin-scene"]["error_ratio"] is None  # the published ones are against each file's own x


def test_levins_32_true_kernels_have_the_published_errors() -> None:
    """Squared errors that the benchmark's authors publish; 2% of one is 0.09 dB, and the mean agrees to a hundredth."""
    rows = STUDIES["known-kernel"].sheet(Library.here().root / "results").read()
    found = {row["image"]: row for row in rows if (row["final"], row["protocol"]) == ("sparse", "levin")}
    assert {image: row["ssd"] for image, row in found.items()} == pytest.approx(LEVIN_KNOWN_KERNEL_SSD, rel=0.02)
    assert np.mean([row["psnr"] for row in found.values()]) == pytest.approx(32.73, abs=0.005)


def test_of_colour_the_luma_is_deconvolved_and_each_reading_of_lais_scores_it() -> None:
    item = load_item("synthetic-lai", "natural_01_kernel_02")
    item = replace(item, dataset="lai", blurred=item.blurred[:120, :110], sharp=item.sharp[:120, :110])
    readings = readings_of("lai")
    rows = {row["protocol"]: row for row in Deconvolution(StoredKernel(item, item.kernel), "sparse", readings).rows()}
    restored = deconvolve_with_kernel(item.blurred @ BT601, item.kernel / item.kernel.sum(), "sparse")
    result = score(np.stack([restored] * 3, axis=-1), item, readings[0])  # grey as R = G = B, another way to the same
    assert rows["lai"]["psnr"] == pytest.approx(result.psnr, abs=1e-6)
    assert rows["lai-selfdeblur"]["psnr"] == rows["lai"]["psnr"]
    assert rows["lai"]["psnr"] - rows["lai-full-luma"]["psnr"] == pytest.approx(20 * np.log10(255 / 219), abs=0.01)
    assert rows["lai-selfdeblur"]["structure"] != rows["lai"]["structure"] != rows["lai-full-luma"]["structure"]


def test_the_surveys_of_levins_kernels_ask_for_what_is_stored(
    benchmark_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that are kept are found again by today's tasks, so nothing is measured twice."""
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    monkeypatch.chdir(Library.here().root)
    results = Library.here().root / "results"
    for name in ("known-kernel", "protocols", "thresholds", "breadth", "sampling"):
        study = STUDIES[name]
        assert study.survey is not None
        sheet = study.sheet(results)
        asked = {
            (*sheet.place(head), head[sheet.made_from])
            for task in study.survey.tasks(Asked(results))
            for head in task.heads
        }
        kept = {(*sheet.place(row), row[sheet.made_from]) for row in sheet.read()}
        assert kept <= asked, name


def test_records_there_must_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Library.here().root)
    with pytest.raises(InputError, match="there is no record of ren on kohler at tier quick; run it first"):
        list(STUDIES["protocols"].answer(Asked(tmp_path, ["ren"], tier="quick", dataset="kohler")))


def test_every_method_that_runs_as_it_did_is_asked_for(tmp_path: Path) -> None:
    for folder in ("results/paper", "mcdeconv"):
        (tmp_path / folder).mkdir(parents=True)
    library = Library.here(tmp_path)
    today = {
        ("ours", "laptop"): configure("ours", "laptop").digest(),
        ("ren", "paper"): configure("ren", "paper").digest(),
        ("l0", "full"): RIVALS["l0"].settings.digest(),
    }
    others = {
        ("without-both", "laptop"): "0" * 12,  # another configuration's
        ("Somebody (2013)", "external"): "c" * 12,
        ("ours", "quick"): configure("ours", "quick").digest(),
        ("p0=0.3", "laptop"): "c" * 12,
    }
    for (method, tier), config in (today | others).items():
        key = Identity("levin", IMAGE, method, tier, 0, config, "i" * 12)
        library.local.put(Record(key, {}, TRUTH.tolist(), 1.0, 1, 0, {}))
    without = Identity("levin", IMAGE, "dark-channel", "full", 0, RIVALS["dark-channel"].settings.digest(), "i" * 12)
    library.local.put(Record(without, {}, [], 1.0, 1, 0, {}))
    found = stored_kernels(library, "levin")
    assert {(record.identity.method, record.identity.tier) for record in found} == set(today)
    assert [record.identity.method for record in stored_kernels(library, "levin", ["full"])] == ["l0"]
    assert stored_kernels(library, "lai") == []


def test_a_kernel_is_blurred_until_it_is_as_broad_as_another() -> None:
    """The concentration of a Gaussian falls with its variance: 2 px² and 7 px² make 9 px²."""
    narrow, broad = (gaussian_filter(np.pad([[1.0]], 15), width) for width in (np.sqrt(2), 3.0))
    wanted = concentration(broad, narrow)
    blurred = blurred_to(narrow, wanted, narrow)
    assert concentration(blurred, narrow) == pytest.approx(wanted, rel=1e-3)
    assert np.sqrt(np.square(blurred[3:-3, 3:-3] - broad).sum()) < 0.02 * np.sqrt(np.square(broad).sum())
    np.testing.assert_array_equal(blurred_to(broad, concentration(narrow, narrow), narrow), broad)  # is broader already


def test_what_remains_is_paired_by_image(tmp_path: Path) -> None:
    assert what_remains(tmp_path).runs == 0
    own = {"dataset": "levin", "tier": "laptop", "seed": 0, "record": "r", "blur": 0.0, "threshold": 0.0}
    own |= {"final": "sparse", "protocol": "levin"}
    values = {("a", OURS): 30.0, ("b", OURS): 32.0, ("a", AS_BROAD): 29.0, ("c", AS_BROAD): 10.0}
    STUDIES["breadth"].sheet(tmp_path).put(
        own | {"image": image, "method": method, "psnr": psnr} for (image, method), psnr in values.items()
    )
    found = what_remains(tmp_path)
    assert (found.mean, found.images) == (1.0, 1)
