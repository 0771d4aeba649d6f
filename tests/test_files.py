"""Whole files or none: failures of the disk, real ones (a size limit, folders that are none) and simulated ones."""

import errno
import fcntl
import os
import resource
import struct
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from mcdeconv.errors import InputError
from mcdeconv.files import load_arrays, make_folder, read_regular, require_writable, write_whole

OLD, NEW = b"old content", b"new content" * 1000


def no_space(*arguments, **options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class FullDisk:
    """A stream on a disk with room for 100 bytes."""

    def __init__(self, path, mode):
        self.stream = open(path, mode)  # noqa: SIM115
        self.name = self.stream.name

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()

    def fileno(self):
        return self.stream.fileno()

    def truncate(self, size):
        self.stream.truncate(size)

    def write(self, content):
        self.stream.write(content[:100])
        no_space()


@pytest.mark.parametrize("existing", [False, True])
def test_written_content_is_read_back(tmp_path, existing):
    path = tmp_path / "a.bin"
    if existing:
        path.write_bytes(OLD)
    write_whole(path, NEW)
    assert path.read_bytes() == NEW
    assert os.listdir(tmp_path) == ["a.bin"]


WRITER = """
import sys
from pathlib import Path
from mcdeconv.files import write_whole
for number in range(200):
    write_whole(Path(sys.argv[1]), bytes([int(sys.argv[2])]) * 100_000)
"""


def test_a_file_that_several_write_is_one_of_theirs_at_every_moment(tmp_path):
    path = tmp_path / "a.bin"
    write_whole(path, bytes(100_000))
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(number)]) for number in (1, 2, 3)]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        content = path.read_bytes()
        assert len(content) == 100_000 and len(set(content)) == 1
        seen.add(content[0])
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert seen & {1, 2, 3} and os.listdir(tmp_path) == ["a.bin"]


def test_what_a_killed_writer_left_is_written_over(tmp_path):
    (tmp_path / ".a.bin.part").write_bytes(NEW * 2)  # longer than what comes now
    write_whole(tmp_path / "a.bin", NEW)
    assert os.listdir(tmp_path) == ["a.bin"] and (tmp_path / "a.bin").read_bytes() == NEW


@pytest.mark.parametrize("existing", [False, True])
def test_a_disk_without_locks_will_do(tmp_path, monkeypatch, existing):
    monkeypatch.setattr(fcntl, "flock", no_space)
    if existing:
        (tmp_path / "a.bin").write_bytes(OLD)
    write_whole(tmp_path / "a.bin", NEW)
    assert os.listdir(tmp_path) == ["a.bin"] and (tmp_path / "a.bin").read_bytes() == NEW


def test_permissions_are_those_of_any_new_file(tmp_path):
    write_whole(tmp_path / "a", NEW)
    (tmp_path / "b").write_bytes(NEW)
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_the_umask_is_the_systems_to_apply_and_is_never_changed(tmp_path, monkeypatch):
    """It belongs to the whole process: while one thread had it at 0, any file of another was everybody's to write."""
    before, real = os.umask(0o027), os.umask
    monkeypatch.setattr(os, "umask", lambda _: pytest.fail("the umask was changed"))
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: write_whole(tmp_path / str(number), NEW), range(40)))
    finally:
        real(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o640}
    assert sorted(os.listdir(tmp_path)) == sorted(map(str, range(40)))


@pytest.mark.parametrize("existing", [False, True])
@pytest.mark.parametrize("failing", ["write", "replace"])
def test_full_disk_leaves_what_was_there(tmp_path, monkeypatch, failing, existing):
    path = tmp_path / "a.bin"
    if existing:
        path.write_bytes(OLD)
    if failing == "write":
        monkeypatch.setattr("mcdeconv.files.open", FullDisk, raising=False)
    else:
        monkeypatch.setattr(os, "replace", no_space)
    with pytest.raises(InputError, match=r"cannot write .*a\.bin: No space left on device"):
        write_whole(path, NEW)
    assert os.listdir(tmp_path) == (["a.bin"] if existing else [])
    assert not existing or path.read_bytes() == OLD


