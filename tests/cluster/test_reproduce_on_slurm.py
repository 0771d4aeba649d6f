"""`make reproduce` on a real Slurm cluster that loses a node: the records and the book are those of one machine."""

import os
import re
import subprocess
import sys
import time

import pytest
import yaml
from slurm_cluster import NODES, running_cluster, wait_until, why_not
from small_checkout import IMAGES, small_checkout

from mcdeconv.runs.library import Library

PROFILE = "workflow/profiles/slurm/config.yaml"
# What a user of this cluster would write into the profile: it has GPUs, its nodes are small, it keeps no accounts.
SWITCHED_ON = r"(?m)^( *)# (?=slurm_partition: gpu$|set-resources:$|  solve:$|    gpu: 1$)"
OWN = {
    "set-threads": {"solve": 1, "notebook": 1},
    "slurm-status-command": "squeue",
    "slurm-init-seconds-before-status-checks": 1,
    "latency-wait": 5,
}
SECONDS = rb"<dt>(seconds|runs at a time)</dt><dd>[^<]*</dd>"


@pytest.fixture
def cluster():
    if reason := why_not():
        pytest.skip(reason)
    with running_cluster() as running:
        yield running


@pytest.fixture
def reproduce():
    """Starts `make reproduce`; what it says goes into a file beside the checkout."""
    started = []

    def start(checkout, *words, environment=os.environ):
        ours = {name: value for name, value in environment.items() if not name.startswith("MAKE")}
        command = ["make", "-o", f"{sys.prefix}/.installed", f"VENV={sys.prefix}", "reproduce", *words]
        with checkout.with_suffix(".log").open("w") as log:
            where = {"cwd": checkout, "env": ours | {"PYTHONPATH": str(checkout)}, "stdout": log, "stderr": log}
            started.append(subprocess.Popen(command, **where))
        return started[-1]

    yield start
    for make in started:
        make.kill()
        make.wait()


@pytest.mark.slow
def test_a_node_that_dies_midway_changes_neither_records_nor_book(tmp_path, cluster, reproduce):
    alone, shared = small_checkout(tmp_path / "alone"), small_checkout(tmp_path / "shared")
    assert reproduce(alone, "PROFILE=local").wait() == 0, (tmp_path / "alone.log").read_text()

    profile = yaml.safe_load(re.sub(SWITCHED_ON, r"\1", (shared / PROFILE).read_text()))
    (shared / PROFILE).write_text(yaml.safe_dump(profile | OWN))
    make = reproduce(shared, "PROFILE=slurm", "SHARDS=4", environment=cluster.environment)
    wait_until(lambda: {job["NodeList"] for job in solving(cluster)} == set(NODES) or ended(make), "both nodes solve")
    halted = wait_until(lambda: half_done(cluster, shared) or ended(make), "a job has done one of its two runs")
    assert {(job["Partition"], job["TresPerJob"]) for job in solving(cluster)} == {("gpu", "gres:gpu:1")}
    cluster.kill(dying := halted["NodeList"])
    kept = {image: files_of(shared, image) for image in IMAGES}
    assert len(kept[image_of(halted)]) == 1

    wait_until(lambda: cluster.states()[dying].startswith("down"), "Slurm notices")
    while make.poll() is None:
        for job in cluster.jobs():
            if job["JobState"] == "PENDING" and job["Restarts"] != "0":  # queued again, it would wait for two minutes
                cluster.ask("scontrol", "update", f"JobId={job['JobId']}", "StartTime=now")
        time.sleep(1)
    assert make.returncode == 0, (tmp_path / "shared.log").read_text()

    again = {job["JobId"]: (job["NodeList"], job["JobState"]) for job in cluster.jobs() if job["Restarts"] != "0"}
    (living,) = set(NODES) - {dying}
    assert halted["JobId"] in again and set(again.values()) == {(living, "COMPLETED")}
    for image, files in kept.items():
        assert files.items() <= files_of(shared, image).items()  # not one was computed again
    assert found(shared) == found(alone) and len(found(alone)) == 8
    assert book(shared) == book(alone)


def ended(make):
    assert make.poll() is None, "it ended too early"


def solving(cluster):
    """The jobs that solve, as Slurm describes them."""
    return [job for job in cluster.jobs() if "_solve_" in job["Comment"] and job["JobState"] == "RUNNING"]


def image_of(job):
    """The image of a job's share."""
    return IMAGES[int(re.search(r"shard-(\d)-of-4", job["Comment"])[1]) - 1]


def half_done(cluster, checkout):
    """A job that has one record of two, if there is one."""
    return next((job for job in solving(cluster) if len(files_of(checkout, image_of(job))) == 1), None)


def files_of(checkout, image):
    """Its record files, with what changes when one is written anew."""
    files = (checkout / "out/records").glob(f"*/{image}__*.json")
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def found(checkout):
    """All records, without what may differ: how long it took, and where."""
    return {
        (record.identity, record.seed_used, record.iterations): (record.scores, record.kernel)
        for record in Library(checkout).local
    }


def book(checkout):
    """Every file of the site, without what a page says of the seconds; the search knows those by heart, too."""
    site = checkout / "out/site"
    files = (path for path in site.rglob("*") if path.is_file() and path.name != "searchindex.js")
    return {str(path.relative_to(site)): re.sub(SECONDS, b"", path.read_bytes()) for path in files}
