"""`mcdeconv solve`, `status`, `merge`, `table`, `figure`, `explorer` and `reproduce`: the runs behind the book."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from mcdeconv.cli.runs import print_comparison, print_records
from mcdeconv.core.presets import TIERS
from mcdeconv.data import datasets
from mcdeconv.errors import InputError, RunFailed, choose
from mcdeconv.explorer import packing
from mcdeconv.explorer.grid import FOLDER, save
from mcdeconv.paper import manifest, plans
from mcdeconv.paper.selection import Selection, stored
from mcdeconv.runs.campaign import complete
from mcdeconv.runs.job import Job
from mcdeconv.runs.library import Library
from mcdeconv.runs.merge import merge_folder
from mcdeconv.runs.progress import mean_seconds, measure

MAIN = ("ours", "without-both")  # the comparison that `reproduce` prints


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
    listed: Path | None,
) -> None:
    """Compute the missing runs of some experiments; list the records in a file, or print them.

    With a list, runs that fail are in it, and the rest of the workflow goes on.
    """
    library = Library.here()
    stores = (library.local,) if local_only else library.stores
    selections = [Selection(name, tier, dataset, images, seeds) for name in names]
    every = [job for selection in selections for job in selection.jobs(anew=local_only)]
    jobs = list({job.identity: job for job in manifest.share(every, shard)}.values())
    records = complete(library, jobs, device, processes, " ".join(names), local_only)
    found = manifest.of_jobs(jobs, stores)
    if listed is not None:
        found.save(listed)
    else:
        print_records(records)
        if found.missing:
            raise RunFailed(f"{len(found.missing)} of {len(jobs)} runs failed; they are tried again next time")


def reproduce_quick(processes: int | None) -> None:
    """What `make reproduce` computes of tier quick, then the main comparison."""
    library = Library.here()
    embedded = [name for name in plans.EXPERIMENTS if name != "lai_real"]
    every = {name: Selection(name).jobs(anew=True) for name in embedded}
    found = {name: complete(library, jobs, "cpu", processes, name, local_only=True) for name, jobs in every.items()}
    records = found["levin"]
    print_records(records)
    if records:
        print_comparison(records, *MAIN)
    missing = manifest.of_jobs([job for jobs in every.values() for job in jobs], (library.local,)).missing
    if missing:
        raise RunFailed(f"{len(missing)} runs failed; they are tried again next time: {', '.join(missing[:3])}")


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


def run_page(kind: str, number: int, tier: str, dataset: str | None, images: str | None, seeds: int | None) -> None:
    """Let the workflow make the page of a table or figure, which prints it."""
    given = {"--tier": tier, "--dataset": dataset, "--images": images, "--seeds": seeds}
    options = [text for name, value in given.items() if value is not None for text in (name, str(value))]
    command = [sys.executable, "workflow/make.py", kind, str(number), *options]
    code = subprocess.run(command, cwd=Library.here().root, check=False).returncode
    if code:
        sys.exit(code)  # it has said why


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
        save(path, packing.pack(datasets.load_item(plans.GRID.dataset, image), own, library.trajectory))
        print(f"written {path}, {len(own)} runs")
