"""The front ends' files. Parts are joined to one ES module a widget; there is no build step and no library."""

from pathlib import Path

FOLDER = Path(__file__).parent
CSS = (FOLDER / "widgets.css").read_text(encoding="utf-8")


def module(*parts: str) -> str:
    """The one ES module of a widget: its parts in this order, of which only the last exports."""
    return "".join((FOLDER / part).read_text(encoding="utf-8") for part in parts)
