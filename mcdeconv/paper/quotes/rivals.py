"""What the prose says of the rivals: means, and ours against each, image by image."""

from collections.abc import Sequence
from typing import Any

from mcdeconv.data.datasets.groups import LAI_20
from mcdeconv.methods import FULL, RIVALS
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import EXTERNAL, Record
from mcdeconv.runs.statistics import Pairs, estimate, scores_of
from mcdeconv.runs.wording import NO_RUN, mean_in_words, number
from mcdeconv.scoring.protocols import final_method

SUCCESS = 2.0  # Levin et al.: an error ratio up to it


def rivals(library: Library) -> dict[str, Any]:
    """Of each benchmark, e.g. `{{ rivals.levin["dark-channel"].psnr }}` and `{{ rivals.levin["l0"].ours }}`."""
    return {dataset: on(library, dataset) for dataset in ("levin", "lai", "kohler")}


def on(library: Library, dataset: str) -> dict[str, dict[str, str]]:
    """Method → what is said of it; others' results under the names that they were scored by."""
    records = [r for tier in (FULL, EXTERNAL, "laptop") for r in library.records(dataset, tier=tier)]
    if dataset == "lai":
        records = [record for record in records if record.identity.image in LAI_20]
    methods = dict.fromkeys((*RIVALS, *(r.identity.method for r in records)))
    return {method: said_of(records, method, final_method(dataset)) for method in methods}


def said_of(records: Sequence[Record], method: str, final: str) -> dict[str, str]:
    """Means of the kernel protocol, of the images that have it, and how many these are."""
    psnr = scores_of(records, method, f"psnr_{final}")
    known = scores_of(records, method, f"known_psnr_{final}")
    ours = scores_of(records, "ours", f"psnr_{final}")
    ratios = scores_of(records, method, f"error_ratio_{final}")
    by_image: dict[str, list[float]] = {}
    for (image, _), ratio in ratios.items():
        by_image.setdefault(image, []).append(ratio)
    within = [sum(own) / len(own) <= SUCCESS for own in by_image.values()]
    seconds = [r.seconds for r in records if r.identity.method == method]
    return {
        "psnr": mean_in_words(estimate(psnr)),
        "gap": mean_in_words(estimate(Pairs.of(known, psnr).differences)),
        "ours": mean_in_words(estimate(Pairs.of(ours, psnr).differences), "+"),
        "images": str(len({image for image, _ in psnr})),
        "ratio": number(estimate(ratios).mean) if ratios else NO_RUN,
        "success": f"{sum(within)} of {len(within)}" if within else NO_RUN,
        "seconds": number(sum(seconds) / len(seconds), 1) if seconds else NO_RUN,
    }
