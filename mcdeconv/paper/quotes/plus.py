"""What the prose says of ours+: beside every rival, image by image, and what its parts are worth."""

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from mcdeconv.data.datasets.groups import KOHLER_SCENE, LAI_20
from mcdeconv.methods import FULL, RIVALS
from mcdeconv.paper.plans import CLASSICAL, PLUS
from mcdeconv.paper.quotes.rivals import in_protocol
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Pairs, Runs, estimate
from mcdeconv.runs.wording import NO_RUN, mean_in_words, number, signed
from mcdeconv.scoring.protocols import SUCCESS
from mcdeconv.studies import STUDIES
from mcdeconv.studies.ingredients import FITTED, FOUND, NETWORK, UNTOUCHED
from mcdeconv.studies.kernels import KNOWN
from mcdeconv.studies.robustness import IN_LIGHT, NOISY, SIZED, TRIED_METHODS
from mcdeconv.studies.rows import Measured, Sheet, by, runs_of
from mcdeconv.studies.sizes import CHOSEN_ON

(NAME,) = PLUS
CLEARLY = 1.0  # dB
CERTAIN = 3.0  # error ratio above which a restoration is useless
FITS_OF_A_MAP = ("rms_error", "rms_std", "within_1", "within_2", "rank_correlation")
NEAR = 1.5  # times the given size, or a share of it as small


def plus(library: Library) -> dict[str, Any]:
    """By benchmark, e.g. `{{ plus.lai.over["dark-channel"] }}`; and `{{ plus.parts["l0"].fitted }}`."""
    images = {"levin": None, "untouched": UNTOUCHED, "lai": LAI_20, "kohler": KOHLER_SCENE}
    found: dict[str, Any] = {
        name: on(library, "levin" if name == "untouched" else name, chosen) for name, chosen in images.items()
    }
    categories = dict.fromkeys(image.split("_")[0] for image in LAI_20)
    found["categories"] = {
        category: on(library, "lai", [image for image in LAI_20 if image.startswith(category)])
        for category in categories
    }
    results = library.root / "results"
    return found | {
        "parts": parts(results),
        "noise": noise(results),
        "twice": twice_the_size(library),
        "judged": judged(results),
        "sizes": sizes(results),
        "looked": looked(library.root),
        "deviations": {"all": deviations(results, None), "untouched": deviations(results, UNTOUCHED)},
    }


def on(library: Library, dataset: str, images: Collection[str] | None) -> dict[str, Any]:
    """Its mean, successes and time on some images, and what it is above each rival."""
    records = [
        r for r in library.records(dataset, (*CLASSICAL, NAME), FULL) if not images or r.identity.image in images
    ]
    psnr, ratios = (in_protocol(records, NAME, what) for what in ("psnr", "error_ratio"))
    seconds = [record.own_seconds for record in records if record.identity.method == NAME]
    means = {name: estimate(in_protocol(records, name, "psnr")) for name in CLASSICAL}
    best = max((name for name in CLASSICAL if means[name].images == len(psnr)), key=lambda n: means[n].mean, default="")
    return {
        "images": str(len(psnr)),
        "psnr": mean_in_words(estimate(psnr)),
        "known": mean_in_words(estimate(in_protocol(records, NAME, "known_psnr"))),
        "over": {name: over(records, name) for name in CLASSICAL},
        "best": best or NO_RUN,
        "over_best": over(records, best) if best else NO_RUN,
        "success": _share(ratios, SUCCESS),
        "certain": _share(ratios, CERTAIN),
        "worst": number(max(ratios.values())) if ratios else NO_RUN,
        "seconds": number(sum(seconds) / len(seconds), 0) if seconds else NO_RUN,
        "longest": number(max(seconds), 0) if seconds else NO_RUN,
    }


def over(records: Sequence[Record], rival: str) -> str:
    """ours+ less a rival in the data set's kernel protocol, dB."""
    pairs = Pairs.of(in_protocol(records, NAME, "psnr"), in_protocol(records, rival, "psnr"))
    return mean_in_words(estimate(pairs.differences), "+")


def parts(results: Path) -> dict[str, dict[str, str]]:
    """Start → its mean as found and fitted anew; "chosen" blind and by the truth, without and with the network's."""
    rows = STUDIES["ingredients"].sheet(results).read()
    steps = by(rows, "method", "final")
    told = {
        method: {
            "found": mean_in_words(estimate(runs_of(steps[method, FOUND], "psnr"))),
            "fitted": mean_in_words(estimate(runs_of(steps[method, FITTED], "psnr"))),
            "success": _share(runs_of(steps[method, FITTED], "error_ratio"), SUCCESS),
        }
        for method in dict.fromkeys(method for method, _ in steps)
    }
    classical = [row for row in rows if row["method"] != NETWORK]
    for name, own in {"chosen": classical, "with the network": rows}.items():
        told[name] = {
            "found": mean_in_words(estimate(chosen(own, FOUND))),
            "fitted": mean_in_words(estimate(chosen(own, FITTED))),
            "by_truth": mean_in_words(estimate(chosen(own, FITTED, "error_ratio"))),
            "success": _share(chosen(own, FITTED, measure="error_ratio"), SUCCESS),
        }
    return told


def noise(results: Path) -> dict[str, dict[str, str]]:
    """Noise → method, or the true kernel → its mean after the same deconvolution; over images that all were run on."""
    rows = of_today(results, NOISY)
    told: dict[str, dict[str, str]] = {}
    for (level,), at_level in by(rows, "variant").items():
        methods = {method: runs_of(own, "psnr") for (method,), own in by(at_level, "method").items()}
        images = set.intersection(*(set(runs) for runs in methods.values()))  # that every method was run on
        told[level] = {"images": str(len(images))}
        for method, runs in methods.items():
            told[level][method] = number(estimate({image: runs[image] for image in images}).mean)
    return told


