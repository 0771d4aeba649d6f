"""`mcdeconv run`, `study` and `known-kernel`: runs, and their scores in the terminal."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mcdeconv import datasets
from mcdeconv.breadth import breadths
from mcdeconv.campaign import Undone, run_campaign
from mcdeconv.config import SolverConfig
from mcdeconv.device import choose_device
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.job import Job
from mcdeconv.nonblind import deconvolve_with_kernel
from mcdeconv.parcel import pack
from mcdeconv.presets import TIERS, choose, configure
from mcdeconv.problem import as_grey, pose
from mcdeconv.protocols import protocol_of, score
from mcdeconv.records import Record, Store
from mcdeconv.rescoring import Reading, rescore
from mcdeconv.stores import Library
from mcdeconv.studies import STUDIES
from mcdeconv.summary import paired, summarise, write_csv

CHECKPOINTS = Path("out/checkpoints")  # of runs whose records go to results/


def make_jobs(
    dataset: str,
    methods: Sequence[str],
    tier: str,
    images: Sequence[str] | None = None,
    seeds: int = 1,
    folder: Path | None = None,
    kernel_size: int | None = None,
) -> list[Job]:
    """Jobs of a data set; seeds vary slowest, so that an interrupted campaign has every image."""
    if seeds < 1:
        raise InputError(f"--seeds is {seeds}; it must be at least 1")
    configs: dict[str, SolverConfig] = {method: configure(method, tier) for method in methods}
    region = choose(TIERS, tier, "tier").region
    problems = [pose(item, region, kernel_size) for item in datasets.load(dataset, images, folder)]
    return [
        Job(problem, method, tier, config, seed)
        for seed in range(seeds)
        for problem in problems
        for method, config in configs.items()
    ]


def run_jobs(
    jobs: Sequence[Job],
    device: str,
    processes: int | None,
    results: Path,
    out: Path | None = None,
    time_budget: float | None = None,
) -> None:
    """Solve what is missing, print every score, and compare the first method with each other one.

    Parameters
    ----------
    results : folder whose records count as done; the new ones go there too, unless there is an `out`
    out : folder for new records, for checkpoints and, at the end, for all its records in one file, optional
    time_budget : seconds after which what is not done waits for the next time, optional
    """
    committed, undone = Store(results / "records"), Undone()
    store = Store(out / "records") if out else committed
    checkpoints = out / "checkpoints" if out else CHECKPOINTS if time_budget else None
    try:
        records = run_campaign(
            store,
            jobs,
            processes,
            choose_device(device),
            time_budget=time_budget,
            checkpoints=checkpoints,
            known=(committed,),
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
    where = records[0].provenance if records else {}
    print(
        f"\n{method} minus {other}, tier {records[0].identity.tier}, {where.get('device')}, torch {where.get('torch')}:"
    )
    for measure in ("psnr_direct", "psnr_hyper-laplacian", "psnr_sparse", "kernel_similarity"):
        s = summarise(paired(records, measure, method, other))
        print(
            f"  {measure:<22} {s.mean:8.3f}  difference {s.difference:+.3f}  [{s.low:+.3f}, {s.high:+.3f}]"
            f"  ({s.images} images, {s.runs} pairs of runs)"
        )


def run_study(
    name: str, names: Sequence[str] | None, images: Sequence[str] | None, processes: int | None, results: Path
) -> None:
    """Solve what is missing of a study, print its contrasts, and write both to results/studies/NAME."""
    study = choose(STUDIES, name, "study")
    folder = results / "studies" / name
    stores = Store(folder / "records"), Store(results / "records")  # as Study.stores, below another folder
    run_campaign(stores[0], study.jobs(names, images), processes, title=name, known=stores[1:])
    records = study.stored(stores)
    write_csv(folder / "runs.csv", [record.row() for record in records])
    rows = study.factors(records)
    write_csv(folder / "factors.csv", rows)
    print(study.question)
    for row in rows:
        if row["kernel_similarity_runs"]:
            print(contrast_in_words(row))


def contrast_in_words(row: Mapping[str, object]) -> str:
    scores = "  ".join(
        f"{label} {row[f'{measure}_mean']:6.{digits}f} ({row[f'{measure}_difference']:+.{digits}f})"
        for measure, label, digits in (
            ("psnr_direct", "direct", 2),
            ("psnr_sparse", "sparse", 2),
            ("psnr_hyper-laplacian", "hyper-L", 2),
            ("kernel_similarity", "similarity", 3),
        )
        if row[f"{measure}_runs"]
    )
    return f"{row['variant']} against {row['against']}, {row['images']}: {scores}  n {row['kernel_similarity_runs']}"


def run_equality(tier: str, processes: int | None, results: Path) -> None:
    """Solve what is missing of the comparison, print it and write its runs to results/equality."""
    from mcdeconv import equality

    wanted = equality.jobs(tier=tier)
    known = (Store(results / "records"),)  # a method's run in one of the precisions need not be made again
    records = run_campaign(Store(Path("out/equality")), wanted, processes, title="equality", known=known)
    if len(records) < len(wanted):
        raise RunFailed(f"{len(wanted) - len(records)} of {len(wanted)} runs failed; they are tried again next time")
    write_csv(results / "equality" / f"{tier}.csv", [record.row() for record in records])
    for one in equality.compare(records):
        s = one.summary
        print(
            f"{one.measure:<22} bfloat16 minus float32 {s.difference:+.3f} dB [{s.low:+.3f}, {s.high:+.3f}] "
            f"({s.images} images, {s.runs} pairs); seeds differ by {one.spread:.2f} dB; worst {one.worst} "
            f"{one.worst_difference:+.2f} dB, its seeds differ by {one.worst_spread:.2f} dB: "
            f"{'equal' if one.equal else 'not shown to be equal'}"
        )


def score_known_kernels(dataset: str, images: Sequence[str] | None, results: Path) -> None:
    protocol = protocol_of(dataset)
    rows: list[dict[str, object]] = []
    methods = ("sparse", "hyper-laplacian")
    for item in tqdm(list(datasets.load(dataset, images)), dataset, unit="image"):
        if item.kernel is None:
            raise InputError(f"{dataset} {item.id} has no known kernel")
        grey, row = as_grey(item), {"image": item.id}
        for method in methods:
            result = score(deconvolve_with_kernel(grey.blurred, item.kernel, method), grey, protocol)
            row |= {f"psnr_{method}": result.psnr, f"ssim_{method}": result.structure, f"ssd_{method}": result.ssd}
        rows.append(row)
    write_csv(results / "known_kernel" / f"{dataset}.csv", rows)
    print(f"{dataset}, protocol {protocol.name}, {len(rows)} images, deconvolved with the true kernel:")
    for method in methods:
        values = np.array([row[f"psnr_{method}"] for row in rows], dtype=float)
        print(f"  {method:<16} mean {values.mean():.3f} dB, from {values.min():.2f} to {values.max():.2f}")


def measure_breadths(dataset: str, images: Sequence[str] | None, results: Path) -> None:
    """Write results/known_kernel/DATASET-breadth.csv and print the mean of every kernel; takes stored laptop runs."""
    library = Library.here()
    records = [r for method in ("ours", "without-both") for r in library.records(dataset, (method,), "laptop", images)]
    current = [r for r in records if r.identity.config == configure(r.identity.method, "laptop").digest()]
    rows: list[dict[str, object]] = []
    for item in tqdm(list(datasets.load(dataset, images)), dataset, unit="image"):
        rows += breadths(as_grey(item), current)
    write_csv(results / "known_kernel" / f"{dataset}-breadth.csv", rows)
    for name in dict.fromkeys(str(row["kernel"]) for row in rows):
        own = [row for row in rows if row["kernel"] == name]
        share, psnr = (np.mean([row[what] for row in own]) for what in ("concentration", "psnr_sparse"))
        print(f"{name:<28}concentration {share:.2f}  PSNR {psnr:.2f} dB  {len(own)} images")


def rescore_kernels(dataset: str, tier: str, methods: Sequence[str], processes: int | None, results: Path) -> None:
    """Add what is missing to results/readings and print the mean of every reading."""
    choose(datasets.DATASETS, dataset, "data set")
    choose(TIERS, tier, "tier")
    records = [
        record
        for record in Library.here().records(dataset, methods, tier)
        if record.identity.config == configure(record.identity.method, tier).digest()
    ]
    if not records:
        raise InputError(f"there is no record of {', '.join(methods)} on {dataset} at tier {tier}; run it first")
    readings = rescore(dataset, records, results / "readings" / f"{dataset}.csv", processes)
    print(f"{'kernel':<16}{'tier':<8}{'deconvolution':<17}{'protocol':<22}{'PSNR':>7}{'SSIM':>7}  kernels")
    for key, group in groupby(sorted(readings, key=reading_key), reading_key):
        own = list(group)
        means = (np.mean([getattr(one, name) for one in own]) for name in ("psnr", "structure"))
        cells = "".join(f"{text:<{width}}" for text, width in zip(key, (16, 8, 17, 22), strict=True))
        print(cells + "{:>7.2f}{:>7.3f}".format(*means) + f"  {len(own)}")


def reading_key(reading: Reading) -> tuple[str, str, str, str]:
    return reading.method, reading.tier, reading.final, reading.protocol
