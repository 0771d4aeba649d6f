"""What the book says of the checks that were kept, and where there are none."""

import pytest

from mcdeconv.files import write_csv
from mcdeconv.paper.verified import across_machines, last_check
from mcdeconv.runs.verify import TRAINED

CHECK = {"date": "2026-11-01", "commit": "0123456789", "device": "one", "torch": "2", "seed": 1, "records": 30}
CHECK |= {"inputs": 20, "inputs_equal": 20, "configurations_of_today": 25, "configurations_of_before": 5}
CHECK |= {"others_files": 0, "rescored": 8, "rescored_difference": 3e-6, "sample": 4, "equal": 1, "within": 3, "off": 0}
CHECK |= {"difference": 0.4, "similarity": 0.98, "faults": 0}


def run(stored, here, difference, similarity, verdict="within", tier="quick", threads=1):
    where = {"stored_device": stored, "device": here, "threads": threads, "precision": "float32"}
    return {"tier": tier, **where, "similarity": similarity, "difference": difference, "verdict": verdict}


@pytest.fixture
def keep(tmp_path):
    return lambda name, rows: write_csv(tmp_path / "results" / "verified" / name, rows, 7)


def test_without_a_check_it_says_what_makes_one(tmp_path):
    assert "make verify" in last_check(tmp_path) and "|" not in across_machines(tmp_path)


def test_the_last_check_is_told(tmp_path, keep):
    keep("checks.csv", [CHECK | {"faults": 7}, CHECK])
    said = last_check(tmp_path)
    assert said.startswith("The last check was on 2026-11-01, on one, at commit `0123456789`, and found no fault. ")
    assert "Of 30 records the input of 20 " in said and "at most 3e-6." in said
    assert "4 runs were computed anew, of which 0 lie outside" in said
    keep("checks.csv", [CHECK, CHECK | {"faults": 1}])
    assert "found 1 fault. " in last_check(tmp_path)


def test_runs_are_counted_by_the_pair_of_processors(tmp_path, keep):
    networks = [run("amd", "intel", *values) for values in ((0.1, 0.99), (0.5, 0.98), (0.2, 0.97))]
    rivals = [run("amd", "intel", 0.0, 1.0, "equal", "full"), run("amd", "intel", 1e-4, 0.9999, tier="full")]
    keep("runs.csv", [*networks, *rivals, run("amd", "intel", 0.3, 0.96, threads=2)])
    _, _, *lines, _, held = across_machines(tmp_path).splitlines()
    assert f"at least {TRAINED.similarity} alike" in held
    assert lines == [
        "| amd | intel | 1 | networks, float32 | 3 | 0 | 0.200 | 0.500 | 0.9700 |",
        "| amd | intel | 1 | rivals | 2 | 1 | 0.000 | 0.000 | 0.9999 |",
        "| amd | intel | 2 | networks, float32 | 1 | 0 | 0.300 | 0.300 | 0.9600 |",
    ]
