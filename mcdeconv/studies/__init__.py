"""Questions around the paper's choices and claims, and what answers them; `mcdeconv study NAME` does."""

from mcdeconv.studies import (
    benchmark,
    breadth,
    brightness,
    deviations,
    doubts,
    equality,
    ingredients,
    known_kernel,
    krishnan_fergus,
    lai,
    levin,
    outputs,
    protocols,
    readings,
    robustness,
    sampling,
    seconds,
    selfdeblur,
    settings,
    sizes,
    squares,
    ssim,
    thresholds,
)
from mcdeconv.studies.study import Asked, Study

MODULES = (
    readings,
    levin,
    lai,
    sampling,
    breadth,
    thresholds,
    protocols,
    known_kernel,
    krishnan_fergus,
    equality,
    benchmark,
    seconds,
    selfdeblur,
    squares,
    settings,
    ssim,
    brightness,
    outputs,
    ingredients,
    robustness,
    sizes,
    doubts,
    deviations,
)
STUDIES: dict[str, Study] = {module.STUDY.name: module.STUDY for module in MODULES}

__all__ = ["STUDIES", "Asked", "Study"]
