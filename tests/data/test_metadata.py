"""EXIF and colour profile on their way through `read_photo` and `write_image`, re-read by Pillow and tifffile."""

import io
import struct
import zlib
from functools import cache

import numpy as np
import pytest
import tifffile
from PIL import ExifTags, Image, ImageCms

from mcdeconv.data.photo import read_photo, write_image

RNG = np.random.default_rng(3)
RGB = RNG.integers(0, 256, (24, 40, 3), dtype=np.uint8)
DATE, CAMERA, TAKEN, LATITUDE = "2026:01:02 03:04:05", "TestPhone", "2025:12:31 23:59:58", (48.0, 8.0, 30.0)
FORMATS = [("jpg", 8), ("png", 8), ("png", 16), ("tif", 8), ("tif", 16), ("webp", 8)]


@cache  # it has the second in which it was made
def rgb_profile():
    """A matrix profile whose primaries are not sRGB's: its red and green are exchanged."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"rXYZ", b"xXYZ").replace(b"gXYZ", b"rXYZ").replace(b"xXYZ", b"gXYZ")


def camera_exif(orientation=6, size=(40, 24)):
    """As a camera writes it: date, camera, place, the exposure, and a thumbnail in a second directory."""
    exif = Image.Exif()
    exif[0x0112], exif[0x0132], exif[0x010F] = orientation, DATE, CAMERA
    exif[0x8769] = {0x9003: TAKEN, 0xA002: size[0], 0xA003: size[1], 0x829A: 1 / 60, 0x927C: b"maker's own"}
    exif[0x8825] = {1: "N", 2: LATITUDE}
    blob = exif.tobytes()[6:]
    first, count = struct.unpack_from(">I", blob, 4)[0], struct.unpack_from(">H", blob, 8)[0]
    link = first + 2 + 12 * count
    thumbnail = b"\xff\xd8 stale thumbnail \xff\xd9"
    place = len(blob) + 2 + 24 + 4
    second = struct.pack(">HHHIIHHIII", 2, 0x0201, 4, 1, place, 0x0202, 4, 1, len(thumbnail), 0)
    return b"Exif\0\0" + blob[:link] + struct.pack(">I", len(blob)) + blob[link + 4 :] + second + thumbnail


@pytest.fixture
def phone_photo(tmp_path):
    """Held upright: stored 24 × 40, turned by its EXIF to 40 × 24."""
    path = tmp_path / "phone.jpg"
    Image.fromarray(RGB).save(path, exif=camera_exif(), icc_profile=rgb_profile(), quality=95)
    return path


def reread(path):
    with Image.open(path) as image:
        exif = image.getexif()
        taken, place = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
        return image.size, exif, taken, place, image.info.get("icc_profile")


def test_the_file_made_here_has_a_thumbnail(phone_photo):
    with Image.open(phone_photo) as image:
        assert image.getexif().get_ifd(ExifTags.IFD.IFD1)[0x0202] > 0
    assert b"stale thumbnail" in phone_photo.read_bytes()


@pytest.mark.parametrize(("suffix", "bits"), FORMATS)
def test_a_phone_s_photograph_keeps_date_camera_place_and_profile_and_stands_upright(
    tmp_path, phone_photo, suffix, bits
):
    photo = read_photo(phone_photo)
    assert photo.pixels.shape == (40, 24, 3) and photo.notes == ()
    path = tmp_path / f"sharp.{suffix}"
    assert write_image(path, photo.pixels, bits, photo.exif, photo.icc_profile) == ()
    size, exif, taken, place, profile = reread(path)
    assert size == (24, 40)
    assert (exif[0x0112], exif[0x0132], exif[0x010F]) == (1, DATE, CAMERA)
    assert (taken[0x9003], taken[0xA002], taken[0xA003]) == (TAKEN, 24, 40)
    assert float(taken[0x829A]) == pytest.approx(1 / 60) and taken[0x927C] == b"maker's own"
    assert place[1] == "N" and tuple(map(float, place[2])) == LATITUDE
    assert profile == rgb_profile()
    assert not exif.get_ifd(ExifTags.IFD.IFD1) and b"stale thumbnail" not in path.read_bytes()


@pytest.mark.parametrize(("suffix", "bits"), FORMATS)
def test_pixels_are_the_same_with_and_without_metadata_and_come_back(tmp_path, phone_photo, suffix, bits):
    photo = read_photo(phone_photo)
    write_image(tmp_path / f"a.{suffix}", photo.pixels, bits)
    write_image(tmp_path / f"b.{suffix}", photo.pixels, bits, photo.exif, photo.icc_profile)
    plain, described = (read_photo(tmp_path / f"{name}.{suffix}") for name in "ab")
    assert np.array_equal(plain.pixels, described.pixels) and described.bit_depth == bits
    assert plain.icc_profile is None and described.icc_profile == photo.icc_profile
    if suffix != "jpg":
        assert np.array_equal(described.pixels, photo.pixels)


def test_a_16_bit_tiff_with_metadata_is_read_by_tifffile(tmp_path, phone_photo):
    photo = read_photo(phone_photo)
    write_image(tmp_path / "a.tif", photo.pixels, 16, photo.exif, photo.icc_profile)
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        tags = tiff.pages.first.tags
        assert (tags["Make"].value, tags["DateTime"].value, tags["Orientation"].value) == (CAMERA, DATE, 1)
        assert tags["ExifTag"].value["DateTimeOriginal"] == TAKEN
        assert np.array_equal(tiff.asarray(), np.rint(photo.pixels * 65535).astype(np.uint16))
        assert len(tiff.pages) == 1


def test_chunks_of_a_16_bit_png_stand_before_the_pixels_and_are_whole(tmp_path, phone_photo):
    photo = read_photo(phone_photo)
    write_image(tmp_path / "a.png", photo.pixels, 16, photo.exif, photo.icc_profile)
    content, place, names = (tmp_path / "a.png").read_bytes(), 8, []
    while place < len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        data = content[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", content, place + 8 + length)[0] == zlib.crc32(name + data)
        names.append(name)
        place += 12 + length
    assert names.index(b"iCCP") < names.index(b"IDAT") and names.index(b"eXIf") < names.index(b"IDAT")


@pytest.mark.parametrize("source", ["png", "tif", "webp"])
def test_metadata_is_read_from_every_format(tmp_path, source):
    path = tmp_path / f"in.{source}"
    Image.fromarray(RGB).save(path, exif=camera_exif(1), icc_profile=rgb_profile())
    photo = read_photo(path)
    write_image(tmp_path / "out.jpg", photo.pixels, 8, photo.exif, photo.icc_profile)
    _, exif, taken, place, profile = reread(tmp_path / "out.jpg")
    assert (exif[0x0132], exif[0x010F], taken[0x9003], place[1], profile) == (DATE, CAMERA, TAKEN, "N", rgb_profile())
    assert 0x0111 not in exif  # where a TIFF's pixels lie


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("bits", "big"), [(8, False), (16, False), (16, True)])
def test_a_tiff_is_turned_once(tmp_path, orientation, bits, big):
    turned = {1: RGB, 2: RGB[:, ::-1], 3: RGB[::-1, ::-1], 4: RGB[::-1], 5: RGB.swapaxes(0, 1)}
    turned |= {6: np.rot90(RGB, 3), 7: RGB[::-1, ::-1].swapaxes(0, 1), 8: np.rot90(RGB)}
    stored = RGB if bits == 8 else RGB.astype(np.uint16) * 257
    tag = (0x0112, "H", 1, orientation, True)
    tifffile.imwrite(
        tmp_path / "a.tif", stored, photometric="rgb", extratags=[tag], bigtiff=big, iccprofile=rgb_profile()
    )
    photo = read_photo(tmp_path / "a.tif")
    assert np.array_equal(photo.pixels, (turned[orientation] / 255).astype(np.float32))
    assert (photo.icc_profile, photo.notes) == (rgb_profile(), ())
    exif = Image.Exif()
    exif.load(photo.exif)
    assert exif[0x0112] == 1


# --- what is damaged or does not fit


def test_damaged_exif_is_left_out_and_said(tmp_path):
    buffer = io.BytesIO()
    Image.fromarray(RGB).save(buffer, "JPEG", exif=b"Exif\0\0" + b"no TIFF header at all", icc_profile=rgb_profile())
    (tmp_path / "a.jpg").write_bytes(buffer.getvalue())
    photo = read_photo(tmp_path / "a.jpg")
    assert photo.pixels.shape == RGB.shape and photo.exif is None and photo.icc_profile == rgb_profile()
    assert photo.notes == ("its EXIF is damaged and was left out",)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_no_damage_to_exif_loses_the_picture(tmp_path, suffix):
    """Bytes of the block changed at random: whatever is left of it, the pixels are read, and written again."""
    whole, noted = camera_exif(1), 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        broken = bytearray(whole)
        for place in rng.integers(6, len(whole), 12):
            broken[place] = rng.integers(256)
        broken = broken[: rng.integers(20, len(whole))] if seed % 3 == 0 else broken
        buffer = io.BytesIO()
        Image.fromarray(RGB).save(buffer, "PNG" if suffix == "tif" else "JPEG", exif=bytes(broken))
        (tmp_path / "in").write_bytes(buffer.getvalue())
        photo = read_photo(tmp_path / "in")
        noted += bool(photo.notes)
        assert photo.pixels.size == RGB.size
        write_image(tmp_path / f"out.{suffix}", photo.pixels, 8, photo.exif, photo.icc_profile)
        assert read_photo(tmp_path / f"out.{suffix}").pixels.shape == photo.pixels.shape
    assert noted > 10


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        (b"nonsense", "its colour profile is damaged and was left out"),
        (rgb_profile()[:-200], "its colour profile is damaged and was left out"),
        (
            rgb_profile()[:16] + b"CMYK" + rgb_profile()[20:],
            "its colour profile is for CMYK, not for RGB, and was left out",
        ),
    ],
    ids=["no profile", "cut off", "another space"],
)
def test_a_profile_that_does_not_fit_is_left_out_and_said(tmp_path, profile, message):
    Image.fromarray(RGB).save(tmp_path / "a.jpg", icc_profile=profile)
    photo = read_photo(tmp_path / "a.jpg")
    assert photo.icc_profile is None and photo.notes == (message,)
    assert write_image(tmp_path / "b.png", photo.pixels, 16, icc_profile=profile) == (message,)
    assert reread(tmp_path / "b.png")[-1] is None


def test_a_grey_picture_s_profile_does_not_stand_in_a_webp_which_has_no_grey(tmp_path):
    grey = rgb_profile()[:16] + b"GRAY" + rgb_profile()[20:]
    assert write_image(tmp_path / "a.png", RGB[..., 0] / 255, 8, icc_profile=grey) == ()
    assert reread(tmp_path / "a.png")[-1] == grey
    notes = write_image(tmp_path / "a.webp", RGB[..., 0] / 255, 8, icc_profile=grey)
    assert notes == ("its colour profile is for GRAY, not for RGB, and was left out",)


def test_exif_too_large_for_a_jpeg_is_left_out_and_said(tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "a" * 70_000
    (note,) = write_image(tmp_path / "a.jpg", RGB / 255, 8, exif=exif.tobytes())
    assert note.startswith("its EXIF is too large for a JPEG")
    assert write_image(tmp_path / "a.png", RGB / 255, 8, exif=exif.tobytes()) == ()
    assert reread(tmp_path / "a.png")[1][0x010E] == "a" * 70_000


def test_further_pictures_of_a_phone_s_jpeg_are_not_spoken_of(tmp_path):
    image = Image.fromarray(RGB)
    image.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[image.resize((8, 8))])
    with Image.open(tmp_path / "a.jpg") as saved:
        assert saved.n_frames == 2
    assert read_photo(tmp_path / "a.jpg").notes == ()
