"""What `make mutants` counts, on changes that mutmut might have made, and the judgements of those that survived."""

import csv
import json

import pytest
from mutants import ENDLESS, JUDGED, NOTICED, Mutant, counted, mutants_of, try_survivors_again, with_others
from trust_cases import ROOT

from mcdeconv.paper.trust import mutants as table

MADE = """
def x_halve__mutmut_orig(
    value, by=2
):
    return value / by
def x_halve__mutmut_1(
    value, by=3
):
    return value / by
def x_halve__mutmut_2(
    value, by=2
):
    return value * by
class Store:
    def xǁStoreǁput__mutmut_orig(self):
        self.kept = 1
    def xǁStoreǁput__mutmut_1(self):
        pass
"""
CODES = {"m.x_halve__mutmut_1": 0, "m.x_halve__mutmut_2": 1, "m.xǁStoreǁput__mutmut_1": 33}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mcdeconv").mkdir()
    (tmp_path / "mcdeconv/m.py").write_text(MADE)
    (tmp_path / "mcdeconv/m.py.meta").write_text(json.dumps({"exit_code_by_key": CODES, "other": 1}))
    return tmp_path


def test_changes_are_read_with_their_lines_and_what_came_of_them(folder):
    path = "mcdeconv/m.py"
    assert list(mutants_of(folder)) == [
        Mutant(path, "halve", "value, by=2 → value, by=3", 0),
        Mutant(path, "halve", "return value / by → return value * by", 1),
        Mutant(path, "Store.put", "self.kept = 1 → pass", 33),
    ]


def test_what_survived_is_tried_again(folder):
    try_survivors_again(folder)
    assert [mutant.code for mutant in mutants_of(folder)] == [None, 1, None]
    assert json.loads((folder / "mcdeconv/m.py.meta").read_text())["other"] == 1


def test_a_change_that_no_test_runs_counts_as_missed_and_one_not_tried_not_at_all():
    codes = (*sorted(NOTICED), 0, 0, 33, None, -9)
    found = [Mutant("a", "f", str(place), code) for place, code in enumerate(codes)]
    [row], left = counted(found, {("a", "f", str(len(NOTICED))): "is the default", ("a", "f", "0"): "noticed now"})
    numbers = {
        "mutants": len(NOTICED) + 3,
        "noticed": len(NOTICED),
        "equivalent": 1,
        "not tried": 2,
        "endless": len(ENDLESS),
    }
    assert row == {"module": "a"} | numbers
    assert [one["judgement"] for one in left] == ["is the default", "not judged", "not judged"]


def test_rows_of_modules_that_were_not_tried_stay(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("module,mutants\na.py,1\nb.py,2\nc.py,3\n")
    new = [{"module": "b.py", "mutants": 5}, {"module": "c.py", "mutants": 0}]
    found = {row["module"]: int(row["mutants"]) for row in with_others(new, path, {"b.py"})}
    assert found == {"a.py": 1, "b.py": 5, "c.py": 3}
    assert with_others(new, tmp_path / "none.csv", {"b.py"}) == new[:1]


def test_the_books_table_sums_up(tmp_path):
    (tmp_path / "results/trust").mkdir(parents=True)
    rows = "m.py,30,24,4,0,abc,2026-01-02\nn.py,10,9,1,0,abc,2026-01-02\n"
    (tmp_path / "results/trust/mutants.csv").write_text(
        "module,mutants,noticed,equivalent,not tried,commit,date\n" + rows
    )
    lines = table(tmp_path).splitlines()
    assert (
        lines[2] == "| `m.py` | 30 | 24 | 4 | 2 |" and lines[4] == "| **Together** | **40** | **33** | **5** | **2** |"
    )


def test_judgements_are_sentences_about_lines_that_are_there():
    with JUDGED.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    code = {row["module"]: " ".join((ROOT / row["module"]).read_text().split()) for row in rows}
    for row in rows:
        old, _, _ = row["change"].partition(" → ")
        assert " ".join(old.split()) in code[row["module"]], row
        assert row["judgement"].endswith(".") and " " in row["judgement"]
    keys = [(row["module"], row["function"], row["change"]) for row in rows]
    assert len(set(keys)) == len(keys)
