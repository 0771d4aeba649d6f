"""Frames laid around pictures here, found to the pixel; pictures without a frame, left whole."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from mcdeconv.data.borders import framed, photograph_within
from mcdeconv.data.datasets import load_item
from mcdeconv.data.photo import read_photo
from mcdeconv.data.region import Region

BLACK, WHITE, GREY, RED = (0, 0, 0), (255, 255, 255), (128, 128, 128), (180, 20, 20)


def blurred_photo(seed=0, height=90, width=120):
    """Soft random structures in colour, as a blurred photograph has them; no value at either end."""
    noise = np.random.default_rng(seed).normal(size=(height, width, 3))
    soft = gaussian_filter(noise, (4, 4, 0)) + 0.3 * gaussian_filter(noise, (1.5, 1.5, 0))
    soft = (soft - soft.min()) / np.ptp(soft)
    return np.rint(255 * (0.1 + 0.8 * soft)).astype(np.uint8)


def in_frame(photo, colour, top, bottom, left, right):
    height, width = photo.shape[:2]
    picture = np.empty((height + top + bottom, width + left + right, 3), np.uint8)
    picture[:] = colour
    picture[top : top + height, left : left + width] = photo
    return picture


def within(picture):
    return photograph_within(picture.astype(np.float32) / 255)


def as_jpeg(picture, quality):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def whole(picture):
    return Region(0, 0, *picture.shape[:2])


def distance(found, wanted):
    """How far a rectangle's sides lie from where they should, at most."""
    top, left = found.top - wanted.top, found.left - wanted.left
    return max(map(abs, (top, left, top + found.height - wanted.height, left + found.width - wanted.width)))


# --- frames


@settings(deadline=None, max_examples=40)
@given(
    colour=st.tuples(*(st.integers(0, 255),) * 3),
    margins=st.tuples(*(st.integers(0, 70),) * 4),
    seed=st.integers(0, 5),
    grey=st.booleans(),
)
def test_a_frame_of_any_colour_and_width_is_found_to_the_pixel(colour, margins, seed, grey):
    photo = blurred_photo(seed)
    if grey:
        photo, colour = np.repeat(photo[..., :1], 3, axis=2), colour[:1] * 3
    picture = in_frame(photo, colour, *margins)
    wanted = Region(margins[0], margins[2], 90, 120)
    level = np.abs(photo.astype(int) - colour).max(2)
    borders = (level[0], level[-1], level[:, 0], level[:, -1])
    if all((border > 24).mean() > 0.9 for border in borders):  # else the frame cannot be told from the photograph
        assert within(picture[..., 0] if grey else picture) == wanted


@pytest.mark.parametrize("quality", [95, 85])
@pytest.mark.parametrize("colour", [BLACK, WHITE, RED])
@pytest.mark.parametrize("margins", [(48, 48, 0, 0), (0, 0, 33, 61), (21, 40, 19, 30)])
def test_a_frame_in_a_jpeg_is_found_within_two_pixels(quality, colour, margins):
    picture = as_jpeg(in_frame(blurred_photo(), colour, *margins), quality)
    assert distance(within(picture), Region(margins[0], margins[2], 90, 120)) <= 2


