"""Figures become HTML that needs nothing else, says what it shows, and stays small."""

import base64
import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from mcdeconv.errors import InputError
from mcdeconv.paper.figures import NARROW, WIDE, Drawing, absent, display, style


def plot(width=WIDE):
    figure = Figure(figsize=(width, 3))
    figure.subplots().plot([0, 1, 4])
    return figure


def picture(pixels):
    figure = Figure(figsize=(4, 3))
    figure.subplots().imshow(pixels)
    return figure


class Tags(HTMLParser):
    """Every tag with its attributes; void ones are not closed."""

    def __init__(self, html):
        super().__init__()
        self.found, self.open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("img", "source"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def __getitem__(self, name):
        return next(attributes for tag, attributes in self.found if tag == name)


def content_of(uri):
    kind, data = re.fullmatch(r"data:image/([a-z+]+);base64,(\S+)", uri).groups()
    return kind, base64.b64decode(data)


def test_a_plot_is_svg_of_its_own_size_with_its_alt_text():
    alt = 'PSNR "of" <ours> & others: 24.6 dB'
    shown = Drawing(plot, alt, "a < b")
    tags = Tags(shown._repr_html_())
    assert tags.open == []
    assert tags["img"]["alt"] == alt
    kind, content = content_of(tags["img"]["src"])
    assert kind == "svg+xml"
    root = ElementTree.fromstring(content)
    assert (root.get("width"), root.get("height")) == ("540pt", "216pt")
    assert (tags["img"]["width"], tags["img"]["height"]) == ("720", "288")  # pixels: 96 an inch, 72 pt an inch
    assert "<text" not in content.decode()  # outlines: no font of the page is needed
    assert "a &lt; b</figcaption>" in shown._repr_html_()
    assert repr(shown) == f"Drawing(alt={alt!r}, caption='a < b')"  # not megabytes of HTML as the cell's plain text


def test_small_pictures_are_png_finer_than_the_page():
    tags = Tags(Drawing(lambda _: picture(np.eye(8)), "a diagonal")._repr_html_())
    kind, content = content_of(tags["img"]["src"])
    assert kind == "png"
    assert Image.open(io.BytesIO(content)).size == (640, 480)  # 160 dots an inch
    assert (tags["img"]["width"], tags["img"]["height"]) == ("384", "288")


def test_heavy_pictures_become_webp(monkeypatch):
    noise = np.random.default_rng(0).random((300, 300, 3))
    monkeypatch.setattr(display, "LARGEST_PNG", 10**7)
    png = display.encoded(picture(noise))
    assert png[0] == "png"
    monkeypatch.setattr(display, "LARGEST_PNG", len(png[1]) - 1)
    kind, webp = display.encoded(picture(noise))
    assert kind == "webp" and len(webp) < len(png[1])
    assert Image.open(io.BytesIO(webp)).size == (640, 480)


def test_a_telephone_gets_the_narrow_figure():
    tags = Tags(Drawing(plot, "a curve")._repr_html_())
    assert [tag for tag, _ in tags.found] == ["figure", "picture", "source", "img"]
    assert tags["source"]["media"] == "(max-width: 575px)"
    assert tags["source"]["width"] == str(round(96 * NARROW))
    assert content_of(tags["source"]["srcset"])[1] != content_of(tags["img"]["src"])[1]
    assert style.is_narrow(NARROW) and not style.is_narrow(WIDE)


def test_what_it_says_stands_above_and_what_to_doubt_below():
    shown = Drawing(plot, "a curve", "", "It rises < 3 dB.", "One run.")
    html = shown._repr_html_()
    assert html.startswith('<p class="result-says">It rises &lt; 3 dB.</p><figure')
    assert html.endswith('</figure><p class="result-doubts">One run.</p>')
    assert shown.text().splitlines() == ["It rises < 3 dB.", "a curve", "One run."]
    assert "It rises" not in repr(shown)


def test_a_plot_is_rounded_where_that_is_not_seen():
    """Coordinates lose what is below a hundredth of a point; factors below 1, which scale letters, lose nothing."""
    svg = b'<g transform="translate(12.34567 0.015625) scale(0.08 -0.015625)">\n  <path d="M 100.129 3"/></g>'
    assert (
        display.rounded(svg)
        == b'<g transform="translate(12.34 0.015625) scale(0.08 -0.015625)"> <path d="M 100.12 3"/></g>'
    )


def test_equal_figures_are_equal_bytes():
    assert display.encoded(plot()) == display.encoded(plot())


def test_no_figure_without_alt_text():
    with pytest.raises(InputError, match="alt text"):
        Drawing(plot, "  ")


def test_a_missing_data_set_is_named_with_the_way_to_it(monkeypatch, tmp_path):
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path))
    assert absent("synthetic-lai") is None
    missing = absent("levin")
    assert "Not run: the data set is not here" in missing.html
    assert "mcdeconv data fetch levin" in missing.html and "MCDECONV_DATA" in missing.html
    assert str(tmp_path) not in missing.html  # a page names no folder of the machine that made it
    assert "fetch" not in absent("lai_real").html and "wslai.net" in absent("lai_real").html  # no known archive
    (tmp_path / "levin").mkdir()
    assert absent("levin") is None
