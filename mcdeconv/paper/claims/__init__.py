"""The claim ledger: what the paper claims, what our records say, and the verdict by one rule."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mcdeconv.paper import plans
from mcdeconv.paper.claims.claim import Claim, read_claims
from mcdeconv.paper.claims.contradictions import contradictions
from mcdeconv.paper.claims.evidence import Evidence, Trajectories, gather
from mcdeconv.paper.claims.rule import NAMES, RULE, Verdict, judge
from mcdeconv.paper.claims.show import claim_grid
from mcdeconv.paper.tables.gathering import records_of
from mcdeconv.paper.tables.grid import Cell, Grid, Page, Row
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Identity, Record
from mcdeconv.runs.trajectory import Trajectory

__all__ = ["RULE", "Claim", "Entry", "contradictions", "entries", "ledger", "read_claims", "stored", "summary"]


@dataclass(frozen=True)
class Entry:
    """A claim with what became of it."""

    claim: Claim
    claimed: float | None
    evidence: Evidence | None
    verdict: Verdict


def entries(
    records: Sequence[Record], trajectories: Trajectories | None = None, results: Path | None = None
) -> list[Entry]:
    """Every claim, judged.

    Parameters
    ----------
    records : sequence of Record
        Each of a single configuration for its method and tier; see `stored`.
    trajectories : callable, optional
        The trajectory of a record, e.g. `Library.trajectory`; without it claims about curves are not run.
    results : Path, optional
        The folder with claims.csv and paper/; default: that of the checkout.
    """
    known: dict[Identity, Trajectory | None] = {}

    def remembered(record: Record) -> Trajectory | None:
        if trajectories is None:
            return None
        if record.identity not in known:
            known[record.identity] = trajectories(record)
        return known[record.identity]

    found = []
    for claim in read_claims(results):
        claimed = claim.claimed(results)
        evidence = gather(claim, records, remembered, results)
        found.append(Entry(claim, claimed, evidence, judge(claim, evidence, claimed)))
    return found


def ledger(records: Sequence[Record], trajectories: Trajectories | None = None, results: Path | None = None) -> Page:
    """The ledger as a page: the counts, then the claims in the order of the paper, a table for each of its places."""
    judged = entries(records, trajectories, results)
    by_place: dict[str, list[Entry]] = {}
    for entry in judged:
        by_place.setdefault(entry.claim.place, []).append(entry)
    grids = [
        claim_grid(place, [(e.claim, e.claimed, e.evidence, e.verdict) for e in group], results)
        for place, group in by_place.items()
    ]
    return Page((summary(judged), *grids))


def summary(judged: Sequence[Entry]) -> Grid:
    """How many claims got which verdict, and the rule."""
    counts = Counter(entry.verdict.name for entry in judged)
    rows = tuple(Row(name, (Cell(str(counts[name]), "", float(counts[name])),)) for name in NAMES)
    return Grid("claims-summary", f"Verdicts on {len(judged)} claims", "Verdict", ("Claims",), rows, RULE)


def stored(library: Library | None = None) -> list[Record]:
    """The records of every experiment and tier in today's configuration, without the explorer's grid."""
    return records_of([name for name in plans.EXPERIMENTS if name != "explorer"], library)
