"""Records, trajectories and images → the figures of the paper.

Every function returns a Matplotlib Figure (`diagram` an SVG), has a sibling `..._alt` that says in words and numbers
what it shows, and takes `width=figures.NARROW` for a telephone. `show` makes accessible HTML of them.
"""

from mcdeconv.paper.figures.curves import randomisation_curves, randomisation_curves_alt, schedules, schedules_alt
from mcdeconv.paper.figures.diagrams import Diagram, diagram
from mcdeconv.paper.figures.display import Shown, absent, show
from mcdeconv.paper.figures.error_ratio import error_ratio_curve, error_ratio_curve_alt
from mcdeconv.paper.figures.faint import faint, faint_kernels, faint_kernels_alt
from mcdeconv.paper.figures.forest import forest, forest_alt, forests
from mcdeconv.paper.figures.gallery import gallery
from mcdeconv.paper.figures.overview import benchmark_plots
from mcdeconv.paper.figures.pictures import (
    randomisation_pictures,
    randomisation_pictures_alt,
    regularisation,
    regularisation_alt,
)
from mcdeconv.paper.figures.restorations import compare, comparison, comparison_alt, comparison_caption, telling_images
from mcdeconv.paper.figures.runs import Run, per_image, traced
from mcdeconv.paper.figures.samples import sampling, sampling_alt
from mcdeconv.paper.figures.scatterplots import scatter, scatter_alt
from mcdeconv.paper.figures.style import NARROW, WIDE, use

__all__ = [
    "NARROW",
    "WIDE",
    "Diagram",
    "Run",
    "Shown",
    "absent",
    "benchmark_plots",
    "compare",
    "comparison",
    "comparison_alt",
    "comparison_caption",
    "diagram",
    "error_ratio_curve",
    "error_ratio_curve_alt",
    "faint",
    "faint_kernels",
    "faint_kernels_alt",
    "forest",
    "forest_alt",
    "forests",
    "gallery",
    "per_image",
    "randomisation_curves",
    "randomisation_curves_alt",
    "randomisation_pictures",
    "randomisation_pictures_alt",
    "regularisation",
    "regularisation_alt",
    "sampling",
    "sampling_alt",
    "scatter",
    "scatter_alt",
    "schedules",
    "schedules_alt",
    "show",
    "telling_images",
    "traced",
    "use",
]
