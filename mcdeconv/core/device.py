"""Where the networks are trained, and in which arithmetic."""

import logging
from functools import cache

import torch

from mcdeconv.core.config import Precision
from mcdeconv.errors import InputError, choose

log = logging.getLogger("mcdeconv")
BFLOAT16_UNITS = ("avx512_bf16", "amx_bf16", "bf16")  # as x86 and ARM processors name them


def choose_device(name: str) -> str:
    """The device of a name; "auto" takes the first there is of cuda, mps and cpu."""
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return next(kind for kind in ("cuda", "mps", "cpu") if available[kind])
    if not choose(available, name, "device"):
        raise InputError(f"device {name!r} is not available here; use --device auto or cpu")
    return name


def usable_precision(wanted: Precision, device: str) -> Precision:
    """The precision to compute in: what is wanted; float32, with one warning, where bfloat16 would only be emulated."""
    if wanted != "bfloat16" or has_bfloat16(device):
        return wanted
    warn_of_float32(device)
    return "float32"


def has_bfloat16(device: str) -> bool:
    if device == "cpu":
        units: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
        return any(units.get(name) for name in BFLOAT16_UNITS)
    return device != "cuda" or torch.cuda.is_bf16_supported(including_emulation=False)


@cache
def warn_of_float32(device: str) -> None:
    """Once a process."""
    log.warning("%s has no bfloat16 arithmetic here: computing in float32, more slowly", device)
