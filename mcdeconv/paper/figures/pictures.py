"""Figures 1 and 9: what the networks show, beside the truth."""

from collections.abc import Sequence
from dataclasses import replace
from string import ascii_lowercase

import numpy as np

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of
from mcdeconv.data.region import Region
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.panels import Panel, described, sheet
from mcdeconv.paper.figures.runs import Run, by_method, image_and_tier, typical
from mcdeconv.paper.figures.says import against_the_input, doubts_of_runs, leader_in_words, points_in_words
from mcdeconv.paper.figures.style import IMAGE_NET, is_narrow, label
from mcdeconv.runs.trajectory import region_shown
from mcdeconv.runs.wording import count, decibel
from mcdeconv.scoring.protocols import protocol_of, score

FIGURE_1 = {"without-both": "without regularisation (7)", "ours": "ours (27)"}  # its captions; other methods: `label`


def regularisation(item: Item, runs: Sequence[Run]) -> Drawing:
    """Figure 1: the blurred input, G_x's output of each method and the truth, with their kernels and PSNR.

    Parameters
    ----------
    item : Item
        Shown is its luminance, of the part that was solved.
    runs : sequence of Run
        One or more trials of each method; of several the one with the median PSNR is shown.
    """
    chosen = {FIGURE_1.get(method, label(method)): typical(trials) for method, trials in by_method(runs).items()}
    region = _region(item, runs)
    outputs = [_output_panel(title, run) for title, run in chosen.items()]
    drawing = _lettered(
        [_input_panel(item, region), *outputs, *_truth_panels(item, region)],
        3,
        f"pictures of {item.id}, each but the input with its kernel in a corner, and the PSNR of the network's output",
        f"{image_and_tier(runs[0].record)}: output of the image network, with the kernel in the corner.",
    )
    says = against_the_input({title: _psnr(run) for title, run in chosen.items()}, _blurred_psnr(item, region))
    return replace(drawing, says=says, doubts=doubts_of_runs(runs, points_in_words(runs)))


def found_kernels(runs: Sequence[Run]) -> Drawing:
    """What can be shown of runs on a benchmark's image without its pictures: kernels, and the PSNR of the outputs.

    Parameters
    ----------
    runs : sequence of Run
        On one image, one or more trials of each method; of several the one with the median PSNR is shown.
    """
    methods, panels = by_method(runs), []
    names = FIGURE_1 | IMAGE_NET if "random-both-nets" in methods else FIGURE_1
    for method, trials in methods.items():
        run, title = typical(trials), names.get(method, label(method))
        kernel = np.asarray(run.record.kernel)
        suffix = f", seed {run.seed}" if len(trials) > 1 else ""
        panels.append(Panel(title, kernel / kernel.max(), note=decibel(_psnr(run)) + suffix))
    drawing = _lettered(
        panels,
        len(panels),
        f"kernels found on {runs[0].record.identity.image}, and the PSNR of the network's output",
        f"{image_and_tier(runs[0].record)}: the kernels that are found; below, the PSNR of the network's own output.",
    )
    ends = {method: [_psnr(run) for run in trials] for method, trials in methods.items()}
    others = {method: name for method, name in names.items() if method != "ours"}
    says = leader_in_words(ends, "PSNR of the network's output", others)
    return replace(drawing, says=says, doubts=doubts_of_runs(runs, points_in_words(runs)))


def randomisation_pictures(item: Item, runs: Sequence[Run]) -> Drawing:
    """Figure 9: the truth, and G_x's output where one network, the other, or both are randomised; see Figure 1.

    Of several trials the one with the median PSNR is shown, and its seed is named.
    """
    methods = by_method(runs)
    outputs = []
    for method in sorted(methods, key=lambda method: method != "ours"):  # Figure 9 begins with the paper's method
        chosen = typical(methods[method])
        outputs.append(_output_panel(IMAGE_NET.get(method, label(method)), chosen, f", seed {chosen.seed}"))
    trials = count(max(map(len, methods.values())), "trial")
    drawing = _lettered(
        [*_truth_panels(item, _region(item, runs)), *outputs],
        4,
        f"pictures of {item.id} with their kernels, of {trials} the one of median PSNR",
        f"Figure 9. {image_and_tier(runs[0].record)}: output of the image network, kernel in the corner.",
    )
    ends = {method: [_psnr(run) for run in trials] for method, trials in methods.items()}
    says = leader_in_words(ends, "output", IMAGE_NET)
    return replace(drawing, says=says, doubts=doubts_of_runs(runs, points_in_words(runs)))


def _region(item: Item, runs: Sequence[Run]) -> Region:
    return region_shown(item, runs[0].record.identity.tier, runs[0].trajectory)


def _input_panel(item: Item, region: Region) -> Panel:
    psnr = _blurred_psnr(item, region)
    return Panel("input", grey_of(item.blurred)[region.slices], note="blurred" if np.isnan(psnr) else decibel(psnr))


def _blurred_psnr(item: Item, region: Region) -> float:
    """Of the input as it is, scored as the outputs are; NaN without a truth."""
    if item.sharp is None:
        return float("nan")
    return score(grey_of(item.blurred)[region.slices], item, protocol_of(item.dataset), region).psnr


def _psnr(run: Run) -> float:
    return run.record.scores.get("psnr_direct", float("nan"))


def _output_panel(title: str, run: Run, suffix: str = "") -> Panel:
    """G_x's output at the end of a run, with the run's kernel."""
    image = run.trajectory.images[-1] / 255
    note = decibel(_psnr(run)) + suffix
    return Panel(title, image, np.asarray(run.record.kernel), note)


def _truth_panels(item: Item, region: Region) -> list[Panel]:
    return [] if item.sharp is None else [Panel("truth", grey_of(item.sharp)[region.slices], item.kernel)]


def _lettered(panels: Sequence[Panel], columns: int, what: str, caption: str) -> Drawing:
    """A sheet with (a), (b), ... before the titles, as in the paper; `what` is shown goes before the panels' words."""
    named = [replace(panel, title=f"({ascii_lowercase[n]}) {panel.title}") for n, panel in enumerate(panels)]
    alt = f"{len(named)} {what}: {described(named)}."
    return Drawing(lambda width: sheet(named, 2 if is_narrow(width) else columns, width), alt, caption)
