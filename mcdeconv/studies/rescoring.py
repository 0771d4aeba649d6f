"""Stored kernels scored again: under every reading of their benchmark's protocol, or without their small values.

The paper states neither truth nor shifts nor final deconvolution, nor whether a kernel's small values are dropped
before it. Each moves the mean by as much as lies between neighbours in Table 1.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from mcdeconv.data import datasets
from mcdeconv.data.datasets.item import Item
from mcdeconv.errors import InputError
from mcdeconv.files import read_csv, write_csv
from mcdeconv.machine import usable_cores
from mcdeconv.runs.records import Record
from mcdeconv.scoring.nonblind import deconvolve_with_kernel, thresholded
from mcdeconv.scoring.protocols import Protocol, protocol_of, readings_of, score

FINALS = ("sparse", "hyper-laplacian")
KNOWN = "known kernel"  # in the place of a method
Key = tuple[str, str, float, str, str]  # kernel, image, threshold, final deconvolution, protocol
THRESHOLDS = (0.0, 0.01, 0.02, 0.05)  # of a kernel's largest value


@dataclass(frozen=True)
class Reading:
    """One kernel's score under one reading of the protocol."""

    kernel: str  # file name of the kernel's record; KNOWN for the true one
    image: str
    method: str
    tier: str
    seed: int
    threshold: float  # of the kernel's largest value, below which values were set to zero
    final: str  # deconvolution
    protocol: str
    psnr: float  # dB
    structure: float
    error_ratio: float | None  # against the published squared errors, truth "own" only

    @property
    def key(self) -> Key:
        """What tells it apart."""
        return self.kernel, self.image, self.threshold, self.final, self.protocol


@dataclass(frozen=True)
class Task:
    """A kernel to deconvolve its image with, by one method, and the protocols to score by."""

    item: Item
    kernel: NDArray
    name: str
    method: str
    tier: str
    seed: int
    threshold: float
    final: str
    protocols: Sequence[Protocol]

    @property
    def keys(self) -> list[Key]:
        """The keys of the readings that it is for."""
        return [(self.name, self.item.id, self.threshold, self.final, one.name) for one in self.protocols]


def rescore(dataset: str, records: Sequence[Record], path: Path, processes: int | None = None) -> list[Reading]:
    """Score the kernels of some records, and the true ones, under every reading; kept in a CSV file.

    What the file has already is not computed again; it is written after every kernel.

    Raises
    ------
    InputError
        If the data set is not on this machine or has no true kernels, or the file is damaged.
    """
    return add_missing(list(tasks(dataset, records, (0.0,), readings_of(dataset))), path, processes)


def rescore_thresholded(
    dataset: str, records: Sequence[Record], path: Path, processes: int | None = None
) -> list[Reading]:
    """As `rescore`, under the data set's own protocol, without the values below each of THRESHOLDS."""
    return add_missing(list(tasks(dataset, records, THRESHOLDS, (protocol_of(dataset),))), path, processes)


def add_missing(wanted: Sequence[Task], path: Path, processes: int | None) -> list[Reading]:
    """All readings of a file, after what it lacked was computed and written to it, kernel by kernel.

    What it has of kernels that are no longer among those of their method and tier goes.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    kinds, names = {(task.method, task.tier) for task in wanted}, {task.name for task in wanted}
    stored = read(path) if path.exists() else []
    known = {one for one in stored if one.kernel in names or (one.method, one.tier) not in kinds}
    done = {one.key for one in known}
    missing = [task for task in wanted if not done.issuperset(task.keys)]
    asked = {key for task in missing for key in task.keys}
    found = [one for one in known if one.key not in asked]
    if len(found) < len(stored):
        write(path, found)
    from mcdeconv.runs.workers import in_processes  # torch: a second that pages of stored readings save

    with closing(in_processes(read_off, missing, processes or usable_cores())) as each:
        for readings in tqdm(each, "rescoring", total=len(missing), unit="kernel", disable=not missing):
            found += readings
            write(path, found)
    return in_order(found)


def tasks(
    dataset: str, records: Sequence[Record], thresholds: Sequence[float], protocols: Sequence[Protocol]
) -> Iterator[Task]:
    """The true kernel of every image that has a record, then the records' own, by each final deconvolution.

    Raises
    ------
    InputError
        If the data set is not on this machine or has no true kernels.
    """
    images = sorted({record.identity.image for record in records})
    items = {item.id: item for item in datasets.load(dataset, images)}
    for item in items.values():
        if item.kernel is None:
            raise InputError(f"{dataset} {item.id} has no known kernel")
        for threshold, final in product(thresholds, FINALS):
            yield Task(item, item.kernel, KNOWN, KNOWN, "", 0, threshold, final, protocols)
    for record in records:
        key, kernel = record.identity, np.asarray(record.kernel)
        own = (key.file_name, key.method, key.tier, key.seed)
        for threshold, final in product(thresholds, FINALS):
            yield Task(items[key.image], kernel, *own, threshold, final, protocols)


def read_off(task: Task) -> list[Reading]:
    """Deconvolve once and score under every protocol."""
    blurred = protocol_of(task.item.dataset).to_deconvolve(task.item)
    restored = deconvolve_with_kernel(blurred, thresholded(task.kernel, task.threshold), task.final)
    found = []
    for protocol in task.protocols:
        one = score(restored, task.item, protocol)
        ratio = None if one.error_ratio is None else round(one.error_ratio, 4)
        own = (task.name, task.item.id, task.method, task.tier, task.seed, task.threshold, task.final)
        found.append(Reading(*own, protocol.name, round(one.psnr, 4), round(one.structure, 4), ratio))
    return found


def read(path: Path) -> list[Reading]:
    """The readings in a file.

    Raises
    ------
    InputError
        If it is not one of these files.
    """
    columns = [field.name for field in fields(Reading)]
    return read_csv(path, _reading, "delete it and run `make readings` or `make thresholds`", columns)


def _reading(row: Mapping[str, str]) -> Reading:
    return Reading(
        **{name: row[name] for name in ("kernel", "image", "method", "tier", "final", "protocol")},
        seed=int(row["seed"]),
        threshold=float(row["threshold"]),
        psnr=float(row["psnr"]),
        structure=float(row["structure"]),
        error_ratio=float(row["error_ratio"]) if row["error_ratio"] else None,
    )


def write(path: Path, readings: Sequence[Reading]) -> None:
    names = [field.name for field in fields(Reading)]
    rows = [{n: "" if (v := asdict(r)[n]) is None else v for n in names} for r in in_order(readings)]
    write_csv(path, rows)


def in_order(readings: Sequence[Reading]) -> list[Reading]:
    return sorted(
        readings,
        key=lambda r: (r.kernel != KNOWN, r.image, r.method, r.tier, r.seed, r.threshold, r.final, r.protocol),
    )
