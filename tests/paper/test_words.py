"""The words for a difference agree with its numbers: on stored runs, on drawn ones, and with the methods exchanged."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcdeconv.paper import claims, figures, tables
from mcdeconv.paper.words import UNCLEAR, Evidence, by_how_much, direction, in_letters, strongest
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Identity, Record
from mcdeconv.runs.statistics import FEWEST, estimate, paired
from mcdeconv.runs.wording import extremes
from mcdeconv.studies import STUDIES

WORDS = r"(better|worse) by ([\d.]+)|not clearly different \(([+−][\d.]+|0\.00)"
PAIRS = {"ours": "without-both", "without-both": "ours", "ren": "ren+mc", "ren+mc": "ren"}


def drawn(gain, count=6, dataset="levin", spread=0.1, tier="laptop"):
    """Ours ahead by `gain` dB on so many images, and Ren et al.'s networks with sampling ahead of those without."""
    names = [f"im05_flit0{n}" if dataset == "levin" else f"natural_0{n}_kernel_0{n}" for n in range(1, count + 1)]
    found = []
    for place, image in enumerate(names):
        for method, more in (("ours", gain), ("without-both", 0.0), ("ren", 0.0), ("ren+mc", gain)):
            psnr = 25 + place + more + spread * (-1) ** place * (more != 0)
            finals = ("sparse", "hyper-laplacian")
            scores = {f"psnr_{final}": psnr for final in finals} | {f"ssim_{final}": psnr / 40 for final in finals}
            scores |= {"psnr_direct": psnr - 1, "ssim_direct": psnr / 40, "kernel_similarity": psnr / 40}
            scores |= {f"known_psnr_{final}": 40.0 for final in finals}
            key = Identity(dataset, image, method, tier, 0, "c" * 12, "i" * 12)
            found.append(Record(key, scores, np.full((5, 5), 0.04).tolist(), 1.0, 1, 0, {"device": "x"}))
    return found


def exchanged(records):
    """The same records under the other method's name: every difference has the other sign."""
    return [
        replace(r, identity=replace(r.identity, method=PAIRS[r.identity.method]))
        for r in records
        if r.identity.method in PAIRS
    ]


def signs(text):
    """Of all differences that a sentence names: word and sign."""
    return [(way or UNCLEAR) for way, *_ in re.findall(WORDS, text)]


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=12))
def test_a_direction_has_the_sign_of_the_mean_and_turns_with_it(values):
    found, turned = (estimate({(f"{n}", 0): s * v for n, v in enumerate(values)}) for s in (1, -1))
    way = direction(found)
    assert way == UNCLEAR or (way == "better") == (found.mean > 0)
    assert direction(turned) == {"better": "worse", "worse": "better"}.get(way, UNCLEAR)


def test_an_interval_that_includes_zero_is_no_difference_and_few_images_must_agree():
    many = estimate({(f"{n}", 0): v for n, v in enumerate((3.0, -2.0, 3.0, -2.0, 3.0, -2.0))})
    assert direction(many) == UNCLEAR and by_how_much(many) == "not clearly different (+0.50 dB)"
    few = estimate({("a", 0): 3.0, ("b", 0): -2.0})
    assert direction(few) == UNCLEAR and extremes(few, "+.1f") == "range −2.0 to +3.0"
    assert by_how_much(estimate({("a", 0): -0.004})) == "not clearly different (−0.00 dB)"
    assert by_how_much(estimate({("a", 0): -1.25}), "", 1) == "worse by 1.2"


def test_small_numbers_are_written_out():
    assert (in_letters(1, "image"), in_letters(4, "image"), in_letters(32, "image")) == (
        "one image", "four images", "32 images",
    )  # fmt: skip


def test_the_strongest_evidence_is_the_first_on_half_of_the_images():
    def on(data, tier, enough):
        return Evidence(estimate({("a", 0): 1.0}), data, tier, 4, False, enough)

    two, half, embedded = on("levin", "paper", False), on("levin", "laptop", True), on("synthetic-levin", "quick", True)
    assert strongest([two, half, embedded]) is half
    assert strongest([two, embedded]) is two and strongest([embedded]) is embedded and strongest([]) is None


