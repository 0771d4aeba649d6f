"""What a record says about a metric under a protocol, and which records make up a row."""

from collections.abc import Callable, Collection, Iterable, Sequence

from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import CATEGORIES, FLAVOURS
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Estimate, Runs, estimate
from mcdeconv.scoring.protocols import final_method

TIERS = ("paper", "laptop", "quick")  # the order of the rows
TITLES = {"levin": "Levin et al.", "lai": "Lai et al.", "kohler": "Köhler et al."}
STANDINS = {standin: benchmark for benchmark, standin in FLAVOURS.items()}
PROTOCOLS = {
    "kernel": "kernel (two stages)",
    "direct": "direct",
    "region": "direct, on the region solved",
    "unknown": "not stated",
}


def benchmark_of(dataset: str) -> str:
    """The benchmark that a data set is, or stands in for."""
    return STANDINS.get(dataset, dataset)


def category(record: Record) -> str:
    """One of Lai's five categories, or "all"."""
    name = record.identity.image.split("_")[0]
    return name if benchmark_of(record.identity.dataset) == "lai" and name in CATEGORIES else "all"


def value(record: Record, metric: str, protocol: str) -> float | None:
    """A score, or None if the record has none.

    `metric` is "psnr" or "ssim"; "msssim" is the same score, for the data set's protocol decides which of the two it
    is. Protocol "kernel" is the data set's final deconvolution. "direct" is G_x's own output where it covers the whole
    image; where it covers a region only, its PSNR counts as protocol "region", which is no number of the paper's.
    """
    metric = "ssim" if metric == "msssim" else metric
    if protocol == "kernel":
        final = final_method(record.identity.dataset, category(record) == "saturated")
        return record.scores.get(f"{metric}_{final}")
    whole = "ssim_direct" in record.scores
    return record.scores.get(f"{metric}_direct") if whole == (protocol == "direct") else None


def runs(records: Iterable[Record], measure: Callable[[Record], float | None]) -> Runs:
    """(image, seed) → value, of the records that have one."""
    found = {(r.identity.image, r.identity.seed): measure(r) for r in records}
    return {key: score for key, score in found.items() if score is not None}


def has(records: Iterable[Record], metrics: Iterable[str], protocol: str) -> bool:
    """Whether any record has a score in one of the metrics."""
    wanted = tuple(metrics)
    return any(value(record, metric, protocol) is not None for record in records for metric in wanted)


def mean(records: Iterable[Record], metric: str, protocol: str) -> Estimate:
    return estimate(runs(records, lambda record: value(record, metric, protocol)))


def paired_runs(values: Runs, others: Runs) -> Runs:
    """Differences, of the images and seeds that both have."""
    return {key: values[key] - others[key] for key in values.keys() & others.keys()}


def difference(records: Sequence[Record], metric: str, protocol: str, method: str, other: str) -> Estimate:
    """A method minus another, paired by image and seed."""
    values, others = (
        runs(select(records, methods=(name,)), lambda record: value(record, metric, protocol))
        for name in (method, other)
    )
    return estimate(paired_runs(values, others))


def select(
    records: Iterable[Record],
    dataset: str | None = None,
    tier: str | None = None,
    methods: Collection[str] | None = None,
    categories: Collection[str] | None = None,
) -> list[Record]:
    """The records that fit."""
    return [
        record
        for record in records
        if (dataset is None or record.identity.dataset == dataset)
        and (tier is None or record.identity.tier == tier)
        and (methods is None or record.identity.method in methods)
        and (categories is None or category(record) in categories)
    ]


def methods_in(records: Iterable[Record]) -> list[str]:
    """The methods of some records: the paper's order where it has one, ours last."""
    order = ("without-both", "dropout-only", "noise-only", "early-stopping", "tv", "ren", "ren+mc")
    found = {record.identity.method for record in records}
    known = [name for name in order if name in found]
    return known + sorted(found - {*order, "ours"}) + (["ours"] if "ours" in found else [])


def extent(records: Sequence[Record]) -> str:
    """How many images of how many, and how many seeds: "4 of 32 images, 1 seed"."""
    if not records:
        return "0 runs"
    names = {record.identity.dataset for record in records}
    total = sum(len(datasets.names(name)) for name in names if name in datasets.DATASETS and name != "folder")
    images = len({(record.identity.dataset, record.identity.image) for record in records})
    by_image: dict[tuple[str, str], set[int]] = {}
    for record in records:
        by_image.setdefault((record.identity.dataset, record.identity.image), set()).add(record.identity.seed)
    counts = sorted({len(seeds) for seeds in by_image.values()})
    seeds = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"{images} of {total} images, {seeds} seed{'' if counts == [1] else 's'}"
