"""Files that are whole or as they were before, whatever happens while they are written."""

import csv
import fcntl
import io
import logging
import os
import secrets
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tokenize import TokenError  # of an array's header that is cut
from typing import IO, TYPE_CHECKING, BinaryIO, TypeVar

from mcdeconv.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger("mcdeconv")


def write_whole(path: Path, content: bytes) -> None:
    """Write a temporary file in the same folder, then rename it: a reader never sees half of it.

    What a process that was killed left of one is written over by the next that writes the same file.

    Raises
    ------
    InputError
        If the folder is missing, full or read-only; nothing is left behind.
    """
    try:
        with _of_one_writer(path) as (stream, temporary):
            try:
                stream.write(content)
                stream.flush()
                os.replace(temporary, path)
            except OSError:
                with suppress(OSError):
                    temporary.unlink()
                raise
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from None


@contextmanager
def _of_one_writer(path: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """An empty file beside `path`, which no one else writes at the same time, and its name."""
    while True:
        with open(path.with_name(f".{path.name}.part"), "ab") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX)
            except OSError:  # some clusters' disks know no locks
                Path(stream.name).unlink(missing_ok=True)
                break
            if _still_named(stream):  # else another writer had it before, and has renamed it
                stream.truncate(0)
                yield stream, Path(stream.name)
                return
    with open(path.with_name(f".{path.name}.{secrets.token_urlsafe(6)}"), "xb") as stream:
        yield stream, Path(stream.name)


def _still_named(stream: IO[bytes]) -> bool:
    try:
        return os.path.samestat(os.fstat(stream.fileno()), os.stat(stream.name))
    except FileNotFoundError:
        return False


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait until no other process is at work in a folder that is there; the hold on it ends with its process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some clusters' disks know no locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                log.warning("another process is at work in %s; waiting for its end", folder)
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


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


def open_regular(path: Path, largest: int) -> BinaryIO:
    """Open a file that a stranger may have made: never a pipe or device, never more than the memory holds.

    Raises
    ------
    InputError
        If it is no regular file, nor a link to one, or has more than `largest` bytes.
    OSError
        If it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe would wait for its other end
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_size > largest:
        os.close(handle)
        if stat.S_ISREG(found.st_mode):
            raise InputError(f"{path} has {found.st_size} bytes; at most {largest} are read")
        raise InputError(f"{path} is no regular file, but a pipe or a device; give a file")
    return os.fdopen(handle, "rb")


def read_regular(path: Path, largest: int) -> bytes:
    """The content of such a file; see `open_regular`."""
    with open_regular(path, largest) as stream:
        return stream.read()


# What reading a damaged zip file raises; RuntimeError for one that needs a password.
BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, UnicodeError, RuntimeError, NotImplementedError)


def unpacked_size(packed: zipfile.ZipFile) -> int:
    """Bytes of all files of a zip file, as its list says; more than that none of them gives."""
    return sum(one.file_size for one in packed.infolist())


LARGEST = 1 << 31  # bytes; a run of the paper's size keeps a hundred million


def read_zip(path: Path, largest: int = LARGEST) -> bytes:
    """A zip file as it is, such as torch's; ValueError if it has more than `largest` bytes, packed or unpacked."""
    content = read_regular(path, largest)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if unpacked_size(packed) > largest:
            raise ValueError(f"it unpacks to more than {largest >> 20} MB")
    return content


def load_arrays(path: Path, largest: int) -> "dict[str, NDArray]":
    """The arrays of an .npz file that a stranger may have made; nothing in it is executed.

    Raises
    ------
    ValueError
        If it cannot be read, is damaged, or has more than `largest` bytes unpacked; the message is the reason alone.
    """
    import numpy as np  # not needed by others

    try:
        with np.load(io.BytesIO(read_zip(path, largest)), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (KeyError, TypeError, SyntaxError, TokenError, MemoryError, *BAD_ZIP) as error:
        raise ValueError(str(error) or type(error).__name__) from error
    if other := [name for name, found in arrays.items() if not isinstance(found, np.ndarray)]:
        raise ValueError(f"{other[0]} in it is no array")
    return arrays


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
