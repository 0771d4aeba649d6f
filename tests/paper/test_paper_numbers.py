"""The paper's numbers as data: two independent transcriptions agreed in all 302 cells; here they agree with each other.

Where the paper contradicts itself, the exception is listed, so that a slip of the pen elsewhere cannot hide.
"""

import csv
from pathlib import Path

import pytest

PAPER = Path(__file__).parents[2] / "results" / "paper"
CATEGORIES = ("manmade", "natural", "people", "saturated", "text")
# (table, reference, method, metric) whose printed average is not that of its categories
MISPRINTS = {(2, "52", "Xu & Jia", "psnr"), (2, "26", "Kupyn et al.", "psnr"), (5, "", "dropout only", "ssim")}


def cells(table: int) -> list[dict[str, str]]:
    with (PAPER / f"table{table}.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def values(table: int, **where: str) -> list[float]:
    rows = [row for row in cells(table) if all(row[name].lower() == value for name, value in where.items())]
    return [float(row["value"]) for row in rows]


@pytest.mark.parametrize(("table", "count"), [(1, 28), (2, 84), (3, 84), (4, 26), (5, 48), (6, 21), (7, 11)])
def test_every_cell_is_there_once(table, count):
    rows = cells(table)
    assert len(rows) == count
    keys = {
        tuple(row[name] for name in ("dataset", "category", "method", "reference", "protocol", "metric"))
        for row in rows
    }
    assert len(keys) == count


@pytest.mark.parametrize("table", [2, 3, 5])
def test_averages_are_those_of_the_categories(table):
    columns = {(row["reference"], row["method"], row["protocol"], row["metric"]) for row in cells(table)}
    for reference, method, protocol, metric in columns:
        where = {"reference": reference, "method": method.lower(), "protocol": protocol, "metric": metric}
        of_categories = [values(table, category=category, **where)[0] for category in CATEGORIES]
        gap = abs(sum(of_categories) / 5 - values(table, category="average", **where)[0])
        rounding = 0.0105 if metric == "psnr" else 0.0011
        assert (gap > rounding) == ((table, reference, method, metric) in MISPRINTS), (method, protocol, gap)


def test_tables_that_repeat_a_number_agree():
    for category in (*CATEGORIES, "average"):
        assert values(5, method="ours", category=category, metric="psnr") == values(
            2, method="ours", category=category, protocol="direct"
        )
        assert values(5, method="ours", category=category, metric="ssim") == values(
            3, method="ours", category=category, protocol="direct"
        )
    assert values(6, method="ours", dataset="levin", metric="psnr") == values(
        1, method="ours", protocol="direct", metric="psnr"
    )
    assert values(6, method="ours", dataset="kohler", metric="psnr") == values(4, method="ours", metric="psnr")
