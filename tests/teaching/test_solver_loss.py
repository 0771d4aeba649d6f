"""The solver's Monte-Carlo loss against the laboratory's closed form: (17) has no bias, for any number of samples."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from mcdeconv.core.algorithm_1 import loss
from mcdeconv.core.presets import configure
from mcdeconv.teaching import bump, expected_squared_error

ROWS, LENGTH, SIZE, STD, DRAWS = 12, 30, 5, 0.2, 4_000


@pytest.mark.parametrize("count", [1, 5])
def test_the_mean_of_many_losses_is_the_expected_square_and_mu(count):
    rng = np.random.default_rng(0)
    taps = bump(0.9, SIZE)
    kernel = np.zeros((SIZE, SIZE))
    kernel[SIZE // 2] = taps  # rows do not touch each other, so each is a signal of the laboratory
    mean = rng.random((ROWS + SIZE - 1, LENGTH))
    blurred = rng.random((ROWS, LENGTH - SIZE + 1))
    seen = mean[SIZE // 2 : SIZE // 2 + ROWS]
    expected = sum(expected_squared_error(y, taps, x, STD) for y, x in zip(blurred, seen, strict=True))

    config = replace(configure("ours", "quick"), samples=count)
    generator = torch.Generator().manual_seed(1)
    given = [torch.from_numpy(one).float() for one in (mean, kernel, blurred)]
    losses = []
    for _ in range(DRAWS // count):
        samples = given[0] + STD * torch.randn((count, 1, *mean.shape), generator=generator)
        losses.append(float(loss(samples, given[1], given[2][None, None], config, 1)))
    wanted = expected + config.mu(1) * np.sum(kernel**2)
    error = np.std(losses) / np.sqrt(len(losses))
    assert abs(np.mean(losses) - wanted) < 4 * error and error < 0.005 * wanted
