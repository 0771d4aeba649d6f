"""The paper's cells: those of the CSV files, and nothing else."""

import csv

import pytest

from mcdeconv.errors import InputError
from mcdeconv.paper.tables.paper import NUMBERS, common_place, look_up, read_table
from mcdeconv.runs.library import Library

PAPER = Library.here().root / "results" / "paper"


@pytest.mark.parametrize("number", NUMBERS)
def test_every_cell_of_the_file_is_read(number):
    with (PAPER / f"table{number}.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    cells = read_table(number)
    assert [(c.place, c.method, c.metric, c.printed) for c in cells] == [
        (r["place"], r["method"], r["metric"], r["printed"]) for r in rows
    ]
    assert [c.value for c in cells] == [float(r["value"]) if r["value"] else None for r in rows]


def test_a_cell_is_found_by_its_key():
    cell = look_up("1/levin/all/Ren et al./43/kernel/psnr")
    assert (cell.value, cell.name, cell.place) == (33.32, "Ren et al. [43]", "Table 1, row PSNR, column 11")


@pytest.mark.parametrize(
    "key",
    ["1/levin/all/Nobody//kernel/psnr", "1/levin/all/Pan et al.//kernel/psnr", "psnr", "x/levin/all/Ours//direct/psnr"],
)
def test_a_wrong_key_is_named(key):
    with pytest.raises(InputError, match="key"):
        look_up(key)


@pytest.mark.parametrize("number", [0, 8])
def test_there_are_seven_tables(number):
    with pytest.raises(InputError, match=f"no Table {number}; choose one of 1, 2"):
        read_table(number)


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "table1.csv").write_text("table,value\n1,abc\n")
    with pytest.raises(InputError, match=r"table1\.csv cannot be read"):
        read_table(1, tmp_path)
    with pytest.raises(InputError, match=r"table2\.csv cannot be read"):
        read_table(2, tmp_path)


def test_the_place_of_a_row_is_what_its_cells_share():
    cells = [cell for cell in read_table(1) if (cell.reference, cell.protocol) == ("43", "direct")]
    assert common_place(cells) == "Table 1, column 12"
