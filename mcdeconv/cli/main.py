"""The command line: what went wrong in one line, exit code 2 for wrong input and 1 for a failed run."""

import logging
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mcdeconv.errors import InputError, NotSharp, RunFailed, is_whole, on_one_line, shown
from mcdeconv.machine import write_any_character

if TYPE_CHECKING:
    from mcdeconv.data.region import Region

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
data = typer.Typer(no_args_is_help=True, help="The benchmarks on this machine.")
app.add_typer(data, name="data")

RESULTS = Path("results")
REPLACED = {
    "table": "make table N=1",
    "figure": "make figure N=1",
    "reproduce": "make reproduce",
    "equality": "mcdeconv study equality",
    "sampling": "mcdeconv study sampling",
    "known-kernel": "mcdeconv study known-kernel",
    "breadth": "mcdeconv study breadth",
    "rescore": "mcdeconv study protocols",
    "thresholds": "mcdeconv study thresholds",
    "bench": "mcdeconv study benchmark",
    "run --results": "mcdeconv run --out FOLDER",
    "deblur --preset": "mcdeconv deblur --method NAME",
}  # commands and options that went → what does it now


def in_checkout(folder: Path) -> Path:
    """The default is the checkout's folder, from wherever in it the command is started."""
    from mcdeconv.runs.library import Library

    return Library.here().root / folder if folder == RESULTS else folder


TierName = Annotated[str, typer.Option(help="quick, laptop or paper")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="seed of networks, inputs and samples")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps")]
Images = Annotated[str | None, typer.Option(help="ids separated by commas; default: all")]
Results = Annotated[Path, typer.Option(help="folder of records and tables", callback=in_checkout)]
Processes = Annotated[int | None, typer.Option(min=1, help="runs at a time; default: one a core, or 4 on a GPU")]


@app.command()
def deblur(
    photo: Annotated[Path, typer.Argument(help="grey or colour photograph, or a folder of them")],
    output: Annotated[Path, typer.Option("--output", "-o", help="the sharp image: .png, .tif or .jpg; or a folder")],
    kernel_size: Annotated[str, typer.Option(help='odd number of pixels, or "auto"')] = "auto",
    tier: TierName = "quick",
    method: Annotated[str, typer.Option(help="ours+, l0, dark-channel, …, or the paper's: ours")] = "ours+",
    final: Annotated[str, typer.Option(help="auto, hyper-laplacian, sparse, outliers, whyte or direct")] = "auto",
    region: Annotated[str | None, typer.Option(help="where the kernel is found, in px: LEFT,TOP,WIDTH,HEIGHT")] = None,
    seed: Seed = 0,
    device: Device = "auto",
    checkpoint: Annotated[Path | None, typer.Option(help="folder to save to and to go on from")] = None,
    time_budget: Annotated[float | None, typer.Option(min=0, help="seconds for the kernel and its size")] = None,
    sheet: Annotated[bool, typer.Option("--sheet", help="also OUTPUT_sheet.png: before, after, kernel, …")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="even the photograph itself")] = False,
) -> None:
    """Deblur a photograph; also writes OUTPUT_kernel.png and OUTPUT_std.png (white: 0.1 of the image's range).

    ours+ takes a few minutes; l0 takes seconds and has no standard deviation; the paper's is ours, in minutes. A
    result that looks worse than the photograph becomes OUTPUT_attempt, and the exit code is 3.

    A folder's photographs are taken one after the other; what has a result is left as it is.
    """
    from mcdeconv.cli.photo_folder import deblur_folder
    from mcdeconv.cli.photos import check_options, deblur_photo

    check_options(method, tier, final, checkpoint)
    size = kernel_size if kernel_size == "auto" else odd_size(kernel_size)
    where = None if region is None else region_of(region)

    def deblur_one(photo: Path, output: Path) -> None:
        of_run = (size, tier, method, final, seed, device, checkpoint, time_budget)
        deblur_photo(photo, output, *of_run, sheet, where, overwrite)

    try:
        folder = photo.is_dir()
    except OSError as error:
        raise InputError(f"{photo} cannot be read: {error.strerror or error}") from None
    if folder:
        deblur_folder(photo, output, deblur_one)
    else:
        deblur_one(photo, output)


