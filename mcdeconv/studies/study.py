"""A question, and how it is answered: by runs of variants that differ in one thing, or by measuring what is stored."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import numpy as np

from mcdeconv.core.config import SolverConfig
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import Problem, named_region, pose
from mcdeconv.errors import InputError, RunFailed, choose
from mcdeconv.files import write_csv
from mcdeconv.runs.job import Job
from mcdeconv.runs.library import CHECKPOINTS, Library, one_a_cell, read_as_one
from mcdeconv.runs.records import ESTIMATED, Identity, PublicStore, Record, Store
from mcdeconv.runs.statistics import Pairs, paired, summarise
from mcdeconv.studies.rows import Measurement, Sheet, as_record, by

MEASURES = {  # what the terminal calls them, and with how many digits
    "psnr_direct": ("direct", 2),
    "psnr_sparse": ("sparse", 2),
    "psnr_hyper-laplacian": ("hyper-L", 2),
    "kernel_similarity": ("similarity", 3),
}


@dataclass(frozen=True)
class Asked:
    """What of a study is wanted; None: as the study has it."""

    results: Path  # the folder that its own is in
    variants: Sequence[str] | None = None
    images: Sequence[str] | None = None
    tier: str | None = None
    dataset: str | None = None
    device: str | None = None
    repeats: int | None = None
    processes: int | None = None


@dataclass(frozen=True)
class Survey:
    """What is measured of single kernels or runs: rows of a table, and their means."""

    tasks: Callable[[Asked], Sequence[Measurement]]
    key: tuple[str, ...]  # columns that tell its rows apart
    made_from: str  # the column of what a row was measured on
    by: tuple[str, ...]  # columns that tell apart what means are taken of
    means: tuple[str, ...]  # columns


@dataclass(frozen=True)
class Variant:
    """One configuration on one size of region, with one size of kernel."""

    config: SolverConfig
    region: int | None  # px a side on which the kernel is estimated; None: the whole image
    seeds: tuple[int, ...] = (0,)
    images: tuple[str, ...] | None = None  # that it is run on; None: all of the study's
    margin: int = 0  # px, even, by which the kernel's square is larger than the data set's; the region stays
    method: str = ""  # what is changed
    changes: tuple[str, ...] = ()
    pictures: int = 0  # of its runs, see Job; with 1 their curves are kept
    brightest: float | None = None  # see `pose`

    @property
    def name(self) -> str:
        """As its records have it."""
        return ", ".join((self.method, *self.changes))

    def pose(self, item: Item) -> Problem:
        """What is solved of an item."""
        own = pose(item, self.region, brightest=self.brightest)
        return replace(own, kernel_size=own.kernel_size + self.margin, estimated=own.estimated and not self.margin)

    def covers(self, key: Identity) -> bool:
        """Whether a run of its method and configuration has its seeds, region and size of kernel."""
        larger = key.kernel_size not in ("", ESTIMATED)
        return (
            key.seed in self.seeds and key.region == named_region(self.region, key.tier) and larger == bool(self.margin)
        )


def named(variants: Sequence[Variant]) -> dict[str, Variant]:
    return {variant.name: variant for variant in variants}


def _compare_runs(study: "Study", asked: Asked) -> Iterator[str]:
    """Solve what is missing, keep it in runs.csv and factors.csv; a line a contrast and group of images."""
    failures = study.solve(asked)
    rows = study.factors(study.kept(asked.results))
    write_csv(study.folder(asked.results) / "factors.csv", rows)
    yield study.question
    yield from (_contrast_in_words(row) for row in rows if _runs_of(row))
    if failures:
        raise RunFailed(failures)


def _contrast_in_words(row: Mapping[str, object]) -> str:
    scores = "  ".join(
        f"{label} {row[f'{measure}_mean']:6.{digits}f} ({row[f'{measure}_difference']:+.{digits}f})"
        for measure, (label, digits) in MEASURES.items()
        if row[f"{measure}_runs"]
    )
    return f"{row['variant']} against {row['against']}, {row['images']}: {scores}  n {_runs_of(row)}"


def _runs_of(row: Mapping[str, object]) -> int:
    """Of a contrast; without a true kernel there is no similarity to count."""
    return max(int(str(row[f"{measure}_runs"])) for measure in MEASURES)


def _tabulate(study: "Study", asked: Asked) -> Iterator[str]:
    """Measure what is missing, keep it in rows.csv; a line with means, and from where to where the values go."""
    if (survey := study.survey) is None:
        return
    rows = study.sheet(asked.results).complete(survey.tasks(asked), asked.processes)
    for place, own in by(rows, *survey.by).items():
        values = {name: np.array([row[name] for row in own], float) for name in survey.means}
        cells = [f"{name} {v.mean():.4g} ({v.min():.4g} to {v.max():.4g})" for name, v in values.items()]
        yield f"{', '.join(f'{part}' for part in place if part != ''):<48}  {'  '.join(cells)}  n {len(own)}"


@dataclass(frozen=True)
class Study:
    """What it finds is kept in results/studies/NAME: records, and tables of them or of what was measured."""

    name: str
    question: str
    tier: str = ""  # of its records
    items: Callable[[], Iterator[Item]] = lambda: iter(())
    variants: Mapping[str, Variant] = field(default_factory=dict)
    contrasts: Sequence[tuple[str, str]] = ()  # (variant, what it is compared with)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)  # images, by the name of the group
    page: str = ""  # of the book, or its chapter, that has the answer
    takes: Sequence[str] = ("variants", "images")  # fields of `Asked` that it heeds
    survey: Survey | None = None
    measure: "Callable[[Study, Asked], Iterator[str]] | None" = None  # if it is neither a survey nor contrasts of runs

    def answer(self, asked: Asked) -> Iterator[str]:
        """Measure what is missing; lines that answer the question, as they come.

        Raises
        ------
        InputError
            If what is asked is not for this study to choose.
        RunFailed
            If a run failed; the others are kept.
        """
        for option in ("variants", "images", "tier", "dataset", "device", "repeats"):
            if getattr(asked, option) is not None and option not in self.takes:
                choices = ", ".join(self.takes) or "none"
                raise InputError(f"the study {self.name} leaves no choice of {option}; those it leaves: {choices}")
        return (self.measure or (_tabulate if self.survey else _compare_runs))(self, asked)

    def folder(self, results: Path) -> Path:
        return results / "studies" / self.name

    def runs(self, results: Path) -> Sheet:
        """Its table of runs."""
        return Sheet(self.folder(results) / "runs.csv", ("dataset", "image", "method", "tier", "seed"), "config")

    def sheet(self, results: Path) -> Sheet:
        """What a survey has measured."""
        key, made_from = (self.survey.key, self.survey.made_from) if self.survey else ((), "")
        return Sheet(self.folder(results) / "rows.csv", key, made_from)

    def solve(self, asked: Asked) -> str:
        """Solve what is missing and keep it in runs.csv; how many runs failed, in words."""
        from mcdeconv.runs.campaign import run_campaign  # torch, for which readers need not wait

        wanted, (own, *known) = self.jobs(asked.variants, asked.images), self.stores(asked.results)
        saved = Library.here_or_new().root / CHECKPOINTS
        done = run_campaign(own, wanted, asked.processes, title=self.name, known=known, checkpoints=saved)
        self.runs(asked.results).put(record.row() for record in self.stored(asked.results))
        failed = len(wanted) - len(done)
        return f"{failed} of {len(wanted)} runs failed; they are tried again next time" if failed else ""

    def kept(self, results: Path) -> list[Record]:
        """Every run of its variants that there is a record of or, without its kernel, a row in runs.csv."""
        records = self.stored(results)
        stored = {(r.identity.image, r.identity.method, r.identity.seed) for r in records}
        rows = map(as_record, self.runs(results).read())
        return records + [
            record
            for record in rows
            if self.has(key := record.identity) and (key.image, key.method, key.seed) not in stored
        ]

    def has(self, key: Identity) -> bool:
        """Whether a run is one of its variants', in today's configuration."""
        variant = self.variants.get(key.method)
        images = {image for group in self.groups.values() for image in group}
        return (
            variant is not None
            and key.tier == self.tier
            and key.image in images
            and key.config == variant.config.digest()
            and variant.covers(key)
        )

    def jobs(self, names: Sequence[str] | None = None, images: Sequence[str] | None = None) -> list[Job]:
        """All runs, or those of some variants or images; seeds vary slowest, so an interrupted study is balanced."""
        chosen = {name: choose(self.variants, name, "variant") for name in names or self.variants}
        every = {item.id: item for item in self.items()}
        items = [choose(every, image, "image") for image in images or every]
        found = []
        for name, variant in chosen.items():
            problems = [variant.pose(item) for item in items if variant.images is None or item.id in variant.images]
            found += [
                Job(problem, name, self.tier, variant.config, seed, variant.pictures)
                for seed in variant.seeds
                for problem in problems
            ]
        return sorted(found, key=lambda job: job.seed)

    def stores(self, results: Path) -> tuple[Store, Store]:
        """Its own records, and those of the repository: some variants are methods of the tables."""
        return PublicStore(results / "studies" / self.name / "records"), Store(results / "records")

    def stored(self, results: Path) -> list[Record]:
        """The records that there are of its runs, in today's configurations; needs no data set.

        Raises
        ------
        InputError
            If a store has two of one cell.
        """
        stores = self.stores(results)
        found = (record for record in read_as_one(stores) if self.has(record.identity))
        return one_a_cell(found, stores)

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
        contrasts = product(MEASURES, self.contrasts_on(group))
        return any(paired(records, measure, *contrast, images).runs for measure, contrast in contrasts)

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
