"""`mcdeconv study`: records and tables appear, and tables that rest on more runs than there are stay."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny import TINY

from mcdeconv.cli import studies as experiments
from mcdeconv.cli.studies import run_study
from mcdeconv.data.datasets.item import Item
from mcdeconv.errors import RunFailed
from mcdeconv.files import write_csv
from mcdeconv.runs.records import Record
from mcdeconv.studies import STUDIES, Study
from mcdeconv.studies.study import Variant


def item(name: str) -> Item:
    image = np.random.default_rng(len(name)).random((40, 40)).astype(np.float32)
    kernel = np.full((5, 5), 1 / 25)
    return Item(id=name, dataset="drawn", category="any", blurred=image, kernel_size=5, kernel=kernel)


@pytest.fixture
def study(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Study:
    found = Study(
        "example",
        "What does it change?",
        "trial",
        lambda: map(item, ("a", "bb")),
        {"as it is": Variant(TINY, None), "joint": Variant(replace(TINY, update="joint"), None)},
        [("joint", "as it is")],
        {"all": ("a", "bb")},
    )
    monkeypatch.setitem(STUDIES, "example", found)
    monkeypatch.chdir(tmp_path)
    return found


@pytest.mark.usefixtures("study")
def test_it_keeps_records_and_writes_its_contrasts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_study("example", ["joint"], None, 1, tmp_path)
    folder = tmp_path / "studies" / "example"
    assert len(list((folder / "records" / "drawn").glob("*.json"))) == 2
    assert "against" not in capsys.readouterr().out  # nothing to compare with yet
    run_study("example", None, None, 1, tmp_path)
    assert len((folder / "runs.csv").read_text().splitlines()) == 1 + 4
    assert "joint against as it is, all: similarity" in capsys.readouterr().out


@pytest.mark.usefixtures("study")
def test_tables_of_runs_that_are_not_here_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "studies" / "example" / "runs.csv"
    write_csv(table, [{"image": "bb", "method": "as it is", "seed": 0}])
    before = table.read_bytes()
    run_study("example", None, ["a"], 1, tmp_path)  # of more runs, but not of this one
    assert table.read_bytes() == before and not table.with_name("factors.csv").exists()
    assert "stay as they are" in capsys.readouterr().out
    run_study("example", None, ["bb"], 1, tmp_path)
    assert len(table.read_text().splitlines()) == 1 + 4


@pytest.mark.usefixtures("study")
def test_a_failed_run_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> list[Record]:
        return []

    monkeypatch.setattr(experiments, "run_campaign", none)
    with pytest.raises(RunFailed, match="4 of 4 runs failed"):
        run_study("example", None, None, 1, tmp_path)
