"""The pictures of a figure become files of their own, with their alt texts."""

import base64

from pictures import save_pictures

from mcdeconv.paper import figures


def html(kind, content, alt):
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    narrow = '<source srcset="data:image/png;base64,AAAA">'
    return {"data": {"text/html": f'<picture>{narrow}<img src="{source}" alt="{alt}"></picture>'}}


def test_every_picture_is_saved_once_with_what_it_shows(tmp_path):
    outputs = [html("png", b"first", "A &amp; B"), html("svg+xml", b"<svg/>", "C"), html("webp", b"third", "D")]
    (tmp_path / "figure-4-9.png").touch()  # of an earlier call
    (tmp_path / "figure-40-1.png").touch()
    lines = save_pictures(outputs, tmp_path, "figure-4")
    assert lines == [
        f"{tmp_path}/figure-4-1.png\n  A & B",
        f"{tmp_path}/figure-4-2.svg\n  C",
        f"{tmp_path}/figure-4-3.webp\n  D",
    ]
    assert (tmp_path / "figure-4-1.png").read_bytes() == b"first"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "figure-4-1.png", "figure-4-2.svg", "figure-4-3.webp", "figure-40-1.png",
    ]  # fmt: skip


def test_the_diagram_is_saved_as_it_is_drawn(tmp_path):
    drawn = figures.diagram()
    outputs = [{"data": {"image/svg+xml": drawn._repr_svg_(), "text/html": drawn._repr_html_()}}]
    (line,) = save_pictures(outputs, tmp_path, "figure-2")
    assert (tmp_path / "figure-2-1.svg").read_text() == drawn.svg
    assert "Diagram of the method." in line and max(map(len, line.splitlines()[1:])) <= 80


def test_pictures_of_another_page_are_no_pictures(tmp_path):
    assert save_pictures([{"data": {"text/html": '<img src="elsewhere.png" alt="x">'}}, {}], tmp_path, "figure-1") == []
