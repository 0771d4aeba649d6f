"""The files of the benchmarks: where they lie, what they must hash to, and which of them are wrong.

`registry.json` has, for each benchmark, the page and archives where its authors publish it and the SHA-256 and size of
each file. The files are other people's data and are no part of this package.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from mcdeconv.errors import InputError

# What a whole file of a format ends with; a .mat has no such mark: if it is too short, it is taken for truncated.
END_MARKS = {".png": b"IEND\xaeB`\x82", ".jpg": b"\xff\xd9"}


@dataclass(frozen=True)
class Archive:
    """One file that a benchmark's authors publish."""

    urls: Sequence[str]  # the same file, in the order in which they are tried
    hash: str | None  # "md5:..." or "sha256:...", None where the authors give none
    holds: str  # beginning of the paths of its files in the benchmark's folder

    @property
    def name(self) -> str:
        return self.urls[0].rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Benchmark:
    """What is known of a benchmark's files, by their path in its folder."""

    name: str
    page: str
    archives: tuple[Archive, ...]  # empty where their addresses are not known
    optional: tuple[str, ...]  # beginnings of paths that a complete copy may lack
    files: Mapping[str, tuple[str, int]]  # path: (SHA-256, bytes)


@dataclass(frozen=True)
class BadFile:
    """A file that cannot be used, and why: "missing", "truncated" or "altered"."""

    path: str
    reason: str


@cache
def benchmarks() -> dict[str, Benchmark]:
    """All benchmarks of the registry, by name."""
    entries = json.loads(files("mcdeconv.data.datasets").joinpath("registry.json").read_text(encoding="utf-8"))
    return {
        name: Benchmark(
            name=name,
            page=entry["page"],
            archives=tuple(Archive(**each) for each in entry["archives"]),
            optional=tuple(entry["optional"]),
            files=entry["files"],
        )
        for name, entry in entries.items()
    }


def benchmark(name: str) -> Benchmark:
    """One benchmark of the registry.

    Raises
    ------
    InputError
        If it is not one; the message lists them.
    """
    if name not in benchmarks():
        raise InputError(f"{name!r} is not a benchmark that is downloaded; those are {', '.join(benchmarks())}")
    return benchmarks()[name]


def benchmark_folder(name: str, folder: Path | None = None) -> Path:
    """The folder of a benchmark: the one given, else `<MCDECONV_DATA>/<name>`, else `mcdeconv/<name>` in the user's
    cache folder, which each platform has elsewhere.
    """
    if folder is not None:
        return Path(folder)
    if root := os.environ.get("MCDECONV_DATA"):
        return Path(root) / name
    import pooch  # slow, and not needed where the variable is set

    return Path(pooch.os_cache("mcdeconv")) / name


def require_folder(name: str, folder: Path | None = None) -> Path:
    """The folder of a benchmark that is there.

    Raises
    ------
    InputError
        If there is none; the message says how to get it.
    """
    place = benchmark_folder(name, folder)
    if not place.is_dir():
        raise InputError(
            f"benchmark {name!r} is not in {place}: run `mcdeconv data fetch {name}`, or set MCDECONV_DATA to the "
            f"folder that has {name}/ (synthetic-{name}, in its manner, needs no download)"
        )
    return place


def verified(name: str, path: str, folder: Path | None = None) -> Path:
    """A file of a benchmark, if it is the one that its authors published.

    Raises
    ------
    InputError
        If the benchmark or the file is missing, truncated or altered.
    """
    place = require_folder(name, folder)
    reason = fault(place / path, *benchmark(name).files[path])
    if reason:
        raise InputError(
            f"{place / path} is {reason} and was not used: run `mcdeconv data fetch {name}` for the published file"
        )
    return place / path


def check_files(name: str, folder: Path | None = None) -> list[BadFile]:
    """Compare every file of a benchmark with its SHA-256.

    Returns
    -------
    list of BadFile, in the order of the registry; empty if the copy is complete and right.
    """
    entry, place = benchmark(name), require_folder(name, folder)
    return [
        BadFile(path, reason)
        for path, known in entry.files.items()
        if (reason := fault(place / path, *known)) and not (reason == "missing" and path.startswith(entry.optional))
    ]


def fault(path: Path, sha256: str, size: int) -> str:
    """What is wrong with a file; empty if nothing is."""
    if not path.is_file():
        return "missing"
    found, mark = path.stat(), END_MARKS.get(path.suffix)
    if found.st_size < size and (mark is None or not path.read_bytes().endswith(mark)):
        return "truncated"
    return "" if _sha256(path, found.st_size, found.st_mtime_ns) == sha256 else "altered"


@cache
def _sha256(path: Path, size: int, mtime_ns: int) -> str:
    """Hash of a file; size and time are there so that a changed file is hashed anew."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
