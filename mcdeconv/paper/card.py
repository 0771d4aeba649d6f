"""The provenance card under a table or figure: how to make it again, and what its numbers rest on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape

from mcdeconv.core.presets import TIERS
from mcdeconv.paper.left_out import computed_anew, left_out
from mcdeconv.runs.records import Record
from mcdeconv.runs.wording import count
from mcdeconv.studies.rows import Measured

HASH_DIGITS = 8  # digits of a hash


@dataclass(frozen=True, repr=False)
class Card:
    """A summary line and named facts; shows itself in a notebook, folded in."""

    summary: str
    facts: tuple[tuple[str, str], ...]

    def text(self) -> str:
        width = max(len(name) for name, _ in self.facts)
        return "\n".join([self.summary, *(f"  {name.ljust(width)}  {value}" for name, value in self.facts)])

    def _repr_html_(self) -> str:
        items = "".join(f"<dt>{escape(name)}</dt><dd>{_marked_up(name, value)}</dd>" for name, value in self.facts)
        summary = f"<summary>{escape(self.summary)}</summary>"
        return f'<details class="provenance-card">{summary}<dl>{items}</dl></details>'

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": self.text()}

    def __repr__(self) -> str:
        return self.text()


def _marked_up(name: str, value: str) -> str:
    return f"<code>{escape(value)}</code>" if name.endswith("by") else escape(value)


def card(records: Sequence[Record], command: str, experiments: Sequence[str] = (), of_study: bool = False) -> Card:
    """The card of what some records are shown in.

    Parameters
    ----------
    records : sequence of Record
        Those shown; none gives a card that says "not run".
    command : str
        What shows it again, and computes what is missing, e.g. "make table N=5".
    experiments : sequence of str
        Those of `plans.EXPERIMENTS` that the runs are of: what computes them anew is said, and which runs of the
        paper's a lower tier leaves out.
    of_study : bool
        The records are variants of a tier, each with its own settings: what the tier leaves out is not said.
    """
    if not records:
        return Card("Provenance: not run", (("made again by", command), ("runs", "not run: there is no record")))
    rows = [record.row() for record in records]

    def all_of(name: str) -> list[str]:
        return [str(row.get(name, "unknown")) for row in rows]

    def listed(name: str) -> str:
        return ", ".join(sorted(set(all_of(name))))

    tiers = [tier for tier in TIERS if tier in all_of("tier")]
    where = ", ".join(tiers) or _several(all_of("tier"))
    images = set(zip(all_of("dataset"), all_of("image"), strict=True))
    facts = [
        ("made again by", command),
        ("tier", where),
        ("data", listed("dataset")),
        ("methods", listed("method")),
        ("images", str(len(images))),
        ("runs", str(len(records))),
        ("seeds", ", ".join(map(str, sorted({record.identity.seed for record in records})))),
        ("commit", _several(all_of("commit"))),
        ("configuration", _several([config[:HASH_DIGITS] for config in all_of("config")])),
        ("input", _several([digest[:HASH_DIGITS] for digest in all_of("input")])),
        ("device", listed("device")),
        ("arithmetic", listed("precision")),
        ("torch", listed("torch")),
        ("seconds", _seconds([record.seconds for record in records])),
        ("runs at a time", listed("at_a_time")),
    ]
    for tier in tiers:
        if experiments:
            facts.append((f"{tier} computed anew by", computed_anew(experiments, tier)))
        if TIERS[tier].reduction is not None and not of_study:
            facts.append((f"{tier} leaves out", left_out(tier, records, experiments)))
    counts = f"{count(len(records), 'run')}, {count(len(images), 'image')}"
    return Card(f"Provenance: {counts}, tier {where}", tuple(facts))


def measured(rows: Sequence[Measured], command: str) -> Card:
    """The card of what a study measured without keeping runs.

    Parameters
    ----------
    rows : of its sheet; none gives a card that says "not run"
    command : what makes it again
    """
    if not rows:
        return card([], command)

    def listed(name: str) -> str:
        return ", ".join(sorted({str(row[name]) for row in rows if row.get(name) not in (None, "")})) or "unknown"

    names = ("method", "image", "commit", "device", "threads", "torch", "mcdeconv")
    facts = [("made again by", command), ("rows", str(len(rows))), *((name, listed(name)) for name in names)]
    return Card(f"Provenance: {count(len(rows), 'row')}, {listed('device')}", tuple(facts))


def drawn(command: str, path: str) -> Card:
    """The card of a figure that is drawn once and needs no run: what shows it, and its file in the checkout."""
    return Card("Provenance: drawn by hand, no run", (("made again by", command), ("file", path), ("runs", "none")))


def _several(values: Sequence[str]) -> str:
    """One value as it is; of several their count and the first."""
    different = list(dict.fromkeys(values))
    return different[0] if len(different) == 1 else f"{len(different)} different, the first {different[0]}"


def _seconds(values: Sequence[float]) -> str:
    total = f"{sum(values):,.0f} in all"
    return total if len(values) == 1 else f"{total}, {min(values):,.1f} to {max(values):,.1f} a run"
