"""Docstrings write |x| for absolute values; in reStructuredText that would be a substitution."""

import re
from typing import Any

from sphinx.application import Sphinx

_LITERAL_OR_BAR = re.compile(r"``.*?``|\|")


def escape_bars(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Put a backslash before every bar outside ``literals``."""
    lines[:] = [_LITERAL_OR_BAR.sub(lambda found: found[0] if len(found[0]) > 1 else r"\|", line) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", escape_bars)
    return {"parallel_read_safe": True}
