"""The method of the paper, on arrays and tensors: forward model, networks, schedules, Algorithm 1, posterior."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["SolverConfig"],
        "device": ["choose_device"],
        "forward": ["blur", "convolve"],
        "presets": ["PRESETS", "TIERS", "configure"],
    },
)
