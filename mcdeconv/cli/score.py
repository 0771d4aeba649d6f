"""`mcdeconv score`: somebody else's results, from a folder to records, and what was found in the terminal."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mcdeconv.files import make_folder, require_writable
from mcdeconv.runs.external import Folder, System, keep, left_from_elsewhere, read_results, score_results
from mcdeconv.runs.library import Library
from mcdeconv.runs.merge import pack
from mcdeconv.runs.records import Record, Store
from mcdeconv.runs.wording import count, listing
from mcdeconv.scoring.external.files import KERNEL_FILES
from mcdeconv.scoring.protocols import UNDER

THRESHOLDS = (2, 3)  # of the error ratio
NAMED = 5  # images; how many more there are is said, too


def score_folder(
    folder: Path,
    dataset: str,
    method: str,
    source: str,
    orientation: str,
    constant_ok: bool,
    images: Sequence[str] | None,
    processes: int | None,
    out: Path | None,
) -> None:
    """Score what a folder has, all of it before the first record is written, and print what was found.

    Parameters
    ----------
    out : folder for the records and, in one file, all its records; default: out in the checkout, without that file
    """
    system = System(method, source)
    store = Store(out / "records") if out else Library.here_or_new().local
    results = read_results(folder, dataset, orientation, constant_ok)
    if out:  # find out before minutes of work, not after
        make_folder(out)
        require_writable(out)
    records = score_results(results, system, images, processes)
    make_folder(store.folder)
    keep(store, records)
    if out:
        pack(store, out / "records.zip")
    print_found(results, system)
    wanted = [one for one in results.every if images is None or one in images]
    print_extent(records, wanted)
    print_scores(records)
    if others := left_from_elsewhere(store, records):
        print(f"{count(len(others), 'older record')} of {method} from other files: {listing(others[:5])}")
    print(f"{count(len(records), 'record')} in {store.folder}")


def print_found(results: Folder, system: System) -> None:
    """What the files are and how they were read."""
    print(f"{system.method}, from {system.source}")
    kernels = [output.kernel_file for output in results.outputs if output.kernel_file is not None]
    pictures = [output for output in results.outputs if output.image is not None]
    if results.orientation:
        print(f"{count(len(kernels), 'kernel')}: {results.orientation.name} ({results.orientation.why})")
        if small := sum(path.stem in results.every and path.suffix.lower() not in KERNEL_FILES for path in kernels):
            print(f"{small} of them are pictures <id>, kernels by their size")
    if pictures:
        places = Counter((output.size, output.offset) for output in pictures)
        print(f"{count(len(pictures), 'restored image')}: " + listing([_place(*place) for place in places][:5]))


def _place(size: tuple[int, ...], offset: tuple[int, int]) -> str:
    return f"{size[1]}×{size[0]} px" + (
        f" with the image at row {offset[0]}, column {offset[1]}" if any(offset) else ""
    )


def print_extent(records: Sequence[Record], wanted: Sequence[str]) -> None:
    """How many of how many, and which kernels were moved."""
    done = {record.identity.image for record in records}
    missing = [one for one in wanted if one not in done]
    more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
    rest = f"; missing {', '.join(missing[:NAMED])}{more}" if missing else ""
    print(f"scored {len(done)} of {len(wanted)}{rest}")
    moved = [r.identity.image for r in records if any(r.provenance["found"].get("kernel_moved", ()))]
    if moved:
        print(f"moved to the centre, for they lay out of the protocol's reach: {', '.join(moved)}")


def print_scores(records: Sequence[Record]) -> None:
    """A line a protocol: the means, and the shares of images up to each error ratio."""
    ratio = f"{'ER':>8}" + "".join(f"{f'ER ≤ {threshold}':>9}" for threshold in THRESHOLDS)
    rated = any("error_ratio" in name for record in records for name in record.scores)
    print(f"{'mean of':<24}{'n':>4}{'PSNR':>9}{'SSIM':>9}{ratio * rated}")
    every = dict.fromkeys(name for record in records for name in record.scores)
    protocols = [name for name in every if "psnr_" in name and UNDER not in name]
    for name in protocols:
        own = [record.scores for record in records if name in record.scores]
        line = f"{name.replace('psnr_', '').replace('_', ' '):<24}{len(own):>4}{_mean(own, name):>9.2f}"
        line += f"{_mean(own, name.replace('psnr', 'ssim')):>9.4f}"
        ratios = [scores.get(name.replace("psnr", "error_ratio"), np.nan) for scores in own]
        if np.isfinite(ratios).all():
            shares = "".join(f"{np.mean(np.array(ratios) <= threshold):>9.1%}" for threshold in THRESHOLDS)
            line += f"{np.mean(ratios):>8.2f}{shares}"
        print(line)
    if similarities := [
        record.scores["kernel_similarity"] for record in records if "kernel_similarity" in record.scores
    ]:
        print(f"{'kernel similarity':<24}{len(similarities):>4}{np.mean(similarities):>9.3f}")


def _mean(scores: Sequence[dict[str, float]], name: str) -> float:
    return float(np.mean([own[name] for own in scores]))
