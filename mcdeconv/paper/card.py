"""The provenance card under a table or figure: how to make it again, and what its numbers rest on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data.datasets.groups import FLAVOURS
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
    return f"<code>{escape(value)}</code>" if name == "made again by" else escape(value)


def card(records: Sequence[Record], command: str, leaves_out: str = "", of_study: bool = False) -> Card:
    """The card of what some records are shown in.

    Parameters
    ----------
    records : sequence of Record
        Those shown; none gives a card that says "not run".
    command : str
        What makes it again, e.g. "make table N=5".
    leaves_out : str, optional
        What this page leaves out at tier quick beyond what the tier itself does, e.g. "3 trials instead of 10".
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
        if TIERS[tier].reduction is not None and not of_study:
            more = leaves_out if tier == "quick" else ""
            facts.append((f"{tier} leaves out", " ".join(filter(None, (left_out(tier, records), more)))))
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


def left_out(tier: str, records: Sequence[Record]) -> str:
    """What a lower tier does not do that tier paper does, from the two configurations."""
    reduced, full = configure("ours", tier), configure("ours", "paper")
    said = (
        f"{reduced.image_net.channels} instead of {full.image_net.channels} channels in G_x, "
        f"{reduced.iterations:,} instead of {full.iterations:,} iterations, "
        f"a {reduced.kernel_net.architecture} instead of a {full.kernel_net.architecture} G_k"
    )
    own = {record.identity.dataset for record in records if record.identity.tier == tier}
    embedded = ", embedded images instead of the benchmark's" if own & set(FLAVOURS.values()) else ""
    region = f", the kernel from a region of {TIERS[tier].region} px" if own - set(FLAVOURS.values()) else ""
    return f"{said}{region}{embedded}."


def _several(values: Sequence[str]) -> str:
    """One value as it is; of several their count and the first."""
    different = list(dict.fromkeys(values))
    return different[0] if len(different) == 1 else f"{len(different)} different, the first {different[0]}"


def _seconds(values: Sequence[float]) -> str:
    total = f"{sum(values):,.0f} in all"
    return total if len(values) == 1 else f"{total}, {min(values):,.1f} to {max(values):,.1f} a run"
