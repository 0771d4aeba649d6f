"""`mcdeconv known-kernel`, `breadth`, `rescore` and `thresholds`: true and stored kernels deconvolved with again."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data import datasets
from mcdeconv.errors import InputError, choose
from mcdeconv.files import write_csv
from mcdeconv.runs.library import Library
from mcdeconv.runs.statistics import merge_csv
from mcdeconv.scoring.nonblind import deconvolve_with_kernel
from mcdeconv.scoring.protocols import protocol_of, score
from mcdeconv.studies import STUDIES
from mcdeconv.studies.breadth import breadths
from mcdeconv.studies.rescoring import Reading, rescore, rescore_thresholded


def score_known_kernels(dataset: str, images: Sequence[str] | None, results: Path) -> None:
    protocol = protocol_of(dataset)
    rows: list[dict[str, object]] = []
    methods = ("sparse", "hyper-laplacian")
    for item in tqdm(list(datasets.load(dataset, images)), dataset, unit="image"):
        if item.kernel is None:
            raise InputError(f"{dataset} {item.id} has no known kernel")
        blurred, row = protocol.to_deconvolve(item), {"image": item.id}
        for method in methods:
            result = score(deconvolve_with_kernel(blurred, item.kernel, method), item, protocol)
            row |= {f"psnr_{method}": result.psnr, f"ssim_{method}": result.structure, f"ssd_{method}": result.ssd}
        rows.append(row)
    places = {name: place for place, name in enumerate(datasets.names(dataset))}
    path, way_out = results / "known_kernel" / f"{dataset}.csv", "delete it and run `make known-kernel`"
    merge_csv(path, rows, ["image"], lambda row: places.get(str(row["image"]), len(places)), way_out)
    print(f"{dataset}, protocol {protocol.name}, {len(rows)} images, deconvolved with the true kernel:")
    for method in methods:
        values = np.array([row[f"psnr_{method}"] for row in rows], dtype=float)
        print(f"  {method:<16} mean {values.mean():.3f} dB, from {values.min():.2f} to {values.max():.2f}")


def measure_breadths(results: Path) -> None:
    """Write results/known_kernel/levin-breadth.csv and print the mean of every kernel; the study has the records."""
    study = STUDIES["levin"]
    records = study.stored(study.stores(results))
    rows: list[dict[str, object]] = []
    for item in tqdm(list(datasets.load("levin")), "levin", unit="image"):
        rows += breadths(item, records)
    write_csv(results / "known_kernel" / "levin-breadth.csv", rows)
    for name in dict.fromkeys(str(row["kernel"]) for row in rows):
        own = [row for row in rows if row["kernel"] == name]
        share, psnr = (np.mean([row[what] for row in own]) for what in ("concentration", "psnr_sparse"))
        print(f"{name:<48}concentration {share:.2f}  PSNR {psnr:.2f} dB  {len(own)} images")


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


def rescore_thresholds(processes: int | None, results: Path) -> None:
    """Every kernel of the study of Levin's images, without its small values."""
    study = STUDIES["levin"]
    path = results / "readings" / "levin-thresholds.csv"
    readings = rescore_thresholded("levin", study.stored(study.stores(results)), path, processes)
    print(f"{'kernel':<48}{'threshold':>10}  {'deconvolution':<17}{'PSNR':>7}  kernels")
    for key, group in groupby(sorted(readings, key=threshold_key), threshold_key):
        own = [one.psnr for one in group]
        print(f"{key[0]:<48}{key[1]:>10.0%}  {key[2]:<17}{np.mean(own):>7.2f}  {len(own)}")


def threshold_key(reading: Reading) -> tuple[str, float, str]:
    return reading.method, reading.threshold, reading.final


def reading_key(reading: Reading) -> tuple[str, str, str, str]:
    return reading.method, reading.tier, reading.final, reading.protocol
