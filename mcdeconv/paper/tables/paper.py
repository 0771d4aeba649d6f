"""The paper's numbers: every cell of Tables 1–7, read from results/paper/table<N>.csv."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcdeconv.errors import InputError
from mcdeconv.files import read_csv
from mcdeconv.runs.library import Library

NUMBERS = (1, 2, 3, 4, 5, 6, 7)
_KEY = ("table", "dataset", "category", "method", "reference", "protocol", "metric")


@dataclass(frozen=True)
class PaperCell:
    """One printed number."""

    table: int
    place: str  # e.g. "Table 1, row PSNR, column 3"
    dataset: str  # levin, lai or kohler; "-" where the number belongs to none
    category: str  # one of Lai's five, "average" or "all"
    method: str
    reference: str  # number in the paper's list; empty for the paper's own
    group: str  # non-learning, supervised, unsupervised or ours
    protocol: str  # kernel, direct or unknown
    metric: str  # psnr (dB), ssim, msssim, seconds or parameters (millions)
    value: float | None  # None where "N/A" is printed
    printed: str

    @property
    def name(self) -> str:
        """The method as the paper writes it, with the number of its reference."""
        return f"{self.method} [{self.reference}]" if self.reference else self.method


def results_folder(results: Path | None = None) -> Path:
    """The checkout's folder `results`, unless one is given."""
    return Library.here().root / "results" if results is None else Path(results)


def read_table(number: int, results: Path | None = None) -> list[PaperCell]:
    """The cells of a table, in the order of the file.

    Raises
    ------
    InputError
        If the paper has no such table, or the file is missing or damaged.
    """
    if number not in NUMBERS:
        raise InputError(f"the paper has no Table {number}; choose one of {', '.join(map(str, NUMBERS))}")
    path = results_folder(results) / "paper" / f"table{number}.csv"
    return read_csv(path, _cell, f"restore it with `git checkout {path}`")


def _cell(row: dict[str, Any]) -> PaperCell:
    return PaperCell(**row | {"table": int(row["table"]), "value": float(row["value"]) if row["value"] else None})


def look_up(key: str, results: Path | None = None) -> PaperCell:
    """The cell of a key table/dataset/category/method/reference/protocol/metric, e.g. "1/levin/all/Ours//direct/psnr".

    Raises
    ------
    InputError
        If there is not exactly one such cell.
    """
    wanted = key.split("/")
    if len(wanted) != len(_KEY) or not wanted[0].isdigit():
        raise InputError(f"{key!r} is not a key of the paper's tables; it has the form {'/'.join(_KEY)}")
    cells = read_table(int(wanted[0]), results)
    found = [cell for cell in cells if [str(getattr(cell, name)) for name in _KEY] == wanted]
    if len(found) != 1:
        raise InputError(f"{len(found)} cells of the paper's tables have the key {key!r}; there must be one")
    return found[0]


def common_place(cells: Sequence[PaperCell]) -> str:
    """What the places of some cells have in common, e.g. "Table 1, column 3"."""
    split = [cell.place.split(", ") for cell in cells]
    return ", ".join(part for part in split[0] if all(part in other for other in split))
