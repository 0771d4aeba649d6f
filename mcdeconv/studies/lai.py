"""A pilot for Lai's images, where the paper claims its largest gain: half resolution, a narrow G_x, all iterations.

One image of each category with the kernel of 51 px, of which half resolution leaves 27. The paper starts sigma0 at
0.05 for large kernels; which are large it does not say, so both of its values are tried.
"""

from collections.abc import Iterator
from dataclasses import replace

from mcdeconv.core.presets import configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import LAI_LIKE
from mcdeconv.data.datasets.item import Item
from mcdeconv.studies.halving import halved
from mcdeconv.studies.levin import AVERAGED, RIVALS
from mcdeconv.studies.study import Study, Variant

REGION = 192  # px; of about 500 × 350
CHANNELS = 16
ITERATIONS = (5000, 2500, 1250)
RIVAL = RIVALS["ours"]


def items() -> Iterator[Item]:
    return (halved(item) for item in datasets.load("lai", LAI_LIKE))


def variants() -> dict[str, Variant]:
    """The kernel's learning rate times the iterations is the paper's. Some have a mean over pixels in the loss too."""
    readings = ("", f", {AVERAGED}")
    kinds = [(method, f"{method}{reading}", 0.01) for reading in readings for method in ("ours", RIVAL)]
    found = {}
    for count in ITERATIONS:
        for method, name, sigma0 in (*kinds, ("ours", "ours, sigma0 0.05", 0.05)):
            preset = configure(method, "laptop")
            config = replace(
                preset.with_iterations(count),
                data_term="mean" if AVERAGED in name else "sum",
                image_net=replace(preset.image_net, channels=CHANNELS),
                small_kernel_noise_std=sigma0,
                kernel_learning_rate=1e-4 * ITERATIONS[0] / count,
            )
            found[f"{name}, {count:,} iterations"] = Variant(config, REGION)
    return found


def contrasts() -> list[tuple[str, str]]:
    """Dropout and noise against neither, every number of iterations against the smallest, the sum against the mean."""
    names = [name.rsplit(", ", 1) for name in variants()]
    least = f"{ITERATIONS[-1]:,} iterations"
    gains = [(name, count, rival_of(name), count) for name, count in names if not name.startswith(RIVAL)]
    longer = [(name, count, name, least) for name, count in names if count != least]
    summed = [(name, count, f"{name}, {AVERAGED}", count) for name, count in names if name in ("ours", RIVAL)]
    return [(f"{name}, {count}", f"{other}, {own}") for name, count, other, own in (*gains, *longer, *summed)]


def rival_of(name: str) -> str:
    """What has neither dropout nor noise, with the same loss."""
    return f"{RIVAL}, {AVERAGED}" if AVERAGED in name else RIVAL


STUDY = Study(
    "lai",
    "Where do dropout and noise help on large kernels, and from how many iterations on?",
    "pilot",
    items,
    variants(),
    contrasts(),
    {"all": [f"{name}_half" for name in LAI_LIKE]} | {name.split("_")[0]: [f"{name}_half"] for name in LAI_LIKE},
)
