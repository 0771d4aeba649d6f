"""Experiment machinery: a run, its record, many runs, and what is computed from their records."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"job": ["Job"], "library": ["Library"], "records": ["Identity", "Record", "Store"]}
)
