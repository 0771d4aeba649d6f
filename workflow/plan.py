"""What one `make` has to do, worked out at its start: the Snakefile reads it from out/plan.json."""

import hashlib
import json
import shlex
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from book_pages import Unusable, read_executed
from pages import PAGES, Numbered, ResultPage, page_of

from mcdeconv.data.datasets.groups import FLAVOURS
from mcdeconv.errors import InputError, choose
from mcdeconv.files import make_folder, write_whole
from mcdeconv.paper import plans
from mcdeconv.paper.selection import Selection, share, stored
from mcdeconv.runs.job import Job
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record, Store

Solves = dict[str, tuple[tuple[str, ...], list[str]]]  # name → the experiments that a call is about, its arguments

PLAN = Path("out/plan.json")
SOLVED = Path("out/solved")  # what was solved by the call at work; nothing in it outlives that
EXECUTED = Path("out/pages")


@dataclass(frozen=True)
class Goal:
    """What was asked for.

    "reproduce" computes everything in this checkout, whatever the repository brings; "page" computes what a table or
    figure lacks and neither has; "book" computes nothing.

    Raises
    ------
    InputError
        For an unknown tier or data set, an image that no run is of, or a number of seeds or shards below 1.
    """

    mode: Literal["reproduce", "page", "book"]
    tier: str = "quick"
    dataset: str | None = None
    images: tuple[str, ...] | None = None
    seeds: int | None = None
    wanted: Numbered | None = None  # for mode "page"
    shards: int = 1  # on a cluster: jobs that the images are divided among

    def __post_init__(self) -> None:
        if self.dataset is not None and self.wanted is None:
            own = {page.dataset: page for page in PAGES.values() if page.dataset and page.experiments}
            choose(own, self.benchmark, "data set")
        if self.shards < 1:
            raise InputError(f"shards is {self.shards}; it must be at least 1")
        for image in self.images or ():
            self._select((image,))
        self._select(self.images)

    @property
    def benchmark(self) -> str:
        """The data set of the paper that the one asked for is, or stands in for."""
        return {flavour: name for name, flavour in FLAVOURS.items()}.get(self.dataset or "", self.dataset or "")

    @property
    def experiments(self) -> list[str]:
        """Those of the table or figure, of the data set, or all."""
        if self.wanted is not None:
            return list(self.wanted.experiments)
        if self.dataset is None:
            return list(plans.EXPERIMENTS)
        own = (page.experiments for page in PAGES.values() if page.dataset == self.benchmark)
        return list(dict.fromkeys(name for names in own for name in names))

    @cached_property
    def selections(self) -> dict[str, Selection]:
        """By experiment, without those that have no run of what was asked for."""
        return self._select(self.images)

    def pages(self, known: Collection[str]) -> list[ResultPage]:
        """The pages to execute where there are runs of these experiments: all of them, or those that are concerned."""
        if self.wanted is not None:
            return [page_of(self.wanted)]
        if self.mode == "book" or (self.tier == "quick" and not (self.dataset or self.images)):
            return list(PAGES.values())
        own = [page for page in PAGES.values() if self.dataset and page.dataset == self.benchmark]
        return own + [page for page in PAGES.values() if page not in own and set(page.experiments) & set(known)]

    def options(self) -> list[str]:
        """The selection as options of `mcdeconv solve`."""
        given = {"tier": self.tier, "dataset": self.dataset, "images": self.images, "seeds": self.seeds}
        words = {name: ",".join(value) if isinstance(value, tuple) else value for name, value in given.items()}
        found = [text for name, value in words.items() if value for text in (f"--{name}", str(value))]
        return found + (["--local-only"] if self.mode == "reproduce" else [])

    def parameters(self, page: ResultPage) -> dict[str, Any]:
        """What run_notebook.py sets in a page's notebook, where that has a parameter of the name."""
        images = list(self.images) if self.images else None
        return {"dataset": page.dataset, "tier": self.tier, "images": images, "seeds": self.seeds, "compute": False}

    def _select(self, images: tuple[str, ...] | None) -> dict[str, Selection]:
        found: dict[str, Selection] = {}
        errors = []
        for name in self.experiments:
            try:
                selection = Selection(name, self.tier, self.dataset, images, self.seeds)
            except InputError as error:
                errors.append(str(error))
            else:
                found |= {name: selection} if selection.parts() else {}
                errors.append(selection.nothing)
        if errors and not found:
            raise InputError(errors[0])
        return found


