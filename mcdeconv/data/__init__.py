"""What is solved: data sets, photographs, the region and the kernel size to solve with."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "datasets": ["DATASETS", "load", "load_item", "names"],
        "photo": ["read_photo", "write_image"],
        "problem": ["pose"],
    },
)
