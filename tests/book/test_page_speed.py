"""The measurement of a page's speed counts what came and waits for what is late."""

from pathlib import Path
from typing import Any

import pytest

from scripts import page_speed

VIEW = '<script type="application/vnd.jupyter.widget-view+json">{}</script>'
LATE = "<p id=late>Late<script>setTimeout(() => { document.getElementById('late').className = 'mcd'; }, 700)</script>"


def test_a_page_is_ready_when_its_widget_is_drawn(browser: Any, tmp_path: Path) -> None:
    weight = "x" * 30_000
    for name, extra in (("plain", ""), ("widget", VIEW + LATE)):
        (tmp_path / f"{name}.html").write_text(f"<!doctype html><title>A</title><p>Text<!-- {weight} -->{extra}")
    with page_speed.served(tmp_path) as base:
        plain, widget = (page_speed.visit(browser, f"{base}/{name}.html") for name in ("plain", "widget"))
    for painted, ready, size in (plain, widget):
        assert 0 < painted <= ready and size >= len(weight)
    assert widget[1] >= 0.7  # it is drawn so late


def test_a_page_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert page_speed.main(["none.html", "--site", str(tmp_path)]) == 2
    assert "make book" in capsys.readouterr().err
