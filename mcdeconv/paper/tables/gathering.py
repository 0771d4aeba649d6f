"""The records that a table rests on: stored ones of every tier, and what is missing computed if asked for."""

from collections.abc import Sequence

from mcdeconv.core.presets import TIERS
from mcdeconv.paper import selection as select
from mcdeconv.paper.selection import Selection, obtain
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record

# The experiment whose runs fill a table; Table 7 reads the seconds of all of them.
EXPERIMENTS = {1: "levin", 2: "lai", 3: "lai", 4: "kohler", 5: "ablation", 6: "architectures"}


def records_of(experiments: Sequence[str], library: Library | None = None) -> list[Record]:
    """What is stored of some experiments at every tier, in today's configuration, each record once."""
    library = library or Library.here()
    selections = [Selection(name, tier) for name in experiments for tier in TIERS]
    return list({r.identity: r for selection in selections for r in select.stored(selection, library)}.values())


def stored(number: int, library: Library | None = None) -> list[Record]:
    """The records that a table rests on, of every tier, in today's configuration; nothing is computed."""
    names = [EXPERIMENTS[number]] if number in EXPERIMENTS else list(dict.fromkeys(EXPERIMENTS.values()))
    return records_of(names, library)


def gather(selection: Selection, compute: bool = True) -> list[Record]:
    """A selection's records, computed where they are missing, and what the other tiers have of its experiment."""
    others = [r for r in records_of([selection.experiment]) if r.identity.tier != selection.tier]
    return obtain(selection, compute) + others
