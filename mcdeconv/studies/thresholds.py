"""Every kernel of the study of Levin's images without its small values."""

from itertools import product

from mcdeconv.scoring.protocols import protocol_of
from mcdeconv.studies import levin
from mcdeconv.studies.kernels import FINALS, KEY, Deconvolution, with_true_kernels
from mcdeconv.studies.study import Asked, Study, Survey

THRESHOLDS = (0.0, 0.01, 0.02, 0.05)  # of a kernel's largest value


def _tasks(asked: Asked) -> list[Deconvolution]:
    kernels, own = with_true_kernels("levin", levin.STUDY.stored(asked.results)), (protocol_of("levin"),)
    return [Deconvolution(kernel, final, own, part) for kernel, part, final in product(kernels, THRESHOLDS, FINALS)]


STUDY = Study(
    "thresholds",
    "What are kernels worth without their small values?",
    page="obstacles",
    survey=Survey(_tasks, KEY, "record", ("method", "threshold", "final"), ("psnr",)),
    takes=(),
)
