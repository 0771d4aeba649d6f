"""Files that are whole or as they were before, whatever happens while they are written."""

import csv
import io
import os
import secrets
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

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


Parsed = TypeVar("Parsed")


def read_csv(
    path: Path, convert: Callable[[dict[str, str]], Parsed], way_out: str, columns: Collection[str] = ()
) -> list[Parsed]:
    """What each row of a CSV file stands for; it must have some columns.

    Raises
    ------
    InputError
        If the file is missing or damaged: what is wrong, and the way out.
    """
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            reader = csv.DictReader(stream)
            if not set(columns) <= set(reader.fieldnames or ()):
                raise ValueError("it has other columns")
            return [convert(row) for row in reader]
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read ({error}); {way_out}") from error


def write_csv(path: Path, rows: Sequence[Mapping[str, object]], digits: int = 4) -> None:
    """Rows as CSV, the columns of all rows in order of appearance, floats rounded; written whole."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: round(v, digits) if isinstance(v, float) else v for k, v in row.items()})
    make_folder(path.parent)
    write_whole(path, stream.getvalue().encode())
