"""The SSIM that is a loss against the one that is a score, which is checked against MATLAB's figures."""

import numpy as np
import pytest
import torch
from skimage.metrics import structural_similarity as skimage_ssim

from mcdeconv.core.structure import structural_similarity
from mcdeconv.scoring.metrics import ssim_wang


def pair(seed=0, shape=(40, 53)):
    """Two grey images in [0, 1] of which one is the other with noise, float64."""
    rng = np.random.default_rng(seed)
    one = rng.random(shape)
    return one, np.clip(one + 0.1 * rng.standard_normal(shape), 0, 1)


def tensors(*images, dtype=torch.float64):
    return [torch.from_numpy(image).to(dtype)[None, None] for image in images]


def test_it_is_the_score_with_zeros_around_both():
    one, other = pair()
    found = structural_similarity(*tensors(one, other)).item()
    framed = [np.pad(image, 5) for image in (one, other)]
    assert found == pytest.approx(ssim_wang(*framed), abs=1e-12)
    maps = skimage_ssim(
        *framed, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1, full=True
    )[1]
    assert found == pytest.approx(maps[5:-5, 5:-5].mean(), abs=1e-12)
    assert abs(found - ssim_wang(one, other)) > 1e-5  # the border counts


def test_in_float32_it_is_as_good():
    one, other = pair(1)
    exact, rounded = (structural_similarity(*tensors(one, other, dtype=t)) for t in (torch.float64, torch.float32))
    assert rounded.dtype == torch.float32 and rounded.item() == pytest.approx(exact.item(), abs=1e-5)


def test_equal_images_have_1_and_inverted_ones_less_than_0():
    [one] = tensors(pair()[0])
    assert structural_similarity(one, one).item() == pytest.approx(1, abs=1e-12)
    assert structural_similarity(one, 1 - one).item() < 0


def test_several_images_have_the_mean_of_theirs():
    target, *images = tensors(pair()[0], pair()[1], pair(2)[1])
    alone = [structural_similarity(image, target).item() for image in images]
    assert structural_similarity(torch.cat(images), target).item() == pytest.approx(np.mean(alone), abs=1e-12)


def test_its_gradient_is_that_of_differences():
    one, other = tensors(*pair(3, (12, 13)))
    one.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: structural_similarity(x, other), one, fast_mode=True)
