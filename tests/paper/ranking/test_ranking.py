"""Scores under every reading, from records and the study's rows that nobody computed, against sums by hand."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from mcdeconv.core.presets import configure
from mcdeconv.errors import InputError
from mcdeconv.methods import RIVALS
from mcdeconv.paper import ranking
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Identity, Record
from mcdeconv.studies import STUDIES

IMAGES = ("im05_flit01", "im05_flit02", "im06_flit01", "im06_flit02")
OWN, SCENE = "sparse/levin", "sparse/levin-scene"
KERNEL = [[0.0, 0.1, 0.0], [0.2, 0.4, 0.2], [0.0, 0.1, 0.0]]
EXTERNAL = {
    "Pan et al. (authors' kernels)": {"kernel": 32.69},
    "Xu & Jia (authors' kernels)": {"kernel": 31.74},
    "Fergus et al. (authors' kernels)": {"kernel": None},
    "Pan et al. 2014 (a page)": {"kernel": None},  # the paper has two of that name
    "SelfDeblur (a stranger's run 2)": {"kernel": 33.32, "direct": 33.07},
}


def record(image, method, tier, config, scores, seconds=10.0):
    kernel = [] if tier == "external" else KERNEL
    where = {"external": True} if tier == "external" else {"device": "a processor"}
    return Record(Identity("levin", image, method, tier, 0, config, "i" * 12), scores, kernel, seconds, 1, 0, where)


def ours(image, psnr):
    return record(image, "ours", "laptop", configure("ours", "laptop").digest(), {"psnr_sparse": psnr})


def row(of, final, protocol, psnr, structure=0.9):
    """One of the study's; `of` is a record or, for the true kernel, an image."""
    known = isinstance(of, str)
    names = (
        ("known kernel", "", "known kernel") if known else (of.identity.method, of.identity.tier, of.identity.file_name)
    )
    head = dict(zip(("method", "tier", "record"), names, strict=True))
    head |= {"dataset": "levin", "image": of if known else of.identity.image, "seed": 0, "blur": 0.0, "threshold": 0.0}
    return head | {"final": final, "protocol": protocol, "psnr": psnr, "structure": structure}


@pytest.fixture
def library(tmp_path):
    shutil.copytree(Library.here().root / "results/paper", tmp_path / "results/paper")
    (tmp_path / "mcdeconv").mkdir()
    return Library.here(tmp_path)


@pytest.fixture
def filled(library):
    """Ours and others' files on four images, a rival on two, and the true kernels on all."""
    rows = []
    for place, image in enumerate(IMAGES):
        mine = ours(image, 30.0 + place)
        library.local.put(mine)
        rows += [row(mine, *reading.split("/"), 30.0 + place + more) for reading, more in ((OWN, 0), (SCENE, 1.5))]
        rows += [row(image, *reading.split("/"), 33.0 + place + more) for reading, more in ((OWN, 0), (SCENE, 0.5))]
    for image in IMAGES[:2]:
        scores = {"psnr_sparse": 31.0, "psnr_hyper-laplacian": 29.0, "psnr_whyte": 99.0, "known_psnr_sparse": 99.0}
        library.local.put(record(image, "l0", "full", RIVALS["l0"].settings.digest(), scores))
    for method, stages in EXTERNAL.items():
        scores = {"psnr_sparse": 31.2, "psnr_sparse/levin-scene": 31.4, "psnr_sparse/levin-selfdeblur": 99.0}
        if method.startswith("Fergus"):
            scores["psnr_sparse/levin-scene"] = 33.5
        if "direct" in stages:
            scores |= {"psnr_direct": 32.0, "ssim_direct": 0.9, "psnr_direct/levin-scene": 33.0}
        for image in IMAGES:
            library.local.put(record(image, method, "external", "c" * 12, scores))
    STUDIES["protocols"].sheet(library.root / "results").put(rows)
    return library


def packed(library):
    [found] = ranking.rankings(library, library.root / "results")
    return found, {(line["id"].split("/")[0], line["stage"]): line for line in found["lines"]}


def test_records_give_their_own_reading_and_the_study_the_others(filled):
    _, lines = packed(filled)
    assert set(lines["ours", "kernel"]["cells"]) == {OWN, SCENE}
    assert lines["ours", "kernel"]["cells"][SCENE]["mean"] == pytest.approx(np.mean([31.5, 32.5, 33.5, 34.5]))
    assert set(lines["l0", "kernel"]["cells"]) == {OWN, "hyper-laplacian/levin"}
    stranger = "SelfDeblur (a stranger's run 2)"
    assert set(lines[stranger, "kernel"]["cells"]) == {OWN, SCENE}
    assert lines[stranger, "direct"]["cells"]["direct/levin-scene"]["mean"] == 33.0
    kinds = {name: line["kind"] for (name, _), line in lines.items()}
    assert (kinds["known kernel"], kinds["ours"], kinds["l0"], kinds[stranger]) == (
        "bound",
        "ours",
        "rival",
        "external",
    )


