"""Figures 1, 3 and 9: what the networks show, beside the truth."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of
from mcdeconv.paper.figures.display import is_narrow
from mcdeconv.paper.figures.panels import Panel, described, sheet
from mcdeconv.paper.figures.runs import Run, by_method, typical
from mcdeconv.paper.figures.style import IMAGE_NET, WIDE, applied, label
from mcdeconv.paper.figures.wording import count, decibel
from mcdeconv.scoring.protocols import protocol_of, score

FIGURE_1 = {"without-both": "without regularisation (7)", "ours": "ours (27)"}  # its captions; other methods: `label`


def regularisation(item: Item, runs: Sequence[Run], width: float = WIDE) -> Figure:
    """Figure 1: the blurred input, G_x's output of each method and the truth, with their kernels and PSNR.

    Parameters
    ----------
    item : Item
        The image that was solved whole; shown as its luminance, which is what was solved.
    runs : sequence of Run
        One or more trials of each method; of several the typical one is shown.
    width : float
        Inches.
    """
    with applied():
        return sheet(_regularisation_panels(item, runs), 2 if is_narrow(width) else 3, width)


def regularisation_alt(item: Item, runs: Sequence[Run]) -> str:
    """Figure 1 in words."""
    panels = _regularisation_panels(item, runs)
    return (
        f"{len(panels)} pictures of {item.id}, each but the input with its kernel in a corner, "
        f"and the PSNR of the network's output: {described(panels)}."
    )


def _regularisation_panels(item: Item, runs: Sequence[Run]) -> list[Panel]:
    panels = [_input_panel(item)]
    for method, trials in by_method(runs).items():
        panels.append(_output_panel(FIGURE_1.get(method, label(method)), typical(trials)))
    return _lettered(panels + _truth_panels(item))


def randomisation_pictures(item: Item, runs: Sequence[Run], width: float = WIDE) -> Figure:
    """Figure 9: the truth, and G_x's output where one network, the other, or both are randomised; see Figure 1.

    Of several trials the one with the median PSNR is shown, and its seed is named.
    """
    with applied():
        return sheet(_randomisation_panels(item, runs), 2 if is_narrow(width) else 4, width)


def randomisation_pictures_alt(item: Item, runs: Sequence[Run]) -> str:
    """Figure 9 in words."""
    panels = _randomisation_panels(item, runs)
    trials = max(len(trials) for trials in by_method(runs).values())
    return (
        f"{len(panels)} pictures of {item.id} with their kernels, of {count(trials, 'trial')} the one of median PSNR: "
        f"{described(panels)}."
    )


def _randomisation_panels(item: Item, runs: Sequence[Run]) -> list[Panel]:
    names = IMAGE_NET
    panels = _truth_panels(item)
    methods = by_method(runs)
    for method in sorted(methods, key=lambda method: method != "ours"):  # Figure 9 begins with the paper's method
        chosen = typical(methods[method])
        panels.append(_output_panel(names.get(method, label(method)), chosen, f", seed {chosen.seed}"))
    return _lettered(panels)


def _input_panel(item: Item) -> Panel:
    grey, note = grey_of(item.blurred), "blurred"
    if item.sharp is not None:
        note = decibel(score(grey, item, protocol_of(item.dataset)).psnr)  # as the outputs are scored
    return Panel("input", grey, note=note)


def _output_panel(title: str, run: Run, suffix: str = "") -> Panel:
    """G_x's output at the end of a run, with the run's kernel."""
    image = run.trajectory.images[-1] / 255
    note = decibel(run.record.scores.get("psnr_direct", float("nan"))) + suffix
    return Panel(title, image, np.asarray(run.record.kernel), note)


def _truth_panels(item: Item) -> list[Panel]:
    return [] if item.sharp is None else [Panel("truth", grey_of(item.sharp), item.kernel)]


def _lettered(panels: Sequence[Panel]) -> list[Panel]:
    """(a), (b), ... before the titles, as in the paper."""
    return [
        Panel(f"({chr(ord('a') + index)}) {panel.title}", panel.image, panel.kernel, panel.note, panel.crops)
        for index, panel in enumerate(panels)
    ]
