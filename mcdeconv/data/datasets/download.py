"""Download one file from the first of several sources that has it right; this module alone needs pooch."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from mcdeconv.errors import InputError, RunFailed

OnBytes = Callable[[str, int, int | None], None]  # (file, bytes so far, bytes in all if known)
BLOCK_BYTES = 1 << 18  # bytes
TIMEOUT = 30  # seconds without a byte
ROUNDS = 2  # how often each source is tried: a lost connection goes on where it stopped


def download(urls: Iterable[str], known_hash: str | None, target: Path, progress: OnBytes | None = None) -> None:
    """Download a file from the first source that has it right, going on with what an earlier try left.

    Raises
    ------
    RunFailed
        If no source has it; the message has the reason of each.
    """
    pooch = _pooch()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    reasons: dict[str, str] = {}
    for url in list(urls) * ROUNDS:
        try:
            pooch.retrieve(url, known_hash, target.name, target.parent, downloader=Resuming(part, progress))
            return
        except HTTPError as error:
            reasons[url] = f"HTTP {error.code}"
        except (OSError, HTTPException) as error:
            reasons[url] = str(error)
        except ValueError:  # pooch: the hash differs
            reasons[url] = "another file than the published one"
    raise RunFailed(f"{target.name} could not be downloaded: " + "; ".join(f"{url}: {reasons[url]}" for url in reasons))


@dataclass(frozen=True)
class Resuming:
    """A downloader for pooch that asks for the rest of a file of which `part` has the beginning."""

    part: Path
    progress: OnBytes | None = None

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:
        start = self.part.stat().st_size if self.part.exists() else 0
        request = Request(url, headers={"Range": f"bytes={start}-"} if start else {})
        try:
            response = urlopen(request, timeout=TIMEOUT)
        except HTTPError as error:
            if error.code == 416:  # nothing of it is left to send: the beginning is of another file
                self.part.unlink()
            raise
        with response:
            start = start if response.status == 206 else 0
            length = response.headers.get("Content-Length")
            total = start + int(length) if length else None
            size = self._receive(response, start, total)
        if total is not None and size < total:
            raise OSError(f"connection lost after {size} of {total} bytes")
        os.replace(self.part, output_file)

    def _receive(self, response: Any, start: int, total: int | None) -> int:
        size = start
        with self.part.open("ab" if start else "wb") as stream:
            while block := response.read(BLOCK_BYTES):
                stream.write(block)
                size += len(block)
                if self.progress:
                    self.progress(self.part.stem, size, total)
        return size


def _pooch() -> Any:
    try:
        import pooch
    except ImportError:
        raise InputError("downloading needs pooch: `pip install pooch`") from None
    return pooch
