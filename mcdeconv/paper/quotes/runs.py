"""What the prose says of runs: means, failures, what dropout and noise gain, and what a change of a study is worth."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mcdeconv.core.config import SolverConfig
from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.paper.selection import Selection, stored
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Pairs, Runs, estimate, paired, scores_of
from mcdeconv.runs.wording import NO_RUN, in_words, listed, mean_in_words
from mcdeconv.studies.kernels import KNOWN
from mcdeconv.studies.levin import TRUE_KERNEL

MEASURES = {"sparse": "psnr_sparse", "kernel": "psnr_hyper-laplacian", "direct": "psnr_direct"}
FAILED = 2.0  # error ratio above which a restoration counts as failed
WORST = 3.0  # and as far off
SCENE = frozenset(LEVIN_SCENES[5])


def at_laptop(library: Library) -> dict[str, Any]:
    """Of Levin's images at tier `laptop`, e.g. `{{ levin.gain.scene.sparse }}`."""
    of_experiments = (stored(Selection(name, "laptop", "levin"), library) for name in ("levin", "architectures"))
    records = list({record.identity: record for some in of_experiments for record in some}.values())
    both = images_of(records, "ours") & images_of(records, "without-both")
    methods = ("ours", "without-both", "ren", "ren+mc")
    return {
        "ours": means(records, "ours"),
        "gap": gaps(records),
        "failed": {method: failures(records, method) for method in methods},
        "failed_both": {method: failures(records, method, both) for method in ("ours", "without-both")},
        "failed_scene": {method: failures(records, method, SCENE) for method in methods},
        "gain": {
            "all": gain(records, "ours", "without-both", both),
            "scene": gain(records, "ours", "without-both", SCENE),
            "ren": gain(records, "ren+mc", "ren", SCENE),
        },
    }


def images_of(records: Sequence[Record], method: str) -> set[str]:
    return {image for image, _ in scores_of(records, method, "kernel_similarity")}


def by_measure(runs: Callable[[str], Runs], sign: str = "") -> dict[str, str]:
    """Measure → mean with its 95% interval, of the runs of a column."""
    return {name: mean_in_words(estimate(runs(column)), sign) for name, column in MEASURES.items()}


def means(records: Sequence[Record], method: str, images: Collection[str] | None = None) -> dict[str, str]:
    return by_measure(lambda column: scores_of(records, method, column, images))


def means_on(records: Sequence[Record], images: Collection[str]) -> dict[str, dict[str, str]]:
    """Variant of the study → measure → mean on some images, and of the true kernels: `{{ scene["ours"].sparse }}`."""
    own = [record for record in records if record.identity.image in images]
    found = {name: means(own, name) for name in sorted({record.identity.method for record in own})}
    known = by_measure(lambda column: scores_of(own, "ours", f"known_{column}"))
    return found | {KNOWN: {name: known[name] for name in ("sparse", "kernel")}}


def gaps(records: Sequence[Record]) -> dict[str, str]:
    """What ours loses to the true kernels with the sparse prior, in dB: on all images, and without the worst."""
    lost = Pairs.of(
        *(scores_of(records, "ours", column) for column in ("known_psnr_sparse", "psnr_sparse"))
    ).differences
    worst = {image for (image, _), ratio in scores_of(records, "ours", "error_ratio_sparse").items() if ratio > WORST}
    rest = {run: gap for run, gap in lost.items() if run[0] not in worst}
    words = {"all": mean_in_words(estimate(lost)), "rest": mean_in_words(estimate(rest))}
    return words | {"rest_images": str(estimate(rest).images), "worst": listed(sorted(worst))}


def gain(records: Sequence[Record], method: str, other: str, images: Collection[str]) -> dict[str, str]:
    """Measure → mean paired difference with its 95% interval; and how many images it rests on."""
    pairs = {column: paired(records, column, method, other, images) for column in MEASURES.values()}
    more = by_measure(lambda column: pairs[column].differences, "+")
    return {"images": str(len(pairs["psnr_sparse"].images))} | more


def failures(records: Sequence[Record], method: str, images: Collection[str] | None = None) -> str:
    """How many images have an error ratio above `FAILED` in the mean over seeds, e.g. "2 of 8"."""
    ratios = pd.Series(scores_of(records, method, "error_ratio_sparse", images), dtype=float)
    means = ratios.groupby(level=0).mean()
    return f"{(means > FAILED).sum()} of {len(means)}"


def more_gain(records: Sequence[Record], change: str, images: Collection[str] | None = None) -> dict[str, Any]:
    """How much more dropout and noise gain at tier `laptop` than with a change of the study, and what they gain there.

    On the images that have all four runs.
    """

    def gains(column: str, suffix: str) -> Runs:
        return paired(records, column, f"ours{suffix}", f"without-both{suffix}", images).differences

    both = {column: Pairs.of(gains(column, ""), gains(column, f", {change}")) for column in MEASURES.values()}
    more = by_measure(lambda column: both[column].differences, "+")
    before = by_measure(lambda column: {run: changed for run, (_, changed) in both[column].runs.items()}, "+")
    return {"more": more, "before": before, "images": str(len(both["psnr_direct"].images))}


def weight_of_mu(records: Sequence[Record], config: SolverConfig) -> str:
    """The share of mu ‖k‖² in the loss at the end of the runs, from the smallest to the largest."""
    shares = [config.kernel_weight * np.square(record.kernel).sum() / record.scores["loss"] for record in records]
    if max(shares, default=0.0) < 0.01:
        return "less than 1%" if shares else NO_RUN
    return f"{min(shares):.0%} to {max(shares):.0%}"


def solved_whole(records: Sequence[Record]) -> dict[str, Any]:
    """Variant → measure → mean on the images that were solved whole with the true kernel too; and which these are."""
    images = sorted(images_of(records, f"ours, whole image, {TRUE_KERNEL}"))
    return {"images": listed(images)} | means_on(records, images)


def contrasts_in_words(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    """Variant → what it is compared with → group of images → measure → the difference, from a study's factors."""
    found: dict[str, dict[str, dict[str, dict[str, str]]]] = {}
    for row in rows:
        measures = MEASURES | {"similarity": "kernel_similarity"}
        most = {what: max(int(row[f"{column}_{what}"]) for column in measures.values()) for what in ("images", "runs")}
        cells = {what: str(number) for what, number in most.items()}  # Köhler's images have no true kernel
        for name, column in measures.items():
            mean, low, high = (row[f"{column}_{part}"] for part in ("difference", "low", "high"))
            digits = 3 if name == "similarity" else 2
            cells[name] = in_words(mean, low, high, f"+.{digits}f") if row[f"{column}_runs"] else NO_RUN
        found.setdefault(row["variant"], {}).setdefault(row["against"], {})[row["images"]] = cells
    return found