def test_a_write_that_the_system_cuts_off_leaves_what_was_there(tmp_path):
    """No simulation: the system takes 1,000 bytes of a file and refuses the rest."""
    path = tmp_path / "a.bin"
    path.write_bytes(OLD)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(InputError) as caught:
            write_whole(path, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.strerror(errno.EFBIG) in str(caught.value)
    assert path.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["a.bin"]


@pytest.fixture(params=["missing", "a file", "read-only", "proc"])
def unwritable(request, tmp_path):
    """A folder that cannot be written to, for root too where the system allows to make one."""
    folder = tmp_path / "folder"
    if request.param == "a file":
        folder.write_bytes(OLD)
    elif request.param == "read-only":
        folder.mkdir(mode=0o500)
        if os.access(folder, os.W_OK):
            pytest.skip("root writes into read-only folders")
    elif request.param == "proc":
        if not sys.platform.startswith("linux"):
            pytest.skip("/proc is Linux's")
        folder = Path("/proc/self")
    return folder


def test_unwritable_folder_is_named(unwritable):
    with pytest.raises(InputError, match=f"cannot write {unwritable}/a.bin: ") as caught:
        write_whole(unwritable / "a.bin", NEW)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=f"cannot write into {unwritable}: "):
        require_writable(unwritable)


def test_require_writable_leaves_nothing_behind(tmp_path):
    require_writable(tmp_path)
    assert os.listdir(tmp_path) == []


def test_require_writable_notices_a_full_disk(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(InputError, match=f"cannot write into {tmp_path}: "):
            require_writable(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.listdir(tmp_path) == []


def test_other_files_of_the_folder_are_left_alone(tmp_path, monkeypatch):
    """What another process is writing there is not taken for a leftover."""
    with tempfile.NamedTemporaryFile(dir=tmp_path, prefix=".a.bin.") as other:
        monkeypatch.setattr(os, "replace", no_space)
        with pytest.raises(InputError):
            write_whole(tmp_path / "a.bin", NEW)
        assert os.listdir(tmp_path) == [Path(other.name).name]


def test_make_folder_makes_its_parents_and_minds_none_that_is_there(tmp_path):
    for _ in range(2):
        make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_make_folder_below_a_file_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(OLD)
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        with pytest.raises(InputError, match=f"cannot make the folder {folder}: "):
            make_folder(folder)


def test_a_link_to_a_file_is_read_and_a_pipe_or_device_is_not_waited_for(tmp_path):
    (tmp_path / "file").write_bytes(NEW)
    (tmp_path / "link").symlink_to("file")
    assert read_regular(tmp_path / "link", len(NEW)) == NEW
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(InputError, match="no regular file, but a pipe or a device; give a file"):
            read_regular(path, 10**9)
    with pytest.raises(InputError, match=f"has {len(NEW)} bytes; at most 100 are read"):
        read_regular(tmp_path / "file", 100)


def zipped(path, **contents):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in contents.items():
            packed.writestr(f"{name}.npy", content)
    return path


def array_promised(shape):
    """An array file with a shape and not one value."""
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text


class Touching:
    """Its pickle makes a file when it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_arrays_are_loaded_and_nothing_else(tmp_path):
    np.savez(tmp_path / "good.npz", a=np.arange(3), b=np.eye(2))
    assert {name: array.tolist() for name, array in load_arrays(tmp_path / "good.npz", 10**6).items()} == {
        "a": [0, 1, 2],
        "b": [[1, 0], [0, 1]],
    }
    with pytest.raises(ValueError, match="unpacks to more than 1 MB"):
        load_arrays(zipped(tmp_path / "bomb.npz", a=bytes(1 << 25)), 1 << 20)
    for name, content in {
        "huge": array_promised("(1000000, 1000000)"),
        "cut": array_promised("(5,)"),
        "none": b"",
    }.items():
        with pytest.raises(ValueError):  # noqa: PT011  whatever its reason
            load_arrays(zipped(tmp_path / f"{name}.npz", a=content), 10**6)
    np.savez(tmp_path / "code.npz", a=np.array([Touching(tmp_path / "executed")], dtype=object))
    with pytest.raises(ValueError, match="pickle"):
        load_arrays(tmp_path / "code.npz", 10**6)
    assert not (tmp_path / "executed").exists()
    (tmp_path / "code.npz").write_bytes(b"PK\x03\x04 no zip file")
    with pytest.raises(ValueError, match="not a zip file"):
        load_arrays(tmp_path / "code.npz", 10**6)
