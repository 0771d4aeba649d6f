"""A table of rows: what is told apart, kept, replaced, measured and refused."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mcdeconv.errors import InputError
from mcdeconv.runs.records import Identity, Record
from mcdeconv.studies.rows import Measured, Sheet, as_record, by, runs_of

MEASURED: list[str] = []


@dataclass(frozen=True)
class Length:
    """Measures an image by the length of its name."""

    image: str
    record: str = "r"
    columns: Measured = field(default_factory=dict)

    @property
    def heads(self) -> list[Measured]:
        return [{"image": self.image, "record": self.record, "seed": seed} for seed in (0, 1)]

    def rows(self) -> list[Measured]:
        MEASURED.append(self.image)
        return [head | {"psnr": len(self.image) + head["seed"] / 4, "ssd": None} | self.columns for head in self.heads]


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    MEASURED.clear()
    return Sheet(tmp_path / "studies" / "example" / "rows.csv", ("image", "seed"), "record")


def test_what_is_kept_is_read_again_sorted(sheet: Sheet) -> None:
    rows = [{"image": i, "seed": s, "record": "0123", "psnr": 1.25, "ssd": None} for i in "ba" for s in (10, 9)]
    assert sheet.read() == []
    sheet.put(rows)
    assert sheet.read() == sorted(rows, key=lambda row: (row["image"], row["seed"]))
    assert sheet.path.read_text().splitlines()[1] == "a,9,0123,1.25,"


def test_a_row_takes_the_place_of_the_one_of_its_key(sheet: Sheet) -> None:
    sheet.put({"image": image, "seed": 0, "record": "r", "psnr": 1.0} for image in ("a", "b"))
    sheet.put([{"image": "b", "seed": 0, "record": "r", "psnr": 2.0}])
    assert [row["psnr"] for row in sheet.read()] == [1.0, 2.0]


@pytest.mark.usefixtures("inline")
def test_only_what_is_missing_or_made_from_something_else_is_measured(sheet: Sheet) -> None:
    assert len(sheet.complete([Length("a"), Length("bb")], 1)) == 4
    rows = sheet.complete([Length("bb"), Length("ccc"), Length("a", "another")], 1)
    assert MEASURED == ["a", "bb", "ccc", "a"]
    assert [row["record"] for row in rows] == ["another"] * 2 + ["r"] * 4


def test_processes_measure_and_what_they_find_is_kept(sheet: Sheet) -> None:
    assert sheet.complete([Length("a"), Length("bb")], 2) == sheet.read()
    assert [row["psnr"] for row in sheet.read()] == [1.0, 1.25, 2.0, 2.25]
    assert MEASURED == []  # not by this one


@pytest.mark.usefixtures("inline")
def test_what_was_measured_before_a_failure_is_kept(sheet: Sheet) -> None:
    with pytest.raises(TypeError):
        sheet.complete([Length("a"), Length("bb", columns=None)], 1)  # type: ignore[arg-type]
    assert {row["image"] for row in sheet.read()} == {"a"}


@pytest.mark.parametrize(
    "content", ["image,seed\na,1\n", "\x00", "image,seed,record\na,b,c\n", "image,seed,record\na\n"]
)
def test_a_damaged_file_is_refused(sheet: Sheet, content: str) -> None:
    sheet.path.parent.mkdir(parents=True)
    sheet.path.write_text(content)
    with pytest.raises(InputError, match=r"rows\.csv cannot be read.*make study NAME=example"):
        sheet.read()


def test_a_row_of_runs_is_the_record_without_its_kernel(tmp_path: Path) -> None:
    identity = Identity(
        "levin", "im05_flit01", "ours, 64 channels", "laptop", 2, "123456789012", "1e10", region="96 px"
    )
    where = {"device": "a processor", "threads": 1, "precision": "float32", "at_a_time": 2}
    record = Record(identity, {"psnr_sparse": 30.5, "loss": 2.0}, [[1.0]], 12.5, 100, 3, where)
    runs = Sheet(tmp_path / "runs.csv", ("dataset", "image", "method", "tier", "seed"), "config")
    runs.put([record.row(), record.row() | {"seed": 1, "psnr_direct": 29.5}])
    *_, row = runs.read()
    found = as_record(row)
    assert (found.identity, found.scores, found.provenance) == (identity, record.scores, where)
    assert (found.kernel, found.seconds, found.iterations, found.seed_used) == ([], 12.5, 100, 3)
    with runs.path.open() as stream:
        assert [line["seed"] for line in csv.DictReader(stream)] == ["1", "2"]


def test_rows_by_what_they_have_in_common() -> None:
    rows = [{"image": image, "seed": seed, "psnr": 10.0 + seed} for image in "ba" for seed in (0, 1)]
    assert list(by(rows, "image")) == [("a",), ("b",)] and len(by(rows, "seed")[(1,)]) == 2
    assert runs_of(rows, "psnr", {"a"}) == {("a", 0): 10.0, ("a", 1): 11.0}
    assert runs_of(rows[:1], lambda row: -row["psnr"]) == {("b", 0): -10.0}
