"""What the Makefile calls: plan, Snakemake from the records to the pages or the book, and what failed.

python workflow/make.py reproduce | book | table N | figure N   [--tier --dataset --images --seeds]
"""

import argparse
import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from book_pages import read_executed
from pages import numbered, page_of
from parts import section
from pictures import save_pictures
from plan import EXECUTED, PLAN, SOLVED, Goal, Plan, clear, failed_pages, make_plan, write_plan
from terminal import table_in

from mcdeconv.errors import InputError, RunFailed, choose, is_whole, on_one_line, shown
from mcdeconv.machine import write_any_character
from mcdeconv.runs.library import Library
from mcdeconv.runs.progress import mean_seconds, measure

SITE = Path("out/site/index.html")
FIGURES = Path("out/figures")
LOCK = Path("out/.lock")
NOTHING_DRAWN = "no picture: there are no runs for it, or their data set is not here"


def main(arguments: Sequence[str] | None = None) -> int:
    write_any_character()
    options = parse(arguments)
    try:
        goal = goal_of(options)
        with only_one():
            problems = make(make_plan(goal, Library.here()), options.profile)
    except InputError as error:
        print(f"error: {on_one_line(error)}", file=sys.stderr)
        return 2
    except RunFailed as error:
        print(f"failed: {on_one_line(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
    for problem in problems:
        print(f"failed: {problem}", file=sys.stderr)
    if problems:
        print("What failed is tried again next time; everything else is kept.", file=sys.stderr)
    show(goal, ok=not problems)
    return 1 if problems else 0


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


def goal_of(options: argparse.Namespace) -> Goal:
    one = numbered(options.what, whole(options.number, "N")) if options.what in ("table", "figure") else None
    profiles = {path.parent.name: path for path in sorted(Path("workflow/profiles").glob("*/config.yaml"))}
    choose(profiles, options.profile, "profile")
    return Goal(
        mode="page" if one else options.what,
        tier=options.tier,
        dataset=options.dataset or None,
        images=tuple(options.images.split(",")) if options.images else None,
        seeds=whole(options.seeds, "SEEDS") if options.seeds else None,
        wanted=one,
        shards=whole(options.shards, "SHARDS"),
    )


def whole(text: str, name: str) -> int:
    if not is_whole(text):
        raise InputError(f"{name} is {shown(text)}; give a whole number, e.g. {name}=5")
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


def make(plan: Plan, profile: str) -> list[str]:
    """Everything up to the pages, or to the book; returns a line for each thing that is not as it should be."""
    clear(plan)
    write_plan(plan)
    for name, why in plan.unavailable.items():
        print(f"left out: {name}: {why}", file=sys.stderr)
    if jobs := [job for own in plan.jobs.values() for job in own]:
        progress = measure(jobs, plan.stores, mean_seconds(plan.library))
        print(f"tier {plan.goal.tier}: {progress}", flush=True)
    page = plan.goal.mode == "page"
    targets = [str(EXECUTED / f"{page.name}.ipynb") for page in plan.pages] if page else ["book"]
    targets += [str(SOLVED / name) for name in plan.solves()]  # Snakemake asks for no missing step before what there is
    broken = subprocess.run(command(*targets, "--profile", f"workflow/profiles/{profile}"), check=False).returncode
    if broken and (reason := explanation(targets)):
        raise RunFailed(f"Snakemake cannot start: {reason}")
    problems = [f"{name}: {why}" for name, why in plan.unavailable.items()] if plan.goal.mode == "reproduce" else []
    for name, jobs in plan.missing().items():
        examples = ", ".join(f"{job.problem.item.id} {job.method}" for job in jobs[:3])
        problems.append(f"{name}: {len(jobs)} runs failed, see above: {examples}")
    problems += [f"page {name}: {why}" for name, why in failed_pages(plan).items()]
    return [*problems, *(["the book could not be built; see above"] if broken and not page else [])]


def command(*arguments: str) -> list[str]:
    """Snakemake, tied to this process."""
    tied = [sys.executable, "-m", "mcdeconv.machine", sys.executable, "-m", "snakemake"]
    return [*tied, *arguments, "--snakefile", "workflow/Snakefile", "--configfile", str(PLAN)]


def explanation(targets: Sequence[str]) -> str:
    """Why Snakemake, which was told to keep silent, did not get as far as a first step; empty if it did."""
    rehearsal = ("--dry-run", "--quiet", "host", "--cores", "1", "--rerun-incomplete", "--nolock")
    done = subprocess.run(command(*targets, *rehearsal), capture_output=True, text=True, check=False)
    said = " ".join((done.stdout + done.stderr).partition("Building DAG of jobs...")[2].split())
    return (said or "it gives no reason") if done.returncode else ""


def show(goal: Goal, ok: bool) -> None:
    """Where the book is; or the table, as wide as the terminal; or where the figure's pictures are."""
    if goal.wanted is None:
        if SITE.exists():
            print(f"the book: {SITE} (make serve shows it)")
    elif ok:
        heading, width = goal.wanted.heading, shutil.get_terminal_size().columns
        outputs = section(read_executed(EXECUTED / f"{page_of(goal.wanted).name}.ipynb"), heading)
        if heading.kind == "table":
            print(table_in(outputs, heading.anchor, width))
        else:
            print("\n".join(save_pictures(outputs, FIGURES, heading.anchor, width)) or NOTHING_DRAWN)


if __name__ == "__main__":
    sys.exit(main())
