"""Numbers that the book's prose quotes, read from the results at every build; nobody types them."""

import csv
import math
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mcdeconv import plans
from mcdeconv.estimate import estimate
from mcdeconv.presets import TIERS, configure
from mcdeconv.records import Record
from mcdeconv.stores import Library
from mcdeconv.studies.readings import ITERATIONS
from mcdeconv.summary import paired, summarise

_MEASURES = {
    "direct": ("psnr_direct", 2),
    "kernel": ("psnr_hyper-laplacian", 2),
    "sparse": ("psnr_sparse", 2),
    "similarity": ("kernel_similarity", 3),
}


def numbers(root: Path) -> dict[str, Any]:
    """What the chapters use as `{{ study["sigma0 0.01"].real.direct }}` and the like."""
    return {
        "study_iterations": ITERATIONS,
        "iterations": {tier: f"{configure('ours', tier).iterations:,}" for tier in TIERS},
        "study": study(root / "results/studies/readings/factors.csv"),
        "levin_laptop": levin_laptop(Library(root)),
        "levin_study": contrasts(root / "results/studies/levin/factors.csv"),
        "lai_study": contrasts(root / "results/studies/lai/factors.csv"),
        "breadth": breadth(root / "results/known_kernel/levin-breadth.csv"),
        "known_kernel": known_kernel(root / "results/known_kernel/levin.csv"),
    }


Groups = dict[str, dict[str, str]]  # group of images → measure → paired difference with its 95% interval


def study(path: Path) -> dict[str, Groups]:
    """Variant → its difference to the reference."""
    return {name: next(iter(against.values())) for name, against in contrasts(path).items()}


def contrasts(path: Path) -> dict[str, dict[str, Groups]]:
    """Variant → what it is compared with → the difference."""
    found: dict[str, dict[str, Groups]] = {}
    for row in read_csv(path):
        cells = {name: difference(row, column, digits) for name, (column, digits) in _MEASURES.items()}
        cells |= {"images": row["kernel_similarity_images"], "runs": row["kernel_similarity_runs"]}
        found.setdefault(row["variant"], {}).setdefault(row["against"], {})[row["images"]] = cells
    return found


def difference(row: dict[str, str], column: str, digits: int) -> str:
    """As "+1.86 (−0.10 to +3.90)", with a real minus sign; "not run" without runs, no interval for one image."""
    if row[f"{column}_runs"] == "0":
        return "not run"
    mean, low, high = (float(row[f"{column}_{part}"]) for part in ("difference", "low", "high"))
    interval = "" if math.isnan(low) else f" ({signed(low, digits)} to {signed(high, digits)})"
    return f"{signed(mean, digits)}{interval}"


def signed(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")


def known_kernel(path: Path) -> dict[str, str]:
    """Method → mean PSNR in dB over the images."""
    columns: dict[str, list[float]] = {}
    for row in read_csv(path):
        for name, value in row.items():
            if name.startswith("psnr"):
                columns.setdefault(name.removeprefix("psnr_"), []).append(float(value))
    return {name.replace("-", "_"): f"{statistics.mean(values):.2f}" for name, values in columns.items()}


def levin_laptop(library: Library) -> dict[str, Any]:
    """Means over Levin's images at tier `laptop`, and what dropout and noise gain in two architectures."""
    records = {
        record.identity: record
        for experiment in ("levin", "architectures")
        for record in plans.stored(experiment, "laptop", library=library)
    }
    found = list(records.values())
    return {
        "ours": mean_of(found, "ours"),
        "gain": gain_of(found, "ours", "without-both"),
        "gain_ren": gain_of(found, "ren+mc", "ren"),
    }


def mean_of(records: Sequence[Record], method: str) -> dict[str, str]:
    """Measure → mean with its 95% interval."""
    found = {}
    for name, (column, digits) in _MEASURES.items():
        own = [record for record in records if record.identity.method == method]
        e = estimate({(r.identity.image, r.identity.seed): r.scores[column] for r in own})
        found[name] = f"{e.mean:.{digits}f} ({e.low:.{digits}f} to {e.high:.{digits}f})"
    return found


def gain_of(records: Sequence[Record], method: str, other: str) -> dict[str, str]:
    """Measure → mean paired difference with its 95% interval."""
    found = {}
    for name, (column, digits) in _MEASURES.items():
        s = summarise(paired(records, column, method, other))
        found[name] = f"{signed(s.difference, digits)} ({signed(s.low, digits)} to {signed(s.high, digits)})"
        found["images"] = str(s.images)
    return found


def breadth(path: Path) -> dict[str, dict[str, str]]:
    """Kernel → mean concentration, and mean PSNR in dB with the sparse prior, over the images."""
    groups: dict[str, list[dict[str, str]]] = {}
    for row in read_csv(path):
        groups.setdefault(row["kernel"], []).append(row)
    return {
        name: {
            "concentration": f"{statistics.mean(float(row['concentration']) for row in rows):.2f}",
            "psnr": f"{statistics.mean(float(row['psnr_sparse']) for row in rows):.2f}",
            "images": str(len(rows)),
        }
        for name, rows in groups.items()
    }


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))
