"""`mcdeconv verify` in a small checkout: what it prints and keeps, its exit code, and that it changes no record."""

import json
import sys
from dataclasses import replace

import pytest
import torch
from tiny import NETS, TINY

from mcdeconv.cli import main as cli
from mcdeconv.cli.runs import make_jobs
from mcdeconv.cli.verify import counted
from mcdeconv.core.presets import PRESETS, TIERS
from mcdeconv.files import read_csv
from mcdeconv.runs.campaign import run_campaign
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Identity, Record
from mcdeconv.runs.verify import TRAINED, Agreement, Check, StoredRun

IMAGE = "camera_kernel_03"
VERIFY = ("verify", "--sample=2", "--minutes=5", "--seed=3", "--device=cpu", "--processes=1")


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Two seeds of one image, by two iterations of tiny networks at tier "quick", and somebody else's result."""
    monkeypatch.setitem(PRESETS, "ours", replace(PRESETS["ours"], **NETS).with_iterations(2))
    monkeypatch.setitem(TIERS, "quick", replace(TIERS["paper"], name="quick", region=40))
    for name in ("results/paper", "mcdeconv"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    library = Library.here()
    first, _ = run_campaign(library.committed, make_jobs("small-levin", ["ours"], "quick", [IMAGE], seeds=2), 1)
    key = replace(first.identity, method="Somebody", tier="external", config="0" * 12)
    whole = make_jobs("small-levin", ["l0"], "quick", [IMAGE])[0]
    theirs = replace(key, input=whole.identity.input)
    library.committed.put(replace(first, identity=theirs, kernel=[], provenance={"external": True}))
    yield library
    torch.set_num_threads(before)


def verify(monkeypatch, capsys, *more):
    monkeypatch.setattr(sys, "argv", ["mcdeconv", *VERIFY, *more])
    try:
        cli.main()
        code = 0
    except SystemExit as stopped:
        code = stopped.code or 0
    return code, *capsys.readouterr()


def records(library):
    return {path: path.read_bytes() for path in library.committed.folder.rglob("*.json")}


def kept(library, name):
    return read_csv(library.root / "results" / "verified" / name, dict, "")


def test_what_agrees_is_said_to_agree_and_no_record_changes(library, monkeypatch, capsys):
    before = records(library)
    code, out, _ = verify(monkeypatch, capsys)
    assert code == 0 and records(library) == before and not (library.root / "out" / "records").exists()
    assert out.endswith("verdict: what is stored comes out again\n")
    assert "3 records, of which 1 of other systems' files" in out and "2 equal, 0 within, 0 apart, 0 off" in out
    [check] = kept(library, "checks.csv")
    assert (check["records"], check["inputs"], check["inputs_equal"], check["faults"]) == ("3", "3", "3", "0")
    assert (check["configurations_of_today"], check["others_files"], check["seed"]) == ("2", "1", "3")
    rows = kept(library, "runs.csv")
    assert sorted(row["seed"] for row in rows) == ["0", "1"] and {row["verdict"] for row in rows} == {"equal"}
    assert all(row["stored_device"] == row["device"] != "" and row["difference"] == "0.0" for row in rows)
    assert verify(monkeypatch, capsys, "--sample=0")[0] == 0
    assert [row["sample"] for row in kept(library, "checks.csv")] == ["2", "0"] and len(kept(library, "runs.csv")) == 2


def test_a_tampered_record_is_named_with_exit_code_1(library, monkeypatch, capsys):
    path = min(records(library), key=lambda path: "seed1" in path.name or "external" in path.name)
    content = json.loads(path.read_text())
    content["scores"]["psnr_sparse"] += 3
    path.write_text(json.dumps(content))
    before = records(library)
    code, out, err = verify(monkeypatch, capsys)
    assert code == 1 and records(library) == before
    assert f"{path.name}: a score differs by 3" in out and f"{path.name}: kernels 1.000 alike" in out
    assert err.endswith("failed: 2 faults, see above\n")
    assert kept(library, "checks.csv")[0]["faults"] == "2"
    assert [row["verdict"] for row in kept(library, "runs.csv")].count("off") == 1


def test_a_damaged_record_is_one_line_and_stays(library, monkeypatch, capsys):
    path = min(records(library))
    path.write_text("{")
    code, out, err = verify(monkeypatch, capsys)
    assert (code, out, err.count("\n")) == (2, "", 1) and str(path) in err and path.exists()


def test_what_was_found_is_counted():
    """By hand: a run of today whose input fits, one of an earlier configuration without data, and others' files."""
    key = Identity("levin", "im05_flit01", "ours", "laptop", 0, TINY.digest(), "i" * 12)
    record = Record(key, {"loss": 0.1, "psnr_sparse": 30.0}, [[1.0]], 9.0, 10, 0, {})
    before = replace(record, identity=replace(key, config="0" * 12))
    theirs = replace(record, identity=replace(key, tier="external"))
    runs = [StoredRun(one, config, None) for one, config in ((record, TINY), (before, TINY), (theirs, None))]
    anew = replace(record, scores={"loss": 0.2, "psnr_sparse": 30.5})
    row = counted(Check(runs, [True, None, False], [(runs[0], 2e-7)], [Agreement(record, anew, TRAINED)]))
    assert (row["records"], row["inputs"], row["inputs_equal"], row["faults"]) == (3, 2, 1, 1)
    assert (row["configurations_of_today"], row["configurations_of_before"], row["others_files"]) == (1, 1, 1)
    assert (row["rescored"], row["rescored_difference"]) == (1, 2e-7)
    assert [row[name] for name in ("sample", "equal", "within", "apart", "off", "difference")] == [1, 0, 1, 0, 0, 0.5]
