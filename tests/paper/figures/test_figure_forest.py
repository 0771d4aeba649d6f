"""The forest plot of a study: a row a contrast that has runs, in words with the same numbers."""

import pytest
from figure_fakes import record, study
from matplotlib.backends.backend_agg import FigureCanvasAgg

from mcdeconv.errors import InputError
from mcdeconv.paper.figures import NARROW, forest, study_plots
from mcdeconv.paper.figures.style import applied

STUDY = study(
    ("ours, joint", "ours", "without-both"),
    [("ours, joint", "ours"), ("ours", "without-both"), ("ours, joint", "without-both")],
)
GAINS = {"ours, joint": 3.0, "ours": 1.0}
RECORDS = [
    record(method, image=image, psnr_sparse=25 + gain + 0.25 * (image == "b"), kernel_similarity=0.5)
    for method, gain in GAINS.items()
    for image in ("a", "b")
]


def test_a_row_a_contrast_that_has_runs():
    drawn = forest(STUDY, RECORDS, "all")
    (axes,) = drawn.at().axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["ours, joint − ours"]
    (mean,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert mean.get_xdata() == pytest.approx([2.0])
    assert "ours, joint minus ours +2.00 dB (range +2.00 to +2.00)" in drawn.alt


def test_a_telephone_gets_its_labels_inside():
    narrow = forest(STUDY, RECORDS, "all").at(NARROW)
    assert narrow.get_figwidth() == NARROW
    assert "ours, joint\n− ours" in [text.get_text() for text in narrow.axes[0].texts]


def test_a_group_without_runs_is_refused():
    with pytest.raises(InputError, match="example has a run with images 'none'"):
        forest(STUDY, RECORDS, "none")
    (kernels,) = study_plots(STUDY, RECORDS[:2])  # of one variant alone there is no difference
    assert kernels.alt.startswith("Kernels")


def test_the_page_shows_the_first_group():
    shown, _ = study_plots(STUDY, RECORDS)
    assert "What does it change? Images: all." in shown.caption


def test_long_names_fit_a_telephone():
    names = "without-both, loss averaged, 5,000 iterations", "without-both, loss averaged, joint updates"
    long = study(names, [names])
    records = [
        record(name, 0, image, psnr_sparse=psnr) for name, psnr in zip(names, (20, 21), strict=True) for image in "ab"
    ]
    with applied():
        figure = forest(long, records, "all").at(NARROW)
        FigureCanvasAgg(figure).draw()
    (axes,) = figure.axes
    (words,) = axes.texts
    assert words.get_window_extent().x1 <= figure.bbox.x1
    assert axes.get_window_extent().width > 0.8 * figure.bbox.width  # names do not squeeze the plot
