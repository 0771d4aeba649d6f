"""What the prose says of the rivals: means, and ours against each, image by image."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mcdeconv.data.datasets.groups import LAI_20
from mcdeconv.methods import FULL, RIVALS
from mcdeconv.paper.plans import is_tabled
from mcdeconv.runs.frame import final_of
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import EXTERNAL, Record
from mcdeconv.runs.statistics import Pairs, Runs, estimate
from mcdeconv.runs.wording import NO_RUN, mean_in_words, number
from mcdeconv.scoring.protocols import SUCCESS
from mcdeconv.studies import STUDIES
from mcdeconv.studies.rows import by
from mcdeconv.studies.selfdeblur import OUTPUTS, WHOSE, beside


def rivals(library: Library) -> dict[str, Any]:
    """Of each benchmark, e.g. `{{ rivals.levin["dark-channel"].psnr }}` and `{{ rivals.levin["l0"].ours }}`."""
    return {dataset: on(library, dataset) for dataset in ("levin", "lai", "kohler")}


def on(library: Library, dataset: str) -> dict[str, dict[str, str]]:
    """Method → what is said of it; others' results under the names that they were scored by."""
    stored = (r for tier in (FULL, EXTERNAL, "laptop") for r in library.records(dataset, tier=tier))
    records = [r for r in stored if is_tabled(r.identity) and (dataset != "lai" or r.identity.image in LAI_20)]
    methods = dict.fromkeys((*RIVALS, *(r.identity.method for r in records)))
    return {method: said_of(records, method) for method in methods}


def in_protocol(records: Sequence[Record], method: str, measure: str) -> Runs:
    """A method's scores after the final deconvolution that the tables take of each record."""
    found = {}
    for record in (r for r in records if r.identity.method == method):
        name = f"{measure}_{final_of(record)}"
        if name in record.scores:
            found[record.identity.image, record.identity.seed] = record.scores[name]
    return found


def said_of(records: Sequence[Record], method: str) -> dict[str, str]:
    """Means of the kernel protocol, of the images that have it, and how many these are."""
    direct = {
        (key.image, key.seed): r.scores["psnr_direct"]
        for r in records
        if (key := r.identity).method == method and "psnr_direct" in r.scores
    }
    psnr, known, ratios = (in_protocol(records, method, what) for what in ("psnr", "known_psnr", "error_ratio"))
    ours = in_protocol(records, "ours", "psnr")
    found = success(ratios)
    own = (r for r in records if r.identity.method == method and r.identity.tier != EXTERNAL)
    seconds = [record.own_seconds for record in own]
    return {
        "psnr": mean_in_words(estimate(psnr)),
        "direct": mean_in_words(estimate(direct)),
        "gap": mean_in_words(estimate(Pairs.of(known, psnr).differences)),
        "ours": mean_in_words(estimate(Pairs.of(ours, psnr).differences), "+"),
        "images": str(len({image for image, _ in psnr})),
        "ratio": number(estimate(ratios).mean) if ratios else NO_RUN,
        "success": f"{sum(found.values())} of {len(found)}" if found else NO_RUN,
        "seconds": number(sum(seconds) / len(seconds), 1) if seconds else NO_RUN,
    }


def success(ratios: Runs) -> dict[str, bool]:
    """Image → whether the mean error ratio of its seeds is one."""
    by_image: dict[str, list[float]] = {}
    for (image, _), ratio in ratios.items():
        by_image.setdefault(image, []).append(ratio)
    return {image: sum(own) / len(own) <= SUCCESS for image, own in by_image.items()}


def misses(library: Library, method: str, authors: str) -> dict[str, str]:
    """How many of Levin's kernels a method and its authors' program both miss, and only one of them."""
    records = [record for tier in (FULL, EXTERNAL) for record in library.records("levin", tier=tier)]
    here, theirs = (
        {image for image, found in success(in_protocol(records, name, "error_ratio")).items() if not found}
        for name in (method, authors)
    )
    return {"both": str(len(here & theirs)), "here": str(len(here - theirs)), "theirs": str(len(theirs - here))}


def squares(results: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Method → px that the kernel's square was made larger, e.g. "2" → means over images, kernels found and missed."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for (method, margin), rows in by(STUDIES["squares"].sheet(results).read(), "method", "margin").items():
        found.setdefault(method, {})[str(margin)] = {
            "psnr": number(sum(row["psnr"] for row in rows) / len(rows)),
            "ratio": number(sum(row["error_ratio"] for row in rows) / len(rows)),
            "found": f"{sum(row['found'] for row in rows)} of {len(rows)}",
            "missed": ", ".join(f"`{row['image']}`" for row in rows if not row["found"]) or "none",
        }
    return found


def selfdeblur(results: Path) -> str:
    """A table in Markdown: SelfDeblur's own output and its kernel's, here and a stranger's, an image a row."""
    lines = ["| Image | " + " | ".join(WHOSE) + " |", "|---" * (len(WHOSE) + 1) + "|"]
    for image, runs in beside(results).items():
        lines.append(f"| `{image}` | {' | '.join(_both(runs.get(whose)) for whose in WHOSE)} |")
    return "\n".join(lines) if len(lines) > 2 else NO_RUN


def _both(record: Record | None) -> str:
    if record is None:
        return NO_RUN
    return " / ".join(number(record.scores[name]) if name in record.scores else NO_RUN for name in OUTPUTS)
