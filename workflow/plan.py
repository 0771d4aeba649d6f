"""What has to be done for a request, worked out once a start: the Snakefile reads it from out/plan.json."""

import hashlib
import json
import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pages import PAGES, Page
from request import Request

from mcdeconv.core.presets import TIERS
from mcdeconv.errors import InputError
from mcdeconv.files import make_folder, write_whole
from mcdeconv.paper import manifest, plans
from mcdeconv.paper.selection import Selection, stored
from mcdeconv.runs.job import Job
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record, Store

PLAN = Path("out/plan.json")
SOLVED = Path("out/solved")  # manifests
EXECUTED = Path("out/pages")


@dataclass(frozen=True)
class Solve:
    """One call of `mcdeconv solve`."""

    name: str  # of its manifest
    experiments: tuple[str, ...]
    arguments: tuple[str, ...]
    jobs: tuple[Job, ...]


@dataclass(frozen=True)
class Gathered:
    """An experiment whose stored records are taken as they are."""

    name: str  # of its manifest
    experiments: tuple[str, ...]
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Plan:
    """The way from the stores to the pages."""

    request: Request
    library: Library
    solves: tuple[Solve, ...]
    gathered: tuple[Gathered, ...]
    pages: tuple[Page, ...]
    unavailable: tuple[str, ...]  # why an experiment cannot be solved here

    @property
    def steps(self) -> "list[Solve | Gathered]":
        return [*self.solves, *self.gathered]

    @property
    def jobs(self) -> list[Job]:
        return [job for solve in self.solves for job in solve.jobs]

    @property
    def stores(self) -> tuple[Store, ...]:
        """What counts as done: `make reproduce` takes nothing from the repository."""
        return (self.library.local,) if self.request.mode == "reproduce" else self.library.stores

    def manifests(self, page: Page) -> list[str]:
        """The names of the manifests that a page rests on."""
        return [step.name for step in self.steps if set(step.experiments) & set(page.experiments)]


def make_plan(request: Request, library: Library) -> Plan:
    """Work out what a request needs.

    Raises
    ------
    InputError
        If nothing of what was asked for can be solved or has been.
    """
    jobs, reasons = solvable(request) if request.mode != "book" else ({}, {})
    rest = [name for name in request.experiments() if name not in jobs and not request.misses(name)]
    gathered = gather(request, library, rest)
    if reasons and not jobs and (request.mode == "reproduce" or not any(step.records for step in gathered)):
        missing_data = (reasons[name] for name in rest)
        raise next(missing_data, None) or next(iter(reasons.values()))
    known = set(jobs) | {name for step in gathered if step.records for name in step.experiments}
    pages = [page for page in request.pages(known) if has_runs(page, known, library)]
    unavailable = [f"{name}: {error}" for name, error in reasons.items() if name in rest]
    return Plan(request, library, tuple(divide(request, jobs)), tuple(gathered), tuple(pages), tuple(unavailable))


def solvable(request: Request) -> tuple[dict[str, list[Job]], dict[str, InputError]]:
    """The runs of each experiment, and why others have none: not at this tier, or no data."""
    jobs: dict[str, list[Job]] = {}
    reasons: dict[str, InputError] = {}
    for name in request.experiments():
        try:
            jobs[name] = request.select(name).jobs(anew=request.mode == "reproduce")
        except InputError as error:
            reasons[name] = error
    return jobs, reasons


def gather(request: Request, library: Library, names: Collection[str]) -> list[Gathered]:
    """The stored records of experiments that are not solved now.

    For the book they are those that `make reproduce` computes: its manifests stay as they are. A page's other records
    count by `others`.
    """
    found = []
    for name in names:
        records = stored(request.select(name), library)
        if request.mode == "book":
            records = [record for record in records if is_anew(record, request, name)]
        found.append(Gathered(manifest_name(request, name), (name,), tuple(records)))
    return found


