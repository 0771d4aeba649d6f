"""Every cell of the tables, claims and studies, made from a fixed list of records, against what golden.json has.

`python tests/paper/test_golden.py` writes golden.json anew, from all records that are committed now: its diff shows
which numbers moved, and goes into the commit that moves them.
"""

import json
import shutil
import tempfile
from pathlib import Path

import pytest

from mcdeconv.paper import claims, plans, tables
from mcdeconv.paper.tables.paper import NUMBERS
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import read_record
from mcdeconv.studies import STUDIES

GOLDEN = Path(__file__).with_name("golden.json")
TIMINGS = ("table-7-iterations", "table-7-layouts")
ROOT = Library.here(Path(__file__).parent).root
CONTENT = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {"records": {}, "tables": {}}


def committed():
    """Name of what is made → the files of its records."""
    store = Library(ROOT).committed
    found = {"paper": [store.path(record.identity) for record in store]}
    for study in (STUDIES["levin"], STUDIES["lai"]):
        stores = study.stores(ROOT / "results")
        records = study.stored(ROOT / "results")
        found[study.name] = [next(filter(None, (store.file(r.identity) for store in stores))) for r in records]
    return {name: sorted(str(path.relative_to(ROOT)) for path in paths) for name, paths in found.items()}


def lines(table):
    rows = [" | ".join([row.head, row.kind, *map(str, row.cells)]) for row in table.rows]
    return [table.caption, " | ".join([table.corner, *table.columns]), *rows, *table.notes]


def made(files):
    """Table → its lines; without what was measured otherwise than in runs: timings, other readings, equality."""
    records = {name: [read_record(ROOT / path) for path in paths] for name, paths in files.items()}
    own = records.pop("paper")
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder)
        shutil.copytree(ROOT / "results" / "paper", results / "paper")
        shutil.copy(ROOT / "results" / "claims.csv", results)
        tabled = [record for record in own if plans.is_tabled(record.identity)]
        pages = [tables.table(number, tabled, results) for number in NUMBERS]
        found = [table for page in pages for table in page.grids if table.name not in TIMINGS]
        trajectory = Library(ROOT).committed.trajectory
        found += [*claims.ledger(own, lambda r: trajectory(r.identity), results).grids, claims.contradictions(results)]
    found += [table for name, runs in records.items() for table in tables.study(STUDIES[name], runs).grids]
    return {table.name: lines(table) for table in found}


@pytest.fixture(scope="module")
def now():
    return made(CONTENT["records"])


@pytest.mark.parametrize("name", CONTENT["tables"])
def test_no_cell_has_moved(now, name):
    assert now[name] == CONTENT["tables"][name]


def test_the_tables_are_those_that_were(now):
    assert list(now) == list(CONTENT["tables"]) and len(now) > 40


if __name__ == "__main__":
    files = committed()
    GOLDEN.write_text(json.dumps({"records": files, "tables": made(files)}, indent=0, ensure_ascii=False) + "\n")
