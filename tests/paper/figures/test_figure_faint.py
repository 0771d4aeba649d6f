"""The kernels of a study: a column an image, a row a variant that has a run, small values seen."""

import numpy as np
import pytest
from figure_fakes import ITEM, record, study

from mcdeconv.errors import InputError
from mcdeconv.paper.figures import NARROW, faint_kernels, study_plots

STUDY = study(("ours, joint", "ours", "never run"), [("ours, joint", "ours")])
RECORDS = [record("ours", image="a"), record("ours, joint", image="a"), record("ours", image="b")]
TRUTHS = {"a": ITEM.kernel, "b": ITEM.kernel, "elsewhere": ITEM.kernel}


def rows(figure):
    """Axes by row, without the colour bar."""
    places = [axes for axes in figure.axes if axes.images]
    return [places[start : start + 2] for start in range(0, len(places), 2)]


def test_a_row_a_variant_that_has_runs_and_the_truth_first():
    found = rows(faint_kernels(STUDY, RECORDS, "all", TRUTHS).at())
    assert [row[0].texts[0].get_text() for row in found] == ["true kernel", "ours, joint", "ours"]
    assert [row[0].texts[0].get_text() for row in rows(faint_kernels(STUDY, RECORDS, "all").at())] == [
        "ours, joint",
        "ours",
    ]


def test_what_is_shown_is_the_logarithm_and_a_missing_run_is_empty():
    _, joint, ours = rows(faint_kernels(STUDY, RECORDS, "all", TRUTHS).at())
    kernel = np.array(RECORDS[0].kernel)
    shown = ours[0].images[0].get_array()
    np.testing.assert_allclose(shown, np.log10(np.clip(kernel / kernel.max(), 1e-3, None)))
    assert np.ma.getmaskarray(joint[1].images[0].get_array()).all()


def test_the_words_say_how_much_is_small():
    floor = np.full((10, 10), 0.001)
    floor[5, 5] = 0.5
    alt = faint_kernels(STUDY, RECORDS, "all", {"a": floor}).alt
    assert f"true kernel {0.099 / 0.599:.0%}, ours, joint" in alt and "never run" not in alt


def test_a_telephone_gets_its_labels_above_the_rows():
    narrow = faint_kernels(STUDY, RECORDS, "all", TRUTHS).at(NARROW)
    assert narrow.get_figwidth() == NARROW
    assert [row[0].texts[0].get_text() for row in rows(narrow)] == ["true kernel", "ours, joint", "ours"]


def test_a_group_without_runs_is_refused_and_not_shown():
    with pytest.raises(InputError, match="example has a run with images 'none'"):
        faint_kernels(STUDY, RECORDS, "none", TRUTHS)
    assert list(study_plots(STUDY, [])) == []
    (shown,) = study_plots(STUDY, RECORDS, TRUTHS)  # without scores there are no differences
    assert "images: all" in shown.caption
