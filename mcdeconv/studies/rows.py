"""What a study measured, one row a place, in a CSV file: what is missing is measured, and kept as it comes."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mcdeconv.files import read_csv, write_csv
from mcdeconv.runs.records import Identity, Record

Measured = dict[str, Any]  # column → text, number, or None where there is nothing
PROVENANCE = (
    "device",
    "threads",
    "torch",
    "python",
    "mcdeconv",
    "commit",
    "precision",
    "at_a_time",
    "tf32",
    "in_turns",
    "by",
)
DIGITS = 6
OF_RUN = ("seconds", "iterations", "seed_used")
IDENTITY = ("dataset", "image", "method", "tier", "seed", "config", "input", "region", "kernel_size")
LABELS = ("record", "final", "protocol", "variant", "against", "images", "bfloat16", "timed", "border", "exponent")
TEXT = {*PROVENANCE, *IDENTITY, *LABELS} - {"seed", "threads", "at_a_time"}  # the other columns are numbers


class Measurement(Protocol):
    """What a process is given; it is pickled."""

    @property
    def heads(self) -> Sequence[Measured]:
        """What its rows begin with: the columns that tell them apart, and what they are made from."""

    def rows(self) -> Sequence[Measured]:
        """Measure; takes seconds to minutes."""


@dataclass(frozen=True)
class Sheet:
    """A CSV file; `made_from` is the column that names what a row was measured on, such as a record."""

    path: Path
    key: tuple[str, ...]  # columns that tell rows apart, and by which they are sorted
    made_from: str

    def place(self, row: Measured) -> tuple[Any, ...]:
        return tuple(row.get(name) for name in self.key)

    def read(self) -> list[Measured]:
        """Its rows; none if there is no file.

        Raises
        ------
        InputError
            If the file is damaged.
        """
        way_out = f"delete it and run `make study NAME={self.path.parent.name}`"
        return read_csv(self.path, parsed, way_out, (*self.key, self.made_from)) if self.path.exists() else []

    def put(self, rows: Iterable[Measured]) -> list[Measured]:
        """Put rows in the place of those of the same key; returns all."""
        found = {self.place(row): row for row in (*self.read(), *rows)}
        every = [found[place] for place in sorted(found)]
        if every:
            write_csv(self.path, every, DIGITS)
        return every

    def complete(self, tasks: Sequence[Measurement], processes: int | None) -> list[Measured]:
        """All rows, after what of the tasks was missing has been measured, a process a core by default.

        Raises
        ------
        InputError
            If the file is damaged.
        RunFailed
            If a process was killed; what was measured is kept.
        """
        from tqdm import tqdm

        from mcdeconv.machine import usable_cores
        from mcdeconv.runs.workers import in_processes  # torch, for which readers need not wait

        rows = self.read()
        done = {(*self.place(row), row[self.made_from]) for row in rows}
        missing = [
            task for task in tasks if not done.issuperset((*self.place(h), h[self.made_from]) for h in task.heads)
        ]
        with closing(in_processes(_measure, missing, processes or usable_cores())) as each:
            for new in tqdm(each, self.path.parent.name, total=len(missing), disable=not missing):
                rows = self.put(new)
        return rows


def _measure(task: Measurement) -> Sequence[Measured]:
    """What a process of the pool does; it is found there by its name."""
    return task.rows()


def parsed(row: dict[str, str]) -> Measured:
    """The cells of a CSV file as text or numbers; ValueError if some are missing or no numbers."""
    if None in row or None in row.values():
        raise ValueError("a row has too few or too many cells")
    return {name: cell if name in TEXT else _number(cell) for name, cell in row.items()}


def _number(cell: str) -> int | float | None:
    if not cell:
        return None
    return int(cell) if cell.lstrip("-").isdecimal() else float(cell)


def as_record(row: Measured) -> Record:
    """The run that a row of runs.csv stands for, without its kernel."""
    row = {name: value for name, value in row.items() if value not in (None, "")}
    identity = Identity(**{name: row[name] for name in IDENTITY if name in row})
    provenance = {name: row[name] for name in PROVENANCE if name in row}
    scores = {name: row[name] for name in row.keys() - {*IDENTITY, *OF_RUN, *PROVENANCE}}
    seconds, iterations, seed_used = (row[name] for name in OF_RUN)
    return Record(identity, scores, [], seconds, iterations, seed_used, provenance)


def by(rows: Iterable[Measured], *columns: str) -> dict[tuple[Any, ...], list[Measured]]:
    """Rows by what they have in some columns, in order."""
    found: dict[tuple[Any, ...], list[Measured]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in columns), []).append(row)
    return dict(sorted(found.items()))


def runs_of(
    rows: Iterable[Measured], value: Callable[[Measured], float] | str, images: Collection[str] | None = None
) -> dict[tuple[str, int], float]:
    """(image, seed) → a column or what a function makes of the row: what `estimate` takes."""
    take = value if callable(value) else lambda row: row[value]
    return {(row["image"], row.get("seed") or 0): take(row) for row in rows if images is None or row["image"] in images}
