"""Unsupervised blind image deconvolution by Monte-Carlo sampling: a companion to Li, Nan and Ji (2022)."""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mcdeconv.deblur import Restoration, deconvolve

__version__ = "0.1.0"
__all__ = ["Restoration", "deconvolve"]

# OpenMP's threads spin while they wait for one another. Where another program has one of two cores, the one that spins
# keeps the one that it waits for from running. LLVM's heeds the first, GNU's the second, if set before torch loads.
SHORT_WAITS = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "1000"}
if not {*SHORT_WAITS, "KMP_BLOCKTIME"} & os.environ.keys():  # whoever has chosen knows better
    os.environ.update(SHORT_WAITS)


def __getattr__(name: str) -> Any:
    """Import the solving path on first use, so that `import mcdeconv` costs next to nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'mcdeconv' has no attribute {name!r}")
    from mcdeconv import deblur

    return getattr(deblur, name)
