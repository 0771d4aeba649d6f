"""What is asked for: an experiment of the paper at a tier, on some of its images, with some seeds."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from mcdeconv.core.presets import TIERS
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import FLAVOURS
from mcdeconv.errors import InputError, choose
from mcdeconv.paper import plans
from mcdeconv.paper.plans import Part
from mcdeconv.runs.job import Job
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import EXTERNAL, Identity, Record


@dataclass(frozen=True)
class Selection:
    """Some runs of an experiment; checked where it is built, and nowhere else.

    Raises
    ------
    InputError
        For an unknown experiment, tier or data set, for seeds below 1, and if the data set or the images leave nothing
        of the experiment's runs at the tier. An experiment without any at the tier is a selection of nothing.

    Examples
    --------
    >>> [part.methods for part in Selection("ablation").parts()]
    [('without-both', 'dropout-only', 'noise-only', 'ours')]
    """

    experiment: str  # of `plans.EXPERIMENTS`
    tier: str = "quick"
    dataset: str | None = None  # only its runs on this one; at tier quick a benchmark's name means its stand-in
    images: Sequence[str] | None = None  # only these
    seeds: int | None = None  # that many, from 0, instead of the plan's

    def __post_init__(self) -> None:
        choose(plans.EXPERIMENTS, self.experiment, "experiment")
        choose(TIERS, self.tier, "tier")
        if self.dataset is not None:
            choose(datasets.DATASETS, self.dataset, "data set")
        if self.seeds is not None and self.seeds < 1:
            raise InputError(f"seeds is {self.seeds}; it must be at least 1")
        if self.images is not None:
            object.__setattr__(self, "images", tuple(self.images))  # a notebook's parameter is a list
        if self.tier in plans.EXPERIMENTS[self.experiment] and not self.parts():
            raise InputError(self.nothing)

    @property
    def nothing(self) -> str:
        """Why there is no run, with what there is."""
        tiers = plans.EXPERIMENTS[self.experiment]
        why = f"{self.experiment} has no runs at tier {self.tier}" + (f" on {self.dataset}" if self.dataset else "")
        if self.images and (whole := replace(self, images=None).parts()):
            known = [image for part in whole for image in part.images or datasets.names(part.dataset)]
            return f"{why} with images {', '.join(self.images)}; choose such as {', '.join(dict.fromkeys(known[:5]))}"
        return f"{why}; it has {', '.join(sorted({f'{t} on {part.dataset}' for t in tiers for part in tiers[t]}))}"

    def parts(self, anew: bool = False) -> list[Part]:
        """The parts, narrowed; `anew`: without what `make reproduce` takes as stored, unless images are named."""
        found = []
        for part in plans.EXPERIMENTS[self.experiment].get(self.tier, ()):
            names = {self.dataset, FLAVOURS.get(self.dataset or "") if self.tier == "quick" else None}
            if (self.dataset and part.dataset not in names) or (anew and self.images is None and not part.anew):
                continue
            if self.images is not None:
                known = part.images or datasets.names(part.dataset)
                part = replace(part, images=tuple(image for image in known if image in self.images))
            if part.images != ():
                found.append(replace(part, seeds=tuple(range(self.seeds))) if self.seeds else part)
        return found

    def jobs(self, anew: bool = False) -> list[Job]:
        """The runs, each once.

        One that another experiment wants with pictures is made with them at once, so that no run is made twice.

        Raises
        ------
        InputError
            If there are none at this tier, or if a data set is not on this machine.
        """
        parts = self.parts(anew)
        if not parts:
            raise InputError(self.nothing)
        return jobs_with_pictures(parts, self.tier)


def on_page(experiment: str, tier: str, images: Sequence[str] | None, seeds: int | None) -> Selection:
    """The selection of one of the several experiments on a page: images that it has none of do not narrow it.

    Examples
    --------
    >>> on_page("schedules", "quick", ["an image of another experiment"], None).images is None
    True
    """
    known = {image for part in Selection(experiment, tier).parts() for image in part.images or ()}
    return Selection(experiment, tier, images=images if known & set(images or ()) else None, seeds=seeds)


def jobs_with_pictures(parts: Sequence[Part], tier: str) -> list[Job]:
    """The runs of some parts, with the pictures that any experiment wants of them."""
    traced = pictures_wanted(tier)
    jobs = ((job, job.identity) for job in plans.jobs(parts, tier))
    return [
        replace(job, pictures=max(job.pictures, traced.get((key.dataset, key.image, key.config, key.seed), 0)))
        for job, key in jobs
    ]


def pictures_wanted(tier: str) -> dict[tuple[str, str, str, int], int]:
    """How many pictures the runs of any experiment are to have: by data set, image, configuration and seed."""
    found: dict[tuple[str, str, str, int], int] = {}
    for tiers in plans.EXPERIMENTS.values():
        for part in tiers.get(tier, ()):
            for image, method, seed in product(part.images or (), part.methods, part.seeds):
                key = part.dataset, image, plans.chosen(method, tier, part.dataset).config.digest(), seed
                found[key] = max(found.get(key, 0), part.pictures)
    return found


def share(jobs: Iterable[Job], shard: str) -> list[Job]:
    """The runs of one share, e.g. "2/16" of a plan, by their images.

    Equal identities are in the same share, whatever experiment asks for them: no two shares make the same run.

    Raises
    ------
    InputError
        If there is no such share.
    """
    number, _, count = shard.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise InputError(f"shard {shard!r} does not exist; of 4, for example, they are 1/4, 2/4, 3/4 and 4/4")

    def hashed(job: Job) -> int:
        return int(hashlib.sha256(f"{job.problem.item.dataset}/{job.problem.item.id}".encode()).hexdigest(), 16)

    return [job for job in jobs if hashed(job) % int(count) == int(number) - 1]


def stored(selection: Selection, library: Library | None = None) -> list[Record]:
    """The records that there are of a selection's runs, in today's configuration, and others' results beside them."""
    library = library or Library.here()
    found: dict[Identity, Record] = {}
    for part in selection.parts():
        choices = {method: plans.chosen(method, selection.tier, part.dataset) for method in part.methods}
        wanted = {(method, choice.tier, choice.config.digest()) for method, choice in choices.items()}
        for tier in {choice.tier for choice in choices.values()}:
            for record in library.records(part.dataset, part.methods, tier, part.images):
                key = record.identity
                if key.seed in part.seeds and (key.method, key.tier, key.config) in wanted:
                    found[key] = record
    for dataset in {part.dataset for part in selection.parts()} if selection.experiment in plans.COMPARED else ():
        found |= {record.identity: record for record in library.records(dataset, tier=EXTERNAL)}
    return list(found.values())


def obtain(selection: Selection, compute: bool = True, library: Library | None = None) -> list[Record]:
    """A selection's records: stored ones, and what is missing computed into the local store unless told not to.

    Raises
    ------
    InputError
        As `Selection.jobs`, where something is to be computed.
    """
    library = library or Library.here()
    if not compute:
        return stored(selection, library)
    wanted = selection.jobs()
    if all(any(job.done(store) for store in library.stores) for job in wanted):
        return [record for job in wanted if (record := library.get(job.identity))]
    from mcdeconv.runs.campaign import complete  # torch: a second that pages of stored records save

    return complete(library, wanted, "auto", None, selection.experiment)
