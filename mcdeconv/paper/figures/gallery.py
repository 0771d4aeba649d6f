"""Figures 4–7 as a page shows them: telling images of a data set at a tier, and plots over all of its images."""

from collections.abc import Iterator, Sequence

from mcdeconv.data import datasets
from mcdeconv.paper.figures.display import Shown, absent, show
from mcdeconv.paper.figures.overview import benchmark_plots
from mcdeconv.paper.figures.restorations import compare, comparison, comparison_alt, comparison_caption, telling_images
from mcdeconv.paper.figures.style import NARROW
from mcdeconv.paper.figures.wording import count
from mcdeconv.runs.records import Record


def gallery(records: Sequence[Record], images: Sequence[str] | None = None) -> Iterator[Shown]:
    """Pictures of some images, then the plots; the pictures need the data set, the plots only the records.

    Parameters
    ----------
    records : sequence of Record
        Of one data set and tier.
    images : sequence of str, optional
        Default: see `telling_images`.
    """
    if not records:
        return
    dataset = records[0].identity.dataset
    are = "is" if len(records) == 1 else "are"
    if missing := absent(dataset, f"{count(len(records), 'run')} {are} stored; their pictures need the data set."):
        yield missing
    else:
        reasons = dict.fromkeys(images, "") if images else telling_images(records)
        for name, why in reasons.items():
            compared = compare(datasets.load_item(dataset, name), records)
            caption = comparison_caption(compared, records[0].identity.tier, why)
            narrow = comparison(compared, NARROW)
            yield show(comparison(compared), comparison_alt(compared), caption, narrow)
    yield from benchmark_plots(records)
