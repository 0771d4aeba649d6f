"""One colour a method, seen on white; and a style that ends where the figure does."""

import colorsys

import matplotlib
import numpy as np
import pytest
from skimage.color import rgb2lab

from mcdeconv.core.presets import PRESETS
from mcdeconv.methods import RIVALS
from mcdeconv.paper.figures import style

# Viénot, Brettel and Mollon 1999: what someone with protanopia or deuteranopia sees of linear RGB.
CONFUSIONS = {
    "protanopia": [[0.11238, 0.88762, 0], [0.11238, 0.88762, -0], [0.00401, -0.00401, 1]],
    "deuteranopia": [[0.29275, 0.70725, 0], [0.29275, 0.70725, -0], [-0.02234, 0.02234, 1]],
}
TOGETHER = [("S1", "S2", "S3", "S4", "S5", "S6", "ours"), ("ours", "random-both-nets", "random-kernel-net")]


def linear(colour):
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def as_seen(colour, confusion):
    seen = np.clip(np.array(CONFUSIONS[confusion]) @ linear(colour), 0, 1)
    return rgb2lab(np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055))


def test_every_preset_has_a_look_of_its_own():
    assert set(style.LOOKS) == {*PRESETS, *RIVALS}
    assert len({(look.colour, look.dash) for look in style.LOOKS.values()}) == len(style.LOOKS) - 2
    assert style.look_of("S3").colour == style.look_of("dropout-only").colour  # the same configuration twice
    assert style.look_of("S6").colour == style.look_of("noise-only").colour
    assert len({look.label for look in style.LOOKS.values()}) == len(style.LOOKS)


@pytest.mark.parametrize("method", PRESETS)
def test_lines_stand_out_from_the_white_card(method):
    """WCAG 2.1, 1.4.11: at least 3:1 for what is needed to understand a graphic."""
    luminance = linear(style.look_of(method).colour) @ [0.2126, 0.7152, 0.0722]
    assert 1.05 / (luminance + 0.05) >= 3


@pytest.mark.parametrize("confusion", CONFUSIONS)
@pytest.mark.parametrize("methods", TOGETHER)
def test_methods_of_one_plot_are_told_apart_without_red_and_green(methods, confusion):
    for index, method in enumerate(methods):
        for other in methods[:index]:
            one, two = style.look_of(method), style.look_of(other)
            distance = np.linalg.norm(as_seen(one.colour, confusion) - as_seen(two.colour, confusion))
            assert distance > 12 or one.dash != two.dash, (method, other, distance)


def test_the_two_marks_of_crops_differ_in_hue_and_are_bright():
    hues = [colorsys.rgb_to_hls(*matplotlib.colors.to_rgb(colour)) for colour in style.FRAMES]
    assert abs(hues[0][0] - hues[1][0]) > 0.25
    assert min(hue[1] for hue in hues) > 0.5


def test_a_method_without_a_look_is_named_as_it_is():
    assert style.label("p0=0.3,sigma0=0") == "p0=0.3,sigma0=0"


def test_the_look_ends_with_the_figure():
    before = dict(matplotlib.rcParams)
    with style.applied():
        assert matplotlib.rcParams["axes.spines.top"] is False
        assert matplotlib.rcParams["svg.fonttype"] == "path"
    assert dict(matplotlib.rcParams) == before


def test_kernels_are_shown_with_a_fixed_gamma():
    shown = style.kernel_as_shown(np.array([[0.0, 0.1], [0.2, 0.7]]))
    np.testing.assert_allclose(shown, [[0, (1 / 7) ** 0.6], [(2 / 7) ** 0.6, 1]])
    assert style.kernel_as_shown(np.zeros((3, 3))).max() == 0
