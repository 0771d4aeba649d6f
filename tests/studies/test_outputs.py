"""Other ways to read an image out of a run: averages by hand, and a run that they leave alone."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny import TINY

from mcdeconv.core.algorithm_1 import State
from mcdeconv.core.forward import convolve
from mcdeconv.core.schedules import constant
from mcdeconv.core.solve import Solution, solve
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import pose
from mcdeconv.runs.recorder import look
from mcdeconv.studies import outputs
from mcdeconv.studies.outputs import (
    BEST_MOMENT,
    EXPONENTIAL,
    LAST,
    NAMES,
    READ,
    TAIL,
    VARIANTS,
    WEIGHTS,
    WatchedRun,
    blurred_by_code,
)
from mcdeconv.studies.read_outs import DECAY, EVERY, ReadOuts

ITERATIONS = 100
CONFIG = replace(TINY.with_iterations(ITERATIONS), data_term="sum")
BLURRED = np.random.default_rng(0).random((40, 40)).astype(np.float32)


def watched() -> tuple[Solution, ReadOuts, dict[int, np.ndarray]]:
    kept, seen, weights = ReadOuts(ITERATIONS), dict[int, np.ndarray](), []

    def watch(state: State) -> None:
        if state.iteration % EVERY == 0:
            seen[state.iteration] = look(state)[0]
        if state.iteration in (90, 100):
            weights.append(deepcopy(state.image_net.state_dict()))
        if state.iteration == ITERATIONS:
            averaged = deepcopy(state.image_net)
            averaged.load_state_dict({name: (weights[0][name] + weights[1][name]) / 2 for name in weights[0]})
            seen[0] = look(replace(state, image_net=averaged))[0]

    return solve(BLURRED, 5, CONFIG, observers=[kept, watch]), kept, seen


def test_averages_are_those_of_the_outputs_on_the_way_and_the_run_is_left_alone() -> None:
    solution, kept, seen = watched()
    images = dict(zip(READ, kept.images(), strict=True))
    assert np.array_equal(solution.image, solve(BLURRED, 5, CONFIG).image)
    assert np.array_equal(images[LAST], solution.image)
    np.testing.assert_allclose(images[TAIL], (seen[90] + seen[100]) / 2, atol=1e-6)
    average = seen[EVERY]
    for iteration in range(2 * EVERY, ITERATIONS + 1, EVERY):
        average = DECAY**EVERY * average + (1 - DECAY**EVERY) * seen[iteration]
    np.testing.assert_allclose(images[EXPONENTIAL], average, atol=1e-6)
    assert len(kept.moments) == 40 and np.array_equal(kept.moments[ITERATIONS], solution.image)
    np.testing.assert_allclose(images[WEIGHTS], seen[0], atol=1e-4)


def test_of_weights_that_stand_still_every_read_out_is_the_same() -> None:
    rates = {"image_learning_rate": 1e-9, "kernel_learning_rate": 1e-9}
    still = replace(CONFIG, **rates, dropout_rate=constant(0.0), input_noise_std=constant(0.0))
    kept = ReadOuts(ITERATIONS)
    solve(BLURRED, 5, still, observers=[kept])
    last, *others = kept.images()
    for image in others:
        np.testing.assert_allclose(image, last, atol=1e-5)


def item() -> Item:
    rng = np.random.default_rng(1)
    kernel = np.zeros((5, 5))
    kernel[2, 1:4] = 0.25, 0.5, 0.25
    kernel[3, 2], kernel[1, 2] = 0.1, -0.1
    sharp = rng.random((48, 44)).astype(np.float32)
    return Item("drawn", "drawn", "noise", sharp, 5, sharp, kernel)


def test_blurred_by_code_is_the_forward_model_of_the_truth_under_it() -> None:
    given, made = item(), blurred_by_code(item())
    assert given.sharp is not None and given.kernel is not None and made.sharp is not None
    latent, kernel = torch.as_tensor(given.sharp)[None, None], torch.as_tensor(given.kernel, dtype=torch.float32)
    np.testing.assert_allclose(made.blurred, convolve(latent, kernel)[0, 0].numpy(), atol=1e-5)
    assert np.array_equal(made.sharp, given.sharp[2:-2, 2:-2]) and made.blurred.shape == made.sharp.shape


def test_what_is_blurred_by_code_shows_the_photographs_part_of_the_scene() -> None:
    given = item()
    plain = outputs._problem(given, "quick", ())
    made = outputs._problem(given, "quick", (outputs.BY_CODE,))
    assert plain.item is given and made.item.sharp is not None and given.sharp is not None
    top, left = made.region.top + 2, made.region.left + 2  # in the photograph
    height, width = made.blurred.shape
    part = made.item.sharp[made.region.slices]
    assert np.array_equal(part, given.sharp[top : top + height, left : left + width])
    assert plain.region.top <= top and top + height <= plain.region.top + plain.region.height


@pytest.mark.parametrize("variant", ["ours", [*VARIANTS][-1]])
def test_a_run_has_a_row_a_way_to_read_out_and_no_moment_beats_the_best(
    variant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "configure", lambda method, tier: CONFIG)
    run = WatchedRun(pose(item(), None), variant, "tiny", "cpu")
    rows = {row["final"]: row for row in run.rows()}
    assert [*rows] == [*NAMES] and [head["final"] for head in run.heads] == [*NAMES]
    assert rows[BEST_MOMENT]["psnr"] >= rows[LAST]["psnr"] - 1e-9 and rows[BEST_MOMENT]["iteration"] <= ITERATIONS
    assert {row["config"] for row in rows.values()} == {run.config.digest()}
    assert (run.config.kernel_net.architecture == "known") == ("true kernel" in variant)
