"""The paper's claims as data: results/claims.csv, with every number that is a cell of a table looked up there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from mcdeconv.errors import InputError
from mcdeconv.files import read_csv
from mcdeconv.paper.sections import Kind
from mcdeconv.paper.tables.paper import look_up, results_folder

ClaimKind = Literal["value", "gain", "above", "same", "untested"]


@dataclass(frozen=True)
class Group:
    """Claims about one subject."""

    title: str
    ends: tuple[str, ...]  # of the places that its claims stand at
    shown: tuple[tuple[Kind, int], ...] = ()  # the tables and figures that it is about


GROUPS = {  # in the order of the ledger
    "own": Group("What our own runs say best, beside the paper's claims", ("Our runs",)),
    "levin": Group("The images of Levin et al.", ("Table 1", "on Levin et al."), (("table", 1),)),
    "lai": Group("The images of Lai et al.", ("Table 2", "Table 3", "on Lai et al."), (("table", 2), ("table", 3))),
    "kohler": Group(
        "The images of Köhler et al., and photographs",
        ("Table 4", "on Köhler et al.", "Figures 4–7"),
        (("table", 4), ("figure", 6), ("figure", 7)),
    ),
    "ablation": Group("What dropout and noise contribute", ("Table 5",), (("table", 5),)),
    "training": Group(
        "What sampling does in a run", ("Section 2.2", "Figure 1", "Figure 3"), (("figure", 1), ("figure", 3))
    ),
    "schedules": Group("How much dropout and noise, and for how long", ("Figure 8",), (("figure", 8),)),
    "networks": Group("Which network is randomised", ("Figure 9", "Figure 10"), (("figure", 9), ("figure", 10))),
    "architecture": Group("Another architecture, and time", ("Table 6", "Table 7"), (("table", 6), ("table", 7))),
}


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
    def anchor(self) -> str:
        """Of its row in the ledger."""
        return f"claim-{self.id}"

    @property
    def group(self) -> str:
        """One of `GROUPS`."""
        return next(name for name, group in GROUPS.items() if self.place.endswith(group.ends))

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
        if not claim.place.endswith(tuple(end for group in GROUPS.values() for end in group.ends)):
            raise InputError(f"{path}: claim {claim.id} is of the unknown place {claim.place!r}")
    return claims


def _claim(row: dict[str, Any]) -> Claim:
    return Claim(**row)
