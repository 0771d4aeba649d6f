"""The course's one-dimensional laboratory, where what images only allow to estimate is computed; and its exercises."""

from mcdeconv.teaching.checking import check, given
from mcdeconv.teaching.exact import (
    expected_squared_error,
    jensen_gap,
    log_evidence,
    log_joint_maximum,
    posterior_of_kernels,
    posterior_of_signal,
)
from mcdeconv.teaching.network import decoder, output, randomness, trained
from mcdeconv.teaching.priors import SmoothPrior, SparsePrior
from mcdeconv.teaching.sampled import SampledMean, annealed_log_evidence, jensen_bound, log_mean_likelihood
from mcdeconv.teaching.signals import blur_matrix, blurred, bump, factorisations, two_sided

__all__ = [
    "SampledMean",
    "SmoothPrior",
    "SparsePrior",
    "annealed_log_evidence",
    "blur_matrix",
    "blurred",
    "bump",
    "check",
    "decoder",
    "expected_squared_error",
    "factorisations",
    "given",
    "jensen_bound",
    "jensen_gap",
    "log_evidence",
    "log_joint_maximum",
    "log_mean_likelihood",
    "output",
    "posterior_of_kernels",
    "posterior_of_signal",
    "randomness",
    "trained",
    "two_sided",
]
