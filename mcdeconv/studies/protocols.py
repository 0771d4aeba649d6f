"""The same kernels under every reading of their benchmark's protocol, and the true ones as the bound."""

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data import datasets
from mcdeconv.errors import InputError, choose
from mcdeconv.runs.library import Library
from mcdeconv.scoring.protocols import readings_of
from mcdeconv.studies.kernels import FINALS, KEY, Deconvolution, with_true_kernels
from mcdeconv.studies.study import Asked, Study, Survey


def _tasks(asked: Asked) -> list[Deconvolution]:
    """The checkout's records of some presets, as they are configured today."""
    dataset, tier, methods = asked.dataset or "levin", asked.tier or "laptop", asked.variants or ("ours",)
    choose(datasets.DATASETS, dataset, "data set")
    choose(TIERS, tier, "tier")
    records = [
        record
        for record in Library.here().records(dataset, methods, tier)
        if record.identity.config == configure(record.identity.method, tier).digest()
    ]
    if not records:
        raise InputError(f"there is no record of {', '.join(methods)} on {dataset} at tier {tier}; run it first")
    kernels = with_true_kernels(dataset, records)
    return [Deconvolution(kernel, final, readings_of(dataset)) for kernel in kernels for final in FINALS]


STUDY = Study(
    "protocols",
    "What do the stored kernels score under every reading of the protocol?",
    page="table-1",
    survey=Survey(_tasks, KEY, "record", ("dataset", "method", "tier", "final", "protocol"), ("psnr", "structure")),
    takes=("dataset", "tier", "variants"),
)