@dataclass(frozen=True)
class Plan:
    """The way from the stores to the pages."""

    goal: Goal
    library: Library
    jobs: dict[str, list[Job]]  # by experiment: what is to be there in the end
    records: dict[str, list[Record]]  # by experiment: what there is at every tier, so that pages may show it
    pages: list[ResultPage]
    unavailable: dict[str, str]  # why an experiment cannot be computed here

    @property
    def stores(self) -> tuple[Store, ...]:
        """What counts as done: `make reproduce` takes nothing from the repository."""
        return (self.library.local,) if self.goal.mode == "reproduce" else self.library.stores

    def missing(self) -> dict[str, list[Job]]:
        """The jobs that are not done, by experiment; none is empty."""
        rest = {name: [job for job in jobs if not self._place(job)] for name, jobs in self.jobs.items()}
        return {name: jobs for name, jobs in rest.items() if jobs}

    def solves(self) -> Solves:
        """Calls of `mcdeconv solve`: one an experiment; on a cluster one a share of the images, for all experiments."""
        missing, options = self.missing(), self.goal.options()
        if self.goal.shards == 1:
            return {name: ((name,), [name, *options]) for name in missing}
        found = {}
        for number in range(1, self.goal.shards + 1):
            shard = f"{number}/{self.goal.shards}"
            names = tuple(name for name, jobs in missing.items() if share(jobs, shard))
            if names:
                found[f"shard-{number}-of-{self.goal.shards}"] = names, [*names, *options, "--shard", shard]
        return found

    def shown(self, page: ResultPage) -> tuple[list[str], str]:
        """The record files that a page rests on, and a digest of which there are, in which store.

        A run that is to be solved counts as if it had been: the page that is made after it stays as it is.
        """
        places, files = {}, set()
        for record in (record for name in page.experiments for record in self.records[name]):
            path, store = next((path, store) for store in self.library.stores if (path := store.file(record.identity)))
            files.add(str(path.relative_to(self.library.root)))
            places[record.identity.cell] = store
        for job in (job for name in page.experiments for job in self.jobs.get(name, ())):
            places[job.identity.cell] = self._place(job) or self.library.local
        described = sorted((cell.dataset, cell.file_name, store.folder.parts[-2]) for cell, store in places.items())
        return sorted(files), hashlib.sha256(repr(described).encode()).hexdigest()[:16]

    def _place(self, job: Job) -> Store | None:
        """Where a run is done."""
        return next((store for store in self.stores if job.done(store)), None)


def make_plan(goal: Goal, library: Library) -> Plan:
    """Work out what a goal needs.

    Raises
    ------
    InputError
        If nothing of what was asked for can be solved or has been.
    """
    anew = goal.mode == "reproduce"
    jobs: dict[str, list[Job]] = {}
    unavailable: dict[str, str] = {}
    for name, selection in goal.selections.items() if goal.mode != "book" else ():
        if selection.parts(anew):
            try:
                jobs[name] = selection.jobs(anew)
            except InputError as error:  # its data set is not here
                unavailable[name] = str(error)
    known = {name for name, selection in goal.selections.items() if name in jobs or stored(selection, library)}
    if goal.mode != "book" and goal.experiments and not (jobs if anew else known):
        raise InputError(next(iter(unavailable.values()), next(iter(goal.selections.values())).nothing))
    records = {name: records_of(name, goal, library) for name in plans.EXPERIMENTS}
    pages = [
        page
        for page in goal.pages(known)
        if not page.needs_runs or any(records[name] or name in jobs for name in page.experiments)
    ]
    return Plan(goal, library, jobs, records, pages, unavailable)


def records_of(experiment: str, goal: Goal, library: Library) -> list[Record]:
    """What is stored of an experiment at every tier, and of what was asked for."""
    selections = [Selection(experiment, tier) for tier in plans.EXPERIMENTS[experiment]]
    selections += [goal.selections[experiment]] if experiment in goal.selections else []
    return list({r.identity: r for selection in selections for r in stored(selection, library)}.values())


def write_plan(plan: Plan) -> None:
    """What the Snakefile needs to know."""
    solves = plan.solves()
    content = {
        "solves": {name: shlex.join(arguments) for name, (_, arguments) in solves.items()},
        "pages": {page.name: page_content(plan, page, solves) for page in plan.pages},
    }
    make_folder(PLAN.parent)
    write_whole(PLAN, json.dumps(content, indent=1).encode())


def page_content(plan: Plan, page: ResultPage, solves: Solves) -> dict[str, Any]:
    files, digest = plan.shown(page)
    return {
        "notebook": f"notebooks/{page.notebook}",
        "solves": [str(SOLVED / name) for name, (own, _) in solves.items() if set(own) & set(page.experiments)],
        "records": files,
        "rests_on": digest,
        "reads": list(page.reads),
        "parameters": json.dumps(plan.goal.parameters(page)),
    }


def clear(plan: Plan) -> None:
    """Delete marks of the last call, and pages that failed, have lost their runs, or are no longer in the book."""
    shutil.rmtree(SOLVED, ignore_errors=True)
    executed = {path.stem for path in EXECUTED.glob("*.ipynb")}
    kept = {page.name for page in plan.pages} if plan.goal.mode == "book" else PAGES.keys()
    for name in (executed - kept) | failed_pages(plan).keys():
        (EXECUTED / f"{name}.ipynb").unlink(missing_ok=True)


def failed_pages(plan: Plan) -> dict[str, str]:
    """Why a page cannot be shown, by its name."""
    found = {}
    for page in plan.pages:
        try:
            read_executed(EXECUTED / f"{page.name}.ipynb")
        except Unusable as why:
            found[page.name] = str(why)
    return found
