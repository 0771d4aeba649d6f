"""Put what was found into README.md: book/found.md, with the numbers that today's records give.

`python scripts/readme.py` in a checkout; the lines between the two `found` marks are replaced.
"""

import re
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from mcdeconv.paper.quotes import quotes

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(?<=<!-- found -->\n).*?(?=<!-- /found -->)", re.DOTALL)


def quoted(root: Path) -> dict[str, Any]:
    """The numbers that prose may quote, by name, from what is committed; runs of this machine do not count."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "results").symlink_to(root.resolve() / "results")
        return quotes(Path(folder))


def filled(template: str, numbers: dict[str, Any]) -> str:
    """A text with its `{{ names }}` resolved as the book does; jinja2.UndefinedError for one that there is not."""
    return Environment(undefined=StrictUndefined, keep_trailing_newline=True).from_string(template).render(numbers)


def updated(readme: str, found: str) -> str:
    """A README with another block; ValueError if its marks are not there once."""
    text, count = BLOCK.subn(lambda _: found, readme)
    if count != 1:
        raise ValueError(f"README.md has {count} blocks between <!-- found --> and <!-- /found -->; it must have one")
    return text


def main() -> None:
    """Write README.md."""
    readme = ROOT / "README.md"
    found = filled((ROOT / "book/found.md").read_text(encoding="utf-8"), quoted(ROOT))
    readme.write_text(updated(readme.read_text(encoding="utf-8"), found), encoding="utf-8")


if __name__ == "__main__":
    main()
