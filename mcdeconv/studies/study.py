"""A controlled experiment: variants that differ in one thing, the same images and seeds, paired differences."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mcdeconv.core.config import SolverConfig
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import Problem, named_region, pose
from mcdeconv.errors import choose
from mcdeconv.files import read_csv
from mcdeconv.runs.job import Job
from mcdeconv.runs.library import one_a_cell, read_as_one
from mcdeconv.runs.records import ESTIMATED, Identity, Record, Store
from mcdeconv.runs.statistics import Pairs, paired, summarise

MEASURES = ("psnr_direct", "psnr_sparse", "psnr_hyper-laplacian", "kernel_similarity")


@dataclass(frozen=True)
class Variant:
    """One configuration on one size of region, with one size of kernel."""

    config: SolverConfig
    region: int | None  # px a side on which the kernel is estimated; None: the whole image
    seeds: tuple[int, ...] = (0,)
    images: tuple[str, ...] | None = None  # that it is run on; None: all of the study's
    margin: int = 0  # px, even, by which the kernel's square is larger than the data set's; the region stays

    def pose(self, item: Item) -> Problem:
        """What is solved of an item."""
        own = pose(item, self.region)
        return replace(own, kernel_size=own.kernel_size + self.margin, estimated=own.estimated and not self.margin)

    def covers(self, key: Identity) -> bool:
        """Whether a run of its method and configuration has its seeds, region and size of kernel."""
        larger = key.kernel_size not in ("", ESTIMATED)
        return (
            key.seed in self.seeds and key.region == named_region(self.region, key.tier) and larger == bool(self.margin)
        )


@dataclass(frozen=True)
class Study:
    """Its tables are kept in results/studies/NAME, and its records in a folder there."""

    name: str
    question: str
    tier: str  # of its records
    items: Callable[[], Iterator[Item]]
    variants: Mapping[str, Variant]
    contrasts: Sequence[tuple[str, str]]  # (variant, what it is compared with)
    groups: Mapping[str, Sequence[str]]  # images, by the name of the group

    def jobs(self, names: Sequence[str] | None = None, images: Sequence[str] | None = None) -> list[Job]:
        """All runs, or those of some variants or images; seeds vary slowest, so an interrupted study is balanced."""
        chosen = {name: choose(self.variants, name, "variant") for name in names or self.variants}
        every = {item.id: item for item in self.items()}
        items = [choose(every, image, "image") for image in images or every]
        found = []
        for name, variant in chosen.items():
            problems = [variant.pose(item) for item in items if variant.images is None or item.id in variant.images]
            found += [
                Job(problem, name, self.tier, variant.config, seed) for seed in variant.seeds for problem in problems
            ]
        return sorted(found, key=lambda job: job.seed)

    def stores(self, results: Path) -> tuple[Store, Store]:
        """Its own records, and those of the repository: some variants are methods of the tables."""
        return Store(results / "studies" / self.name / "records"), Store(results / "records")

    def stored(self, stores: Sequence[Store]) -> list[Record]:
        """The records that there are of its runs, in today's configurations; needs no data set.

        Raises
        ------
        InputError
            If a store has two of one cell.
        """
        images = {image for group in self.groups.values() for image in group}
        digests = {name: variant.config.digest() for name, variant in self.variants.items()}
        found = (
            record
            for record in read_as_one(stores)
            if record.identity.tier == self.tier
            and record.identity.image in images
            and digests.get(record.identity.method) == record.identity.config
            and self.variants[record.identity.method].covers(record.identity)
        )
        return one_a_cell(found, stores)

    def has_runs_of(self, path: Path, records: Sequence[Record]) -> bool:
        """Whether there is a record of every run in a runs.csv whose variant there still is."""
        if not path.exists():
            return True
        rows = read_csv(
            path, lambda row: (row["image"], row["method"], int(row["seed"])), "delete it and run `make study`"
        )
        found = {(r.identity.image, r.identity.method, r.identity.seed) for r in records}
        return found.issuperset(row for row in rows if row[1] in self.variants)

    def contrasts_on(self, group: str) -> list[tuple[str, str]]:
        """Those whose variants are run on all images of a group."""
        members = set(self.groups[group])

        def covers(name: str) -> bool:
            images = self.variants[name].images
            return images is None or members <= set(images)

        return [contrast for contrast in self.contrasts if all(covers(name) for name in contrast)]

    def pairs(
        self, records: Sequence[Record], measure: str, name: str, other: str, images: Collection[str] | None = None
    ) -> Pairs:
        """The runs of a contrast; none for G_x's own output on two regions, where the scores are of other pixels."""
        if measure == "psnr_direct" and self.variants[name].region != self.variants[other].region:
            return Pairs({})
        return paired(records, measure, name, other, images)

    def has_runs(self, records: Sequence[Record], group: str) -> bool:
        """Whether any contrast has a pair of runs on a group of images."""
        images = set(self.groups[group])
        pairs = (paired(records, "kernel_similarity", *contrast, images) for contrast in self.contrasts_on(group))
        return any(found.runs for found in pairs)

    def factors(self, records: Sequence[Record]) -> list[dict[str, object]]:
        """A row a contrast and group of images: means and paired differences with their 95% intervals."""
        rows = []
        places = {group: self.contrasts_on(group) for group in self.groups}
        for contrast in self.contrasts:
            for group, members in self.groups.items():
                if contrast not in places[group]:
                    continue
                name, other = contrast
                row: dict[str, object] = {"variant": name, "against": other, "images": group}
                for measure in MEASURES:
                    summary = summarise(self.pairs(records, measure, name, other, members))
                    row |= {f"{measure}_{key}": value for key, value in vars(summary).items()}
                rows.append(row)
        return rows
