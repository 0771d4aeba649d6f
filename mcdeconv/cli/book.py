"""`mcdeconv solve`, `status`, `merge` and `explorer`: the runs behind the book."""

from collections.abc import Sequence
from pathlib import Path

from mcdeconv.cli.runs import print_records
from mcdeconv.core.presets import TIERS
from mcdeconv.data import datasets
from mcdeconv.errors import InputError, RunFailed, choose
from mcdeconv.explorer import packing, sampler
from mcdeconv.explorer.grid import FOLDER, save_grid
from mcdeconv.paper import plans
from mcdeconv.paper.selection import Selection, share, stored
from mcdeconv.runs.campaign import complete
from mcdeconv.runs.job import Job
from mcdeconv.runs.library import Library
from mcdeconv.runs.merge import merge_folder
from mcdeconv.runs.progress import mean_seconds, measure


def solve_experiments(
    names: Sequence[str],
    tier: str,
    dataset: str | None,
    images: Sequence[str] | None,
    seeds: int | None,
    device: str,
    processes: int | None,
    local_only: bool,
    shard: str,
) -> None:
    """Compute the missing runs of some experiments, and print the scores of all."""
    library = Library.here()
    selections = [Selection(name, tier, dataset, images, seeds) for name in names]
    every = share([job for selection in selections for job in selection.jobs(anew=local_only)], shard)
    jobs = list({job.identity: job for job in every}.values())
    records = complete(library, jobs, device, processes, " ".join(names), local_only)
    print_records(records)
    if failed := len(jobs) - len(records):
        raise RunFailed(f"{failed} of {len(jobs)} runs failed; they are tried again next time")


def print_status(tier: str) -> None:
    """A line an experiment: runs done and missing, and the time that the missing ones take."""
    choose(TIERS, tier, "tier")
    library = Library.here()
    known = mean_seconds(library)
    every: list[Job] = []
    print(f"tier {tier}; computed here, or in the repository")
    for name, tiers in plans.EXPERIMENTS.items():
        if tier not in tiers:
            print(f"  {name:<16} has no runs at this tier")
            continue
        selection = Selection(name, tier)
        try:
            jobs = selection.jobs()
        except InputError as error:
            print(f"  {name:<16} {len(stored(selection, library))} runs done; {error}")
            continue
        here = measure(jobs, (library.local,), known).done
        print(f"  {name:<16} {measure(jobs, library.stores, known)} ({here} computed here)")
        every += jobs
    if every:
        print(f"  {'together':<16} {measure(every, library.stores, known)}; runs that experiments share count once")


def merge_records(folder: Path, replace: bool) -> None:
    """Records of a folder, such as out, and packs of records in it into results/records."""
    merged = merge_folder(folder, Library.here().committed, replace)
    print(merged)
    if not merged.complete:
        raise RunFailed("not everything was merged, see above; --replace takes the new record of an equal run")


def make_explorer(device: str, processes: int | None) -> None:
    """All cells of the explorer's grids; what was computed before is taken as it is."""
    library = Library.here()
    jobs = plans.jobs([plans.GRID], "quick")
    known = mean_seconds(library)
    print(f"the explorer's grid: {measure(jobs, library.stores, known, processes)}")
    records = complete(library, jobs, device, processes, "explorer")
    for image in plans.EXPLORED:
        own = [record for record in records if record.identity.image == image]
        path = library.root / FOLDER / f"{image}.json"
        save_grid(path, packing.pack_grid(datasets.load_item(plans.GRID.dataset, image), own, library.trajectory))
        print(f"written {path}, {len(own)} runs")
    print(f"the network that draws samples in the page: {sampler.save_sampler(library.root / sampler.FOLDER)}")
