"""The sentences above the sliders agree with the numbers below them."""

import re
from itertools import product

import pytest

from mcdeconv.explorer.verdict import grid_verdict, scrubber_verdict

P0, SIGMA0 = (0.0, 0.3), (0.0, 0.01)
OFF, PAPER = (0.0, 0.0), (0.3, 0.01)


def grid(scores, kernels=None, seeds=(0,), blurred=20.0):
    """One of four cells: scores and similarities by (p0, sigma0), 22 dB and 0.5 where nothing is given."""
    cells = [
        {
            "p0": p0,
            "sigma0": sigma0,
            "seed": seed,
            "psnr": scores.get((p0, sigma0), 22.0) + 0.3 * seed,
            "similarity": (kernels or {}).get((p0, sigma0), 0.5),
        }
        for p0, sigma0, seed in product(P0, SIGMA0, seeds)
    ]
    default = {"p0": 0.3, "sigma0": 0.01}
    return {"p0": P0, "sigma0": SIGMA0, "seeds": seeds, "default": default, "psnr_blurred": blurred, "cells": cells}


@pytest.mark.parametrize(
    ("paper", "kernel", "words"),
    [
        (25.0, 0.8, ("3.0 dB better than without", "Its kernel is nearer to", "0.80 beside 0.50")),
        (25.0, 0.51, ("3.0 dB better than without", "Yet its kernel is as near to")),
        (25.0, 0.4, ("3.0 dB better than without", "Yet its kernel is farther from")),
        (22.05, 0.49, ("as good as without", "Its kernel is as near to")),
        (22.05, 0.7, ("as good as without", "Yet its kernel is nearer to")),
        (20.5, 0.3, ("1.5 dB worse than without", "Its kernel is farther from")),
    ],
)
def test_the_words_have_the_signs_of_the_differences(paper, kernel, words):
    text = grid_verdict(grid({PAPER: paper}, {PAPER: kernel}))
    assert all(word in text for word in words)


def test_the_best_cell_is_named_by_its_lead():
    assert "No cell of the map is better." in grid_verdict(grid({PAPER: 25.0}))
    assert "The best cell of the map is better by 1.5 dB." in grid_verdict(grid({PAPER: 25.0, (0.3, 0.0): 26.5}))


def test_the_losses_are_counted():
    text = grid_verdict(grid({OFF: 23.0, (0.3, 0.0): 19.0, PAPER: 25.0}))
    assert "2 of the 4 cells are worse than the one without both. The worst has p₀ = 0.3 and σ₀ = 0." in text
    assert "1 is worse even than the blurred image." in text
    assert "None of the 4 cells is worse" in grid_verdict(grid({PAPER: 25.0}))
    assert "blurred" not in grid_verdict(grid({PAPER: 25.0}))


def test_the_seeds_are_said():
    assert "There is one run a cell" in grid_verdict(grid({}))
    assert "Two seeds of a cell lie up to 0.3 dB apart." in grid_verdict(grid({}, seeds=(0, 1)))


def test_no_sentence_has_more_than_two_numbers_beside_the_names():
    text = grid_verdict(grid({OFF: 23.0, (0.3, 0.0): 19.0, PAPER: 25.0}, seeds=(0, 1)))
    sentences = re.split(r"(?<=[a-z0-9]\.) ", text)
    assert len(sentences) == 7
    assert max(len(re.findall(r"\d+(?:\.\d+)?", sentence)) for sentence in sentences) <= 2


def run(label, psnr, similarity):
    return {"label": label, "iterations": [10, 20, 30], "psnr": psnr, "similarity": [similarity] * 3}


def test_the_scrubber_says_who_was_better_on_the_way():
    ours, other = run("ours", [18.0, 20.0, 24.0], 0.8), run("without", [21.0, 23.5, 22.0], 0.6)
    text = scrubber_verdict({"runs": [ours, other]})
    assert "the picture of “ours” is 2.0 dB better than that of “without”" in text
    assert "Its kernel is nearer to the true one" in text
    assert "“Without” lost 1.5 dB again after iteration 20." in text and "“Ours” lost" not in text


def test_the_scrubber_is_silent_without_a_truth():
    assert scrubber_verdict({"runs": [run("a", [None] * 3, None), run("b", [None] * 3, None)]}) == ""