@pytest.fixture(scope="module")
def stored():
    return tables.stored(1) + tables.stored(2) + tables.stored(6)


@pytest.mark.parametrize("number", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("kind", ["stored", "exchanged", "ahead", "behind", "two images", "unclear"])
def test_words_of_a_table_have_the_sign_of_its_numbers(number, kind, stored):
    dataset = "levin" if number in (1, 6) else "lai"
    records = {
        "stored": stored,
        "exchanged": exchanged(stored),
        "ahead": drawn(1.0, dataset=dataset),
        "behind": exchanged(drawn(1.0, dataset=dataset)),
        "two images": drawn(-1.0, 2, dataset),
        "unclear": drawn(0.1, dataset=dataset, spread=3.0),
    }[kind]
    grids = {grid.name: grid for grid in tables.table(number, records).grids}
    first = grids[f"table-{number}-paired"]
    for cell in (cell for row in first.rows for cell in row.cells[2:] if cell.value is not None):
        way = cell.detail.split("\n")[0]
        assert {"better": cell.value > 0, "worse": cell.value < 0, UNCLEAR: True}[way]
    shown = first.rows[0].cells[2]  # the strongest evidence is the first row
    assert signs(first.says)[0] == shown.detail.split("\n")[0] and shown.text.lstrip("+−") in first.says
    main = grids[f"table-{number}"]
    assert main.says and main.doubts and main._repr_html_().count('class="result-says"') == 1


@pytest.mark.parametrize(("gain", "word"), [(1.0, "better"), (-1.0, "worse")])
@pytest.mark.parametrize("count", [2, 8])
def test_words_of_a_figure_have_the_sign_of_its_numbers(gain, word, count):
    records = drawn(gain, count)
    scatter = figures.scatter(records)
    found = estimate(paired(records, "psnr_sparse", "ours", "without-both").differences)
    assert (found.mean > 0) == (word == "better") and signs(scatter.says) == [word]
    assert ("too few" in scatter.doubts) == (count < FEWEST)
    shown = figures.error_ratio_curve(records).says
    assert "common images ours has an error ratio under" in shown


def test_the_forest_counts_what_its_intervals_show():
    study = STUDIES["levin"]
    records = study.stored(Library.here().root / "results")
    group = next(iter(study.groups))
    ways = []
    for name, other in study.contrasts_on(group):
        pairs = paired(records, "psnr_sparse", name, other, set(study.groups[group]))
        if pairs.runs:
            found = estimate(pairs.differences)
            ways.append(direction(found, 2) if found.has_interval else UNCLEAR)
    says = figures.forest(study, records, group).says
    assert f"{in_letters(ways.count('better'), 'x').split()[0]} made the restoration clearly better" in says
    assert f"{in_letters(ways.count('worse'), 'x').split()[0]} worse" in says


@pytest.mark.parametrize("turned", [False, True])
def test_the_ledger_and_the_table_agree(stored, turned):
    """One rule: what the table calls better is what the ledger finds above zero, on the same runs."""
    records = exchanged(stored) if turned else stored
    says = tables.table(1, records).grids[0].says
    entries = {entry.claim.id: entry for entry in claims.entries(records)}
    way, verdict = signs(says)[0], entries["own-levin-kernel"].verdict
    assert (way == "better") == (verdict.reason.startswith("the interval lies above zero"))
    assert (way == "worse") == (verdict.reason == "the interval lies below zero")


@pytest.mark.parametrize(
    "made", [tables.seconds, lambda: tables.table(7, tables.stored(7))], ids=["seconds", "table 7"]
)
def test_what_is_not_folded_says_what_it_shows(made):
    assert all(grid.says and grid.doubts for grid in made().grids if not grid.folded)


def test_a_sentence_has_two_numbers_at_most(stored):
    for number in (1, 2, 3, 5, 6):
        for grid in tables.table(number, stored).grids:
            for text in (grid.says, grid.doubts):
                assert len(re.findall(r"(?<![\w.])[+−]?\d[\d.,]*", text)) <= 2, text
