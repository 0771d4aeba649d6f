"""`mcdeconv study` and `equality`: controlled experiments beside the tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mcdeconv.errors import RunFailed, choose
from mcdeconv.files import write_csv
from mcdeconv.runs.campaign import run_campaign
from mcdeconv.runs.library import CHECKPOINTS, Library
from mcdeconv.runs.records import Store
from mcdeconv.studies import STUDIES


def run_study(
    name: str, names: Sequence[str] | None, images: Sequence[str] | None, processes: int | None, results: Path
) -> None:
    """Solve what is missing of a study, print its contrasts, and write both to results/studies/NAME.

    Tables that rest on runs that there are no records of stay as they are.
    """
    study = choose(STUDIES, name, "study")
    own, *known = study.stores(results)
    wanted = study.jobs(names, images)
    saved = Library.here_or_new().root / CHECKPOINTS
    done = run_campaign(own, wanted, processes, title=name, known=known, checkpoints=saved)
    records = study.stored((own, *known))
    folder = results / "studies" / name
    rows = study.factors(records)
    if study.has_runs_of(folder / "runs.csv", records):
        write_csv(folder / "runs.csv", [record.row() for record in records])
        write_csv(folder / "factors.csv", rows)
    else:
        print(f"{folder} rests on runs that have no record here: its tables stay as they are")
    print(study.question)
    for row in rows:
        if row["kernel_similarity_runs"]:
            print(contrast_in_words(row))
    if len(done) < len(wanted):
        raise RunFailed(f"{len(wanted) - len(done)} of {len(wanted)} runs failed; they are tried again next time")


def contrast_in_words(row: Mapping[str, object]) -> str:
    scores = "  ".join(
        f"{label} {row[f'{measure}_mean']:6.{digits}f} ({row[f'{measure}_difference']:+.{digits}f})"
        for measure, label, digits in (
            ("psnr_direct", "direct", 2),
            ("psnr_sparse", "sparse", 2),
            ("psnr_hyper-laplacian", "hyper-L", 2),
            ("kernel_similarity", "similarity", 3),
        )
        if row[f"{measure}_runs"]
    )
    return f"{row['variant']} against {row['against']}, {row['images']}: {scores}  n {row['kernel_similarity_runs']}"


def run_equality(tier: str, true_kernel: bool, processes: int | None, results: Path) -> None:
    """Solve what is missing of the comparison, print it and write its runs to results/equality.

    Runs of the tables in either precision count, whatever processor they were on; the file names both, run by run.
    """
    from mcdeconv.studies import equality

    wanted = equality.jobs(tier, true_kernel)
    root = Library.here_or_new().root
    own, known, saved = Store(root / "out/equality"), [Store(results / "records")], root / CHECKPOINTS
    records = run_campaign(own, wanted, processes, title="equality", known=known, checkpoints=saved)
    if len(records) < len(wanted):
        raise RunFailed(f"{len(wanted) - len(records)} of {len(wanted)} runs failed; they are tried again next time")
    equality.check(records)
    write_csv(results / "equality" / equality.file_name(tier, true_kernel), [record.row() for record in records])
    for one in equality.compare(records, true_kernel):
        s = one.summary
        print(
            f"{one.measure:<22} bfloat16 minus float32 {s.difference:+.3f} dB [{s.low:+.3f}, {s.high:+.3f}] "
            f"({s.images} images, {s.runs} pairs); seeds differ by {one.spread:.2f} dB; worst {one.worst} "
            f"{one.worst_difference:+.2f} dB, its seeds differ by {one.worst_spread:.2f} dB: "
            f"{'equal' if one.equal else 'not shown to be equal'}"
        )