@app.command()
def run(
    dataset: Annotated[str, typer.Option(help="see `mcdeconv data list`")] = "synthetic-levin",
    method: Annotated[str, typer.Option(help="presets such as ours, rivals such as l0; separated by commas")] = "ours",
    tier: TierName = "quick",
    images: Images = None,
    seeds: Annotated[int, typer.Option(help="how many seeds, from 0")] = 1,
    device: Device = "auto",
    processes: Processes = None,
    folder: Annotated[Path | None, typer.Option(help="where the data set is; needed for your own")] = None,
    kernel_size: Annotated[
        str | None, typer.Option(help="odd or selfdeblur; default: the data set's, else estimated")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="new records go here, and into its records.zip")] = None,
    time_budget: Annotated[float | None, typer.Option(min=1, help="seconds; the same command goes on")] = None,
) -> None:
    """Solve images of a data set, into out/records, and print their scores; what has a record is not solved again."""
    from mcdeconv.cli.runs import make_jobs, run_jobs

    jobs = make_jobs(dataset, method.split(","), tier, split(images), seeds, folder, size_of_run(kernel_size))
    run_jobs(jobs, device, processes, out, time_budget)


@app.command()
def solve(
    experiments: Annotated[list[str], typer.Argument(help="levin, lai, ablation, …: those that `status` lists")],
    tier: TierName = "quick",
    dataset: Annotated[str | None, typer.Option(help="only its runs on this data set")] = None,
    images: Images = None,
    seeds: Annotated[int | None, typer.Option(help="how many seeds, from 0; default: the experiment's")] = None,
    device: Device = "auto",
    processes: Processes = None,
    local_only: Annotated[bool, typer.Option("--local-only", help="compute what the repository has, too")] = False,
    shard: Annotated[str, typer.Option(help="a share of the images, e.g. 2/16; for clusters")] = "1/1",
) -> None:
    """Compute what an experiment of the book lacks, into out/records, and print its scores."""
    from mcdeconv.cli.book import solve_experiments

    solve_experiments(experiments, tier, dataset, split(images), seeds, device, processes, local_only, shard)


@app.command()
def contribute(
    minutes: Annotated[float, typer.Option(min=0.1, help="of this machine, the last scores included")] = 10,
    device: Device = "auto",
    out: Annotated[Path | None, typer.Option(help="records go here, and into its contribution.zip")] = None,
    by: Annotated[str, typer.Option(help="your name, if the book's list of machines may have it")] = "",
) -> None:
    """Spend minutes on the runs that the book lacks most, into one file that `mcdeconv merge` adds."""
    from mcdeconv.cli.runs import contribute_minutes

    contribute_minutes(minutes, device, out, by)


@app.command()
def status(tier: TierName = "quick") -> None:
    """What of the book's runs is done, what is missing, and how long that takes."""
    from mcdeconv.cli.book import print_status

    print_status(tier)


@app.command()
def score(
    folder: Annotated[Path, typer.Argument(help="has <id>.png (restored) and/or <id>_kernel.png, .txt, .mat or .npy")],
    dataset: Annotated[str, typer.Option(help="see `mcdeconv data list`")],
    method: Annotated[str, typer.Option(help='whose results, as tables name it, e.g. "Sun et al. 2013"')],
    source: Annotated[str, typer.Option(help="where the files are from, e.g. a repository and its commit")],
    orientation: Annotated[str, typer.Option(help="of the kernels: auto, convolution or correlation")] = "auto",
    constant_ok: Annotated[bool, typer.Option("--constant-ok", help="score pictures of one value, too")] = False,
    images: Images = None,
    processes: Processes = None,
    out: Annotated[Path | None, typer.Option(help="new records go here, and into its records.zip")] = None,
) -> None:
    """Score another system's results under a data set's protocol, into out/records, marked external."""
    from mcdeconv.cli.score import score_folder

    score_folder(folder, dataset, method, source, orientation, constant_ok, split(images), processes, out)


@app.command()
def merge(
    folder: Annotated[Path, typer.Argument(help="what has the records, such as out, or packs of them (*.zip)")],
    replace: Annotated[bool, typer.Option("--replace", help="take the new record of an equal run")] = False,
) -> None:
    """Add the records computed in a checkout to results/records, where the repository keeps them."""
    from mcdeconv.cli.book import merge_records

    merge_records(folder, replace)


@app.command()
def verify(
    sample: Annotated[int, typer.Option(min=0, help="how many runs are computed anew")] = 12,
    minutes: Annotated[float, typer.Option(min=0, help="for these, and for scores of stored kernels")] = 10,
    seed: Annotated[int | None, typer.Option(min=0, help="of the sample; default: today's date")] = None,
    tier: Annotated[
        str, typer.Option(help="of the sample, separated by commas; full: the rivals'")
    ] = "quick,laptop,full",
    device: Device = "auto",
    processes: Processes = None,
) -> None:
    """Check all committed records against their inputs, and some against their kernels and a run anew.

    The result is added to results/verified. The exit code is 1 if an input, a score or a run differs.
    """
    from mcdeconv.cli.verify import verify_records

    verify_records(sample, minutes, seed, tier.split(","), device, processes)


