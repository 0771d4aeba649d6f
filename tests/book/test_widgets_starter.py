"""What starts the widgets in the book: modules from the page, the selection in the address, honest failures."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from book_site import ROOT

MODULE = """
export default { render({ model, el }) {
  const button = document.createElement("button");
  const show = () => (button.textContent = `${model.get("image")} ${model.get("p0")}`);
  button.onclick = () => {
    model.set("p0", model.get("p0") + 1);
    model.set("request", { action: "hello" });
    show();
    model.save_changes();
  };
  for (const name of ["image", "p0"]) model.on(`change:${name}`, show);
  show();
  el.append(button);
} };
"""
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
<script defer src="widgets.js"></script>
<div><script type="application/vnd.jupyter.widget-view+json">{"model_id": "one"}</script></div>
<script type="application/vnd.jupyter.widget-state+json">STATE</script></html>"""
STATE = {"image": "coins", "p0": 1.0, "request": {}, "_css": "button { color: rgb(1, 2, 3); }"}

Opened = tuple[Any, list[str]]


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Any:
    """Opens a page with a widget from a file; gives the page and what its console complained of."""
    context = browser.new_context()

    def show(module: str = MODULE, address: str = "") -> Opened:
        state = json.dumps({"state": {"one": {"state": STATE | {"_esm": module}}}})
        (tmp_path / "index.html").write_text(PAGE.replace("STATE", state))
        (tmp_path / "widgets.js").write_bytes((ROOT / "book/assets/widgets.js").read_bytes())
        errors: list[str] = []
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto((tmp_path / "index.html").as_uri() + address)
        page.wait_for_selector("button, .widget-failed")
        return page, errors

    yield show
    context.close()


def test_a_widget_stands_in_its_place_with_its_style(opened: Callable[..., Opened]) -> None:
    page, errors = opened()
    assert page.inner_text("div button") == "coins 1"
    assert page.evaluate("getComputedStyle(document.querySelector('button')).color") == "rgb(1, 2, 3)"
    assert errors == [] and "#" not in page.url


def test_the_address_keeps_what_was_set_and_nothing_else(opened: Callable[..., Opened]) -> None:
    page, errors = opened()
    entries = page.evaluate("history.length")
    page.click("button")
    page.wait_for_url("**#p0=2")
    page.reload()
    assert page.inner_text("button") == "coins 2"
    assert page.evaluate("history.length") == entries  # no new entries: "back" leaves the page
    assert errors == []


def test_an_address_opens_the_widget_where_it_says(opened: Callable[..., Opened]) -> None:
    page, errors = opened(address="#image=camera&p0=0.5&request=no&unknown=1")
    assert page.inner_text("button") == "camera 0.5"
    page.evaluate("location.hash = '#image=page&p0=much'")
    page.wait_for_function("document.querySelector('button').textContent === 'page 0.5'")
    page.evaluate("location.hash = '#a-heading'")
    page.click("button")
    page.wait_for_url("**#p0=1.5")
    assert errors == []


@pytest.mark.parametrize("module", ["export default {", "export default { render() { throw new Error('no') } }"])
def test_a_widget_that_cannot_start_says_so(opened: Callable[..., Opened], module: str) -> None:
    page, errors = opened(module)
    assert page.inner_text(".widget-failed").startswith("The controls could not be started (")
    assert len(errors) == 1
