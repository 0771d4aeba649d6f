"""What the prose says of the paper's settings, and of Lai's images with the paper's iterations."""

from collections.abc import Sequence
from pathlib import Path

from mcdeconv.core.presets import configure
from mcdeconv.paper.quotes.rivals import in_protocol
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Pairs, Runs, estimate, scores_of
from mcdeconv.runs.wording import mean_in_words, number, signed
from mcdeconv.studies import STUDIES

GAINS = {  # of Table 5 and 6: what is compared with what
    "both": ("ours", "without-both"),
    "dropout": ("dropout-only", "without-both"),
    "noise": ("noise-only", "without-both"),
    "both over noise": ("ours", "noise-only"),
    "ren": ("ren+mc", "ren"),
}


def settings(results: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Image → networks → own output, both deconvolutions, and the output less each; dB."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for record in STUDIES["settings"].stored(results):
        scores, key = record.scores, record.identity
        own, sparse, kernel = (scores[name] for name in ("psnr_direct", "psnr_sparse", "psnr_hyper-laplacian"))
        found.setdefault(key.image, {})[key.method] = {
            "direct": number(own),
            "sparse": number(sparse),
            "kernel": number(kernel),
            "less_sparse": signed(own - sparse),
            "less_kernel": signed(own - kernel),
        }
    return found


def full_size(library: Library) -> dict[str, str]:
    """What sampling gains on Levin's images at the paper's settings, and its output less two deconvolutions; dB."""
    records = _configured("levin", None, library, "paper")
    over = {
        f"over_{final}": Pairs.of(*(scores_of(records, "ours", name) for name in ("psnr_direct", f"psnr_{final}")))
        for final in ("sparse", "hyper-laplacian")
    }
    told = {name: mean_in_words(estimate(pairs.differences), "+") for name, pairs in over.items()}
    return _gain(records, *GAINS["both"]) | told | {"own_images": str(len(_direct(records, "ours")))}


def gains_on(dataset: str, images: Sequence[str], library: Library) -> dict[str, dict[str, str]]:
    """What is gained on some images at tier `laptop`: in the kernel protocol and in the network's own output."""
    records = _configured(dataset, images, library, "laptop")
    return {name: _gain(records, *pair) for name, pair in GAINS.items()}


def _configured(dataset: str, images: Sequence[str] | None, library: Library, tier: str) -> list[Record]:
    """The records of the methods of `GAINS` in today's configuration."""
    methods = sorted({method for pair in GAINS.values() for method in pair})
    return [
        record
        for record in library.records(dataset, methods, tier, images)
        if record.identity.config == configure(record.identity.method, tier, dataset).digest()
    ]


def _gain(records: list[Record], method: str, other: str) -> dict[str, str]:
    kernel = Pairs.of(in_protocol(records, method, "psnr"), in_protocol(records, other, "psnr"))
    direct = Pairs.of(_direct(records, method), _direct(records, other))
    return {
        "images": str(len({image for image, _ in kernel.runs})),
        "psnr": mean_in_words(estimate(kernel.differences), "+"),
        "direct": mean_in_words(estimate(direct.differences), "+"),
        "mean": mean_in_words(estimate({run: own for run, (own, _) in kernel.runs.items()})),
    }


def _direct(records: list[Record], method: str) -> Runs:
    own = (record for record in records if record.identity.method == method)
    return {(record.identity.image, record.identity.seed): record.scores["psnr_direct"] for record in own}
