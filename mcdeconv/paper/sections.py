"""How a result page is divided: a heading for every table and figure of the paper, and what is folded in below it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

from mcdeconv.data.datasets.groups import FLAVOURS
from mcdeconv.data.datasets.registry import benchmark_folder, benchmarks
from mcdeconv.errors import InputError
from mcdeconv.runs.records import Record

Kind = Literal["table", "figure"]
SUBJECTS: dict[Kind, dict[int, str]] = {
    "table": {
        1: "the images of Levin et al.",
        2: "PSNR on the images of Lai et al.",
        3: "SSIM on the images of Lai et al.",
        4: "the images of Köhler et al.",
        5: "what dropout and noise contribute",
        6: "another architecture",
        7: "seconds an image",
    },
    "figure": {
        1: "the same networks, trained in four ways",
        2: "the method as a diagram",
        3: "samples of the image, early and late in a run",
        4: "pictures of Levin et al.",
        5: "pictures of Lai et al.",
        6: "pictures of Köhler et al.",
        7: "real photographs",
        8: "schedules of dropout and noise",
        9: "which network to randomise",
        10: "how fast each of them gets there",
    },
}
PICTURES_OF = {"levin": 4, "lai": 5, "kohler": 6}  # benchmark → its figure


@dataclass(frozen=True, repr=False)
class Heading:
    """The heading of a table or figure of the paper; the book gives it the anchor that links lead to.

    Raises
    ------
    InputError
        If the paper has none of that number.

    Examples
    --------
    >>> Heading("table", 6)
    Table 6: another architecture
    >>> Heading("table", 6).anchor
    'table-6'
    """

    kind: Kind
    number: int

    def __post_init__(self) -> None:
        known = SUBJECTS[self.kind]
        if self.number not in known:
            raise InputError(f"the paper has no {self.kind} {self.number}; choose one of {', '.join(map(str, known))}")

    @property
    def anchor(self) -> str:
        return f"{self.kind}-{self.number}"

    @property
    def name(self) -> str:
        return f"{self.kind.capitalize()} {self.number}"

    def _repr_markdown_(self) -> str:
        return f"## {self}"

    def __repr__(self) -> str:
        return f"{self.name}: {SUBJECTS[self.kind][self.number]}"


@dataclass(frozen=True, repr=False)
class Fold:
    """Some of what a page shows, behind a line to click on."""

    summary: str
    shown: Iterable[Any] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "shown", tuple(self.shown))

    def _repr_html_(self) -> str:
        inside = "".join(one._repr_html_() for one in self.shown)
        return f'<details class="folded"><summary>{escape(self.summary)}</summary>{inside}</details>'

    def __repr__(self) -> str:
        return f"{self.summary} ({len(tuple(self.shown))})"


def first_open(shown: Iterable[Any], more: str) -> list[Any]:
    """The first of some tables or pictures as it is, the others behind one line that says what they are.

    Examples
    --------
    >>> first_open(["a", "b", "c"], "More letters")
    ['a', More letters (2)]
    """
    every = tuple(shown)
    return [*every[:1], *([Fold(more, every[1:])] if every[1:] else [])]


def precedence(tier: str, asked: str, records: Sequence[Record]) -> tuple[bool, bool, bool, int]:
    """Which tier a page shows first: one asked for beyond `quick`, then what has pictures here, real images, most."""
    images = {(record.identity.dataset, record.identity.image) for record in records}
    sets = {dataset for dataset, _ in images}
    away = any(name in benchmarks() and not benchmark_folder(name).is_dir() for name in sets)
    return tier != asked or asked == "quick", away, not sets.isdisjoint(FLAVOURS.values()), -len(images)
