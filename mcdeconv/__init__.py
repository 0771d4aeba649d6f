"""Unsupervised blind image deconvolution by Monte-Carlo sampling: a companion to Li, Nan and Ji (2022)."""

from typing import TYPE_CHECKING, Any

from mcdeconv.machine import wait_passively

if TYPE_CHECKING:
    from mcdeconv.deblur import Restoration, deconvolve

__version__ = "0.1.0"
__all__ = ["Restoration", "deconvolve"]
wait_passively()  # whatever of the package is imported, this comes before torch


def __getattr__(name: str) -> Any:
    """Import the solving path on first use, so that `import mcdeconv` costs next to nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'mcdeconv' has no attribute {name!r}")
    from mcdeconv import deblur

    return getattr(deblur, name)