@pytest.mark.parametrize("colour", [BLACK, WHITE])
def test_a_frame_that_was_resized_with_its_photograph_is_found_within_two_pixels(colour):
    picture = in_frame(blurred_photo(0, 180, 240), colour, 31, 50, 40, 21)
    small = np.asarray(Image.fromarray(picture).resize((picture.shape[1] // 2, picture.shape[0] // 2), Image.BICUBIC))
    assert distance(within(small), Region(15, 20, 90, 120)) <= 2


def test_frames_in_frames_are_peeled():
    inner = in_frame(blurred_photo(), WHITE, 10, 10, 10, 10)
    picture = in_frame(in_frame(inner, BLACK, 2, 2, 2, 2), GREY, 30, 20, 0, 0)
    assert within(picture) == Region(42, 12, 90, 120)


def screenshot(photo, below=BLACK):
    """A window: a title bar with letters and buttons, the photograph on a canvas, a caption."""
    picture = Image.fromarray(in_frame(photo, below, 60, 40, 50, 50))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, picture.width, 29), fill=(236, 236, 236))
    draw.text((8, 8), "IMG_2043.JPG", fill=BLACK)
    for left in (120, 150, 180):
        draw.rectangle((left, 6, left + 20, 22), fill=(20, 90, 160))
    draw.text((60, picture.height - 25), "1/24  Share  Edit", fill=tuple(255 - level for level in below))
    return np.asarray(picture)


@pytest.mark.parametrize("below", [BLACK, WHITE, (236, 236, 236)])
def test_the_photograph_of_a_screenshot_is_found(below):
    assert within(screenshot(blurred_photo(), below)) == Region(60, 50, 90, 120)


def test_a_blurred_photograph_in_a_png_is_found_by_the_way_a_caller_goes(tmp_path):
    Image.fromarray(screenshot(blurred_photo())).save(tmp_path / "a.png")
    assert photograph_within(read_photo(tmp_path / "a.png").pixels) == Region(60, 50, 90, 120)


# --- no frames


@pytest.mark.parametrize("name", ["coffee_kernel_04", "camera_kernel_01", "leaves_kernel_03"])
def test_photographs_are_left_whole(name):
    item = load_item("small-levin", name)
    assert photograph_within(item.blurred) == whole(item.blurred)
    assert photograph_within(item.sharp) == whole(item.sharp)


def sky(seed=0, bright=True):
    """A photograph whose upper part is clipped and fades into the rest, as an overexposed or a night sky does."""
    photo = blurred_photo(seed).astype(float)
    ramp = np.clip((np.arange(90) - 30 + 5 * np.sin(np.arange(120) / 9)[:, None]).T / 25, 0, 1)[..., None]
    return np.rint(photo * ramp + (255 if bright else 0) * (1 - ramp)).astype(np.uint8)


@pytest.mark.parametrize("bright", [True, False], ids=["overexposed", "night"])
@pytest.mark.parametrize("quality", [None, 90])
def test_a_clipped_sky_is_no_frame(bright, quality):
    picture = sky(bright=bright) if quality is None else as_jpeg(sky(bright=bright), quality)
    assert within(picture) == whole(picture)


@pytest.mark.parametrize("slope", [0.5, 1, 2, 4])
@pytest.mark.parametrize("curve", [0.7, 1, 1.5])
def test_a_clear_sky_that_darkens_evenly_is_no_frame(slope, curve):
    """Without any noise, as phones smooth it: every line is of one colour."""
    rows = np.arange(90)[:, None, None]
    ramp = 20 + np.minimum(slope * rows**curve, 200)
    land = np.clip((rows - 40) / 40, 0, 1)
    picture = np.rint(land * blurred_photo() + (1 - land) * ramp).astype(np.uint8)
    assert within(picture) == whole(picture)


@pytest.mark.parametrize("blur", [0.0, 2.0])
def test_a_thing_on_a_plain_background_is_no_photograph_in_a_frame(blur):
    rows, columns = np.mgrid[:160, :200]
    inside = ((rows - 80) / 60) ** 2 + ((columns - 100) / 70) ** 2 < 1
    picture = np.where(inside[..., None], blurred_photo(1, 160, 200), 255).astype(float)
    picture = np.rint(gaussian_filter(picture, (blur, blur, 0))).astype(np.uint8)
    assert within(picture) == whole(picture)


def test_a_frame_that_is_blurred_is_part_of_what_was_photographed():
    picture = in_frame(blurred_photo(), BLACK, 30, 30, 30, 30).astype(float)
    picture = np.rint(gaussian_filter(picture, (3, 3, 0))).astype(np.uint8)
    assert within(picture) == whole(picture)


def test_a_page_that_was_photographed_with_its_text_is_left_whole():
    """A picture on a white page above blurred letters: the letters would be lost."""
    page = Image.fromarray(in_frame(blurred_photo(), WHITE, 0, 120, 0, 0))
    draw = ImageDraw.Draw(page)
    for row in range(105, 200, 14):
        draw.text((6, row), "Paper submission deadline", fill=BLACK)
    blurred = np.asarray(page).astype(float)
    blurred[94:] = gaussian_filter(blurred[94:], (1.5, 3, 0))
    blurred = np.rint(blurred).astype(np.uint8)
    assert within(np.asarray(page)) == Region(0, 0, 90, 120)
    assert within(blurred) == whole(blurred)


def test_two_photographs_side_by_side_are_left_whole():
    pair = np.concatenate([in_frame(blurred_photo(seed), WHITE, 20, 20, 20, 20) for seed in (0, 1)], axis=1)
    assert within(pair) == whole(pair)


@pytest.mark.parametrize(("side", "margin"), [(24, 16), (40, 100)])
def test_an_icon_in_an_empty_window_is_no_photograph(side, margin):
    picture = in_frame(blurred_photo(0, side, side), GREY, *(margin,) * 4)
    assert within(picture) == whole(picture)


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_constant_picture_and_a_tiny_one_are_left_whole(level):
    assert photograph_within(np.full((50, 60), level)) == Region(0, 0, 50, 60)
    assert photograph_within(np.full((1, 3), level)) == Region(0, 0, 1, 3)


# --- back into the frame


def test_a_restored_photograph_goes_back_into_its_frame_untouched_to_the_bit():
    picture = screenshot(blurred_photo()).astype(np.float32) / 255
    region = photograph_within(picture)
    before = picture.copy()
    restored = 1 - picture[region.slices]
    result = framed(restored, picture, region)
    assert np.array_equal(picture, before) and result.dtype == np.float32
    assert np.array_equal(result[region.slices], restored)
    outside = np.ones(picture.shape[:2], bool)
    outside[region.slices] = False
    assert np.array_equal(result[outside], picture[outside])
