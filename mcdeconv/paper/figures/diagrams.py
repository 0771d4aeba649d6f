"""Figure 2: the method as a diagram, drawn once (diagram.svg). Its lines and words take the colour of the page."""

import re
from dataclasses import dataclass
from pathlib import Path

from mcdeconv.files import write_whole

DRAWN = Path(__file__).with_name("diagram.svg")


@dataclass(frozen=True, repr=False)
class Diagram:
    """An SVG that shows itself in notebooks."""

    svg: str

    def __repr__(self) -> str:
        return f"Diagram: {re.findall('<title.*?>(.*?)</title>', self.svg)[0]}"

    def _repr_svg_(self) -> str:
        """A file of its own: dark text, or light text where the reader's system is dark."""
        return self.svg

    def _repr_html_(self) -> str:
        """For a page: text and lines take the page's colour; on a narrow screen the figure scrolls inside itself."""
        plain = re.sub(r"<style>.*?</style>", "", self.svg, flags=re.DOTALL)
        size = 'style="display:block;width:100%;min-width:620px;height:auto"'
        shown = re.sub(r'width="\d+" height="\d+"', size, plain, count=1)
        return (
            '<figure class="mcdeconv-figure" style="margin:1rem 0"><div role="region" tabindex="0" '
            'aria-label="Figure 2, scrolls sideways on a narrow screen" style="overflow-x:auto">'
            f"{shown}</div></figure>"
        )

    def save(self, path: Path) -> None:
        """Write the SVG to a file."""
        write_whole(path, self.svg.encode())


def diagram() -> Diagram:
    """Figure 2 as an SVG."""
    return Diagram(DRAWN.read_text(encoding="utf-8"))
