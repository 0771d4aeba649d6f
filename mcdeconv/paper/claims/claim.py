"""The paper's claims as data: results/claims.csv, with every number that is a cell of a table looked up there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from mcdeconv.errors import InputError
from mcdeconv.files import read_csv
from mcdeconv.paper.tables.paper import look_up, results_folder

ClaimKind = Literal["value", "gain", "above", "same", "untested"]


@dataclass(frozen=True)
class Claim:
    """One thing that the paper says and a run can check.

    - `value`: a score of `method` is that of `cell`.
    - `gain`: `method` minus `other`, both run here, is above zero; by how much, say `cell` minus `minus`, or `stated`.
      Without `other` the measure is a difference itself.
    - `above`: as `gain`, but against the number `minus`, which is cited.
    - `same`: `method` and `other`, or the number `minus`, are about equal.
    - `untested`: no run here can check it; `note` says why.
    """

    id: str
    place: str
    text: str
    kind: ClaimKind
    dataset: str
    category: str  # one of Lai's, or empty
    measure: str  # see show.FORMS
    protocol: str  # kernel or direct, for PSNR and SSIM
    method: str
    other: str
    cell: str  # key of the paper's tables, see tables.paper.look_up
    minus: str
    stated: str  # a number of the text that is in no table
    trials: str  # for a claim about a figure: the runs it rests on in the paper; empty for one about a whole data set
    note: str

    @property
    def on_figure(self) -> bool:
        return bool(self.trials)

    @property
    def against_number(self) -> bool:
        """Whether ours is held against a number of the paper's, which is a mean over a whole benchmark."""
        return self.kind in ("value", "above") or bool(self.minus and self.kind == "same")

    def in_tables(self, results: Path | None = None) -> float | None:
        """The number that the paper's tables give: a cell, or the difference of two."""
        if not self.cell:
            return None
        cell = _number(self.cell, results)
        return cell if self.kind == "value" or not self.minus else cell - _number(self.minus, results)

    def claimed(self, results: Path | None = None) -> float | None:
        """What ours is compared with: the number of the text, else that of the tables; None for a mere order."""
        return float(self.stated) if self.stated else self.in_tables(results)

    def reference(self, results: Path | None = None) -> float:
        """The cited number that `above` and `same` take away from ours; 0 if there is none."""
        return _number(self.minus, results) if self.minus and self.kind in ("above", "same") else 0.0


def _number(key: str, results: Path | None) -> float:
    value = look_up(key, results).value
    if value is None:
        raise InputError(f"the cell {key!r} of the paper's tables has no number, and a claim rests on it")
    return value


def read_claims(results: Path | None = None) -> list[Claim]:
    """All claims, in the order of the paper.

    Raises
    ------
    InputError
        If the file is missing or damaged, or a claim is of an unknown kind.
    """
    path = results_folder(results) / "claims.csv"
    claims = read_csv(path, _claim, f"restore it with `git checkout {path}`")
    for claim in claims:
        if claim.kind not in get_args(ClaimKind):
            raise InputError(f"{path}: claim {claim.id} is of the unknown kind {claim.kind!r}")
    return claims


def _claim(row: dict[str, Any]) -> Claim:
    return Claim(**row)
