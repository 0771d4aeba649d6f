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
from mcdeconv.studies.levin import AVERAGED, GAIN_OVER
from mcdeconv.studies.study import Study, Variant, named

REGION = 192  # px; of about 500 × 350
CHANNELS = 16
ITERATIONS = (5000, 2500, 1250)
RIVAL = GAIN_OVER["ours"]
LARGE = "sigma0 0.05"


def _items() -> Iterator[Item]:
    return (halved(item) for item in datasets.load("lai", LAI_LIKE))


def _variants() -> list[Variant]:
    """The kernel's learning rate times the iterations is the paper's. Some have a mean over pixels in the loss too."""
    kinds = [(method, reading) for reading in ((), (AVERAGED,)) for method in ("ours", RIVAL)]
    found = []
    for count in ITERATIONS:
        for method, changes in (*kinds, ("ours", (LARGE,))):
            preset = configure(method, "laptop")
            config = replace(
                preset.with_iterations(count),
                data_term="mean" if AVERAGED in changes else "sum",
                image_net=replace(preset.image_net, channels=CHANNELS),
                small_kernel_noise_std=0.05 if LARGE in changes else 0.01,
                kernel_learning_rate=1e-4 * ITERATIONS[0] / count,
            )
            found.append(Variant(config, REGION, method=method, changes=(*changes, f"{count:,} iterations")))
    return found


def _contrasts(of: list[Variant]) -> list[tuple[str, str]]:
    """Dropout and noise against neither, every number of iterations against the smallest, the sum against the mean."""
    gains, longer, summed = [], [], []
    least = f"{ITERATIONS[-1]:,} iterations"
    for variant in of:
        *changes, count = variant.changes
        if variant.method != RIVAL:  # against the same loss
            own = tuple(change for change in changes if change != LARGE)
            gains.append((variant.name, replace(variant, method=RIVAL, changes=(*own, count)).name))
        if count != least:
            longer.append((variant.name, replace(variant, changes=(*changes, least)).name))
        if not changes:
            summed.append((variant.name, replace(variant, changes=(AVERAGED, count)).name))
    return [*gains, *longer, *summed]


STUDY = Study(
    "lai",
    "Where do dropout and noise help on large kernels, and from how many iterations on?",
    "pilot",
    _items,
    named(_variants()),
    _contrasts(_variants()),
    {"all": [f"{name}_half" for name in LAI_LIKE]} | {name.split("_")[0]: [f"{name}_half"] for name in LAI_LIKE},
    page="study-lai",
)
