"""Table 1 read rightly: every method under every reading of the protocol, and what is doubtful of printed numbers."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "choices": ["choices", "printed"],
        "doubts": ["doubts"],
        "packed": ["rankings"],
        "scores": ["records_of", "scored"],
    },
)
