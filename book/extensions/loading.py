"""What a page loads, and when: no script that blocks, MathJax only where there are formulas, widgets' states last.

Sphinx also asks the pages below a page whether they have formulas, and myst-nb puts the states of widgets, with all
their pictures, into the head.
"""

from collections.abc import Callable
from typing import Any

from sphinx.application import Sphinx

STATES = "application/vnd.jupyter.widget-state+json"
AT_ONCE = "documentation_options.js"  # inline scripts write into it
LAST = 900  # after whatever else adds scripts


def load_what_is_used(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Leave out, put off and move to the end what the page's first paint need not wait for."""
    scripts = context["script_files"]
    states = [script for script in scripts if script.attributes.get("type") == STATES]
    formulas = 'class="math' in context.get("body", "")
    context["script_files"] = [
        script for script in scripts if script not in states and (formulas or not of_mathjax(app, script))
    ]
    context["widget_states"] = "\n".join(map(context["js_tag"], states))
    if pagename != "search":  # the scripts that its template adds need the others at once
        context["js_tag"] = deferring(context["js_tag"])


def of_mathjax(app: Sphinx, script: Any) -> bool:
    """Whether a script is MathJax or its settings."""
    path = str(script.filename or "")
    return path.endswith(app.config.mathjax_path) or script.attributes.get("body", "").startswith("window.MathJax")


def deferring(js_tag: Callable[[Any], str]) -> Callable[[Any], str]:
    """Makes the tags of scripts; a file is run when the page has been read."""

    def deferred(script: Any) -> str:
        tag = js_tag(script)
        file = str(script.filename or "")
        at_once = not file or file.endswith(AT_ONCE) or "defer" in script.attributes
        return tag if at_once else tag.replace("<script ", "<script defer ", 1)

    return deferred


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", load_what_is_used, priority=LAST)
    return {"parallel_read_safe": True}
