"""The switch to SSIM: after a fifth of the run, as large as what it replaces, and in nothing else different."""

from dataclasses import replace

import pytest
import torch

from mcdeconv.core.algorithm_1 import loss
from mcdeconv.core.presets import configure
from mcdeconv.core.structure import structural_similarity
from mcdeconv.studies.ssim import METHODS, STUDY, SWITCHED, Switching


@pytest.mark.parametrize("method", METHODS)
def test_a_fifth_into_the_run_and_nothing_else(method):
    plain, switching = configure(method, "laptop"), STUDY.variants[method + SWITCHED].config
    assert isinstance(switching, Switching) and switching.ssim_after == plain.iterations // 5
    assert {name: value for name, value in vars(switching).items() if name != "ssim_after"} == vars(plain)
    assert (switching.structural(500), switching.structural(501)) == (False, True)
    assert switching.with_iterations(5000).ssim_after == 1000 == Switching().ssim_after


def test_it_is_summed_over_pixels_as_the_squared_error_is():
    """Adam's second moment remembers the gradients of the sum; those of a mean would be lost beside it."""
    generator = torch.Generator().manual_seed(0)
    samples, kernel = torch.rand(1, 1, 24, 24, generator=generator), torch.full((5, 5), 1 / 25)
    blurred = torch.rand(1, 1, 20, 20, generator=generator)
    config = Switching(ssim_after=0, kernel_weight=0.0)
    predicted = torch.nn.functional.conv2d(samples, kernel[None, None])
    similar = structural_similarity(predicted, blurred)
    assert loss(samples, kernel, blurred, config, 1).item() == pytest.approx(400 * (1 - similar.item()), rel=1e-4)
    mean = replace(config, data_term="mean")
    assert loss(samples, kernel, blurred, mean, 1).item() == pytest.approx(1 - similar.item(), rel=1e-4)


def test_every_method_is_held_against_itself_without_the_switch():
    assert STUDY.contrasts == [(method + SWITCHED, method) for method in METHODS]
    assert {variant.pictures for name, variant in STUDY.variants.items() if name.endswith(SWITCHED)} == {1}