@app.command()
def explorer(device: Device = "auto", processes: Processes = None) -> None:
    """Compute the grids of the p0 × sigma0 explorer into results/explorer: hundreds of runs, interruptible."""
    from mcdeconv.cli.book import make_explorer

    make_explorer(device, processes)


@app.command()
def study(
    name: Annotated[str | None, typer.Argument(help="which; without a name they are listed")] = None,
    variant: Annotated[list[str] | None, typer.Option(help="only this variant or method (repeatable)")] = None,
    images: Images = None,
    tier: Annotated[str | None, typer.Option(help="quick, laptop or paper, where the study leaves the choice")] = None,
    dataset: Annotated[str | None, typer.Option(help="where the study leaves the choice")] = None,
    repeats: Annotated[int | None, typer.Option(min=1, help="timed iterations of each case; default: 5")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps, of what is timed")] = None,
    processes: Processes = None,
    results: Results = RESULTS,
) -> None:
    """Answer a question about the method, into results/studies: runs what is missing, prints what it finds."""
    from mcdeconv.cli.studies import run_study
    from mcdeconv.studies import Asked

    run_study(name, Asked(results, variant, split(images), tier, dataset, device, repeats, processes))


@data.command("list")
def list_data() -> None:
    """The data sets, and which of them are on this machine."""
    from mcdeconv.cli.data import list_datasets

    list_datasets()


@data.command()
def check(name: str, folder: Annotated[Path | None, typer.Option()] = None) -> None:
    """Compare every file of a benchmark with its SHA-256; exit code 1 if one is missing or wrong."""
    from mcdeconv.data.datasets.registry import check_files

    problems = check_files(name, folder)
    for problem in problems:
        typer.echo(f"{problem.path}: {problem.reason}")
    typer.echo(f"{name}: {len(problems)} problems" if problems else f"{name}: every file is as published")
    if problems:
        raise typer.Exit(1)


@data.command()
def fetch(
    name: str,
    folder: Annotated[Path | None, typer.Option(help="where to put it")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="an archive or folder you already have")] = None,
    mirror: Annotated[list[str] | None, typer.Option(help="URL with <name>/<file> below it (repeatable)")] = None,
) -> None:
    """Download a benchmark (goes on where it stopped) or the weights of `maxim`, check it and lay it out."""
    from mcdeconv.cli.data import fetch_dataset

    fetch_dataset(name, folder, source, mirror or ())


def split(images: str | None) -> list[str] | None:
    return images.split(",") if images else None


def odd_size(text: str, word: str = "auto") -> int:
    if not is_whole(text):
        raise InputError(f'--kernel-size is {shown(text)}; give an odd number of pixels or "{word}"')
    return int(text)


def region_of(text: str) -> "Region":
    from mcdeconv.data.region import Region

    parts = text.split(",")
    if len(parts) != 4 or not all(is_whole(part.strip()) for part in parts):
        raise InputError(f"--region is {shown(text)}; give four numbers of pixels, LEFT,TOP,WIDTH,HEIGHT")
    left, top, width, height = map(int, parts)
    return Region(top, left, height, width)


def size_of_run(text: str | None) -> int | Literal["selfdeblur"] | None:
    if text == "selfdeblur":
        return "selfdeblur"
    return None if text is None else odd_size(text, "selfdeblur")


def end(number: int, _: FrameType | None) -> None:
    """On the signal with which a cluster ends a job: as after ctrl-C, what was computed is kept, and packed."""
    sys.exit(128 + number)


def main() -> None:
    """Entry point of the command `mcdeconv`."""
    write_any_character()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    signal.signal(signal.SIGTERM, end)
    try:
        for old, new in REPLACED.items():
            if sys.argv[1:2] == old.split()[:1] and set(old.split()) <= set(sys.argv):
                raise InputError(f"`mcdeconv {old}` is now `{new}`")
        app(prog_name="mcdeconv")
    except InputError as error:
        typer.echo(f"error: {on_one_line(error)}", err=True)
        sys.exit(2)
    except NotSharp as error:
        typer.echo(f"not sharp: {on_one_line(error)}", err=True)
        sys.exit(3)
    except RunFailed as error:
        typer.echo(f"failed: {on_one_line(error)}", err=True)
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        typer.echo(f"error: {on_one_line(shown(error.filename))} cannot be used: {error.strerror}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("stopped", err=True)
        sys.exit(130)
