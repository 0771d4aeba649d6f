"""What a perfect kernel would score."""

from mcdeconv.scoring.protocols import protocol_of
from mcdeconv.studies.kernels import FINALS, KEY, Deconvolution, true_kernels
from mcdeconv.studies.study import Asked, Study, Survey


def _tasks(asked: Asked) -> list[Deconvolution]:
    dataset = asked.dataset or "levin"
    kernels = true_kernels(dataset, asked.images)
    return [Deconvolution(kernel, final, (protocol_of(dataset),)) for kernel in kernels for final in FINALS]


STUDY = Study(
    "known-kernel",
    "What would a perfect kernel score?",
    page="data",
    survey=Survey(_tasks, KEY, "record", ("dataset", "protocol", "final"), ("psnr", "structure")),
    takes=("dataset", "images"),
)
