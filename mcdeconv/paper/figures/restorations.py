"""Figures 4–7: what each method that was run here makes of an image, beside the input and the truth, if there is one.

Restored images are not stored: the final deconvolution makes them again from a record's kernel.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.datasets.registry import benchmarks
from mcdeconv.data.grey import grey_of
from mcdeconv.data.region import Region, most_informative_region
from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.panels import Panel, described, sheet
from mcdeconv.paper.figures.runs import image_and_tier, protocol_scores, without_and_with
from mcdeconv.paper.figures.style import is_narrow, label
from mcdeconv.paper.words import by_how_much
from mcdeconv.runs.frame import final_of
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import estimate
from mcdeconv.runs.wording import count, decibel, in_order, number
from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised

CROP_SHARE = 0.25  # of the image's shorter side
SMALLEST_CROP = 24  # px
MOST_COLUMNS = 4


def comparison(item: Item, records: Sequence[Record], why: str = "") -> Drawing:
    """Figures 4–7 for one image: input, methods and truth, with kernels, PSNR and SSIM, and two crops enlarged.

    It is restored with the kernel of each record of it, which takes seconds.

    Parameters
    ----------
    item : Item
        Shown in its colours.
    records : sequence of Record
        Those of other images are left out; of several seeds of a method the smallest is shown. Scores are the kernel
        protocol's, on grey.
    why : str, optional
        Why this image is shown, for the caption.

    Raises
    ------
    InputError
        If there is no record of this image.
    """
    first = first_seeds(item, records)
    panels = panels_of(item, first)
    kernels = "each restored one with its kernel in a corner" if item.kernel is None else "with their kernels"
    pictures = f"{count(len(panels), 'picture')} of {item.id}, {kernels}, and two details enlarged below each"
    scored = item.one_truth is not None
    without = "" if scored else " There is no truth to compare with."
    numbers = (
        "Below the pictures: PSNR and SSIM of the kernel protocol." if scored else "There is no truth to score by."
    )
    made = "" if scored or item.dataset in benchmarks() else "Blurred by code: no real photograph."
    origin = image_and_tier(next(iter(first.values())))
    return Drawing(
        lambda width: sheet(panels, min(2 if is_narrow(width) else MOST_COLUMNS, len(panels)), width),
        f"{pictures}: {described(panels)}.{without}",
        " ".join(filter(None, (f"{origin}.", made, why, numbers))),
        _in_words(first),
        f"What to doubt: one image and one seed of each method{'; the caption says why this one' if why else ''}.",
    )


def _in_words(first: Mapping[str, Record]) -> str:
    """Ours beside the networks without randomness, or the best of the other methods."""
    scores = protocol_scores(first.values())["psnr"].groupby("method").mean()
    ours, others = scores.get("ours", np.nan), scores.drop("ours", errors="ignore").dropna()
    if not np.isfinite(ours) or others.empty:
        return "There is nothing to compare ours with in numbers here: look at edges and rings."
    parts = []
    if "without-both" in others:
        parts.append(f"{_beside(ours - others['without-both'])} beside the networks {label('without-both')}")
    rest = others.drop("without-both", errors="ignore")
    if not rest.empty:
        parts.append(f"{_beside(ours - rest.max())} beside the best of the others, {label(str(rest.idxmax()))}")
    return f"On this image ours is {' and '.join(parts)}."


def _beside(gain: float) -> str:
    return by_how_much(estimate({("", 0): gain}))


def panels_of(item: Item, first: Mapping[str, Record]) -> list[Panel]:
    """Input, the restored image of each method's record, and truth."""
    crops, truth = telling_crops(item), item.one_truth
    panels = [Panel("input", item.blurred, crops=crops, note="blurred")]
    for method in in_order(first):
        record = first[method]
        kernel = np.asarray(record.kernel)
        panels.append(Panel(label(method), restored(item, record), kernel, scores_in_words(record), crops))
    if truth is not None:
        panels.append(Panel("truth (one frame)" if item.frames else "truth", truth, item.kernel, " ", crops))
    return panels


def first_seeds(item: Item, records: Sequence[Record]) -> dict[str, Record]:
    """Method → its record of this image with the smallest seed."""
    mine = [r for r in records if (r.identity.dataset, r.identity.image) == (item.dataset, item.id) and r.kernel]
    if not mine:
        raise InputError(f"there is no record of {item.dataset} {item.id}; run it first")
    return {r.identity.method: r for r in sorted(mine, key=lambda r: r.identity.seed, reverse=True)}


def restored(item: Item, record: Record) -> NDArray:
    """The kernel protocol's image, of the shape of `item.blurred`, in [0, 1]: made again from the record's kernel."""
    kernel = normalised(np.asarray(record.kernel))
    image = deconvolve_with_kernel(item.blurred, kernel, final_of(record, item.saturated))
    return np.clip(image, 0, 1)


def scores_in_words(record: Record) -> str:
    """PSNR and structure (MSSIM on Köhler's set, else SSIM) of the kernel protocol; a space if there is no truth."""
    scores = protocol_scores([record])
    return " ".join(f"{decibel(psnr)} / {number(ssim, 3)}" for psnr, ssim in scores[["psnr", "ssim"]].to_numpy()) or " "


def telling_crops(item: Item) -> tuple[Region, Region]:
    """Two squares worth enlarging: the most informative of each half of the image, whatever the results look like."""
    truth = item.one_truth
    grey = grey_of(item.blurred if truth is None else truth)
    height, width = grey.shape
    side = min(height, width, max(SMALLEST_CROP, round(CROP_SHARE * min(height, width))))
    size = item.kernel_size or side // 4
    if width >= height:
        half = width // 2
        left, right = (most_informative_region(part, side, size) for part in (grey[:, :half], grey[:, half:]))
        return left, Region(right.top, right.left + half, right.height, right.width)
    half = height // 2
    upper, lower = (most_informative_region(part, side, size) for part in (grey[:half], grey[half:]))
    return upper, Region(lower.top + half, lower.left, lower.height, lower.width)


def telling_images(records: Sequence[Record]) -> dict[str, str]:
    """Image → why it is shown, so that no picture is chosen for its looks; scores are the kernel protocol's.

    First the typical image, on which dropout and noise gain what is the median; then those on which they gain most and
    least, and the one on which ours stays furthest behind the true kernel, each in the mean over its seeds. If nothing
    of that is known, all of them.
    """
    ours = protocol_scores(records).query("method == 'ours'")
    gaps = (ours["psnr"] - ours["known psnr"]).dropna().groupby("image").mean()
    gains = without_and_with(records).groupby("image").mean().diff(axis="columns")["ours"]
    reasons = dict.fromkeys(gains.index, "")
    if len(gains) > 1:
        said = f"Of {len(gains)} images with both methods, the one on which dropout and noise"
        typical = gains.sort_values().index[(len(gains) - 1) // 2]  # the lower of two
        ends = {gains.idxmax(): f"{said} gain most.", gains.idxmin(): f"{said} gain least."}
        reasons = {typical: f"{said} gain the median."} | ends if len(gains) > 2 else ends
    if len(gaps) > 1:
        last = f"Of {count(len(gaps), 'image')}, the one on which ours stays furthest behind the true kernel."
        furthest = gaps.idxmin()
        reasons[furthest] = f"{reasons.get(furthest, '')} {last}".strip()
    return reasons or dict.fromkeys(gaps.index, "") or dict.fromkeys(sorted({r.identity.image for r in records}), "")
