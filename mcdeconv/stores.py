"""The records of a checkout: what was computed here, before what came with the repository."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mcdeconv.errors import InputError
from mcdeconv.records import Identity, Record, Store
from mcdeconv.trajectory import Trajectory

LOCAL = Path("out/records")  # computed in this checkout, not committed
COMMITTED = Path("results/records")
CHECKPOINTS = Path("out/checkpoints")  # of runs in progress


@dataclass(frozen=True)
class Library:
    """Two stores, read as one: a local record hides a committed one of the same identity."""

    root: Path

    @staticmethod
    def here(start: Path | None = None) -> "Library":
        """The library of the checkout that a folder (default: the current one) lies in.

        Raises
        ------
        InputError
            If it lies in none.
        """
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "results" / "paper").is_dir() and (folder / "mcdeconv").is_dir():
                return Library(folder)
        raise InputError(
            f"{start} is not in a checkout of mcdeconv, so there are no results to read; "
            "clone the repository and start from a folder inside it"
        )

    @property
    def local(self) -> Store:
        return Store(self.root / LOCAL)

    @property
    def committed(self) -> Store:
        return Store(self.root / COMMITTED)

    @property
    def stores(self) -> tuple[Store, Store]:
        return self.local, self.committed

    def get(self, identity: Identity) -> Record | None:
        """The local record of an identity, else the committed one, else None."""
        return next((record for store in self.stores if (record := store.get(identity))), None)

    def trajectory(self, record: Record) -> Trajectory | None:
        """What a traced run went through; None if it was not traced."""
        own = next((store for store in self.stores if store.path(record.identity).exists()), self.local)
        return own.trajectory(record.identity)

    def __iter__(self) -> Iterator[Record]:
        seen: set[Identity] = set()
        for store in self.stores:
            for record in store:
                if record.identity not in seen:
                    seen.add(record.identity)
                    yield record

    def records(
        self,
        dataset: str | None = None,
        methods: Collection[str] | None = None,
        tier: str | None = None,
        images: Collection[str] | None = None,
    ) -> list[Record]:
        """Records that fit, by image, method and seed."""
        fitting = (
            record
            for record in self
            if (dataset is None or record.identity.dataset == dataset)
            and (methods is None or record.identity.method in methods)
            and (tier is None or record.identity.tier == tier)
            and (images is None or record.identity.image in images)
        )
        return sorted(fitting, key=lambda r: (r.identity.image, r.identity.method, r.identity.seed))


class Snapshot(Library):
    """A library that reads its records once: many questions are asked of the same ones."""

    @cached_property
    def found(self) -> tuple[Record, ...]:
        return tuple(super().__iter__())

    def __iter__(self) -> Iterator[Record]:
        return iter(self.found)
