"""A small project for the workflow to work in, and make-believe records for it."""

from dataclasses import dataclass
from pathlib import Path

from mcdeconv.paper.plans import Part
from mcdeconv.paper.selection import Selection
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record, Store

ROOT = Path(__file__).parents[2]

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
        return Selection(experiment, tier).jobs()

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
