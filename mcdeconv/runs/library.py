"""The records of a checkout: what was computed here, before what came with the repository."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mcdeconv.errors import InputError
from mcdeconv.runs.records import Identity, Record, Store, two_of_a_run
from mcdeconv.runs.trajectory import Trajectory

OUT = Path("out")
LOCAL = OUT / "records"  # computed in this checkout, not committed
COMMITTED = Path("results/records")
CHECKPOINTS = OUT / "checkpoints"  # of runs in progress


@dataclass(frozen=True)
class Library:
    """Two stores, read as one: a local record hides a committed one of the same cell."""

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
        if folder := checkout_of(start):
            return Library(folder)
        raise InputError(
            f"{start} is not in a checkout of mcdeconv, so there are no results to read; "
            "clone the repository and start from a folder inside it"
        )

    @staticmethod
    def here_or_new() -> "Library":
        """The library of the checkout around the current folder; outside one, that of the folder itself, ./out."""
        return Library(checkout_of(Path.cwd()) or Path.cwd())

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
        own = next((store for store in self.stores if store.file(record.identity)), self.local)
        return own.trajectory(record.identity)

    def __iter__(self) -> Iterator[Record]:
        return read_as_one(self.stores)

    def records(
        self,
        dataset: str | None = None,
        methods: Collection[str] | None = None,
        tier: str | None = None,
        images: Collection[str] | None = None,
    ) -> list[Record]:
        """Records that fit, with region and kernel size as planned, by image, method and seed.

        Raises
        ------
        InputError
            If a store has two of one cell: which of them counts is not for a reader to guess.
        """
        fitting = (
            record
            for record in self
            if (dataset is None or record.identity.dataset == dataset)
            and (methods is None or record.identity.method in methods)
            and (tier is None or record.identity.tier == tier)
            and (images is None or record.identity.image in images)
            and record.identity.as_planned
        )
        return sorted(
            one_a_cell(fitting, self.stores), key=lambda r: (r.identity.image, r.identity.method, r.identity.seed)
        )


def checkout_of(start: Path) -> Path | None:
    """The checkout that a folder lies in."""
    folders = (start.resolve(), *start.resolve().parents)
    return next((f for f in folders if (f / "results" / "paper").is_dir() and (f / "mcdeconv").is_dir()), None)


def read_as_one(stores: Sequence[Store]) -> Iterator[Record]:
    """All records; one of an earlier store hides those of the same cell in later ones."""
    hidden: set[Identity] = set()
    for store in stores:
        records = [record for record in store if record.identity.cell not in hidden]
        hidden |= {record.identity.cell for record in records}
        yield from records


def one_a_cell(records: Iterable[Record], stores: Sequence[Store]) -> list[Record]:
    """The records, if no two are of one cell; nor of two sizes of kernel, of which none but one is asked for.

    Raises
    ------
    InputError
        If two are; the message names their files.
    """
    found: dict[Identity, Record] = {}
    for record in records:
        other = found.setdefault(replace(record.identity.cell, kernel_size=""), record)
        if other is not record:
            places = [[store.path(r.identity) for store in stores] for r in (other, record)]
            raise two_of_a_run(*(next(filter(Path.exists, paths), paths[0]) for paths in places))
    return list(found.values())
