"""`mcdeconv study`: records and tables appear, and what tables have of runs without a record stays."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny import TINY

from mcdeconv.cli.studies import run_study
from mcdeconv.data.datasets.item import Item
from mcdeconv.errors import RunFailed
from mcdeconv.runs.records import Record
from mcdeconv.studies import STUDIES, Asked, Study
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
    run_study("example", Asked(tmp_path, ["joint"], processes=1))
    folder = tmp_path / "studies" / "example"
    assert len(list((folder / "records" / "drawn").glob("*.json"))) == 2
    assert "against" not in capsys.readouterr().out  # nothing to compare with yet
    run_study("example", Asked(tmp_path, processes=1))
    assert len((folder / "runs.csv").read_text().splitlines()) == 1 + 4
    assert "joint against as it is, all: similarity" in capsys.readouterr().out


@pytest.mark.usefixtures("study")
def test_runs_that_have_no_record_here_stay_in_its_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_study("example", Asked(tmp_path, processes=1))
    table = tmp_path / "studies" / "example" / "runs.csv"
    before = table.read_bytes()
    for path in table.parent.glob("records/drawn/bb__*.json"):
        path.unlink()
    capsys.readouterr()
    run_study("example", Asked(tmp_path, images=["a"], processes=1))
    assert table.read_bytes() == before
    assert capsys.readouterr().out.endswith("n 2\n")  # pairs


def test_without_a_name_the_studies_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_study(None, Asked(tmp_path))
    lines = capsys.readouterr().out.splitlines()
    for line, (name, study) in zip(lines, STUDIES.items(), strict=True):
        assert line.split(maxsplit=1) == [name, study.question]


@pytest.mark.usefixtures("study")
def test_a_failed_run_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> list[Record]:
        return []

    monkeypatch.setattr("mcdeconv.runs.campaign.run_campaign", none)
    with pytest.raises(RunFailed, match="4 of 4 runs failed"):
        run_study("example", Asked(tmp_path, processes=1))
