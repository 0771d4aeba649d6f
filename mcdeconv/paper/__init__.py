"""What the paper shows: selections of its runs, tables, figures, claims, and the numbers that the prose quotes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["answer", "card", "claims", "figures", "plans", "ranking", "sections", "tables"],
    submod_attrs={"selection": ["Selection", "obtain", "on_page", "stored"]},
)
