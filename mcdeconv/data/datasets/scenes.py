"""Sharp views for the synthetic data sets: pictures that scikit-image ships in its wheel, and scenes drawn by code."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.grey import luma


@dataclass(frozen=True)
class View:
    """A square window of a picture: where it lies, in pixels of the picture, and what is done to it."""

    picture: str  # a function of skimage.data whose file is in the wheel, or "leaves"
    top: int
    left: int
    side: int
    tint: tuple[float, float, float] | None = None  # makes a grey picture coloured
    lights: float = 1.0  # > 1: highlights get this many times the radiance that a sensor can hold


def latent_view(view: View, size: int, grey: bool) -> NDArray:
    """The window of a picture, averaged down to (size, size) grey or (size, size, 3) RGB.

    Returns
    -------
    float64 array in [0, 1]; above 1 where `view.lights` > 1.
    """
    from skimage.transform import resize

    pixels = _picture(view.picture)
    if pixels.ndim == 2 and not grey:
        pixels = pixels[..., None] * np.array(view.tint or (1.0, 1.0, 1.0))
    elif pixels.ndim == 3 and grey:
        pixels = luma(pixels)
    window = pixels[view.top : view.top + view.side, view.left : view.left + view.side]
    if view.lights > 1:  # radiance of a scene whose brightest pixels (luma 0.8 to 1) were clipped by the sensor
        window = window * (1 + (view.lights - 1) * np.clip((luma(window) - 0.8) / 0.2, 0, 1))[..., None]
    return resize(window, (size, size, *window.shape[2:]), order=1, mode="edge", anti_aliasing=True)


@cache
def _picture(name: str) -> NDArray:
    """A whole picture, float64 in [0, 1]; none of these is downloaded."""
    if name == "leaves":
        return dead_leaves(384, np.random.default_rng(5))
    import skimage.data

    loaded = getattr(skimage.data, name)()
    pixels = loaded[0] if isinstance(loaded, tuple) else loaded  # a stereo pair: the left one
    return pixels.astype(np.float64) / 255


def dead_leaves(size: int, rng: np.random.Generator, count: int = 400) -> NDArray:
    """Discs that hide one another, with radii of density r^-3: edges at every scale, as in natural images.

    Lee, Mumford, Huang 2001, "Occlusion models for natural images". Each disc has a shade and a faint grating.

    Returns
    -------
    float64 array, shape (size, size), in [0, 1]
    """
    rows, columns = np.mgrid[:size, :size]
    smallest, largest = size / 30, size / 3
    scene = np.full((size, size), 0.5)
    # u in (0, 1) to a radius: the inverse of the cumulative distribution of r^-3 between the two ends
    radii = (smallest**-2 + rng.random(count) * (largest**-2 - smallest**-2)) ** -0.5
    for radius in radii:
        row, column = rng.uniform(0, size, 2)
        wave = rng.uniform(-0.25, 0.25, 2)
        shade = rng.uniform(0.08, 0.92) + 0.07 * np.sin(wave[0] * rows + wave[1] * columns)
        inside = (rows - row) ** 2 + (columns - column) ** 2 < radius**2
        scene[inside] = shade[inside]
    return scene
