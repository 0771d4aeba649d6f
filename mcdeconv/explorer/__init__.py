"""Front ends for the book and for Jupyter: the p0 × sigma0 explorer and the iteration scrubber (anywidget)."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "fallback": ["static_figure_html", "static_frames_html"],
        "grid": ["FOLDER", "compare_reruns", "load_all", "provenance_of"],
        "live": ["Trainer"],
        "packing": ["scrubbers"],
        "widget": ["Explorer", "Iterations"],
    },
)
