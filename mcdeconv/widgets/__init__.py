"""Front ends for the book and for Jupyter: the p0 × sigma0 explorer and the iteration scrubber (anywidget)."""

from mcdeconv.widgets.explorer import Explorer
from mcdeconv.widgets.fallback import static_figure_html, static_frames_html
from mcdeconv.widgets.iterations import Iterations
from mcdeconv.widgets.live import Trainer

__all__ = ["Explorer", "Iterations", "Trainer", "static_figure_html", "static_frames_html"]
