"""Whole files or none: failures of the disk, real ones (a size limit, folders that are none) and simulated ones."""

import errno
import os
import resource
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mcdeconv.errors import InputError
from mcdeconv.files import make_folder, require_writable, write_whole

OLD, NEW = b"old content", b"new content" * 1000


def no_space(*arguments, **options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class FullDisk:
    """A stream on a disk with room for 100 bytes."""

    def __init__(self, path, mode):
        self.stream = open(path, mode)  # noqa: SIM115

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()

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
