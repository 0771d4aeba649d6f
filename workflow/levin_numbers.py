"""What the prose says of Levin's images at tier `laptop`: means, failures, and what dropout and noise gain."""

from collections.abc import Collection, Sequence
from typing import Any

from mcdeconv.core.config import SolverConfig
from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.paper.selection import Selection, stored
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Estimate, estimate, paired
from mcdeconv.studies.rescoring import KNOWN

MEASURES = {"sparse": "psnr_sparse", "kernel": "psnr_hyper-laplacian", "direct": "psnr_direct"}
FAILED = 2.0  # error ratio above which a restoration counts as failed
WORST = 3.0  # and as far off
SCENE = frozenset(LEVIN_SCENES[5])


def levin(library: Library) -> dict[str, Any]:
    """Everything as text, e.g. `{{ levin.gain.scene.sparse }}`."""
    records = list(
        {
            record.identity: record
            for experiment in ("levin", "architectures")
            for record in stored(Selection(experiment, "laptop"), library)
        }.values()
    )
    both = {image for image in images_of(records, "ours") & images_of(records, "without-both")}
    methods = ("ours", "without-both", "ren", "ren+mc")
    return {
        "ours": means(records, "ours"),
        "gap": gaps(records),
        "failed": {method: failed(records, method, images_of(records, method)) for method in methods},
        "failed_both": {method: failed(records, method, both) for method in ("ours", "without-both")},
        "failed_scene": {method: failed(records, method, SCENE) for method in methods},
        "gain": {
            "all": gain(records, "ours", "without-both", both),
            "scene": gain(records, "ours", "without-both", SCENE),
            "ren": gain(records, "ren+mc", "ren", SCENE),
        },
    }


def means_on(records: Sequence[Record], images: Collection[str]) -> dict[str, dict[str, str]]:
    """Variant of the study → measure → mean on some images, and of the true kernels: `{{ scene["ours"].sparse }}`."""
    own = [record for record in records if record.identity.image in images]
    found = {name: means(own, name) for name in sorted({record.identity.method for record in own})}
    base = [record for record in own if record.identity.method == "ours"]
    known = {name: {key(r): r.scores[f"known_{MEASURES[name]}"] for r in base} for name in ("sparse", "kernel")}
    return found | {KNOWN: {name: in_words(estimate(runs)) for name, runs in known.items()}}


def gaps(records: Sequence[Record]) -> dict[str, str]:
    """What ours loses to the true kernels with the sparse prior, in dB: on all images, and without the worst."""
    own = [record for record in records if record.identity.method == "ours"]
    lost = {key(r): r.scores["known_psnr_sparse"] - r.scores["psnr_sparse"] for r in own}
    worst = {key(r)[0] for r in own if r.scores["error_ratio_sparse"] > WORST}
    rest = {run: gap for run, gap in lost.items() if run[0] not in worst}
    return {
        "all": in_words(estimate(lost)),
        "rest": in_words(estimate(rest)),
        "rest_images": str(len({image for image, _ in rest})),
        "worst": listed(sorted(worst)),
    }


def listed(images: Sequence[str]) -> str:
    """As "`im05_flit06` and `im06_flit06`"; "none" if there is none."""
    *first, last = [f"`{image}`" for image in images] or ["none"]
    return f"{', '.join(first)} and {last}" if first else last


def images_of(records: Sequence[Record], method: str) -> set[str]:
    return {record.identity.image for record in records if record.identity.method == method}


def means(records: Sequence[Record], method: str) -> dict[str, str]:
    """Measure → mean with its 95% interval."""
    own = [record for record in records if record.identity.method == method]
    values = {name: {key(r): r.scores[column] for r in own} for name, column in MEASURES.items()}
    return {name: in_words(estimate(runs)) for name, runs in values.items()}


def gain(records: Sequence[Record], method: str, other: str, images: Collection[str]) -> dict[str, str]:
    """Measure → mean paired difference with its 95% interval; and how many images it rests on."""
    found = {"images": str(len(paired(records, "psnr_sparse", method, other, images).images))}
    for name, column in MEASURES.items():
        runs = paired(records, column, method, other, images).runs
        found[name] = in_words(estimate({run: value - rest for run, (value, rest) in runs.items()}), "+")
    return found


def failed(records: Sequence[Record], method: str, images: Collection[str]) -> str:
    """How many images have an error ratio above `FAILED` in the mean over seeds, e.g. "2 of 8"."""
    ratios: dict[str, list[float]] = {}
    for record in records:
        if record.identity.method == method and record.identity.image in images:
            ratios.setdefault(record.identity.image, []).append(record.scores["error_ratio_sparse"])
    count = sum(sum(values) / len(values) > FAILED for values in ratios.values())
    return f"{count} of {len(ratios)}"


def more_gain(
    records: Sequence[Record], instead_of: str, images: Collection[str] | None = None
) -> dict[str, str | dict[str, str]]:
    """How much more dropout and noise gain at tier `laptop` than with a change of the study, and what they gain there.

    On the images that have all four runs.
    """
    more, before, count = {}, {}, 0
    for name, column in MEASURES.items():
        own, changed = (
            {run: value - rest for run, (value, rest) in pairs.runs.items()}
            for pairs in (
                paired(records, column, f"ours{suffix}", f"without-both{suffix}", images)
                for suffix in ("", f", {instead_of}")
            )
        )
        runs = own.keys() & changed.keys()
        more[name] = in_words(estimate({run: own[run] - changed[run] for run in runs}), "+")
        before[name] = in_words(estimate({run: changed[run] for run in runs}), "+")
        count = len({image for image, _ in runs})
    return {"more": more, "before": before, "images": str(count)}


def weight_of_mu(records: Sequence[Record], config: SolverConfig) -> str:
    """The share of mu ‖k‖² in the loss at the end of the runs, from the smallest to the largest."""
    shares = [
        config.kernel_weight * sum(value * value for row in record.kernel for value in row) / record.scores["loss"]
        for record in records
    ]
    if max(shares, default=0.0) < 0.01:
        return "less than 1%" if shares else "not run"
    return f"{min(shares):.0%} to {max(shares):.0%}"


def key(record: Record) -> tuple[str, int]:
    return record.identity.image, record.identity.seed


def in_words(found: Estimate, sign: str = "") -> str:
    """As "31.08 (30.18 to 31.91)", with a real minus sign."""
    if not found.runs:
        return "not run"
    form = f"{sign}.2f"
    return f"{found.mean:{form}} ({found.low:{form}} to {found.high:{form}})".replace("-", "−")
