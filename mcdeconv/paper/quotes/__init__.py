"""Numbers that the book's prose quotes, read from the results; nobody types them."""

from pathlib import Path
from typing import Any

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data.datasets.groups import KOHLER_SCENE, LAI_20
from mcdeconv.files import read_csv
from mcdeconv.paper.quotes.full_size import full_size, gains_on, settings
from mcdeconv.paper.quotes.kernels import breadths, final_constants, known_kernels, spreads, thresholds
from mcdeconv.paper.quotes.plus import plus
from mcdeconv.paper.quotes.rivals import misses, rivals, selfdeblur, squares
from mcdeconv.paper.quotes.runs import (
    SCENE,
    at_laptop,
    contrasts_in_words,
    means_on,
    more_gain,
    solved_whole,
    weight_of_mu,
)
from mcdeconv.runs.library import Library
from mcdeconv.studies import STUDIES
from mcdeconv.studies.levin import AVERAGED
from mcdeconv.studies.readings import ITERATIONS
from mcdeconv.studies.rows import parsed


def quotes(root: Path) -> dict[str, Any]:
    """What the chapters use as `{{ study["sigma0 0.01"].real.direct }}` and the like; all of it text.

    Parameters
    ----------
    root : the checkout's folder
    """
    results = root / "results"
    levin, lai = (STUDIES[name].kept(results) for name in ("levin", "lai"))
    factors = results / "studies/readings/factors.csv"  # of scores with more digits than its runs.csv has
    readings = contrasts_in_words(read_csv(factors, parsed, "run `make study NAME=readings`"))
    variants, laptop = STUDIES["levin"].variants, configure("ours", "laptop")
    of_lai = contrasts_in_words(STUDIES["lai"].factors(lai))
    cut = thresholds(results)
    return {
        "study_iterations": ITERATIONS,
        "iterations": {tier: f"{configure('ours', tier).iterations:,}" for tier in TIERS},
        "study": {name: next(iter(against.values())) for name, against in readings.items()},
        "levin": at_laptop(Library(root)),
        "levin_study": contrasts_in_words(STUDIES["levin"].factors(levin)),
        "lai_study": of_lai,
        "lai5000": of_lai["ours, 5,000 iterations"]["without-both, 5,000 iterations"],
        "breadth": breadths(results),
        "thresholds": cut,
        "lopsided": cut["lopsided"],
        "mu": {
            name: weight_of_mu([record for record in levin if record.identity.method == name], variant.config)
            for name, variant in variants.items()
        },
        "mu_averaged": f"{laptop.kernel_weight * (TIERS['laptop'].region or 0) ** 2:.1f}",
        "sampling": spreads(results),
        "scene": means_on(levin, SCENE),
        "whole": solved_whole(levin),
        "sum_gains": {"all": more_gain(levin, AVERAGED), "scene": more_gain(levin, AVERAGED, SCENE)},
        "known_kernel": known_kernels(results),
        "constants": final_constants(results),
        "rivals": rivals(Library(root)),
        "plus": plus(Library(root)),
        "xu_jia": misses(Library(root), "xu-jia", "Xu & Jia (authors' kernels)"),
        "selfdeblur": selfdeblur(results),
        "squares": squares(results),
        "settings": settings(results),
        "full_size": full_size(Library(root)),
        "lai20": gains_on("lai", LAI_20, Library(root)),
        **{
            name: contrasts_in_words(STUDIES[name].factors(STUDIES[name].kept(results)))
            for name in ("brightness", "ssim")
        },
        "kohler": gains_on("kohler", KOHLER_SCENE, Library(root)),
    }


__all__ = ["quotes"]
