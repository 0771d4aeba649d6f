"""A pilot for Lai's images, where the paper claims its largest gain: half resolution, a narrow G_x, all iterations.

One image of each category with the kernel of 51 px, of which half resolution leaves 27. The paper starts sigma0 at
0.05 for large kernels; which are large it does not say, so both of its values are tried.
"""

from collections.abc import Iterator
from dataclasses import replace

from mcdeconv import datasets
from mcdeconv.datasets.item import Item
from mcdeconv.plans import LAI_LIKE
from mcdeconv.presets import configure
from mcdeconv.problem import as_grey
from mcdeconv.studies.halving import halved
from mcdeconv.studies.study import Study, Variant

REGION = 192  # px; of about 500 × 350
CHANNELS = 16
ITERATIONS = (5000, 2500, 1250)


def items() -> Iterator[Item]:
    return (halved(as_grey(item)) for item in datasets.load("lai", LAI_LIKE))


def variants() -> dict[str, Variant]:
    """The kernel's learning rate times the iterations is the paper's."""
    found = {}
    for count in ITERATIONS:
        for method, sigma0 in (("ours", 0.01), ("without-both", 0.01), ("ours, sigma0 0.05", 0.05)):
            preset = configure(method.split(",")[0], "laptop")
            config = replace(
                preset.with_iterations(count),
                data_term="mean",
                image_net=replace(preset.image_net, channels=CHANNELS),
                small_kernel_noise_std=sigma0,
                kernel_learning_rate=1e-4 * ITERATIONS[0] / count,
            )
            found[f"{method}, {count:,} iterations"] = Variant(config, REGION)
    return found


def contrasts() -> list[tuple[str, str]]:
    """Dropout and noise against neither at every number of iterations, and every number against the smallest."""
    names = [name.rsplit(", ", 1) for name in variants()]
    gains = [(method, count, "without-both", count) for method, count in names if method != "without-both"]
    least = f"{ITERATIONS[-1]:,} iterations"
    longer = [(method, count, method, least) for method, count in names if count != least]
    return [(f"{method}, {count}", f"{other}, {own}") for method, count, other, own in (*gains, *longer)]


STUDY = Study(
    "lai",
    "Where do dropout and noise help on large kernels, and from how many iterations on?",
    "pilot",
    items,
    variants(),
    contrasts(),
    {"all": [f"{name}_half" for name in LAI_LIKE]} | {name.split("_")[0]: [f"{name}_half"] for name in LAI_LIKE},
)
