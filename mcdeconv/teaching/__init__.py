"""The one-dimensional laboratory: signals so short that what larger images only allow to estimate is computed."""

from mcdeconv.teaching.exact import expected_squared_error, log_evidence, log_joint_maximum, posterior_of_kernels
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
    "expected_squared_error",
    "factorisations",
    "jensen_bound",
    "log_evidence",
    "log_joint_maximum",
    "log_mean_likelihood",
    "posterior_of_kernels",
    "two_sided",
]
