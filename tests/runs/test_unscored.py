"""Runs without scores: what is kept of them gives the record that they would have had, wherever it is made."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from tiny import TINY

from mcdeconv.core.solve import at_once
from mcdeconv.data import datasets
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError
from mcdeconv.runs import unscored
from mcdeconv.runs.campaign import Task, scored, solving_job
from mcdeconv.runs.job import Job
from mcdeconv.runs.merge import merge_folder, pack
from mcdeconv.runs.records import UNSCORED, Store
from mcdeconv.runs.unscored import drop_scored, is_unscored, keep_unscored, read_unscored

DATASET, IMAGE = "synthetic-levin", "camera_kernel_03"
CONFIG = TINY.with_iterations(40)


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Workers in this process: they start for seconds."""
    monkeypatch.setattr(unscored, "in_processes", lambda work, tasks, count: (work(task) for task in tasks))


def job(pictures=0, brightest=None):
    item = datasets.load_item(DATASET, IMAGE)
    return Job(pose(item, 48, brightest=brightest), "ours", "tiny", CONFIG, 0, pictures)


def ended(own):
    return at_once(solving_job)(Task([own], "cpu", float("inf"), None, 1))


def sent(store, tmp_path):
    folder = tmp_path / "sent"
    folder.mkdir()
    return pack(store, folder / "contribution.zip"), folder


@pytest.mark.parametrize(("pictures", "brightest"), [(0, None), (1, None), (3, None), (0, 1.0)])
def test_a_run_read_back_has_the_record_that_it_would_have_had(tmp_path, pictures, brightest):
    own, store = job(pictures, brightest), Store(tmp_path)
    run = ended(own)
    keep_unscored(store, run, [own])
    [path] = tmp_path.glob(f"*/*{UNSCORED}")
    again, jobs = read_unscored(path)
    assert jobs == [("ours", pictures)] and is_unscored(store, own)
    mine, direct = scored(again), scored(run)
    assert mine.record == direct.record and mine.record.identity == own.identity
    if pictures:
        for name, values in vars(direct.trajectory).items():
            kept = getattr(mine.trajectory, name)
            np.testing.assert_allclose(kept, values, atol=2e-3 if kept.dtype.kind == "f" else 0, err_msg=name)
    else:
        assert mine.trajectory is direct.trajectory is None


def test_a_pack_is_scored_where_it_is_merged_under_the_names_of_all_its_jobs(tmp_path):
    own = job(1)
    store, target = Store(tmp_path / "mine"), Store(tmp_path / "target")
    run = ended(own)
    keep_unscored(store, run, [own, replace(own, method="S3", pictures=0)])
    count, folder = sent(store, tmp_path)
    merged = merge_folder(folder, target)
    assert count == 1
    assert merged["added"] == 2 and merged.complete
    assert {record.identity.method for record in target} == {"ours", "S3"}
    assert target.get(own.identity) == scored(run).record and target.trajectory(own.identity) is not None
    again = merge_folder(folder, target)  # not scored again, and nothing is lost or doubled
    assert again.complete and len([*target]) == 2


def test_what_has_its_record_by_now_is_dropped(tmp_path):
    own, store = job(), Store(tmp_path)
    run = ended(own)
    keep_unscored(store, run, [own])
    assert drop_scored(store) == 1
    store.put(scored(run).record)
    assert drop_scored(store) == 0 and not is_unscored(store, own)


def spoiled(path, **changes):
    """The file with other content, under the same name; `kernel` is an array, the rest of `what`."""
    with np.load(path) as stored:
        arrays = dict(stored)
    what = json.loads(str(arrays["what"]))
    if "kernel" in changes:
        arrays["kernel"] = changes.pop("kernel")
    if "tier" in changes:
        what["identity"]["tier"] = changes.pop("tier")
    np.savez_compressed(path, **arrays | {"what": json.dumps(what | changes)})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"region": {"top": 0, "left": 0, "height": 48, "width": 48}}, "other pixels"),
        ({"region": {"top": 0}}, "no usable run"),
        ({"jobs": 3}, "no usable run"),
        ({"problem": {}}, "no usable run"),
        ({"made": 3}, "no usable run"),
        ({"result": {}}, "no usable run"),
        ({"kernel": np.zeros((21, 21), np.float32)}, "its kernel is none"),
        ({"kernel": np.ones(5)}, "its kernel is none"),
        ({"tier": "x/../../../elsewhere/y"}, "its tier is no such word"),
        ({"made": {"torch": float("nan")}}, "cannot be scored"),
    ],
)
def test_an_edited_file_is_named_and_left_out_and_the_others_are_scored(tmp_path, caplog, changes, named):
    one, other = job(), replace(job(), seed=1)
    store, target = Store(tmp_path / "mine"), Store(tmp_path / "target")
    for own in (one, other):
        keep_unscored(store, ended(own), [own])
    spoiled(unscored.file_of(store, one.identity), **changes)
    _, folder = sent(store, tmp_path)
    merged = merge_folder(folder, target)
    assert (merged["added"], merged["unscored"], merged.complete) == (1, 1, False)
    assert named in caplog.text and [record.identity.seed for record in target] == [1]
    assert zipfile.is_zipfile(folder / "contribution.zip") and not (tmp_path / "elsewhere").exists()


def test_what_is_scored_stays_if_the_rest_is_interrupted(tmp_path, monkeypatch):
    store, target = Store(tmp_path / "mine"), Store(tmp_path / "target")
    for own in (job(), replace(job(), seed=1)):
        keep_unscored(store, ended(own), [own])
    _, folder = sent(store, tmp_path)

    def interrupted(work, tasks, count):
        yield work(tasks[0])
        raise KeyboardInterrupt

    monkeypatch.setattr(unscored, "in_processes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        merge_folder(folder, target)
    assert len([*target]) == 1


def test_a_further_name_and_its_curves_are_scored_though_the_first_is_known(tmp_path):
    own = job(1)
    store, target = Store(tmp_path / "mine"), Store(tmp_path / "target")
    run = ended(own)
    target.put(scored(run).record)  # without curves
    keep_unscored(store, run, [own, replace(own, method="S3")])
    _, folder = sent(store, tmp_path)
    merge_folder(folder, target)
    assert {record.identity.method for record in target} == {"ours", "S3"}
    assert target.trajectory(replace(own.identity, method="S3")) is not None


def test_a_file_that_is_cut_off_is_named(tmp_path):
    own, store = job(), Store(tmp_path)
    keep_unscored(store, ended(own), [own])
    path = unscored.file_of(store, own.identity)
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(InputError, match="no usable run"):
        read_unscored(path)


def test_a_pack_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("mcdeconv.runs.merge.LARGEST", 1000)
    own, store = job(), Store(tmp_path / "mine")
    keep_unscored(store, ended(own), [own])
    _, folder = sent(store, tmp_path)
    with pytest.raises(InputError, match="unpacks to more than"):
        merge_folder(folder, Store(tmp_path / "target"))
