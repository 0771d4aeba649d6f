"""Figures 1 and 9 show the end of each run, with its own kernel and number, and no trial chosen for its looks."""

from dataclasses import replace

import numpy as np
import pytest
from figure_fakes import ITEM, run
from skimage.metrics import peak_signal_noise_ratio

from mcdeconv.data.datasets import load_item
from mcdeconv.data.grey import luma
from mcdeconv.data.problem import pose
from mcdeconv.paper.figures import found_kernels, randomisation_pictures, regularisation
from mcdeconv.paper.figures.style import kernel_as_shown
from mcdeconv.scoring.metrics import best_shift

METHODS = {"tv": 22.0, "ours": 24.61, "early-stopping": 20.1, "without-both": 21.3}
RUNS = [run(method, end=end, blur=blur) for blur, (method, end) in enumerate(METHODS.items(), start=1)]
TRIALS = [
    run(method, seed, end=end)
    for method, ends in {"random-kernel-net": (19, 18, 20.5), "ours": (24.0, 25.5, 23.0)}.items()
    for seed, end in enumerate(ends)
]


def pictures(figure):
    marked = [axes for axes in figure.axes if axes.get_label().startswith("picture: ")]
    return {axes.get_label().removeprefix("picture: "): axes.images[0].get_array() for axes in marked}


def kernels(figure):
    insets = {axes.get_label().removeprefix("picture: "): axes.child_axes for axes in figure.axes}
    return {title: inset.images[0].get_array() for title, found in insets.items() for inset in found}


def test_figure_1_has_the_papers_panels_in_the_papers_order():
    shown = pictures(regularisation(ITEM, RUNS).at())
    assert list(shown) == [
        "(a) input",
        "(b) without regularisation (7)",
        "(c) early stopping",
        "(d) TV regularisation (8)",
        "(e) ours (27)",
        "(f) truth",
    ]
    ours = next(one for one in RUNS if one.method == "ours")
    np.testing.assert_allclose(shown["(e) ours (27)"], ours.trajectory.images[-1] / 255)
    np.testing.assert_allclose(shown["(a) input"], luma(ITEM.blurred), atol=1e-6)
    np.testing.assert_allclose(shown["(f) truth"], luma(ITEM.sharp), atol=1e-6)


def test_each_kernel_is_the_runs_own_and_the_input_has_none():
    shown = kernels(regularisation(ITEM, RUNS).at())
    assert "(a) input" not in shown
    ours = next(one for one in RUNS if one.method == "ours")
    np.testing.assert_allclose(shown["(e) ours (27)"], kernel_as_shown(np.array(ours.record.kernel)))
    np.testing.assert_allclose(shown["(f) truth"], kernel_as_shown(ITEM.kernel))
    assert not np.allclose(shown["(c) early stopping"], shown["(e) ours (27)"])


def test_the_numbers_are_the_records_and_the_inputs_is_scored_alike():
    alt = regularisation(ITEM, RUNS).alt
    for name, value in (("(e) ours (27)", 24.61), ("(c) early stopping", 20.1), ("(d) TV regularisation (8)", 22.0)):
        assert f"{name}, {value:.2f} dB" in alt
    pair = best_shift(luma(ITEM.blurred), luma(ITEM.sharp), 15, 5)
    assert f"(a) input, {peak_signal_noise_ratio(pair.sharp, pair.restored, data_range=1):.2f} dB" in alt
    figure = regularisation(ITEM, RUNS).at()
    assert "24.61 dB" in [text.get_text() for axes in figure.axes for text in axes.texts]


def test_figure_9_shows_the_median_trial_and_names_its_seed():
    shown = pictures(randomisation_pictures(ITEM, TRIALS).at())
    assert list(shown) == ["(a) truth", "(b) image network randomised (ours)", "(c) kernel network randomised"]
    np.testing.assert_allclose(shown["(b) image network randomised (ours)"], TRIALS[3].trajectory.images[-1] / 255)
    alt = randomisation_pictures(ITEM, TRIALS).alt
    assert "of 3 trials the one of median PSNR" in alt
    assert "(ours), 24.00 dB, seed 0" in alt and "kernel network randomised, 19.00 dB, seed 0" in alt


@pytest.mark.parametrize(("width", "columns"), [(7.5, 3), (3.55, 2)])
def test_narrow_figures_have_two_columns(width, columns):
    figure = regularisation(ITEM, RUNS).at(width)
    lefts = {round(axes.get_position().x0, 3) for axes in figure.axes if axes.get_label().startswith("picture")}
    assert len(lefts) == columns


def test_input_and_truth_are_of_the_part_that_was_solved():
    """Else a network's picture of a detail stands beside the whole photograph, in pixels and in dB."""
    whole = load_item("synthetic-lai", "natural_01_kernel_02")
    solved = pose(whole, 96).region.slices
    runs = [run(method, end=end, image=whole.id, dataset=whole.dataset) for method, end in METHODS.items()]
    figure_1, figure_9 = regularisation(whole, runs), randomisation_pictures(whole, runs)
    shown = pictures(figure_1.at())
    np.testing.assert_allclose(shown["(a) input"], luma(whole.blurred)[solved], atol=1e-6)
    np.testing.assert_allclose(shown["(f) truth"], luma(whole.sharp)[solved], atol=1e-6)
    np.testing.assert_allclose(pictures(figure_9.at())["(a) truth"], luma(whole.sharp)[solved], atol=1e-6)
    blurred, sharp = (luma(pixels)[solved][15:-15, 15:-15] for pixels in (whole.blurred, whole.sharp))
    said = next(float(words.split()[0]) for words in figure_1.alt.split("input, ")[1:])
    assert said == pytest.approx(peak_signal_noise_ratio(sharp, blurred, data_range=1), abs=0.3)  # no shift is undone


def test_without_pictures_the_kernels_and_the_numbers_are_shown_and_the_best_is_named():
    bare = [replace(one, trajectory=one.trajectory.without_pictures()) for one in RUNS]
    drawing = found_kernels(bare)
    shown = pictures(drawing.at())
    assert [title[4:] for title in shown] == [
        "without regularisation (7)",
        "early stopping",
        "TV regularisation (8)",
        "ours (27)",
    ]
    ours = np.array(next(one for one in RUNS if one.method == "ours").record.kernel)
    np.testing.assert_allclose(shown["(d) ours (27)"], ours / ours.max())
    assert "24.61 dB" in drawing.alt and drawing.says.startswith("The PSNR of the network's output of ours is better")


def test_of_several_trials_the_one_of_median_psnr_is_shown_with_its_seed():
    assert "19.00 dB, seed 0" in found_kernels(TRIALS).alt and "24.00 dB, seed 0" in found_kernels(TRIALS).alt
