"""Numbers that the book's prose quotes, read from the results at every build; nobody types them."""

import csv
import statistics
from pathlib import Path
from typing import Any

from mcdeconv.presets import TIERS, configure
from mcdeconv.studies.readings import ITERATIONS

_MEASURES = {
    "direct": ("psnr_direct", 2),
    "kernel": ("psnr_hyper-laplacian", 2),
    "similarity": ("kernel_similarity", 3),
}


def numbers(root: Path) -> dict[str, Any]:
    """What the chapters use as `{{ study["sigma0 0.01"].real.direct }}` and the like."""
    return {
        "study_iterations": ITERATIONS,
        "iterations": {tier: f"{configure('ours', tier).iterations:,}" for tier in TIERS},
        "study": study(root / "results/studies/readings/factors.csv"),
        "known_kernel": known_kernel(root / "results/known_kernel/levin.csv"),
    }


def study(path: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Variant → group of images → measure → paired difference to the reference with its 95% interval."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in read_csv(path):
        cells = {name: difference(row, column, digits) for name, (column, digits) in _MEASURES.items()}
        cells |= {"images": row["psnr_direct_images"], "runs": row["psnr_direct_runs"]}
        found.setdefault(row["variant"], {})[row["images"]] = cells
    return found


def difference(row: dict[str, str], column: str, digits: int) -> str:
    """As "+1.86 (−0.10 to +3.90)", with a real minus sign."""
    mean, low, high = (float(row[f"{column}_{part}"]) for part in ("difference", "low", "high"))
    return f"{signed(mean, digits)} ({signed(low, digits)} to {signed(high, digits)})"


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


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))
