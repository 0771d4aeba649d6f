"""Front ends for the book and for Jupyter (anywidget): the p0 × sigma0 explorer, scrubber, ranking, lessons."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "fallback": ["static_figure_html", "static_frames_html"],
        "grid": ["FOLDER", "compare_reruns", "load_all", "provenance_of"],
        "lessons": ["lesson"],
        "live": ["Trainer"],
        "packing": ["scrubbers"],
        "ranking": ["Ranking", "static_ranking_html"],
        "sampler": ["load_sampler"],
        "widget": ["Explorer", "Iterations"],
    },
)
