"""The study of ours+'s parts: its rows as found are the tables' own runs, and what a blind choice takes."""

from pathlib import Path

import pytest

from mcdeconv.methods.ours_plus import OursPlusSettings
from mcdeconv.paper.quotes.plus import chosen
from mcdeconv.runs.library import Library
from mcdeconv.studies import STUDIES
from mcdeconv.studies.ingredients import DEVELOPMENT, FITTED, FOUND, UNTOUCHED

ROOT = Path(__file__).parents[2]
STUDY = STUDIES["ingredients"]


def test_rows_as_found_are_the_records_of_the_tables() -> None:
    library = Library(ROOT)
    records = {
        (r.identity.image, r.identity.method): r.scores
        for tier in ("full", "laptop")
        for r in library.records("levin", tier=tier)
        if r.identity.seed == 0
    }
    rows = [row for row in STUDY.sheet(ROOT / "results").read() if row["final"] == FOUND]
    methods = {start.method for start in OursPlusSettings().starts}
    assert len(rows) == 32 * (len(methods) + 1)
    for row in rows:
        scores = records[row["image"], row["method"]]
        assert row["psnr"] == pytest.approx(scores["psnr_sparse"], abs=0.01), row


def test_the_least_of_a_column_is_chosen_of_every_image() -> None:
    rows = [
        {"image": image, "final": FITTED, "psnr": psnr, "implausibility": unlikely, "error_ratio": ratio}
        for image, psnr, unlikely, ratio in [("a", 30.0, -2.0, 1.5), ("a", 31.0, -1.0, 1.2), ("b", 20.0, 0.0, 3.0)]
    ]
    assert chosen(rows, FITTED) == {("a", 0): 30.0, ("b", 0): 20.0}
    assert chosen(rows, FITTED, "error_ratio") == {("a", 0): 31.0, ("b", 0): 20.0}
    assert len(UNTOUCHED) == 24 and not {*UNTOUCHED} & {*DEVELOPMENT}
