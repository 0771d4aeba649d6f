"""The textbook's loop against the solver's: where nothing is drawn, they take the same steps."""

from dataclasses import replace

import pytest
import torch
from tiny import NETS

from mcdeconv.core.algorithm_1 import algorithm_1
from mcdeconv.core.networks import ImageNet, KernelUNet
from mcdeconv.core.presets import PRESETS
from mcdeconv.studies.benchmark.textbook import textbook_state

BLURRED = torch.rand(1, 1, 36, 40, generator=torch.Generator().manual_seed(0))


def losses(config, seed=3, count=8):
    """Of the textbook's loop."""
    state = textbook_state(BLURRED, 7, config, seed)
    for _ in zip(range(count), algorithm_1(BLURRED, 7, state.config, resume=state), strict=False):
        pass
    return state.losses


def test_without_randomness_it_takes_the_solvers_steps():
    config = replace(PRESETS["without-both"], update="joint", **NETS)
    steps = algorithm_1(BLURRED, 7, config, seed=3)
    assert losses(config) == pytest.approx([next(steps).losses[-1] for _ in range(8)], rel=1e-4)


def test_dropout_and_noise_are_drawn():
    config = replace(PRESETS["ours"], **NETS)
    ours = losses(config)
    without = losses(replace(PRESETS["without-both"], **NETS))
    assert abs(ours[0] - without[0]) > 1e-6
    assert ours == losses(config)
    assert ours != losses(config, seed=4)


def test_it_is_float32_and_contiguous_whatever_is_configured():
    config = replace(PRESETS["without-both"], precision="bfloat16", **NETS)
    plain = losses(config, count=3)
    assert plain == losses(replace(config, precision="float32"), count=3)


def test_it_joins_features_as_pytorch_does(monkeypatch):
    def fail(left, right):
        raise AssertionError("this is what makes the solver fast")

    for net in (ImageNet, KernelUNet):
        monkeypatch.setattr(net, "join", staticmethod(fail))
    assert len(losses(replace(PRESETS["ours"], **NETS), count=2)) == 2
