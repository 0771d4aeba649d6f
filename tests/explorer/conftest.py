"""A widget in a page of its own in a real browser: its module, a model that only stores, and no kernel."""

import json
from dataclasses import dataclass, field

import pytest

ADDRESS = "http://widget.test/"
PAGE = """<!doctype html>
<html lang="en"{theme}>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Widget</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="widgets.css">
<style>body {{ margin: 16px; font: 16px/1.6 system-ui, sans-serif; background: {background} }}</style>
<main><h1>A page</h1>{fallback}<div id="place"></div></main>
<script type="module">
import widget from "./widget.js";
const state = await (await fetch("state.json")).json();
const listeners = {{}};
window.model = {{
  saved: 0,
  get: (name) => state[name],
  set(name, value) {{ state[name] = value; }},
  on(name, callback) {{ (listeners[name] ??= []).push(callback); }},
  save_changes() {{ window.model.saved += 1; if ({fails}) throw new Error("no kernel"); }},
  receive(name, value) {{ state[name] = value; for (const each of listeners[`change:${{name}}`] ?? []) each(); }},
}};
const signal = new AbortController().signal;
await widget.render({{ model: window.model, el: document.getElementById("place"), signal }});
window.ready = true;
</script>
"""


@dataclass
class Opened:
    """A page with a widget, and what it complained of."""

    page: object
    errors: list[str] = field(default_factory=list)

    def state(self, name):
        return self.page.evaluate("name => window.model.get(name)", name)

    def receive(self, name, value):
        """A change that comes from Python."""
        self.page.evaluate("([name, value]) => window.model.receive(name, value)", [name, value])


@pytest.fixture
def open_widget(browser):
    """Shows a widget's module with a state; every outside request and every console error counts as an error."""
    contexts = []

    def show(widget, state, width=1000, height=1200, scheme="light", theme="", fallback="", fails=True, touch=False):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=touch, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        opened = Opened(page)
        page.on("console", lambda message: message.type == "error" and opened.errors.append(message.text))
        page.on("pageerror", lambda error: opened.errors.append(str(error)))
        dark = theme == "dark" or (not theme and scheme == "dark")
        html = PAGE.format(
            theme=f' data-theme="{theme}"' if theme else "",
            background="#14181e; color: #e8ebef" if dark else "#fff",
            fallback=fallback,
            fails="true" if fails else "false",
        )
        files = {
            "": ("text/html", html),
            "widget.js": ("text/javascript", widget._esm),
            "widgets.css": ("text/css", widget._css),
            "state.json": ("application/json", json.dumps(state)),
        }

        def answer(route):
            name = route.request.url.removeprefix(ADDRESS)
            if name in files:
                kind, body = files[name]
                route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")
            else:
                opened.errors.append(f"outside request: {route.request.url}")
                route.abort()

        page.route("**/*", answer)
        page.goto(ADDRESS)
        page.wait_for_function("window.ready === true")
        return opened

    yield show
    for context in contexts:
        context.close()
