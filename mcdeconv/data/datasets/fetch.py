"""Download the benchmarks from where their authors publish them, unpack them and put their files in place."""

import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from mcdeconv.data.datasets.download import OnBytes, download
from mcdeconv.data.datasets.registry import Archive, Benchmark, benchmark, benchmark_folder, check_files, fault
from mcdeconv.errors import InputError, RunFailed

# Programs that unpack RAR; {archive} and {folder} are filled in.
UNPACKERS = (
    ("bsdtar", "-xf", "{archive}", "-C", "{folder}"),
    ("unar", "-quiet", "-output-directory", "{folder}", "{archive}"),
    ("unrar", "x", "-idq", "{archive}", "{folder}/"),
    ("7z", "x", "-o{folder}", "{archive}"),
)


def fetch(
    name: str,
    folder: Path | None = None,
    mirrors: Sequence[str] = (),
    source: Path | None = None,
    progress: OnBytes | None = None,
) -> Path:
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
    progress : callable, optional
        Called with (file, bytes so far, bytes in all or None) as data come in.

    Returns
    -------
    Path of the benchmark's folder.

    Raises
    ------
    InputError
        If no address is known, pooch or a program that unpacks RAR is missing, `source` is not there, or the folder
        cannot be written.
    RunFailed
        If all sources fail, or files are wrong afterwards. What was downloaded of a file is kept for the next try.
    """
    entry, place = benchmark(name), benchmark_folder(name, folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        if source is not None:
            holds = next((one.holds for one in entry.archives if one.name == Path(source).name), "")
            _install_from(entry, holds, Path(source), place)
        else:
            _fetch_files(entry, place, mirrors, progress)
            _fetch_archives(entry, place, progress)
    except OSError as error:  # full or read-only; lost connections are dealt with in `download`
        raise InputError(f"cannot write {place}: {error.strerror or error}") from None
    problems = check_files(name, place)
    if problems:
        shown = ", ".join(f"{problem.path} ({problem.reason})" for problem in problems[:3])
        raise RunFailed(f"{len(problems)} of {len(entry.files)} files of {name} in {place} are not right: {shown}")
    return place


def _fetch_files(entry: Benchmark, place: Path, mirrors: Sequence[str], progress: OnBytes | None) -> None:
    """From mirrors, file by file; the archives are for what no mirror has."""
    for path in _faulty(entry, "", place) if mirrors else ():
        urls = [f"{mirror.rstrip('/')}/{entry.name}/{path}" for mirror in mirrors]
        try:
            download(urls, f"sha256:{entry.files[path][0]}", place / path, progress)
        except RunFailed:
            if not entry.archives and not path.startswith(entry.optional):
                raise


def _fetch_archives(entry: Benchmark, place: Path, progress: OnBytes | None) -> None:
    needed = [archive for archive in entry.archives if not _installed(entry, archive, place)]
    if not entry.archives and check_files(entry.name, place):
        raise InputError(
            f"the address of {entry.name}'s archive is not known: download it by hand from {entry.page} and run "
            f"`mcdeconv data fetch {entry.name} --from <archive or folder>`"
        )
    if any(archive.name.endswith(".rar") for archive in needed):
        _unpacker()  # say so before the download and not after it
    for archive in needed:
        kept = place / "downloads" / archive.name
        download(archive.urls, archive.hash, kept, progress)
        try:
            _install_from(entry, archive.holds, kept, place)
        except RunFailed:
            kept.unlink()  # it cannot be unpacked: the next try starts anew
            raise
        kept.unlink()


def _faulty(entry: Benchmark, holds: str, place: Path) -> list[str]:
    return [path for path, known in entry.files.items() if path.startswith(holds) and fault(place / path, *known)]


def _installed(entry: Benchmark, archive: Archive, place: Path) -> bool:
    if _holds_frames(archive.holds):
        return (place / archive.holds).is_dir()
    return not _faulty(entry, archive.holds, place)


def _holds_frames(holds: str) -> bool:
    """Köhler's frames have no hash of their own: the archive's stands for them, a scene is put in place as a whole."""
    return holds.startswith("frames/")


def _install_from(entry: Benchmark, holds: str, source: Path, place: Path) -> None:
    """Put the files of an archive or folder in place, found by name and hash wherever they lie in it."""
    if not source.exists():
        raise InputError(f"{source} was not found")
    with tempfile.TemporaryDirectory(dir=place, prefix=".unpack-") as temporary:
        tree = source if source.is_dir() else _unpack(source, Path(temporary))
        if _holds_frames(holds):
            _move_frames(tree, place / holds)
            return
        found: dict[str, list[Path]] = {}
        for one in tree.rglob("*"):
            if one.is_file() and not one.is_symlink():
                found.setdefault(one.name, []).append(one)
        for path in _faulty(entry, holds, place):
            right = [one for one in found.get(Path(path).name, []) if not fault(one, *entry.files[path])]
            if right:
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                copy = Path(temporary) / "copy"
                shutil.copyfile(right[0], copy)
                os.replace(copy, place / path)


def _move_frames(tree: Path, target: Path) -> None:
    gathered = tree / "gathered"
    gathered.mkdir()
    for path in tree.rglob("GroundTruth*.png"):
        path.rename(gathered / path.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    gathered.rename(target)


def _unpack(archive: Path, folder: Path) -> Path:
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as content:
                content.extractall(folder)
            return folder
    except zipfile.BadZipFile as error:
        raise RunFailed(f"{archive} cannot be unpacked: {error}") from None
    command = [word.format(archive=archive.resolve(), folder=folder.resolve()) for word in _unpacker()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RunFailed(f"{archive} cannot be unpacked: {command[0]}: {last}")
    return folder


def _unpacker() -> tuple[str, ...]:
    """The command of a program that unpacks RAR and is there."""
    for command in UNPACKERS:
        if shutil.which(command[0]):
            return command
    names = ", ".join(command[0] for command in UNPACKERS)
    raise InputError(
        f"unpacking a RAR archive needs one of {names}: install one (Debian: `apt install libarchive-tools`)"
    )
