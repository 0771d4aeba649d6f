"""Files that are whole or as they were before, whatever happens while they are written."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from mcdeconv.errors import InputError


def write_whole(path: Path, content: bytes) -> None:
    """Write a temporary file in the same folder, then rename it: a reader never sees half of it.

    Raises
    ------
    InputError
        If the folder is missing, full or read-only; nothing is left behind.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_urlsafe(6)}")  # tempfile's would be the owner's alone
    try:
        with open(temporary, "xb") as stream:
            stream.write(content)
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise InputError(f"cannot write {path}: {error.strerror or error}") from None


def make_folder(folder: Path) -> None:
    """Make a folder with its parents, unless it is there.

    Raises
    ------
    InputError
        If it cannot be made: below a file, on a full or read-only disk.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {folder}: {error.strerror or error}") from None


def require_writable(folder: Path) -> None:
    """Find out before hours of work, not after, that a folder cannot be written to.

    Raises
    ------
    InputError
        If the folder is missing, full or read-only.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".mcdeconv-") as probe:
            probe.write(b"0" * 4096)
            probe.flush()
    except OSError as error:
        raise InputError(f"cannot write into {folder}: {error.strerror or error}") from None
