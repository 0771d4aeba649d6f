"""Unsupervised blind image deconvolution by Monte-Carlo sampling: a companion to Li, Nan and Ji (2022)."""

__version__ = "0.1.0"
