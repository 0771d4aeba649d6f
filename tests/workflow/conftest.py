"""The workflow's own modules, which are scripts beside the Snakefile, and a small project for them to work in."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from mcdeconv import manifest, plans
from mcdeconv.plans import Part
from mcdeconv.records import Record, Store
from mcdeconv.stores import Library

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "workflow"))

SMALL = {
    "levin": {
        "quick": (Part("synthetic-levin", ("coins_kernel_01", "leaves_kernel_01"), ("ours", "without-both")),),
        "laptop": (Part("levin", ("im05_flit01", "im05_flit02"), ("ours",)),),
    },
    "lai": {"quick": (Part("synthetic-lai", ("natural_01_kernel_01",), ("ours",)),)},
    "regularisation": {"quick": (Part("synthetic-lai", ("natural_01_kernel_01",), ("ours", "tv")),)},
}


@dataclass(frozen=True)
class Project:
    """A folder that looks like a checkout."""

    root: Path

    @property
    def library(self) -> Library:
        return Library(self.root)

    def jobs(self, experiment, tier="quick"):
        return manifest.planned(experiment, tier)

    def solve(self, *experiments, store=None, leave=()):
        """Make-believe records of all runs of some experiments, but for some images."""
        for experiment in experiments:
            for job in self.jobs(experiment):
                if job.identity.image not in leave:
                    (store or self.library.local).put(fake_record(job.identity))


def fake_record(identity, seconds=10.0) -> Record:
    return Record(identity, {"psnr_direct": 25.0}, [[1.0]], seconds, 600, identity.seed, {"device": "a processor"})


def records_in(store: Store) -> int:
    return len(list(store.folder.glob("*/*.json")))


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
