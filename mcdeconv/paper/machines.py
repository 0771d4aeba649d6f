"""Whose runs the book rests on: the machines that made them, and with what."""

import re
from collections.abc import Iterable, Sequence

from mcdeconv.data.datasets import DATASETS
from mcdeconv.paper.tables.cells import ROW_ORDER, TITLES
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record
from mcdeconv.runs.wording import listing
from mcdeconv.studies import STUDIES


def machines(library: Library) -> str:
    """Markdown: a row a machine, the one with most runs first.

    Others' files, scored here, were made elsewhere and are not counted.
    """
    lines = ["| Machine | Runs | Tiers | Images | Arithmetic |", "|---|---|---|---|---|"]
    by_device: dict[str, list[Record]] = {}
    for record in _all(library):
        if device := _plain(record.provenance.get("device", "")):
            lender = _plain(record.provenance.get("by", ""))
            by_device.setdefault(f"{device}, lent by {lender}" if lender else device, []).append(record)
    for device, own in sorted(by_device.items(), key=lambda pair: -len(pair[1])):
        tiers = _in_order({r.identity.tier for r in own}, ROW_ORDER)
        images = _in_order({TITLES.get(r.identity.dataset, "embedded") for r in own}, [*TITLES.values()])
        precisions = sorted({_plain(r.provenance.get("precision", "")) for r in own} - {""})
        torch = sorted({_plain(r.provenance.get("torch", "")) for r in own} - {""})
        arithmetic = f"{listing(precisions)}; torch {listing(torch)}"
        cells = (device, str(len(own)), listing(tiers), listing(images), arithmetic)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _all(library: Library) -> Iterable[Record]:
    """The tables' and the studies', each once."""
    stored = [record for dataset in DATASETS for record in library.records(dataset)]
    studied = [r for study in STUDIES.values() if study.variants for r in study.kept(library.root / "results")]
    return {record.identity: record for record in (*studied, *stored)}.values()


def _plain(said: object) -> str:
    """Without anything that a page would take for markup: a stranger's record may have it."""
    return re.sub(r"[^\w .,'()@:+/-]", "", str(said))[:80]


def _in_order(found: set[str], order: Sequence[str]) -> list[str]:
    return sorted(found, key=lambda name: order.index(name) if name in order else len(order))
