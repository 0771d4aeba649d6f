"""The workflow's own modules, which are scripts beside the Snakefile, and a small project for them to work in."""

import shutil
import sys

import pytest
from workflow_cases import ROOT, SMALL, Project

from mcdeconv.paper import plans

sys.path.insert(0, str(ROOT / "workflow"))


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """An empty project with the real workflow and three small experiments; it is the current folder."""
    for folder in ("results/paper", "mcdeconv", "notebooks", "book"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "workflow", tmp_path / "workflow", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(plans, "EXPERIMENTS", {name: SMALL.get(name, {}) for name in plans.EXPERIMENTS})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path / "no data"))
    return Project(tmp_path)