def test_a_line_has_its_images_interval_and_the_bound_on_these(filled):
    found, lines = packed(filled)
    mine, rival = lines["ours", "kernel"]["cells"][OWN], lines["l0", "kernel"]["cells"][OWN]
    assert found["images"] == 32 and (mine["images"], rival["images"]) == (4, 2)
    assert (mine["low"], mine["mean"], mine["high"]) == (None, 31.5, None)  # four images are too few
    assert (mine["bound"], rival["bound"]) == (pytest.approx(34.5), pytest.approx(33.5))
    assert lines["l0", "kernel"]["cells"]["hyper-laplacian/levin"]["bound"] is None  # the true kernel has none there
    alone = lines["Pan et al. (authors' kernels)", "kernel"]["cells"][OWN]
    assert (alone["low"], alone["high"]) == (None, None)
    fifth = ours("im07_flit01", 34.0)
    filled.local.put(fifth)
    STUDIES["protocols"].sheet(filled.root / "results").put([row(fifth, *OWN.split("/"), 34.0)])
    mine = packed(filled)[1]["ours", "kernel"]["cells"][OWN]
    assert 30.0 <= mine["low"] < mine["mean"] == 32.0 < mine["high"] <= 34.0


def test_old_runs_regions_and_rows_of_other_records_count_for_nothing(filled):
    before = packed(filled)
    gone = ours("im07_flit01", 50.0)
    old = record("im07_flit02", "ours", "laptop", "0" * 12, {"psnr_sparse": 50.0, "psnr_direct": 50.0})
    filled.local.put(old)
    STUDIES["protocols"].sheet(filled.root / "results").put([row(gone, "sparse", "levin", 50.0)])
    filled.local.put(replace(filled.records("levin", ["ours"])[0], scores={"psnr_sparse": 30.0, "psnr_direct": 50.0}))
    assert packed(filled) == before


def test_printed_numbers_stand_on_the_lines_of_their_methods(filled):
    found, lines = packed(filled)
    for method, stages in EXTERNAL.items():
        for stage, printed in stages.items():
            mark = lines[method, stage]["printed"]
            assert (mark and mark["value"]) == printed, method
    assert lines["ours", "kernel"]["printed"] == {"value": 34.42, "text": "34.42"}
    assert lines["l0", "kernel"]["printed"]["value"] == 29.93
    assert lines["known kernel", "kernel"]["printed"] is None
    alone = [(one["name"], one["value"]) for one in found["printed"]]
    assert ("Ours", 34.71) in alone and ("Pan et al. [38]", 30.42) in alone and ("Pan et al. [40]", 32.69) not in alone
    assert len(alone) == 14 - 6  # of 14 in Table 1


def test_what_a_choice_moves_by_hand(filled):
    scores = ranking.scored("levin", filled, filled.root / "results")
    table = ranking.choices(scores)
    found = {r.head: r.cells for r in table.rows}
    assert len(found) == 3  # truth, shifts, final deconvolution
    known, mine, every, places = found["one x a scene, shifts up to 5 px, sparse"]
    assert (known.value, mine.value) == (pytest.approx(0.5), pytest.approx(1.5))
    assert (every.text, every.detail) == ("+0.20 to +2.30", "6 methods")
    assert places.text == "2 of 6"  # ours, at 31.50, was first; of the five others, at 31.20, one comes to 33.50
    assert found["each file's own x, shifts up to 5 px, hyper-laplacian"][2].text == "−2.00 to −2.00"
    assert found["each file's own x, shifts up to 10 px, sparse"][2].text == "–"


def test_the_nearest_reading_of_a_printed_number(filled):
    table = ranking.printed(ranking.scored("levin", filled, filled.root / "results"), filled.root / "results")
    found = {r.head: r.cells for r in table.rows}
    text, own, nearest, under, left = found["ours, run here, tier laptop"]
    assert (text.text, own.value, nearest.value) == ("34.42", 31.5, 33.0)
    assert under.text == "one x a scene, shifts up to 5 px, sparse" and left.text == "+1.42"
    direct = found["SelfDeblur (a stranger's run 2), its files, scored here, own picture"]
    assert (direct[1].value, direct[2].value, direct[4].text) == (32.0, 33.0, "+0.07")


def test_doubts_have_what_was_measured(filled):
    results = filled.root / "results"
    rows = [row(IMAGES[0], "sparse", "levin-selfdeblur", 33.5, 0.95)]
    STUDIES["protocols"].sheet(results).put(rows)
    filled.local.put(
        record(IMAGES[0], "extreme-channels", "full", RIVALS["extreme-channels"].settings.digest(), {}, seconds=21.4)
    )
    levin, lai = (ranking.scored(name, filled, results) for name in ("levin", "lai"))
    table = ranking.doubts(levin, lai, list(ranking.records_of("levin", filled)), results)
    same, above, ssim, truths, times = (r.cells for r in table.rows)
    assert "24 numbers" in same[0].text and "1.59 dB less" in same[1].text and "31.50 dB (n 4" in same[2].text
    assert "34.50 dB (each file's own x" in above[2].text and "35.00 dB (one x a scene" in above[2].text
    assert "Under 1 of 2 readings that is less than 34.71 dB, under 0 less than 34.42 dB" in above[2].text
    assert ssim[2].text.startswith("Nothing was measured here") and "+0.050 to +0.050" in ssim[2].text
    assert "sparse, each file's own 31.20 dB, one a scene 31.40 dB; hyper-laplacian, not scored (n 4)" in truths[2].text
    assert "21 s on the processor" in times[2].text and "Jin et al.: nothing was measured here" in times[2].text


def test_without_a_run_every_doubt_says_so(library):
    results = library.root / "results"
    table = ranking.doubts(*(ranking.scored(name, library, results) for name in ("levin", "lai")), [], results)
    assert len(table.rows) == 5
    assert all("othing was measured here" in r.cells[2].text for r in table.rows)
    with pytest.raises(InputError, match="no score of an image of levin or lai"):
        ranking.rankings(library, results)
