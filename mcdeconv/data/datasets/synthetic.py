"""Embedded data that need no download, in the manner of the benchmarks; the same pixels on every call.

`blurred = clip(kernel ⊗ latent + noise)`, where the latent view is larger than the image by the kernel, so that blur
near the border mixes in what really lies outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.datasets.scenes import View, latent_view
from mcdeconv.data.datasets.shake import camera_path, camera_shake_kernel, kernel_of_path

NOISE_STD = 0.01  # the 1 % that the paper states for Levin's set

GREY_VIEWS = {
    "camera": View("camera", 60, 100, 320),
    "coffee": View("coffee", 0, 60, 400),
    "coins": View("coins", 10, 10, 285),
    "leaves": View("leaves", 0, 0, 384),
}
COLOUR_VIEWS = {
    "manmade": View("stereo_motorcycle", 90, 240, 380),
    "natural": View("chelsea", 0, 60, 300),
    "people": View("astronaut", 0, 90, 300),
    "saturated": View("rocket", 150, 220, 277, lights=6.0),
    "text": View("page", 0, 40, 191, tint=(1.0, 0.96, 0.86)),
}
SMALL_GREY_VIEWS = {
    "camera": View("camera", 70, 110, 300),
    "coffee": View("coffee", 0, 60, 400),
    "coins": View("coins", 20, 10, 200),
    "leaves": View("leaves", 0, 0, 384),
}
SMALL_COLOUR_VIEWS = {
    "manmade": View("stereo_motorcycle", 90, 240, 380),
    "natural": View("chelsea", 0, 60, 300),
    "people": View("astronaut", 5, 120, 220),
    "saturated": View("rocket", 227, 280, 200, lights=6.0),
    "text": View("page", 4, 60, 150, tint=(1.0, 0.96, 0.86)),
}
KOHLER_VIEWS = {"rocket": View("rocket", 0, 107, 427), "astronaut": View("astronaut", 0, 0, 512)}
PHOTOGRAPH_VIEWS = {
    "coffee": (View("coffee", 0, 60, 400), 15),
    "cat": (View("chelsea", 0, 60, 300), 19),
}  # with kernel size


@dataclass(frozen=True)
class Uniform:
    """A data set whose images are views, each blurred by one kernel everywhere."""

    size: int  # px a side
    views: Mapping[str, View]
    kernels: tuple[tuple[int, str], ...]  # size, label of its random path: chosen by eye, for curves that fill a square
    grey: bool
    label: str  # of its random numbers


SIZE = 224  # px a side; a kernel is 4 to 9% of it, as in the benchmarks
UNIFORM = {
    "synthetic-levin": Uniform(
        SIZE,
        GREY_VIEWS,
        ((9, "kernel_9_4"), (11, "kernel_02"), (13, "kernel_13_3"), (15, "kernel_04")),
        grey=True,
        label="synthetic-levin",
    ),
    "synthetic-lai": Uniform(
        SIZE,
        COLOUR_VIEWS,
        ((13, "kernel_01"), (15, "kernel_02"), (17, "kernel_03"), (21, "kernel_04")),
        grey=False,
        label="synthetic-lai",
    ),
    # 96 px: what the studies of readings and arithmetic were made on, and quick to try code with
    "small-levin": Uniform(
        96,
        SMALL_GREY_VIEWS,
        ((9, "kernel_9_4"), (11, "kernel_02"), (13, "kernel_13_3"), (15, "kernel_04")),
        grey=True,
        label="synthetic-levin",
    ),
    "small-lai": Uniform(
        96,
        SMALL_COLOUR_VIEWS,
        ((17, "kernel_01"), (21, "kernel_02"), (25, "kernel_03"), (31, "kernel_04")),
        grey=False,
        label="synthetic-lai",
    ),
}
KOHLER_KERNEL_SIZES = (11, 15, 19)  # one to a trajectory
KOHLER_FRAMES = 48  # under a pixel between two frames of the longest path
KOHLER_MARGIN = 16  # pixels of latent view outside the image, more than any shift and rotation reach
KOHLER_ROTATION = np.deg2rad(0.5)  # largest roll: 1.4 px at the corners


def ids(dataset: str, folder: Path | None = None) -> list[str]:
    """Identifiers of a synthetic data set, e.g. "camera_kernel_01"; `folder` is not used."""
    if dataset == "synthetic-kohler":
        return [f"{scene}_trajectory_{n:02d}" for scene in KOHLER_VIEWS for n in range(1, len(KOHLER_KERNEL_SIZES) + 1)]
    if dataset == "synthetic-lai_real":
        return list(PHOTOGRAPH_VIEWS)
    flavour = UNIFORM[dataset]
    images = list(flavour.views) if flavour.grey else [f"{category}_01" for category in flavour.views]
    return [f"{image}_kernel_{n:02d}" for image in images for n in range(1, len(flavour.kernels) + 1)]


def load_item(dataset: str, item_id: str, folder: Path | None = None) -> Item:
    """One image of "synthetic-levin" (grey), "synthetic-lai" (RGB), "synthetic-kohler" (RGB, rotation as well),
    "synthetic-lai_real" (the same without truth, kernel and kernel size, as a photograph comes), or of "small-levin"
    and "small-lai".
    """
    if dataset == "synthetic-kohler":
        return _kohler_item(item_id)
    if dataset == "synthetic-lai_real":
        return _photograph(item_id)
    return _uniform_item(dataset, item_id)


def _uniform_item(dataset: str, item_id: str) -> Item:
    """An image blurred by one kernel everywhere."""
    flavour = UNIFORM[dataset]
    image, number = item_id.split("_kernel_")
    category = image.removesuffix("_01")
    view = flavour.views[category]
    kernel = synthetic_kernel(dataset, int(number))
    radiance = latent_view(view, flavour.size + max(size for size, _ in flavour.kernels) - 1, flavour.grey)
    return Item(
        id=item_id,
        dataset=dataset,
        category="grey" if flavour.grey else category,
        blurred=_record(_blur(radiance, kernel, flavour.size), flavour.label, item_id),
        kernel_size=kernel.shape[0],
        sharp=_centre(radiance, flavour.size).clip(0, 1).astype(np.float32),
        kernel=kernel,
        saturated=view.lights > 1,
    )


@cache
def synthetic_kernel(dataset: str, number: int) -> NDArray:
    """Kernel 1, 2, ... of a data set of `UNIFORM`: (k, k) float64, centred, sums to 1."""
    from mcdeconv.core.forward import centre_kernel

    size, label = UNIFORM[dataset].kernels[number - 1]
    kernel = centre_kernel(camera_shake_kernel(size, _generator(UNIFORM[dataset].label, label)))
    kernel.setflags(write=False)  # the same array for every image that it blurs
    return kernel


def _blur(radiance: NDArray, kernel: NDArray, image_size: int) -> NDArray:
    """'valid' convolution of the part of a view that an image of so many pixels a side needs."""
    from scipy.signal import fftconvolve

    needed = _centre(radiance, image_size + kernel.shape[0] - 1)
    taps = kernel.reshape(kernel.shape + (1,) * (radiance.ndim - 2))
    return fftconvolve(needed, taps, mode="valid", axes=(0, 1))


def _kohler_item(item_id: str) -> Item:
    """The mean of sharp frames along a path of shifts and roll: blur that differs a little from place to place."""
    dataset = "synthetic-kohler"
    scene, number = item_id.split("_trajectory_")
    size = KOHLER_KERNEL_SIZES[int(number) - 1]
    latent, path, frames = _exposure(KOHLER_VIEWS[scene], size, _generator(dataset, f"trajectory_{number}"))
    return Item(
        id=item_id,
        dataset=dataset,
        category=scene,
        blurred=_record(np.stack(frames).mean(axis=0, dtype=np.float64), dataset, item_id),
        kernel_size=size,
        sharp=_centre(latent, SIZE).astype(np.float32),
        kernel=kernel_of_path(path, size),
        frames=frames,
    )


def _photograph(item_id: str) -> Item:
    """As an image of the Köhler flavour, but nothing is known of it."""
    dataset = "synthetic-lai_real"
    view, size = PHOTOGRAPH_VIEWS[item_id]
    _, _, frames = _exposure(view, size, _generator(dataset, f"trajectory of {item_id}"))
    return Item(
        item_id, dataset, "photograph", _record(np.stack(frames).mean(axis=0, dtype=np.float64), dataset, item_id)
    )


def _exposure(view: View, size: int, rng: np.random.Generator) -> tuple[NDArray, NDArray, tuple[NDArray, ...]]:
    """The scene, the path of a camera that shakes within `size` px and rolls a little, and the frames that it sees."""
    latent = latent_view(view, SIZE + 2 * KOHLER_MARGIN, grey=False)
    path = camera_path(rng) * (size // 2 - 0.5)
    roll = camera_path(rng)[:, 0] * KOHLER_ROTATION
    moments = np.linspace(0, len(path) - 1, KOHLER_FRAMES).round().astype(int)
    return latent, path, tuple(_frame(latent, path[moment], roll[moment]) for moment in moments)


def _frame(latent: NDArray, shift: NDArray, angle: float) -> NDArray:
    """What the camera sees at one moment: the scene shifted by (row, column) px and rolled about the image's centre."""
    from scipy.ndimage import affine_transform

    cosine, sine = np.cos(angle), np.sin(angle)
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    middle = (np.array(latent.shape[:2]) - 1) / 2
    offset = middle - rotation @ (middle + shift)  # output pixel p shows latent point R (p - middle - shift) + middle
    planes = [affine_transform(plane, rotation, offset, order=3, mode="mirror") for plane in np.moveaxis(latent, -1, 0)]
    return _centre(np.stack(planes, axis=-1), SIZE).clip(0, 1).astype(np.float32)


def _centre(pixels: NDArray, size: int) -> NDArray:
    start = (pixels.shape[0] - size) // 2
    return pixels[start : start + size, start : start + size]


def _record(blurred: NDArray, dataset: str, item_id: str) -> NDArray:
    """Add the noise, then clip, as a sensor does; float32 in [0, 1]."""
    noise = _generator(dataset, item_id).standard_normal(blurred.shape)
    return (blurred + NOISE_STD * noise).clip(0, 1).astype(np.float32)


def _generator(*labels: str) -> np.random.Generator:
    """A generator that depends on the labels only, so that no image depends on which others were loaded."""
    return np.random.default_rng(crc32("/".join(labels).encode()))
