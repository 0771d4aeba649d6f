"""The textbook's loop against the solver's: where nothing is drawn, they take the same steps."""

from dataclasses import replace

import pytest
import torch
from tiny import NETS

from mcdeconv.core.algorithm_1 import algorithm_1, initialise
from mcdeconv.core.networks import ImageNet, KernelUNet
from mcdeconv.core.presets import PRESETS
from mcdeconv.studies.benchmark.textbook import plain_algorithm_1

BLURRED = torch.rand(1, 1, 36, 40, generator=torch.Generator().manual_seed(0))


def losses(iterator, count=8):
    return [next(iterator) for _ in range(count)]


def test_without_randomness_it_takes_the_solvers_steps():
    config = replace(PRESETS["without-both"], update="joint", **NETS)
    state = initialise((36, 40), 7, config, seed=3)
    wanted = [one.losses[-1] for one, _ in zip(algorithm_1(state, BLURRED), range(8), strict=False)]
    assert losses(plain_algorithm_1(BLURRED, 7, config, seed=3)) == pytest.approx(wanted, rel=1e-4)


def test_dropout_and_noise_are_drawn():
    config = replace(PRESETS["ours"], **NETS)
    ours = losses(plain_algorithm_1(BLURRED, 7, config, seed=3))
    without = losses(plain_algorithm_1(BLURRED, 7, replace(PRESETS["without-both"], **NETS), seed=3))
    assert abs(ours[0] - without[0]) > 1e-6
    assert ours == losses(plain_algorithm_1(BLURRED, 7, config, seed=3))
    assert ours != losses(plain_algorithm_1(BLURRED, 7, config, seed=4))


def test_it_is_float32_and_contiguous_whatever_is_configured():
    config = replace(PRESETS["without-both"], precision="bfloat16", **NETS)
    plain = losses(plain_algorithm_1(BLURRED, 7, config, seed=3), 3)
    assert plain == losses(plain_algorithm_1(BLURRED, 7, replace(config, precision="float32"), seed=3), 3)


def test_it_joins_features_as_pytorch_does(monkeypatch):
    def fail(left, right):
        raise AssertionError("this is what makes the solver fast")

    for net in (ImageNet, KernelUNet):
        monkeypatch.setattr(net, "join", staticmethod(fail))
    assert len(losses(plain_algorithm_1(BLURRED, 7, replace(PRESETS["ours"], **NETS), seed=3), 2)) == 2
