"""Where the networks are trained."""

import torch

from mcdeconv.errors import InputError
from mcdeconv.presets import choose


def choose_device(name: str) -> str:
    """The device of a name; "auto" takes the first there is of cuda, mps and cpu."""
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return next(kind for kind in ("cuda", "mps", "cpu") if available[kind])
    if not choose(available, name, "device"):
        raise InputError(f"device {name!r} is not available here; use --device auto or cpu")
    return name
