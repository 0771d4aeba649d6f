"""What the Makefile calls: plan, then Snakemake for the pages, then for the book; and at the end, what failed.

python workflow/make.py reproduce | book | table N | figure N   [--tier --dataset --images --seeds]
"""

import argparse
import fcntl
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pages import page_of_figure, page_of_table
from plan import EXECUTED, PLAN, SOLVED, Plan, drop_pages, make_plan, refresh_manifests, write_plan
from request import Request

from mcdeconv.errors import InputError, RunFailed
from mcdeconv.paper.manifest import Manifest
from mcdeconv.runs.library import Library, Snapshot
from mcdeconv.runs.progress import mean_seconds, measure

SITE = Path("out/site/index.html")
BUILT = Path("out/site.built")  # the book rule's stamp
LOCK = Path("out/.lock")


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    try:
        request = request_of(options)
        with only_one():
            return {"table": show_table, "figure": show_figure}.get(options.what, make_book)(request, options.profile)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except RunFailed as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("what", choices=("reproduce", "book", "table", "figure"))
    parser.add_argument("number", nargs="?", default="", help="of the table or figure")
    parser.add_argument("--tier", default="quick")
    parser.add_argument("--dataset")
    parser.add_argument("--images", help="ids separated by commas")
    parser.add_argument("--seeds", help="how many seeds, from 0")
    parser.add_argument("--profile", default="local", help="a folder of workflow/profiles")
    parser.add_argument("--shards", default="1", help="on a cluster: jobs that the images are divided among")
    return parser.parse_args(arguments)


def request_of(options: argparse.Namespace) -> Request:
    page = None
    if options.what in ("table", "figure"):
        find = page_of_table if options.what == "table" else page_of_figure
        page = find(whole(options.number, "N"))
    profiles = sorted(path.parent.name for path in Path("workflow/profiles").glob("*/config.yaml"))
    if options.profile not in profiles:
        raise InputError(f"unknown profile {options.profile!r}; choose one of {', '.join(profiles)}")
    return Request(
        mode="page" if page else options.what,
        tier=options.tier,
        dataset=options.dataset or None,
        images=tuple(options.images.split(",")) if options.images else None,
        seeds=whole(options.seeds, "SEEDS") if options.seeds else None,
        page=page,
        shards=whole(options.shards, "SHARDS"),
    )


def whole(text: str, name: str) -> int:
    if not text.isdecimal():
        raise InputError(f"{name} is {text!r}; give a whole number, e.g. {name}=5")
    return int(text)


@contextmanager
def only_one() -> Iterator[None]:
    """InputError if another process of this kind works in the same checkout; the lock ends with its process."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError("another make is at work in this checkout; wait for its end, or stop it") from None
        yield


def make_book(request: Request, profile: str) -> int:
    """Solve, execute, build; 1 if something failed."""
    _, problems = make_pages(request, profile)
    if not SITE.exists():
        BUILT.unlink(missing_ok=True)
    if snakemake(profile, "book"):
        reason = explanation("book")
        problems.append(
            f"the book could not be built: {f'Snakemake cannot start: {reason}' if reason else 'see above'}"
        )
    report(problems)
    if SITE.exists():
        print(f"the book: {SITE} (make serve shows it)")
    return 1 if problems else 0


def show_table(request: Request, profile: str) -> int:
    from show_page import tables

    return show_page(request, profile, lambda page: "\n\n".join(tables(page)))


def show_figure(request: Request, profile: str) -> int:
    return show_page(request, profile, lambda page: f"{page} (make book puts it into the book)")


def show_page(request: Request, profile: str, show: Callable[[Path], str]) -> int:
    """Execute one page and print what it shows."""
    plan, problems = make_pages(request, profile)
    report(problems)
    for page in plan.pages:
        if not problems:
            print(show(EXECUTED / f"{page.name}.ipynb"))
    return 1 if problems else 0


def make_pages(request: Request, profile: str) -> tuple[Plan, list[str]]:
    """Everything up to the executed pages, and what failed on the way."""
    plan = make_plan(request, Snapshot(Library.here().root))
    drop_pages(plan)
    refresh_manifests(plan)
    write_plan(plan)
    announce(plan)
    code = snakemake(profile, "pages")
    if code and (reason := explanation("pages")):
        raise RunFailed(f"Snakemake cannot start: {reason}")
    return plan, failures(plan)


def announce(plan: Plan) -> None:
    """How much there is to do, and what cannot be done."""
    for reason in plan.unavailable:
        print(f"left out: {reason}", file=sys.stderr)
    if plan.jobs:
        progress = measure(plan.jobs, plan.stores, mean_seconds(plan.library))
        print(f"tier {plan.request.tier}: {progress}", flush=True)


def failures(plan: Plan) -> list[str]:
    """A line for each experiment and page that is not as it should be."""
    found = list(plan.unavailable) if plan.request.mode == "reproduce" else []
    for solve in plan.solves:
        manifest = Manifest.load(SOLVED / f"{solve.name}.json")
        if manifest is None:
            found.append(f"{solve.name}: not solved; see above")
        elif manifest.missing:
            found.append(f"{solve.name}: {len(manifest.missing)} runs failed: {', '.join(manifest.missing[:3])}")
    for page in plan.pages:
        if not (EXECUTED / f"{page.name}.ipynb").exists():
            reason = EXECUTED / "failed" / f"{page.name}.txt"
            why = reason.read_text().strip() if reason.exists() else "not made, because its runs are not all there"
            found.append(f"page {page.name}: {why}")
    return found


def report(problems: Sequence[str]) -> None:
    for problem in problems:
        print(f"failed: {problem}", file=sys.stderr)
    if problems:
        print("What failed is tried again next time; everything else is kept.", file=sys.stderr)


def command(*arguments: str) -> list[str]:
    """Snakemake, tied to this process."""
    tied = [sys.executable, "workflow/tied.py", sys.executable, "-m", "snakemake"]
    return [*tied, *arguments, "--snakefile", "workflow/Snakefile", "--configfile", str(PLAN)]


def snakemake(profile: str, target: str) -> int:
    return subprocess.run(command(target, "--profile", f"workflow/profiles/{profile}"), check=False).returncode


def explanation(target: str) -> str:
    """Why Snakemake, which was told to keep silent, did not get as far as a first step; empty if it did."""
    rehearsal = command(target, "--dry-run", "--quiet", "host", "--cores", "1", "--rerun-incomplete", "--nolock")
    done = subprocess.run(rehearsal, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    said = " ".join(done.stdout.partition("Building DAG of jobs...")[2].split())
    return (said or "it gives no reason") if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
