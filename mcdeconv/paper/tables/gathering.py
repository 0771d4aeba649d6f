"""The records that a table rests on: stored ones of every tier, and what is missing computed if asked for."""

from collections.abc import Sequence

from mcdeconv.core.presets import TIERS
from mcdeconv.paper import plans
from mcdeconv.runs.library import Library, Snapshot
from mcdeconv.runs.records import Record

# The experiment whose runs fill a table; Table 7 reads the seconds of all of them.
EXPERIMENTS = {1: "levin", 2: "lai", 3: "lai", 4: "kohler", 5: "ablation", 6: "architectures"}


def records_of(experiments: Sequence[str], library: Library | None = None) -> list[Record]:
    """What is stored of some experiments at every tier, in today's configuration, each record once."""
    snapshot = Snapshot((library or Library.here()).root)
    found = {
        r.identity: r for name in experiments for tier in TIERS for r in plans.stored(name, tier, library=snapshot)
    }
    return list(found.values())


def stored(number: int, library: Library | None = None) -> list[Record]:
    """The records that a table rests on, of every tier, in today's configuration; nothing is computed."""
    names = [EXPERIMENTS[number]] if number in EXPERIMENTS else list(dict.fromkeys(EXPERIMENTS.values()))
    return records_of(names, library)


def gather(
    experiment: str,
    tier: str = "quick",
    *,
    images: Sequence[str] | None = None,
    seeds: int | None = None,
    device: str = "auto",
    processes: int | None = None,
    compute: bool = True,
) -> list[Record]:
    """An experiment's records at a tier, computed where they are missing, and what the other tiers have stored."""
    found = plans.obtain(
        experiment, tier, images=images, seeds=seeds, device=device, processes=processes, compute=compute
    )
    return found + [r for r in records_of([experiment]) if r.identity.tier != tier]
