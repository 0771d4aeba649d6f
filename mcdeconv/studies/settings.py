"""The paper's settings, unchanged: does G_x's own output pass the deconvolution with the same kernel?

The paper's best number, 34.71 dB, is that of the network's own output; its deconvolution has 34.42. Two images, each
with both losses, and with the true kernel in the place of G_k: what is left to gain once the kernel is right. Curves
of G_x's output over the iterations are kept, and stand beside those of narrower networks.
"""

from collections.abc import Iterator
from dataclasses import replace

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.presets import configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.item import Item
from mcdeconv.studies.levin import TRUE_KERNEL
from mcdeconv.studies.study import Study, Variant, named

TIER = "paper"
IMAGES = ("im05_flit05", "im07_flit01")
METHODS = ("ours", "without-both")
WIDTHS = (32, 64)
FULL_WIDTH = (*METHODS, *(f"{method}, {TRUE_KERNEL}" for method in METHODS))  # at full width


def known(config: SolverConfig) -> SolverConfig:
    """With the true kernel; it has no updates, so there is nothing to alternate with."""
    return replace(config, kernel_net=replace(config.kernel_net, architecture="known"), update="joint")


def narrower(config: SolverConfig, channels: int) -> SolverConfig:
    return replace(config, image_net=replace(config.image_net, channels=channels))


def _variants() -> list[Variant]:
    whole = {method: Variant(configure(method, TIER), None, method=method) for method in METHODS}
    given = [replace(v, config=known(v.config), changes=(TRUE_KERNEL,)) for v in whole.values()]
    thin = [
        replace(v, config=narrower(v.config, width), changes=(f"{width} channels",))
        for width in WIDTHS
        for v in whole.values()
    ]
    return [replace(variant, pictures=1) for variant in (*whole.values(), *given, *thin)]


def _items() -> Iterator[Item]:
    return datasets.load("levin", IMAGES)


STUDY = Study(
    "settings",
    "At the paper's settings, does the network's own output pass the deconvolution?",
    TIER,
    _items,
    named(_variants()),
    [
        (variant.name, replace(variant, method=METHODS[1]).name)
        for variant in _variants()
        if variant.method == METHODS[0]
    ],
    {"both images": IMAGES} | {image: (image,) for image in IMAGES},
    page="settings",
)
