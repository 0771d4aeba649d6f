"""The study of the kernel's square: its rows without a margin are the tables' own runs."""

from pathlib import Path

import pytest

from mcdeconv.core.solve import at_once
from mcdeconv.data.datasets import load_item
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError
from mcdeconv.methods import RIVALS
from mcdeconv.runs.library import Library
from mcdeconv.runs.run import running
from mcdeconv.studies import STUDIES, Asked
from mcdeconv.studies.squares import MARGINS, METHODS

ROOT = Path(__file__).parents[2]
STUDY = STUDIES["squares"]


def test_stored_rows_without_a_margin_are_the_records_of_the_tables() -> None:
    records = {(r.identity.image, r.identity.method): r.scores for r in Library(ROOT).records("levin", tier="full")}
    rows = [row for row in STUDY.sheet(ROOT / "results").read() if row["margin"] == 0]
    assert {(row["image"], row["method"]) for row in rows} <= records.keys() and len(rows) == 32 * len(METHODS)
    for row in rows:
        scores = records[row["image"], row["method"]]
        assert row["psnr"] == pytest.approx(scores["psnr_sparse"], abs=0.01), row
        assert row["found"] == (scores["error_ratio_sparse"] <= 2), row


def test_a_row_is_what_a_run_in_the_larger_square_scores(
    tmp_path: Path, benchmark_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    image = "im05_flit05"
    lines = list(STUDY.answer(Asked(tmp_path, variants=["l0"], images=[image], processes=1)))
    rows = {(row["method"], row["margin"]): row for row in STUDY.sheet(tmp_path).read()}
    assert len(lines) == len(rows) == len(MARGINS)
    item = load_item("levin", image)
    assert item.kernel_size is not None
    problem = pose(item, None, item.kernel_size + 2)
    record = at_once(running)(problem, "l0", "full", RIVALS["l0"].settings, 0).record()
    assert record is not None
    assert rows["l0", 2]["psnr"] == pytest.approx(record.scores["psnr_sparse"], abs=1e-4)
    assert rows["l0", 2]["error_ratio"] == pytest.approx(record.scores["error_ratio_sparse"], abs=1e-4)
    assert rows["l0", 2]["psnr"] != rows["l0", 0]["psnr"]


def test_a_method_that_it_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown variant 'ours'; choose one of l0, "):
        list(STUDY.answer(Asked(tmp_path, variants=["ours"])))
