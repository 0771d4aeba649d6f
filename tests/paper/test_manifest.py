"""Manifests: what they list, when they stay as they are, and that no run is planned twice."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from mcdeconv.errors import InputError
from mcdeconv.paper import manifest, plans
from mcdeconv.paper.manifest import Manifest
from mcdeconv.paper.plans import Part
from mcdeconv.paper.selection import Selection
from mcdeconv.runs.records import Record, Store
from mcdeconv.runs.trajectory import Trajectory

IMAGE = "natural_01_kernel_01"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Two experiments that share a run, which the second wants with pictures; S3 is "dropout only"."""
    experiments = {
        "lai": {"quick": (Part("synthetic-lai", (IMAGE, "people_01_kernel_01"), ("ours", "dropout-only")),)},
        "schedules": {"quick": (Part("synthetic-lai", (IMAGE,), ("S3", "ours"), pictures=1),)},
    }
    monkeypatch.setattr(plans, "EXPERIMENTS", experiments)


@pytest.fixture
def stores(tmp_path):
    return Store(tmp_path / "local"), Store(tmp_path / "committed")


def record(identity, seconds=1.0):
    return Record(identity, {"loss": 1.0}, [[1.0]], seconds, 1, 0, {})


def trajectory():
    one, pictures = np.zeros(1, np.float32), np.zeros((1, 4, 4), np.uint8)
    names = {"losses": one, "psnr": one, "ssim": one, "similarity": one, "spread": one}
    empty = np.zeros((0, 4, 4, 4), np.uint8)
    return Trajectory(
        np.array([1]),
        **names,
        picture_iterations=np.array([1]),
        images=pictures,
        samples=empty,
        sample_iterations=np.zeros(0, int),
        stds=pictures,
        kernels=np.ones((1, 3, 3), np.float32) / 9,
    )


def test_a_manifest_lists_files_with_their_digests_and_what_is_missing(stores):
    local, committed = stores
    first, second, *rest = Selection("lai").jobs()
    local.put(record(first.identity), trajectory())
    found = manifest.of_jobs([first, second, *rest], (local,))
    path = local.path(first.identity)
    assert found.files == {
        f"synthetic-lai/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        for file in (path, path.with_suffix(".npz"))
    }
    assert len(found.missing) == 3
    committed.put(record(second.identity), trajectory())
    assert len(manifest.of_jobs([first, second, *rest], stores).missing) == 2
    assert len(manifest.of_jobs([first, second, *rest], (local,)).missing) == 3


def test_a_run_without_the_pictures_that_it_should_have_is_missing(stores):
    job = Selection("lai").jobs()[0]
    stores[0].put(record(job.identity))
    assert manifest.of_jobs([job], stores).missing
    assert not manifest.of_jobs([replace(job, pictures=0)], stores).missing


def test_records_as_they_are_give_the_same_manifest_as_the_runs(stores):
    jobs = Selection("lai").jobs()
    for job in jobs:
        stores[1].put(record(job.identity), trajectory() if job.pictures else None)
    assert manifest.of_records([job.identity for job in jobs], stores) == manifest.of_jobs(jobs, stores)


def test_an_equal_manifest_keeps_its_time_and_another_is_written(tmp_path):
    path = tmp_path / "deep" / "levin.json"
    Manifest({"levin/a.json": "0"}).save(path)
    before = path.stat().st_mtime_ns
    Manifest({"levin/a.json": "0"}).save(path)
    assert path.stat().st_mtime_ns == before
    Manifest({"levin/a.json": "1"}, ("levin/b.json",)).save(path)
    assert Manifest.load(path) == Manifest({"levin/a.json": "1"}, ("levin/b.json",))


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"files": 3, "missing": []}', "null"])
def test_a_damaged_manifest_is_none(tmp_path, content):
    path = tmp_path / "levin.json"
    assert Manifest.load(path) is None
    path.write_text(content)
    assert Manifest.load(path) is None
    Manifest({}).save(path)
    assert json.loads(path.read_text())["files"] == {}


def test_shares_divide_the_runs_by_image():
    jobs = Selection("lai").jobs() + Selection("schedules").jobs()
    shares = [manifest.share(jobs, f"{i}/4") for i in range(1, 5)]
    assert sorted(str(job.identity) for share in shares for job in share) == sorted(str(job.identity) for job in jobs)
    for share in shares:
        for other in shares:
            if other is not share:
                assert not {j.problem.item.id for j in share} & {j.problem.item.id for j in other}


@pytest.mark.parametrize("wrong", ["", "0/4", "5/4", "1", "a/b", "-1/4", "1/0"])
def test_a_share_that_does_not_exist(wrong):
    with pytest.raises(InputError, match="does not exist"):
        manifest.share([], wrong)