def of_today(results: Path, dataset: str) -> list[Measured]:
    """Rows of the study of noise and sizes that the methods' settings of today made."""
    rows = [row for row in STUDIES["robustness"].sheet(results).read() if row["dataset"] == dataset]
    today = {name: RIVALS[name].settings.digest() for name in TRIED_METHODS} | {KNOWN: KNOWN, IN_LIGHT: IN_LIGHT}
    return [row for row in rows if row["config"] == today.get(row["method"])]


def twice_the_size(library: Library) -> dict[str, str]:
    """What ours+ loses on Levin's images when the size that it is given is twice the data set's."""
    rows = of_today(library.root / "results", SIZED)
    given = runs_of(rows, "psnr")
    right = in_protocol(library.records("levin", (NAME,), FULL), NAME, "psnr")
    differences = Pairs.of(given, right).differences
    worst = min(differences.values(), default=None)
    return {
        "difference": mean_in_words(estimate(differences), "+"),
        "images": str(len(differences)),
        "worst": NO_RUN if worst is None else signed(worst),
    }


def sizes(results: Path) -> dict[str, dict[str, str]]:
    """Data set, "others" → where the size of the found kernel, and that of the spectrum, is near the given one.

    "others" are the images of both that had no part in the choice of the rule.
    """
    rows = STUDIES["sizes"].sheet(results).read()
    of = {dataset: own for (dataset,), own in by(rows, "dataset").items()}
    of["others"] = [row for row in rows if row["image"] not in CHOSEN_ON]
    told: dict[str, dict[str, str]] = {}
    for name, own in of.items():
        ratios = {way: [row[way] / row["given"] for row in own] for way in ("found", "from_spectrum")}
        told[name] = {way: _counted([1 / NEAR <= one <= NEAR for one in some]) for way, some in ratios.items()}
    return told


def judged(results: Path) -> dict[str, dict[str, str]]:
    """Whose restorations → how many are worse than the photograph or clearly better, and what was said of them."""
    rows = STUDIES["doubts"].sheet(results).read()
    of = {"all": rows, NAME: [row for row in rows if row["method"] == NAME]}
    told = {}
    for name, own in of.items():
        worse = [row for row in own if row["psnr"] < row["psnr_blurred"]]
        better = [row for row in own if row["psnr"] >= row["psnr_blurred"] + CLEARLY]
        told[name] = {"restorations": str(len(own)), "worse": str(len(worse)), "better": str(len(better))}
        for what, some in (("worse", worse), ("better", better)):
            told[name][f"{what}_refused"] = str(sum(row["refused"] for row in some))
            told[name][f"{what}_doubted"] = str(sum(not row["refused"] and row["doubted"] for row in some))
    return told


def deviations(results: Path, images: Collection[str] | None) -> dict[str, str]:
    """How the map of the standard deviation fits the error on Levin's images, or on some of them."""
    rows = [row for row in STUDIES["deviations"].sheet(results).read() if not images or row["image"] in images]
    if not rows:
        return dict.fromkeys(("images", "error", "deviation", "within_1", "within_2", "least", "rank"), NO_RUN)
    mean = {name: float(np.mean([row[name] for row in rows])) for name in rows[0] if name in FITS_OF_A_MAP}
    return {
        "images": str(len(rows)),
        "error": number(mean["rms_error"], 4),
        "deviation": number(mean["rms_std"], 4),
        "within_1": f"{mean['within_1']:.0%}",
        "within_2": f"{mean['within_2']:.0%}",
        "least": f"{min(row['within_2'] for row in rows):.0%}",
        "rank": number(mean["rank_correlation"]),
    }


OTHERS = 3  # the looking at other photographs


def votes(root: Path) -> Sheet:
    """What was said of photographs that were looked at blind; `scripts/blind_looking.py` writes it."""
    return Sheet(root / "results" / "looked_at.csv", ("image", "looking", "looker", "method"), "image")


def looked(root: Path) -> dict[str, Any]:
    """Method → on how many photographs each looker found it among the best, and worse than the photograph.

    Of the first looking, "again" of the second, and "others" of the third, at other photographs.
    """
    rows = votes(root).read()
    told: dict[str, Any] = {
        name: str(len({row["image"] for row in rows if (row["looking"] == OTHERS) == others}))
        for name, others in (("photographs", False), ("other_photographs", True))
    }
    for method in dict.fromkeys(row["method"] for row in rows):
        told[method] = {}
        for what, (looking, suffix) in product(("best", "worse"), ((1, ""), (2, "_again"), (OTHERS, "_others"))):
            own = [row for row in rows if row["method"] == method and row["looking"] == looking]
            counts = [str(round(sum(row[what] for row in some))) for some in by(own, "looker").values()]
            told[method][what + suffix] = " and ".join(counts) or NO_RUN
    return told


def chosen(rows: Sequence[Measured], step: str, least: str = "implausibility", measure: str = "psnr") -> Runs:
    """Of every image the score of the start that has the least of something."""
    images: Mapping[tuple[Any, ...], list[Measured]] = by([row for row in rows if row["final"] == step], "image")
    return {(image, 0): min(own, key=lambda row: row[least])[measure] for (image,), own in images.items()}


def _share(ratios: Runs, limit: float) -> str:
    return _counted([ratio <= limit for ratio in ratios.values()])


def _counted(answers: Sequence[bool]) -> str:
    return f"{sum(answers)} of {len(answers)}" if answers else NO_RUN
