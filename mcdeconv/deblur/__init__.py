"""From a photograph to a sharp one, with what may be wrong with it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={"photograph": ["Restoration", "deconvolve"]})
