"""Means, paired differences and bootstrap intervals over records, and the CSV files they are stored in."""

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.estimate import estimate
from mcdeconv.files import make_folder, write_whole
from mcdeconv.records import Record

Row = TypeVar("Row")


@dataclass(frozen=True)
class Pairs:
    """A measure of a method and of another: (image, seed) → (value, other value)."""

    runs: Mapping[tuple[str, int], tuple[float, float]]

    @property
    def images(self) -> list[str]:
        return sorted({image for image, _ in self.runs})

    @property
    def values(self) -> NDArray:
        """Of the method, (images,), each the mean over its seeds."""
        return self._means(0)

    @property
    def others(self) -> NDArray:
        """Of the other method, as `values`."""
        return self._means(1)

    def _means(self, side: int) -> NDArray:
        return np.array([np.mean([run[side] for key, run in self.runs.items() if key[0] == i]) for i in self.images])


@dataclass(frozen=True)
class Summary:
    """A method against another; the interval is the 95% bootstrap of `estimate`."""

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
    both = sorted(values[method].keys() & values[other].keys())
    return Pairs({run: (values[method][run], values[other][run]) for run in both})


def summarise(pairs: Pairs) -> Summary:
    """Mean, mean difference and its interval; NaN where there are no pairs, no interval for a single image."""
    found = estimate({run: value - other for run, (value, other) in pairs.runs.items()})
    mean = float(pairs.values.mean()) if pairs.runs else float("nan")
    return Summary(mean, found.mean, found.low, found.high, found.images, found.runs)


def read_csv(
    path: Path, convert: Callable[[dict[str, str]], Row], way_out: str, columns: Collection[str] = ()
) -> list[Row]:
    """What each row of a CSV file stands for; it must have some columns.

    Raises
    ------
    InputError
        If the file is missing or damaged: what is wrong, and the way out.
    """
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            reader = csv.DictReader(stream)
            if not set(columns) <= set(reader.fieldnames or ()):
                raise ValueError("it has other columns")
            return [convert(row) for row in reader]
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read ({error}); {way_out}") from error


def merge_csv(
    path: Path,
    rows: Sequence[Mapping[str, object]],
    key: Sequence[str],
    order: Callable[[Mapping[str, object]], Any],
    way_out: str,
    digits: int = 4,
) -> None:
    """Put rows into a CSV file in the place of those that it has of the same keys; its others stay; all are sorted.

    Raises
    ------
    InputError
        If there is a file that is damaged.
    """
    new = {tuple(str(row[name]) for name in key) for row in rows}
    old = read_csv(path, dict, way_out, key) if path.exists() else []
    kept = [row for row in old if tuple(row[name] for name in key) not in new]
    write_csv(path, sorted([*kept, *rows], key=order), digits)


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
