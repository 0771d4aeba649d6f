"""The same kernels under every reading of their benchmark's protocol, and the true ones as the bound."""

from collections.abc import Sequence

from mcdeconv.core.presets import PRESETS, TIERS
from mcdeconv.data import datasets
from mcdeconv.errors import InputError, choose
from mcdeconv.methods import FULL, RIVALS, choose_method
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record
from mcdeconv.runs.wording import listing
from mcdeconv.scoring.protocols import readings_of
from mcdeconv.studies.kernels import FINALS, KEY, Deconvolution, with_true_kernels
from mcdeconv.studies.study import Asked, Study, Survey

SEVERAL_READINGS = ("levin", "lai")  # of whose protocols there are several readings
ON_BENCHMARKS = ("paper", "laptop", FULL)  # tiers of runs on a benchmark's own images


def _tasks(asked: Asked) -> list[Deconvolution]:
    """The checkout's records that have a kernel, as their methods are configured today."""
    chosen = (asked.dataset,) if asked.dataset else SEVERAL_READINGS
    tiers = (asked.tier,) if asked.tier else ON_BENCHMARKS
    for name, choices, what in ((asked.dataset, datasets.DATASETS, "data set"), (asked.tier, (*TIERS, FULL), "tier")):
        if name:
            choose(dict.fromkeys(choices), name, what)
    library, tasks = Library.here(), []
    for dataset in chosen:
        if found := stored_kernels(library, dataset, tiers, asked.variants):
            kernels = with_true_kernels(dataset, found)
            tasks += [Deconvolution(kernel, final, readings_of(dataset)) for kernel in kernels for final in FINALS]
    if not tasks:
        methods = ", ".join(asked.variants or ("any method",))
        where = f"on {listing(chosen)} at tier {listing(tiers)}"
        raise InputError(f"there is no record of {methods} {where}; run it first")
    return tasks


def stored_kernels(
    library: Library, dataset: str, tiers: Sequence[str] = ON_BENCHMARKS, methods: Sequence[str] | None = None
) -> list[Record]:
    """A data set's records that have a kernel and are of today's configuration."""
    every = (record for tier in tiers for record in library.records(dataset, methods, tier))
    return [record for record in every if record.kernel and of_today(record)]


def of_today(record: Record) -> bool:
    """Whether its method is one of ours or a rival, and runs as this record did."""
    key = record.identity
    if key.method not in PRESETS and key.method not in RIVALS:
        return False
    choice = choose_method(key.method, key.tier if key.tier in TIERS else next(iter(TIERS)), key.dataset)
    return (choice.tier, choice.config.digest()) == (key.tier, key.config)


STUDY = Study(
    "protocols",
    "What do the stored kernels score under every reading of the protocol?",
    page="table-1",
    survey=Survey(_tasks, KEY, "record", ("dataset", "method", "tier", "final", "protocol"), ("psnr", "structure")),
    takes=("dataset", "tier", "variants"),
)
