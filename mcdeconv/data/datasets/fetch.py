"""Download the benchmarks from where their authors publish them, unpack them and put their files in place."""

import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tqdm import tqdm

from mcdeconv.data.datasets.registry import Benchmark, benchmark, benchmark_folder, check_files, fault
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.files import BAD_ZIP, one_at_a_time, unpacked_size

BLOCK_BYTES = 1 << 18  # bytes
TIMEOUT = 30  # seconds without a byte
ROUNDS = 2  # how often each source is tried: a lost connection goes on where it stopped

FRAMES = "frames/"  # beginning of the paths of Köhler's frames

# Programs that unpack RAR; {archive} and {folder} are filled in.
UNPACKERS = (
    ("bsdtar", "-xf", "{archive}", "-C", "{folder}"),
    ("unar", "-quiet", "-output-directory", "{folder}", "{archive}"),
    ("unrar", "x", "-idq", "{archive}", "{folder}/"),
    ("7z", "x", "-o{folder}", "{archive}"),
)


def fetch(name: str, folder: Path | None = None, mirrors: Sequence[str] = (), source: Path | None = None) -> Path:
    """Download what is missing of a benchmark, unpack it, and check every file.

    Parameters
    ----------
    name : str
        "levin", "lai", "lai_real" or "kohler".
    folder : Path, optional
        Where it goes; by default `<MCDECONV_DATA>/<name>`, else the user's cache.
    mirrors : sequence of str
        Addresses with the files as in the registry, `<mirror>/<name>/<path>`; tried before the authors' archives.
    source : Path, optional
        An archive or a folder that you downloaded yourself; then nothing is downloaded.

    Returns
    -------
    Path of the benchmark's folder.

    Raises
    ------
    InputError
        If no address is known, a program that unpacks RAR is missing, `source` is not there, or the folder cannot be
        written.
    RunFailed
        If all sources fail, or files are wrong afterwards. What was downloaded of a file is kept for the next try.
    """
    entry, place = benchmark(name), benchmark_folder(name, folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        with one_at_a_time(place):  # two would write into the same beginning of a file
            if source is not None:
                holds = next((one.holds for one in entry.archives if one.name == Path(source).name), "")
                _install_from(entry, holds, Path(source), place)
            else:
                _fetch_files(entry, place, mirrors)
                _fetch_archives(entry, place)
    except OSError as error:  # full or read-only; lost connections are dealt with in `download`
        raise InputError(f"cannot write {place}: {error.strerror or error}") from None
    problems = check_files(name, place)
    if problems:
        shown = ", ".join(f"{problem.path} ({problem.reason})" for problem in problems[:3])
        raise RunFailed(f"{len(problems)} of {len(entry.files)} files of {name} in {place} are not right: {shown}")
    return place


def download(urls: Iterable[str], known_hash: str | None, target: Path) -> None:
    """Download a file from the first source that has it right, going on with what an earlier try left.

    Raises
    ------
    RunFailed
        If no source has it; the message has the reason of each.
    """
    import pooch

    target.parent.mkdir(parents=True, exist_ok=True)
    receive = partial(_receive, target.with_name(f"{target.name}.part"))
    reasons: dict[str, str] = {}
    for url in list(urls) * ROUNDS:
        try:
            pooch.retrieve(url, known_hash, target.name, target.parent, downloader=receive)
            return
        except HTTPError as error:
            reasons[url] = f"HTTP {error.code}"
        except (OSError, HTTPException) as error:
            reasons[url] = str(error)
        except ValueError:  # pooch: the hash differs
            reasons[url] = "another file than the published one"
    raise RunFailed(f"{target.name} could not be downloaded: " + "; ".join(f"{url}: {reasons[url]}" for url in reasons))


def _receive(part: Path, url: str, output_file: str, pooch: Any) -> None:
    """A downloader for pooch, whose own all start anew: ask for the rest of a file of which `part` is the beginning."""
    start = part.stat().st_size if part.exists() else 0
    try:
        response = urlopen(Request(url, headers={"Range": f"bytes={start}-"} if start else {}), timeout=TIMEOUT)
    except HTTPError as error:
        if error.code == 416:  # nothing of it is left to send: the beginning is of another file
            part.unlink()
        raise
    with response, part.open("ab" if response.status == 206 else "wb") as stream:
        length = response.headers.get("Content-Length")
        total = stream.tell() + int(length) if length else None
        with tqdm(desc=part.stem, initial=stream.tell(), total=total, unit="B", unit_scale=True) as bar:
            while block := response.read(BLOCK_BYTES):
                bar.update(stream.write(block))
        size = stream.tell()
    if total is not None and size < total:
        raise OSError(f"connection lost after {size} of {total} bytes")
    os.replace(part, output_file)


def _fetch_files(entry: Benchmark, place: Path, mirrors: Sequence[str]) -> None:
    """From mirrors, file by file; the archives are for what no mirror has."""
    for path in _faulty(entry, "", place) if mirrors else ():
        urls = [f"{mirror.rstrip('/')}/{entry.name}/{path}" for mirror in mirrors]
        try:
            download(urls, f"sha256:{entry.files[path][0]}", place / path)
        except RunFailed:
            if not entry.archives and not path.startswith(entry.optional):
                raise


def _fetch_archives(entry: Benchmark, place: Path) -> None:
    needed = [archive for archive in entry.archives if _faulty(entry, archive.holds, place)]
    if not entry.archives and check_files(entry.name, place):
        raise InputError(
            f"the address of {entry.name}'s archive is not known: download it by hand from {entry.page} and run "
            f"`mcdeconv data fetch {entry.name} --from <archive or folder>`"
        )
    if any(archive.name.endswith(".rar") for archive in needed):
        _unpacker()  # say so before the download and not after it
    for archive in needed:
        kept = place / "downloads" / archive.name
        download(archive.urls, archive.hash, kept)
        try:
            _install_from(entry, archive.holds, kept, place)
        except RunFailed:
            kept.unlink()  # it cannot be unpacked: the next try starts anew
            raise
        kept.unlink()


def _faulty(entry: Benchmark, holds: str, place: Path) -> list[str]:
    """What is to be put in place of an archive that holds files of these paths.

    Köhler's frames have no hash of their own: the archive's stands for them, a scene is put in place as a whole.
    """
    if holds.startswith(FRAMES):
        return [] if (place / holds).is_dir() else [holds]
    return [path for path, known in entry.files.items() if path.startswith(holds) and fault(place / path, *known)]


def _install_from(entry: Benchmark, holds: str, source: Path, place: Path) -> None:
    """Put the files of an archive or folder in place, found by name and hash wherever they lie in it."""
    if not (source.is_file() or source.is_dir()):
        raise InputError(f"{source} was not found, or is neither a file nor a folder")
    with tempfile.TemporaryDirectory(dir=place, prefix=".unpack-") as temporary:
        tree, copy = source, Path(temporary) / "copy"
        if not source.is_dir():
            tree = Path(temporary)
            _unpack(source, tree)
        if holds.startswith(FRAMES):
            copy.mkdir()
            for found in tree.rglob("GroundTruth*.png"):
                found.rename(copy / found.name)
            (place / holds).parent.mkdir(parents=True, exist_ok=True)
            copy.rename(place / holds)
            return
        names = {path: Path(path).name for path in _faulty(entry, holds, place)}
        for found in tree.rglob("*"):
            for path in [path for path, name in names.items() if name == found.name and not found.is_symlink()]:
                if not fault(found, *entry.files[path]):
                    (place / path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(found, copy)
                    os.replace(copy, place / path)


def _unpack(archive: Path, folder: Path) -> None:
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as packed:
                if (size := unpacked_size(packed)) > (free := shutil.disk_usage(folder).free):
                    raise InputError(f"{archive} unpacks to {size >> 20} MB, and {free >> 20} MB are free")
            shutil.unpack_archive(archive, folder, "zip")  # leaves out what would lie outside of the folder
            return
    except (shutil.ReadError, *BAD_ZIP) as error:
        raise RunFailed(f"{archive} cannot be unpacked: {error}") from None
    command = [word.format(archive=archive.resolve(), folder=folder.resolve()) for word in _unpacker()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RunFailed(f"{archive} cannot be unpacked: {command[0]}: {last}")


def _unpacker() -> tuple[str, ...]:
    """The command of a program that unpacks RAR and is there."""
    for command in UNPACKERS:
        if shutil.which(command[0]):
            return command
    names = ", ".join(command[0] for command in UNPACKERS)
    raise InputError(
        f"unpacking a RAR archive needs one of {names}: install one (Debian: `apt install libarchive-tools`)"
    )