def is_anew(record: Record, request: Request, name: str) -> bool:
    """Whether `make reproduce` computes a record's run for an experiment."""
    if not any(part.anew for part in plans.EXPERIMENTS[name][request.tier]):
        return False
    key = record.identity
    parts = request.select(name).parts(anew=True)
    return any(
        key.dataset == part.dataset
        and (part.images is None or key.image in part.images)
        and key.method in part.methods
        and key.seed in part.seeds
        for part in parts
    )


def has_runs(page: Page, known: Collection[str], library: Library) -> bool:
    """Whether a page has something to show, at whatever tier."""
    if not page.needs_runs or set(page.experiments) & set(known):
        return True
    return any(stored(Selection(name, tier), library) for name in page.experiments for tier in TIERS)


def divide(request: Request, jobs: dict[str, list[Job]]) -> Iterator[Solve]:
    """A call an experiment; on a cluster all experiments together, and a call a share of the images."""
    if request.shards == 1:
        for name, own in jobs.items():
            yield Solve(manifest_name(request, name), (name,), (name, *request.options()), tuple(own))
        return
    every = [job for own in jobs.values() for job in own]
    for i in range(1, request.shards + 1):
        shard = f"{i}/{request.shards}"
        yield Solve(
            manifest_name(request, f"shard-{i}-of-{request.shards}"),
            tuple(jobs),
            (*jobs, *request.options(), "--shard", shard),
            tuple(manifest.share(every, shard)),
        )


def manifest_name(request: Request, what: str) -> str:
    return f"{request.tier}/{what}{request.selection()}"


def refresh_manifests(plan: Plan) -> None:
    """Bring the manifests up to the stores; one whose runs are not all there is deleted, which asks for its solving.

    A manifest that says what it said keeps its time, and what rests on it stays as it is.
    """
    for solve in plan.solves:
        path, found = SOLVED / f"{solve.name}.json", manifest.of_jobs(solve.jobs, plan.stores)
        if found.missing:
            path.unlink(missing_ok=True)
        else:
            found.save(path)
    for step in plan.gathered:
        identities = [record.identity for record in step.records]
        manifest.of_records(identities, plan.library.stores).save(SOLVED / f"{step.name}.json")


def write_plan(plan: Plan) -> None:
    """What the Snakefile needs to know."""
    covered = {record for step in plan.steps for record in covered_by(step)}
    content = {
        "solves": {solve.name: shlex.join(solve.arguments) for solve in plan.solves},
        "pages": {
            page.name: {
                "notebook": f"notebooks/{page.notebook}",
                "manifests": [str(SOLVED / f"{name}.json") for name in plan.manifests(page)],
                "reads": list(page.reads),
                "parameters": json.dumps(plan.request.parameters(page)),
                "records": others(page, plan.library, covered),
            }
            for page in plan.pages
        },
    }
    make_folder(PLAN.parent)
    write_whole(PLAN, json.dumps(content, indent=1).encode())


def covered_by(step: Solve | Gathered) -> set[str]:
    """Names of the record files that a step's manifest is about."""
    identities = [job.identity for job in step.jobs] if isinstance(step, Solve) else [r.identity for r in step.records]
    return {own.file_name for identity in identities for own in identity.in_any_precision}


def others(page: Page, library: Library, covered: Collection[str]) -> str:
    """A digest of the records that a page may show and no manifest lists, by name and size: other tiers, other runs."""
    parts = [part for name in page.experiments for tier in plans.EXPERIMENTS[name].values() for part in tier]
    names = {part.dataset for part in parts} | {page.dataset}
    found = [
        (path.name, path.stat().st_size)
        for store in library.stores
        for dataset in sorted(filter(None, names))
        for path in sorted((store.folder / dataset).glob("*.json"))
        if path.name not in covered
    ]
    return hashlib.sha256(repr(found).encode()).hexdigest()[:16]


def drop_pages(plan: Plan) -> list[str]:
    """Delete executed pages whose records are gone, if every page was asked for; returns their names."""
    if plan.request.mode != "book":
        return []
    gone = [name for name in PAGES if name not in {page.name for page in plan.pages}]
    for name in gone:
        (EXECUTED / f"{name}.ipynb").unlink(missing_ok=True)
    return gone
