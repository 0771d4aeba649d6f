"""Which reading of the paper works: one factor at a time around a reference, on synthetic and real images.

Where the paper is silent, our first guesses are the reference. Every other variant changes one thing.
"""

from collections.abc import Iterator
from dataclasses import replace

from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig
from mcdeconv.core.schedules import Step
from mcdeconv.data.datasets import load_item
from mcdeconv.data.datasets.item import Item
from mcdeconv.studies.halving import halved
from mcdeconv.studies.study import Study, Variant, named

ITERATIONS = 500
REGION = 96  # px; a 27 px kernel leaves 122 px of latent image
SEEDS = (0, 1, 2)

SYNTHETIC = ("manmade_01_kernel_01", "natural_01_kernel_02", "people_01_kernel_03", "text_01_kernel_04")
LEVIN = ("im05_flit04", "im07_flit05")
LAI_HALVED = ("natural_01_kernel_02", "manmade_01_kernel_01")
GROUPS = {
    "synthetic": SYNTHETIC,
    "real": LEVIN + tuple(f"{name}_half" for name in LAI_HALVED),
    "all": SYNTHETIC + LEVIN + tuple(f"{name}_half" for name in LAI_HALVED),
}


def reference() -> SolverConfig:
    """The first guesses, on the quick tier's networks and a short run; every factor of the study is spelled out.

    sigma0 starts at 0.05 for kernels of every size. The kernel's learning rate is 1e-4 × 5,000 / 500.
    """
    return SolverConfig(
        image_net=ImageNetConfig(
            levels=6, channels=32, skip_channels=16, slope=0.1, norm="batch", dropout_mode="element"
        ),
        kernel_net=KernelNetConfig(architecture="unet", levels=4, channels=32, slope=0.1, norm="none", inputs=8),
        input_depth=8,
        input_law="uniform",
        input_scale=0.1,
        dropout_rate=Step(0.3, 0.001, 150),
        input_noise_std=Step(0.05, 0.001, 350),
        small_kernel_noise_std=0.05,
        large_kernel_from=31,
        samples=1,
        kernel_weight=1e-4,
        data_term="mean",
        iterations=ITERATIONS,
        update="alternating",
        image_learning_rate=1e-2,
        kernel_learning_rate=1e-3,
        halve_after=300,
        halve_repeatedly=False,
        precision="bfloat16",
    )


def variants() -> dict[str, SolverConfig]:
    """Name → configuration; each differs from the reference in one thing."""
    ref = reference()
    image, kernel, noise = ref.image_net, ref.kernel_net, ref.input_noise_std
    deterministic = {
        name: replace(getattr(ref, name), before=0.0, after=0.0) for name in ("dropout_rate", "input_noise_std")
    }
    return {
        "reference": ref,
        "without dropout and noise": replace(ref, **deterministic),
        "kernel net fully connected": replace(ref, kernel_net=replace(kernel, architecture="fully-connected")),
        "joint updates": replace(ref, update="joint"),
        "sigma0 0.01": replace(ref, input_noise_std=replace(noise, before=0.01), small_kernel_noise_std=0.01),
        "depth of z 32": replace(ref, input_depth=32),
        "scale of z 1.0": replace(ref, input_scale=1.0),
        "dropout of channels": replace(ref, image_net=replace(image, dropout_mode="channel")),
        "no normalisation in G_x": replace(ref, image_net=replace(image, norm="none")),
        "loss summed over pixels": replace(ref, data_term="sum"),
        "iterations doubled": replace(
            ref.with_iterations(2 * ITERATIONS), kernel_learning_rate=ref.kernel_learning_rate / 2
        ),
        "kernel learning rate 1e-4": replace(ref, kernel_learning_rate=1e-4),
    }


def _items() -> Iterator[Item]:
    """Four embedded images of 96 px with large kernels, two of Levin's, two of Lai's at half resolution."""
    for name in SYNTHETIC:
        yield load_item("small-lai", name)
    for name in LEVIN:
        yield load_item("levin", name)
    for name in LAI_HALVED:
        yield halved(load_item("lai", name))


STUDY = Study(
    "readings",
    "Which reading of the paper works, where it is silent?",
    "study",
    _items,
    named([Variant(config, REGION, SEEDS, method=name) for name, config in variants().items()]),
    [(name, "reference") for name in variants()],
    GROUPS,
    page="readings",
)
