"""Figure 2 is sound SVG, says what it shows, and takes the colour of its page."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from mcdeconv.paper.figures import diagram

NAMESPACE = {"s": "http://www.w3.org/2000/svg"}
DRAWN = diagram()


@pytest.fixture(scope="module")
def root():
    return ElementTree.fromstring(DRAWN._repr_svg_())


def words(root):
    return ["".join(text.itertext()).strip() for text in root.iterfind(".//s:text", NAMESPACE)]


def test_everything_of_the_method_is_named(root):
    drawn = words(root)
    for word in ("zx", "zk", "Gx", "Gk", "ε ~ N(0, σ02I)", "M ~ B(p0)", "softmax", "loss (27)", "k", "y", "k ⊗ x"):
        assert word in drawn, word
    assert "‖k ⊗ x − y‖2" in drawn and "+ μ‖k‖2" in drawn
    assert drawn.index("1. update") + 1 == drawn.index("θk")  # Algorithm 1: the kernel first
    assert drawn.index("2. update") + 1 == drawn.index("θx")


def test_title_and_description_are_the_accessible_name(root):
    title, description = root.find("s:title", NAMESPACE), root.find("s:desc", NAMESPACE)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert "dropout" in description.text and len(title.text) > 20


def test_what_is_referred_to_is_there_once(root):
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    assert all(name.startswith("mcdeconv-figure-2") for name in ids)  # pages have ids of their own
    text = DRAWN._repr_svg_()
    for reference in set(re.findall(r'(?:href="#|url\(#)([^")]+)', text)):
        assert reference in ids


def test_words_take_the_pages_colour(root):
    assert {text.get("fill") for text in root.iterfind(".//s:text", NAMESPACE)} == {"currentColor"}
    page = DRAWN._repr_html_()
    assert "<style" not in page and "color:#" not in page  # nothing that a page's theme could contradict
    assert "prefers-color-scheme:dark" in DRAWN._repr_svg_()  # a file of its own follows the reader's system


def test_on_a_narrow_screen_it_scrolls_inside_itself_and_by_keyboard():
    page = DRAWN._repr_html_()
    assert 'role="region"' in page and 'tabindex="0"' in page and "overflow-x:auto" in page
    assert ElementTree.fromstring(page).tag == "figure"


def test_nothing_is_drawn_outside(root):
    _, _, width, height = map(float, root.get("viewBox").split())
    for text in root.iterfind(".//s:text", NAMESPACE):
        assert 0 < float(text.get("x")) < width and 0 < float(text.get("y")) < height


def test_the_blurred_tiles_are_means_of_the_scene_along_the_kernel(root):
    tiles = [group for group in root.iterfind(".//s:g[@clip-path]", NAMESPACE) if group.findall("s:use", NAMESPACE)]
    assert len(tiles) == 2  # k ⊗ x, and y
    for tile in tiles:
        weights = np.array([])
        for copy in tile.findall("s:use", NAMESPACE):
            opacity = float(copy.get("opacity"))
            weights = np.append(weights * (1 - opacity), opacity)
        assert len(weights) > 5
        np.testing.assert_allclose(weights, 1 / len(weights), atol=1e-3)


def test_it_can_be_saved(tmp_path):
    DRAWN.save(tmp_path / "figure-2.svg")
    assert (tmp_path / "figure-2.svg").read_text() == DRAWN._repr_svg_()
    assert len(repr(DRAWN)) < 100 and DRAWN._repr_svg_() == diagram()._repr_svg_()
