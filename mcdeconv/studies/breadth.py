"""How broad estimated kernels are, and what it costs if true ones are as broad; and what their square cuts off."""

from mcdeconv.scoring.protocols import protocol_of
from mcdeconv.studies import levin
from mcdeconv.studies.kernels import KEY, KNOWN, Deconvolution, true_kernels, with_true_kernels
from mcdeconv.studies.study import Asked, Study, Survey

BLURS = (0.0, 0.4, 0.6, 0.8)  # px, of the true kernels


def _tasks(asked: Asked) -> list[Deconvolution]:
    estimated = with_true_kernels("levin", levin.STUDY.stored(asked.results))
    kernels = [(kernel, 0.0) for kernel in estimated if kernel.method != KNOWN]
    kernels += [(kernel, blur) for kernel in true_kernels("levin") for blur in BLURS]
    return [Deconvolution(kernel, "sparse", (protocol_of("levin"),), blur=blur) for kernel, blur in kernels]


STUDY = Study(
    "breadth",
    "How broad are the kernels, and what would true ones as broad score?",
    page="obstacles",
    survey=Survey(_tasks, KEY, "record", ("method", "blur"), ("concentration", "psnr")),
    takes=(),
)
