"""The claim ledger: what the paper claims, what our records say, and the verdict by one rule."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mcdeconv.paper import plans
from mcdeconv.paper.claims.claim import Claim, read_claims
from mcdeconv.paper.claims.contradictions import contradictions
from mcdeconv.paper.claims.evidence import Trajectories, beyond_scores, evidence_for
from mcdeconv.paper.claims.rule import NAMES, RULE, Entry, judge
from mcdeconv.paper.claims.show import claim_table
from mcdeconv.paper.tables.gathering import records_of
from mcdeconv.paper.tables.grid import Cell, Row, Table, Tables
from mcdeconv.runs.frame import frame
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record

__all__ = ["RULE", "Claim", "Entry", "contradictions", "entries", "ledger", "read_claims", "stored", "summary"]


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
    rows = frame(records, lambda record: beyond_scores(record, trajectories))
    found = []
    for claim in read_claims(results):
        claimed, evidence = claim.claimed(results), evidence_for(claim, rows, results)
        found.append(Entry(claim, claimed, evidence, judge(claim, evidence, claimed)))
    return found


def ledger(records: Sequence[Record], trajectories: Trajectories | None = None, results: Path | None = None) -> Tables:
    """The ledger as a page: the counts, then the claims in the order of the paper, a table for each of its places."""
    judged = entries(records, trajectories, results)
    by_place: dict[str, list[Entry]] = {}
    for entry in judged:
        by_place.setdefault(entry.claim.place, []).append(entry)
    return Tables((summary(judged), *(claim_table(place, group, results) for place, group in by_place.items())))


def summary(judged: Sequence[Entry]) -> Table:
    """How many claims got which verdict, and the rule."""
    counts = Counter(entry.verdict.name for entry in judged)
    rows = tuple(Row(name, (Cell(str(counts[name]), "", float(counts[name])),)) for name in NAMES)
    return Table("claims-summary", f"Verdicts on {len(judged)} claims", "Verdict", ("Claims",), rows, RULE)


def stored(library: Library | None = None) -> list[Record]:
    """The records of every experiment and tier in today's configuration, without the explorer's grid."""
    return records_of([name for name in plans.EXPERIMENTS if name != "explorer"], library)
