"""Every method by name, and that no rival stumbles over an odd picture."""

from dataclasses import replace

import numpy as np
import pytest
from test_l0 import solved

from mcdeconv.core.presets import PRESETS, configure
from mcdeconv.errors import InputError
from mcdeconv.methods import FULL, RIVALS, choose_method, title_of

KERNELS = [name for name, rival in RIVALS.items() if rival.gives == "kernel"]
rng = np.random.default_rng(0)


def edge(height, width):
    picture = np.zeros((height, width))
    picture[:, width // 2 :] = 1
    return picture


ODD = {
    "noise, kernel as large as the picture": (rng.random((33, 41)), 33),
    "a strip": (rng.random((120, 33)), 31),
    "one bit": (1.0 * (rng.random((48, 48)) > 0.5), 11),
    "nearly constant": (0.5 + 1e-4 * edge(48, 48), 9),
    "one edge, smallest kernel": (edge(40, 40), 3),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", KERNELS)
def test_an_odd_picture_still_gives_a_kernel(name, odd):
    blurred, size = ODD[odd]
    settings = RIVALS[name].settings
    found = solved(name, blurred, size, replace(settings, iterations=40) if name == "jin" else settings)
    assert found.kernel.shape == (size, size) and np.isfinite(found.kernel).all()
    assert found.kernel.min() >= 0 and found.kernel.sum() == pytest.approx(1)
    assert found.latent.shape == blurred.shape


def test_a_rival_has_one_tier_and_sees_the_whole_image():
    for tier in ("quick", "paper"):
        choice = choose_method("l0", tier)
        assert (choice.tier, choice.region, choice.config) == (FULL, None, RIVALS["l0"].settings)
    own = choose_method("ours", "quick")
    assert (own.tier, own.region, own.config) == ("quick", 96, configure("ours", "quick"))


@pytest.mark.parametrize(
    ("name", "tier", "message"),
    [
        ("lo", "quick", "unknown method 'lo'; choose one of ours"),
        ("l0", "fast", "unknown tier 'fast'; choose one of quick"),
    ],
)
def test_unknown_names_are_listed(name, tier, message):
    with pytest.raises(InputError, match=message):
        choose_method(name, tier)


def test_names_digests_and_titles_tell_all_methods_apart():
    assert not RIVALS.keys() & PRESETS.keys()
    digests = [rival.settings.digest() for rival in RIVALS.values()]
    digests += {configure(name).digest() for name in PRESETS}
    assert len(set(digests)) == len(digests)
    assert title_of("l0") == "Xu et al. 2013 (l0)" and title_of("ours") == "ours"
    assert len({title_of(name) for name in RIVALS}) == len(RIVALS)
