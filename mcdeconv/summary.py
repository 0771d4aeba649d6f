"""Means, paired differences and bootstrap intervals over records, and the CSV files they are stored in."""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mcdeconv.files import make_folder, write_whole
from mcdeconv.records import Record

RESAMPLES = 10_000


@dataclass(frozen=True)
class Pairs:
    """A measure of a method and of another, image by image: each (images,), the mean over the seeds both have."""

    values: NDArray
    others: NDArray
    runs: int  # pairs of runs behind it


@dataclass(frozen=True)
class Summary:
    """A method against another; the interval is a 95% bootstrap over images."""

    mean: float
    difference: float
    low: float
    high: float
    images: int
    runs: int


def paired(
    records: Sequence[Record], measure: str, method: str, other: str, images: Collection[str] | None = None
) -> Pairs:
    """Pair the runs of two methods by image and seed; a run without its partner is left out."""
    values: dict[str, dict[tuple[str, int], float]] = {method: {}, other: {}}
    for record in records:
        key = record.identity
        if key.method in values and measure in record.scores and (images is None or key.image in images):
            values[key.method][key.image, key.seed] = record.scores[measure]
    by_image: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for run in sorted(values[method].keys() & values[other].keys()):
        by_image[run[0]].append((values[method][run], values[other][run]))
    means = np.array([np.mean(pairs, axis=0) for pairs in by_image.values()]).reshape(-1, 2)
    return Pairs(means[:, 0], means[:, 1], sum(map(len, by_image.values())))


def summarise(pairs: Pairs, seed: int = 0) -> Summary:
    """Mean, mean difference and its interval; NaN where there are no pairs, no interval for a single image."""
    differences = pairs.values - pairs.others
    count = len(differences)
    low = high = float("nan")
    if count > 1:
        rng = np.random.default_rng(seed)
        means = differences[rng.integers(0, count, (RESAMPLES, count))].mean(1)
        low, high = np.quantile(means, (0.025, 0.975))
    mean, difference = (float(v.mean()) if count else float("nan") for v in (pairs.values, differences))
    return Summary(mean, difference, float(low), float(high), count, pairs.runs)


def write_csv(path: Path, rows: Sequence[Mapping[str, object]], digits: int = 4) -> None:
    """Rows as CSV, the columns of all rows in order of appearance, floats rounded; written whole."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: round(v, digits) if isinstance(v, float) else v for k, v in row.items()})
    make_folder(path.parent)
    write_whole(path, stream.getvalue().encode())
