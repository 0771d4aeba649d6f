"""`mcdeconv run` and `solve`: runs, and their scores in the terminal."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from mcdeconv.core.device import choose_device
from mcdeconv.data import datasets
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.datasets.levin import SELFDEBLUR_KERNEL_SIZES
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.methods import RIVALS, choose_method, require_files
from mcdeconv.runs.campaign import Undone, run_campaign
from mcdeconv.runs.contribute import Contribution
from mcdeconv.runs.job import Job
from mcdeconv.runs.library import CHECKPOINTS, OUT, Library
from mcdeconv.runs.merge import pack
from mcdeconv.runs.records import Record, Store
from mcdeconv.runs.statistics import paired, summarise

KernelSize = int | Literal["selfdeblur"] | None  # px, those of SelfDeblur's script, or the data set's


def make_jobs(
    dataset: str,
    methods: Sequence[str],
    tier: str,
    images: Sequence[str] | None = None,
    seeds: int = 1,
    folder: Path | None = None,
    kernel_size: KernelSize = None,
) -> list[Job]:
    """Jobs of a data set; seeds vary slowest, so that an interrupted campaign has every image."""
    if seeds < 1:
        raise InputError(f"--seeds is {seeds}; it must be at least 1")
    choices = {method: choose_method(method, tier, dataset) for method in methods}
    for method in methods:
        require_files(method)
    items = list(datasets.load(dataset, images, folder))
    problems = {
        (item.id, region): pose(item, region, size_for(item, kernel_size))
        for item in items
        for region in {choice.region for choice in choices.values()}
    }
    return [
        Job(problems[item.id, choice.region], method, choice.tier, choice.config, seed)
        for seed in range(seeds)
        for item in items
        for method, choice in choices.items()
        if seed == 0 or method not in RIVALS
    ]


def size_for(item: Item, kernel_size: KernelSize) -> int | None:
    """The kernel size of one image, or None for the data set's."""
    if kernel_size != "selfdeblur":
        return kernel_size
    if item.dataset != "levin":
        raise InputError(
            f"--kernel-size is 'selfdeblur' with --dataset {item.dataset}; SelfDeblur's own sizes are of levin's "
            "kernels only: give an odd number of pixels, or leave the option out"
        )
    return SELFDEBLUR_KERNEL_SIZES[item.id.split("_")[1]]


def run_jobs(
    jobs: Sequence[Job], device: str, processes: int | None, out: Path | None = None, time_budget: float | None = None
) -> None:
    """Solve what is missing, print every score, and compare the first method with each other one.

    Parameters
    ----------
    out : folder for new records, for checkpoints and, at the end, for all its records in one file; default: out in
        the checkout, or outside one in the current folder, without that file. A checkout's records count as done.
    time_budget : seconds after which what is not done waits for the next time, optional
    """
    library, undone = Library.here_or_new(), Undone()
    store = Store(out / "records") if out else library.local
    checkpoints = out / "checkpoints" if out else library.root / CHECKPOINTS
    try:
        records = run_campaign(
            store,
            jobs,
            processes,
            choose_device(device),
            time_budget=time_budget,
            checkpoints=checkpoints,
            known=library.stores,
            undone=undone,
        )
    finally:  # what was interrupted is not lost either
        if out:
            pack(store, out / "records.zip")
    print_records(records)
    methods = list(dict.fromkeys(job.method for job in jobs))
    for other in methods[1:] if records else ():
        print_comparison(records, methods[0], other)
    if failed := len(jobs) - len(records) - undone.runs:
        raise RunFailed(f"{failed} of {len(jobs)} runs failed; they are tried again next time")


def contribute_minutes(minutes: float, device: str, out: Path | None = None, by: str = "") -> None:
    """Solve what matters most and is missing; what was solved is in one file, however this ends.

    Parameters
    ----------
    out : folder for the records and that file; default: out in the checkout
    by : who lends the machine, for the book's list
    """
    from mcdeconv.paper.contribution import TRANCHES  # the book's plans
    from mcdeconv.studies import STUDIES

    library = Library.here_or_new()
    folder = out or library.root / OUT
    store, pack_file = Store(folder / "contributed"), folder / "contribution.zip"
    chosen = choose_device(device)
    of_studies = [study.stores(library.root / "results")[0] for study in STUDIES.values()]
    try:
        Contribution(store, (*library.stores, *of_studies), chosen, 60 * minutes, by).make(TRANCHES)
    finally:
        if count := pack(store, pack_file):
            print(f"{count} runs in {pack_file}: `mcdeconv merge {folder}` adds them")


COLUMNS = {
    "psnr_direct": "direct",
    "psnr_sparse": "sparse",
    "known_psnr_sparse": "(known)",
    "psnr_hyper-laplacian": "hyper-L",
    "known_psnr_hyper-laplacian": "(known)",
    "kernel_similarity": "similarity",
}


def print_records(records: Sequence[Record]) -> None:
    """PSNR in dB: direct, and after each final deconvolution with the estimated and with the known kernel."""
    labels = "".join(f"{label:>11}" for label in COLUMNS.values())
    print(f"{'image':<28}{'method':<16}{'seed':>4} {labels}  seconds")
    for record in records:
        key = record.identity
        cells = "".join(f"{record.scores.get(name, float('nan')):>11.3f}" for name in COLUMNS)
        print(f"{key.image:<28}{key.method:<16}{key.seed:>4} {cells}{record.seconds:>9.1f}")


def print_comparison(records: Sequence[Record], method: str, other: str) -> None:
    """The paired differences, with their intervals and what they rest on."""
    where = records[0].provenance
    print(
        f"\n{method} minus {other}, tier {records[0].identity.tier}, {where.get('device')}, torch {where.get('torch')}:"
    )
    for measure in ("psnr_direct", "psnr_hyper-laplacian", "psnr_sparse", "kernel_similarity"):
        s = summarise(paired(records, measure, method, other))
        print(
            f"  {measure:<22} {s.mean:8.3f}  difference {s.difference:+.3f}  [{s.low:+.3f}, {s.high:+.3f}]"
            f"  ({s.images} images, {s.runs} pairs of runs)"
        )
