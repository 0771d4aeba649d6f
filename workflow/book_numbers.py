"""Numbers that the book's prose quotes, read from the results at every build; nobody types them."""

import csv
import math
import statistics
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from levin_numbers import SCENE, levin, listed, means_on, more_gain, weight_of_mu
from threshold_numbers import thresholds

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record
from mcdeconv.studies import STUDIES
from mcdeconv.studies.levin import AVERAGED, TRUE_KERNEL
from mcdeconv.studies.readings import ITERATIONS
from mcdeconv.studies.sampling_term import read as read_terms

MEASURES = {
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
        "study": study(read_csv(root / "results/studies/readings/factors.csv")),
        "levin": levin(Library(root)),
        "levin_study": contrasts(rows_of("levin", root)),
        "lai_study": (lai := contrasts(rows_of("lai", root))),
        "lai5000": lai["ours, 5,000 iterations"]["without-both, 5,000 iterations"],
        "breadth": breadth(root / "results/known_kernel/levin-breadth.csv"),
        "thresholds": (cut := thresholds(root / "results/readings/levin-thresholds.csv")),
        "lopsided": cut["lopsided"],
        "mu": mu(root),
        "mu_averaged": f"{configure('ours', 'laptop').kernel_weight * (TIERS['laptop'].region or 0) ** 2:.1f}",
        "sampling": sampling(root / "results/sampling/levin-laptop.csv"),
        "scene": means_on(levin_runs(root), SCENE),
        "whole": whole(levin_runs(root)),
        "sum_gains": {
            "all": more_gain(records := levin_runs(root), AVERAGED),
            "scene": more_gain(records, AVERAGED, SCENE),
        },
        "known_kernel": known_kernel(root / "results/known_kernel/levin.csv"),
    }


Groups = dict[str, dict[str, str]]  # group of images → measure → paired difference with its 95% interval


def rows_of(name: str, root: Path) -> list[dict[str, Any]]:
    """A study's contrasts, from the records that there are: what its page shows too."""
    results = root / "results"
    return STUDIES[name].factors(STUDIES[name].stored(STUDIES[name].stores(results)))


def mu(root: Path) -> dict[str, str]:
    """Variant of the study of Levin's images → how much of the loss mu ‖k‖² is at the end."""
    records = levin_runs(root)
    return {
        name: weight_of_mu([record for record in records if record.identity.method == name], variant.config)
        for name, variant in STUDIES["levin"].variants.items()
    }


def whole(records: Sequence[Record]) -> dict[str, Any]:
    """Variant → measure → mean on the images that were solved whole with the true kernel too; and which these are."""
    known = f"ours, whole image, {TRUE_KERNEL}"
    images = sorted({record.identity.image for record in records if record.identity.method == known})
    return {"images": listed(images)} | means_on(records, images)


def levin_runs(root: Path) -> list[Record]:
    return STUDIES["levin"].stored(STUDIES["levin"].stores(root / "results"))


def study(rows: Iterable[Mapping[str, Any]]) -> dict[str, Groups]:
    """Variant → its difference to the reference."""
    return {name: next(iter(against.values())) for name, against in contrasts(rows).items()}


def contrasts(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Groups]]:
    """Variant → what it is compared with → the difference."""
    found: dict[str, dict[str, Groups]] = {}
    for row in rows:
        cells = {name: difference(row, column, digits) for name, (column, digits) in MEASURES.items()}
        cells |= {"images": str(row["kernel_similarity_images"]), "runs": str(row["kernel_similarity_runs"])}
        found.setdefault(row["variant"], {}).setdefault(row["against"], {})[row["images"]] = cells
    return found


def difference(row: Mapping[str, Any], column: str, digits: int) -> str:
    """As "+1.86 (−0.10 to +3.90)", with a real minus sign; "not run" without runs, no interval for one image."""
    if not int(row[f"{column}_runs"]):
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


def percent(value: float) -> str:
    return f"{value:.0%}"


def two_digits(value: float) -> str:
    """To two significant digits, without an exponent: "0.19", "130"."""
    return f"{float(f'{value:.2g}'):g}"


def sampling(path: Path) -> dict[str, dict[str, str]]:
    """Iteration → the spread's share of the data term, what passes the kernel, ‖k‖², mu: mean, smallest, largest."""
    found = {}
    for moment in zip(*read_terms(path).values(), strict=True):
        cells = {"images": str(len(moment))}
        for name, text in (("share", percent), ("passed", percent), ("kernel", percent), ("mu", two_digits)):
            values = [getattr(terms, name) for terms in moment]
            cells[name] = f"{text(statistics.mean(values))} ({text(min(values))} to {text(max(values))})"
        found[str(moment[0].iteration)] = cells
    return found


CUT = 0.001  # of the true kernel outside the square: more than rounding


def breadth(path: Path) -> dict[str, dict[str, str]]:
    """Kernel → mean concentration, and mean PSNR in dB with the sparse prior, over its images; and on one scene."""
    groups: dict[str, list[dict[str, str]]] = {}
    for row in read_csv(path):
        groups.setdefault(row["kernel"], []).append(row)
    return {
        name: {
            "concentration": f"{statistics.mean(float(row['concentration']) for row in rows):.2f}",
            "psnr": f"{statistics.mean(float(row['psnr_sparse']) for row in rows):.2f}",
            "cut": listed([row["image"] for row in rows if float(row["cut_off"]) > CUT]),
            "images": str(len(rows)),
            "scene": concentration_on(rows, SCENE),
        }
        for name, rows in groups.items()
    }


def concentration_on(rows: Iterable[Mapping[str, str]], images: Collection[str]) -> str:
    values = [float(row["concentration"]) for row in rows if row["image"] in images]
    return f"{statistics.mean(values):.2f}" if values else "not run"


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))
