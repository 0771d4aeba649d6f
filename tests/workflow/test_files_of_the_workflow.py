"""The files around the workflow: profiles, the publishing workflow, what a machine without a browser does."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from workflow_cases import ROOT

ACTIONS = {"checkout", "setup-python", "configure-pages", "upload-pages-artifact", "deploy-pages"}


@pytest.mark.parametrize("name", ["local", "slurm"])
def test_every_profile_goes_on_after_a_failure_and_after_a_kill(name):
    profile = yaml.safe_load((ROOT / f"workflow/profiles/{name}/config.yaml").read_text())
    assert profile["keep-going"] and profile["rerun-incomplete"] and profile["nolock"]


def test_on_a_cluster_a_lost_node_and_a_time_limit_are_no_end():
    profile = yaml.safe_load((ROOT / "workflow/profiles/slurm/config.yaml").read_text())
    assert profile["slurm-requeue"] and profile["retries"] > 0


def test_the_book_is_published_from_the_records_that_there_are():
    text = (ROOT / ".github/workflows/book.yml").read_text()
    workflow = yaml.safe_load(text)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert {re.fullmatch(r"actions/([a-z-]+)@v\d+", action)[1] for action in used} == ACTIONS
    assert set(workflow["jobs"]["publish"]["needs"]) == {"lint", "build"}
    uploaded = next(step["with"]["path"] for step in steps if "upload-pages" in step.get("uses", ""))
    assert uploaded == "out/site"


def test_a_stranger_types_two_commands():
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert [line for line in lines if line.startswith("make ")] == ["make reproduce", "make test"]


def test_without_a_home_that_can_be_written_to_the_checkout_has_one(tmp_path):
    """/proc takes no file, not even of root."""
    shutil.copy(ROOT / "Makefile", tmp_path)  # make includes no file whose path has a space
    shown = "include Makefile\nshown: ; @printenv HOME\n.DEFAULT_GOAL := shown\n"

    def home(**variables):
        environment = {"PATH": os.environ["PATH"]} | variables
        asked = {"input": shown, "env": environment, "cwd": tmp_path, "text": True, "capture_output": True}
        return subprocess.run(["make", "-s", "-f", "-"], check=True, **asked).stdout.strip()

    own = tmp_path / "own"
    own.mkdir()
    assert home(HOME=str(own)) == str(own) and not list(own.iterdir())
    assert home() == home(HOME="/proc") == home(HOME=str(tmp_path / "none")) == str(tmp_path / "out/home")


def machine(folder: Path, **programs: str) -> dict[str, str]:
    """A PATH with these programs only, and the shell."""
    for name, body in programs.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
    (folder / "sh").symlink_to("/bin/sh")
    (folder / "env").symlink_to("/usr/bin/env")
    return {"PATH": str(folder), "HOME": os.environ.get("HOME", "/")}


def install(name, environment):
    command = ["sh", str(ROOT / f"scripts/install_{name}.sh")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("name", "programs"), [("chromium", ["chromium"]), ("slurm", ["slurmd", "munged"])])
def test_what_is_there_is_not_installed(tmp_path, name, programs):
    there = dict.fromkeys(programs, ":")
    done = install(name, machine(tmp_path, **there, **{"apt-get": "exit 9"}, id="echo 0"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(("name", "package"), [("chromium", "chromium"), ("slurm", "slurm-wlm")])
def test_root_installs_what_tests_need(tmp_path, name, package):
    log = tmp_path / "log"
    done = install(name, machine(tmp_path, id="echo 0", **{"apt-get": f'echo "$@" >> {log}'}))
    assert done.returncode == 0 and "skipped" not in done.stderr
    update, installed = log.read_text().splitlines()
    assert update == "update" and installed.split()[0] == "install" and installed.split()[-1] == package


@pytest.mark.parametrize(
    "programs",
    [
        {},  # no package manager
        {"apt-get": ":", "id": "echo 1000", "sudo": "exit 1"},  # neither root nor sudo without a password
        {"apt-get": "exit 100", "id": "echo 0"},  # no network
    ],
)
@pytest.mark.parametrize(
    ("name", "skipped"),
    [("chromium", "the browser tests of the book are"), ("slurm", "the test on a Slurm cluster is")],
)
def test_what_cannot_be_installed_is_said_and_nothing_fails(tmp_path, name, skipped, programs):
    done = install(name, machine(tmp_path, **programs))
    assert done.returncode == 0 and done.stdout == ""
    assert f"{skipped} skipped" in done.stderr
