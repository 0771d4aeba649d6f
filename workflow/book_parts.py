"""What the book's chapters include, made from the records at every build: the first screen, the answer, plots."""

import html
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.explorer.pictures import data_uri, png, webp
from mcdeconv.paper.answer import FINDINGS, Typical, answer_plot, answer_table, answers, sentences, typical_image
from mcdeconv.paper.answer.gains import AnswerRecords
from mcdeconv.paper.answer.typical import psnr_of
from mcdeconv.paper.figures import NARROW, WIDE, Drawing
from mcdeconv.paper.figures.display import NARROW_SCREEN, PIXELS_PER_INCH, encoded
from mcdeconv.paper.figures.style import kernel_as_shown
from mcdeconv.paper.machines import machines
from mcdeconv.paper.trust import hostile, load, mutants, torture
from mcdeconv.paper.verified import across_machines, last_check
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record
from mcdeconv.runs.wording import count

GENERATED, PLOTS = Path("generated"), Path("assets/plots")
QUALITY = 92  # of WebP
NOT_RUN = """:::{admonition} Not run yet
:class: not-run
What stands here is made from runs, and there is none of them yet. Type `make reproduce`.
:::
"""


def included(root: Path) -> dict[Path, bytes]:
    """Files below book/: Markdown to include, plots, and the two records behind the first screen."""
    library = Library(root)
    stored, typical = AnswerRecords(library), typical_image(library)
    found = answers(stored)
    texts = {
        "landing.md": NOT_RUN if typical is None else landing(typical),
        "answer-table.md": answer_table(found) + "\n",
        "answer-sentences.md": sentences(found) + "\n",
        "machines.md": machines(library) + "\n",
        "torture.md": torture(root),
        "hostile.md": hostile(root),
        "load.md": load(root),
        "mutants.md": mutants(root),
        "last-check.md": last_check(root),
        "across-machines.md": across_machines(root),
    }
    made = {GENERATED / name: text.encode() for name, text in texts.items()}
    for record in (typical.gain.without, typical.gain.ours) if typical else ():
        made[GENERATED / f"{record.identity.method}.json"] = stored_text(library, record)
    for name, draw in {"answer": lambda _: answer_plot(found), **FINDINGS}.items():
        try:
            made |= drawn(name, draw(stored))
        except InputError:
            made[GENERATED / f"plot-{name}.md"] = NOT_RUN.encode()
    return made


def stored_text(library: Library, record: Record) -> bytes:
    """A record's file, as it is in the store that counts."""
    return next(path.read_bytes() for store in library.stores if (path := store.file(record.identity)))


def drawn(name: str, drawing: Drawing) -> dict[Path, bytes]:
    """A plot as two SVG files, for a page and for a telephone, and the Markdown that shows the one that fits."""
    made, sizes = {}, []
    for kind, width in (("wide", WIDE), ("narrow", NARROW)):
        figure = drawing.at(width)
        _, made[PLOTS / f"{name}-{kind}.svg"] = encoded(figure)
        across, down = (round(PIXELS_PER_INCH * side) for side in figure.get_size_inches())
        sizes.append(f'width="{across}" height="{down}"')
    caption = f"<figcaption>{html.escape(drawing.caption)}</figcaption>" if drawing.caption else ""
    place = f"_static/{PLOTS.name}/{name}"
    shown = (
        f'<figure class="plot"><picture><source media="{NARROW_SCREEN}" srcset="{place}-narrow.svg" {sizes[1]}>'
        f'<img class="dark-light" src="{place}-wide.svg" {sizes[0]} loading="lazy" alt="{html.escape(drawing.alt)}">'
        f"</picture>{caption}</figure>"
    )
    return made | {GENERATED / f"plot-{name}.md": f"```{{raw}} html\n{shown}\n```\n".encode()}


def landing(typical: Typical) -> str:
    """The first screen: three pictures, one over the other for a reader with scripts, and what was given."""
    without, ours = typical.gain.without, typical.gain.ours
    shown = (
        picture("blurred", "Blurred", typical.blurred_psnr, webp(typical.item.blurred, QUALITY), typical.item.kernel),
        run("without", "Without sampling", typical, without),
        run("with", "With sampling", typical, ours),
    )
    return "\n".join(("```{raw} html", '<div class="compare">', *shown, "</div>", "```", "", words(typical), ""))


def run(name: str, title: str, typical: Typical, record: Record) -> str:
    restored = webp(typical.restored(record), QUALITY)
    return picture(name, title, psnr_of(record), restored, np.asarray(record.kernel))


def picture(name: str, title: str, psnr: float, image: str, kernel: NDArray | None) -> str:
    """One of the three, with its kernel and its PSNR."""
    said = html.escape(title)
    what = "the kernel that blurred it" if name == "blurred" else "the kernel found"
    shown = "" if kernel is None else data_uri(png(kernel_as_shown(kernel)))
    inset = f'<img class="kernel" src="{shown}" alt="">' if shown else ""
    return (
        f'<figure class="compare-{name}"><img class="picture" src="{data_uri(image)}" alt="{said}, {psnr:.1f} dB">'
        f"<figcaption>{inset}<span><b>{said}</b><br>{psnr:.1f} dB{f'<br><small>{what}</small>' if shown else ''}"
        "</span></figcaption></figure>"
    )


def words(typical: Typical) -> str:
    """Markdown: what was given, what came out, how typical it is; which words, follows from the numbers."""
    without, ours = (psnr_of(record) for record in (typical.gain.without, typical.gain.ours))
    gain = round(ours - without, 1)
    verdict = "helps" if gain > 0 else "does harm" if gain < 0 else "changes nothing"
    size, tier = typical.kernel_size, typical.gain.ours.identity.tier
    return (
        f"**Here sampling {verdict}: {ours:.1f} dB with it, {without:.1f} without**, after a deconvolution with the "
        f"kernel found. Given was only the blurred picture, and that its kernel fits into {size} × {size} px, "
        f"{typical.kernel_share:.0%} of the picture's width. The image was not chosen for its looks: of "
        f"{count(len(typical.all_gains), 'embedded image')} it is "
        f"the one with the median gain, and sampling is ahead on {typical.better}. Its records: "
        "{download}`with sampling <generated/ours.json>`, {download}`without <generated/without-both.json>` "
        f"(`{typical.item.id}`, tier `{tier}`).\n"
    )
