"""`run` on a bare machine: a copy of the package, not installed, with nothing but what pyproject.toml calls needed."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import mcdeconv

PROGRAM = """
import runpy, sys
from importlib.machinery import PathFinder

EXTRAS = sys.argv.pop(1).split(",")

class Bare(PathFinder):
    @classmethod
    def find_spec(cls, name, *where):  # None: Python says that there is no such module, as it would where it is absent
        return None if name.partition(".")[0] in EXTRAS else super().find_spec(name, *where)

sys.meta_path[sys.meta_path.index(PathFinder)] = Bare

from dataclasses import replace
from mcdeconv.core.config import ImageNetConfig, KernelNetConfig
from mcdeconv.core.presets import PRESETS, TIERS

nets = {
    "image_net": ImageNetConfig(levels=2, channels=4, skip_channels=2),
    "kernel_net": KernelNetConfig(levels=2, channels=4),
}
PRESETS["ours"] = replace(PRESETS["ours"], **nets).with_iterations(3)
TIERS["quick"] = replace(TIERS["paper"], name="quick", region=40)
print(sys.modules["mcdeconv"].__file__)
runpy.run_module("mcdeconv", run_name="__main__", alter_sys=True)
"""
EXTRAS = (
    *("matplotlib", "seaborn", "pooch", "papermill", "snakemake", "ipywidgets", "anywidget", "nbformat"),
    *("IPython", "ipykernel", "jupyter_book", "jinja2", "yaml", "pytest", "hypothesis", "playwright"),
)


@pytest.fixture
def bare(tmp_path):
    """Run `python -m mcdeconv` in a folder that has the package's files and nothing else."""
    shutil.copytree(Path(mcdeconv.__file__).parent, tmp_path / "mcdeconv", ignore=shutil.ignore_patterns("__pycache__"))

    def call(*arguments):
        command = [sys.executable, "-c", PROGRAM, ",".join(EXTRAS), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)

    return call


def test_help_of_run(bare, tmp_path):
    done = bare("run", "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path)) and "--time-budget" in done.stdout


def test_a_run_is_solved_packed_and_not_solved_again(bare, tmp_path):
    arguments = ("run", "--images", "camera_kernel_01", "--device", "cpu", "--processes", 1, "--out", "far")
    done = bare(*arguments, "--time-budget", 100)
    assert done.returncode == 0, done.stderr
    [record] = (tmp_path / "far/records").glob("*/*.json")
    with zipfile.ZipFile(tmp_path / "far/records.zip") as packed:
        assert packed.namelist() == [f"synthetic-levin/{record.name}"]
        assert packed.read(packed.namelist()[0]) == record.read_bytes()
    before = record.stat().st_mtime_ns
    assert bare(*arguments).returncode == 0
    assert record.stat().st_mtime_ns == before
