"""Records, trajectories and images → the figures of the paper.

Every function returns a `Drawing` (`diagram` an SVG), the last value of a notebook's cell: a figure that is drawn wide
and for a telephone, says in words and numbers what it shows, and has its caption.
"""

from mcdeconv.paper.figures.curves import randomisation_curves, schedules
from mcdeconv.paper.figures.diagrams import Diagram, diagram
from mcdeconv.paper.figures.display import Drawing, Note, absent
from mcdeconv.paper.figures.error_ratio import error_ratio_curve
from mcdeconv.paper.figures.faint import faint_kernels
from mcdeconv.paper.figures.forest import forest
from mcdeconv.paper.figures.gallery import benchmark_plots, gallery, study_plots
from mcdeconv.paper.figures.lessons import Curves, lines
from mcdeconv.paper.figures.own_output import own_output
from mcdeconv.paper.figures.pictures import found_kernels, randomisation_pictures, regularisation
from mcdeconv.paper.figures.restorations import comparison, telling_images
from mcdeconv.paper.figures.runs import Run, per_image, traced
from mcdeconv.paper.figures.samples import sampling
from mcdeconv.paper.figures.scatterplots import scatter
from mcdeconv.paper.figures.seconds import quality_over_seconds, seconds_plots
from mcdeconv.paper.figures.style import NARROW, WIDE, use

__all__ = [
    "NARROW",
    "WIDE",
    "Curves",
    "Diagram",
    "Drawing",
    "Note",
    "Run",
    "absent",
    "benchmark_plots",
    "comparison",
    "diagram",
    "error_ratio_curve",
    "faint_kernels",
    "forest",
    "found_kernels",
    "gallery",
    "lines",
    "own_output",
    "per_image",
    "quality_over_seconds",
    "randomisation_curves",
    "randomisation_pictures",
    "regularisation",
    "sampling",
    "scatter",
    "schedules",
    "seconds_plots",
    "study_plots",
    "telling_images",
    "traced",
    "use",
]
