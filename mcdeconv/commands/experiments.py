"""`mcdeconv study`, `equality`, `known-kernel`, `breadth` and `rescore`: experiments beside the tables."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mcdeconv import datasets
from mcdeconv.breadth import breadths
from mcdeconv.campaign import run_campaign
from mcdeconv.commands.runs import CHECKPOINTS
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.nonblind import deconvolve_with_kernel
from mcdeconv.plans import stored
from mcdeconv.presets import TIERS, choose, configure
from mcdeconv.problem import as_grey
from mcdeconv.protocols import protocol_of, score
from mcdeconv.records import Store
from mcdeconv.rescoring import Reading, rescore
from mcdeconv.stores import Library
from mcdeconv.studies import STUDIES
from mcdeconv.summary import write_csv


def run_study(
    name: str, names: Sequence[str] | None, images: Sequence[str] | None, processes: int | None, results: Path
) -> None:
    """Solve what is missing of a study, print its contrasts, and write both to results/studies/NAME.

    Tables that rest on more runs than there are records of stay as they are.
    """
    study = choose(STUDIES, name, "study")
    own, *known = study.stores(results)
    wanted = study.jobs(names, images)
    done = run_campaign(own, wanted, processes, title=name, known=known, checkpoints=CHECKPOINTS)
    records = study.stored((own, *known))
    folder = results / "studies" / name
    rows = study.factors(records)
    if len(records) >= rows_of(folder / "runs.csv"):
        write_csv(folder / "runs.csv", [record.row() for record in records])
        write_csv(folder / "factors.csv", rows)
    else:
        print(f"{folder} rests on more runs than there are records here: its tables stay as they are")
    print(study.question)
    for row in rows:
        if row["kernel_similarity_runs"]:
            print(contrast_in_words(row))
    if len(done) < len(wanted):
        raise RunFailed(f"{len(wanted) - len(done)} of {len(wanted)} runs failed; they are tried again next time")


def rows_of(path: Path) -> int:
    """How many rows a CSV file has; 0 if there is none."""
    return max(0, len(path.read_text().splitlines()) - 1) if path.exists() else 0


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
    """Solve what is missing of the comparison, print it and write its runs to results/equality.

    Runs of the tables in either precision count, whatever processor they were on; the file names it, run by run.
    """
    from mcdeconv import equality

    wanted = equality.jobs(tier=tier)
    known = [Store(results / "records")]
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


def measure_breadths(results: Path) -> None:
    """Write results/known_kernel/levin-breadth.csv and print the mean of every kernel; takes stored laptop runs."""
    records = [record for record in stored("levin", "laptop") if record.identity.seed == 0]
    rows: list[dict[str, object]] = []
    for item in tqdm(list(datasets.load("levin")), "levin", unit="image"):
        rows += breadths(as_grey(item), records)
    write_csv(results / "known_kernel" / "levin-breadth.csv", rows)
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
