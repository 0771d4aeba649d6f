"""Files are used only if they are the published ones; downloads from a server on this machine, lost and resumed."""

import hashlib
import os
import re
import shutil
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from mcdeconv.data.datasets import fetch as fetching
from mcdeconv.data.datasets import load, load_item, registry
from mcdeconv.data.datasets.fetch import download, fetch
from mcdeconv.data.datasets.registry import Archive, BadFile, Benchmark, check_files
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.files import one_at_a_time

CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


class Server(SimpleHTTPRequestHandler):
    """Knows ranges; `/lost/...` breaks off after 100,000 bytes when asked from the start."""

    requests: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self):
        asked = self.headers.get("Range")
        Server.requests.append((self.path, asked))
        path = Path(self.directory) / self.path.removeprefix("/lost").lstrip("/")
        if not path.is_file():
            return self.send_error(404)
        content = path.read_bytes()
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if start >= len(content):
            return self.send_error(416)
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        end = start + 100_000 if self.path.startswith("/lost") and not asked else len(content)
        self.wfile.write(content[start:end])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path):
    """(address, folder that it serves)."""
    folder = tmp_path / "served"
    folder.mkdir()
    Server.requests = []
    running = ThreadingHTTPServer(("127.0.0.1", 0), partial(Server, directory=folder))
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", folder
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def toy(monkeypatch, server):
    """A benchmark of two files in one zip on the server, beside the real ones in the registry."""
    address, folder = server
    files = {"blurry/a.bin": CONTENT, "sharp/b.bin": b"sharp"}
    with zipfile.ZipFile(folder / "toy.zip", "w") as archive:
        for path, content in files.items():
            archive.writestr(f"as/published/{Path(path).name}", content)
    md5 = hashlib.md5((folder / "toy.zip").read_bytes()).hexdigest()
    entry = Benchmark(
        name="toy",
        page="http://127.0.0.1/page",
        archives=(Archive((f"{address}/nowhere/toy.zip", f"{address}/lost/toy.zip"), f"md5:{md5}", ""),),
        optional=(),
        files={path: (hashlib.sha256(content).hexdigest(), len(content)) for path, content in files.items()},
    )
    monkeypatch.setattr(registry, "benchmarks", lambda: {"toy": entry})
    return entry


def test_the_copies_here_are_the_published_ones(benchmark_data):
    for name in ("levin", "kohler"):
        assert check_files(name, benchmark_data / name) == []


def test_the_registry_has_every_file_of_the_three_benchmarks():
    counts = {name: len(entry.files) for name, entry in registry.benchmarks().items()}
    assert counts == {"levin": 32, "lai": 25 + 100 + 4, "lai_real": 102, "kohler": 48 + 4}


def test_a_wrong_truncated_or_missing_file_is_named_and_never_used(benchmark_data, tmp_path):
    shutil.copytree(benchmark_data / "levin", tmp_path / "levin")
    first, second, third = (tmp_path / "levin" / f"im05_flit0{n}.mat" for n in (1, 2, 3))
    load_item("levin", "im05_flit01", tmp_path / "levin")  # right, and its hash remembered
    first.write_bytes(first.read_bytes()[:1000])
    content = bytearray(second.read_bytes())
    content[5000] ^= 1
    second.write_bytes(content)
    third.unlink()
    assert check_files("levin", tmp_path / "levin") == [
        BadFile("im05_flit01.mat", "truncated"),
        BadFile("im05_flit02.mat", "altered"),
        BadFile("im05_flit03.mat", "missing"),
    ]
    for number, reason in ((1, "truncated"), (2, "altered"), (3, "missing")):
        message = rf"im05_flit0{number}\.mat is {reason} and was not used: run `mcdeconv data fetch levin`"
        with pytest.raises(InputError, match=message):
            load_item("levin", f"im05_flit0{number}", tmp_path / "levin")


def test_a_reencoded_picture_is_altered_although_its_pixels_are_right(benchmark_data, tmp_path):
    from PIL import Image

    (tmp_path / "kohler" / "blurry").mkdir(parents=True)
    name = "kohler/blurry/Blurry1_1.png"
    with Image.open(benchmark_data / name) as image:
        image.crop((0, 0, 800, 800)).save(tmp_path / name, compress_level=1)
    with pytest.raises(InputError, match=r"Blurry1_1\.png is altered and was not used"):
        load_item("kohler", "Blurry1_1", tmp_path / "kohler")


def test_a_missing_benchmark_says_how_to_get_it_at_once(monkeypatch, tmp_path):
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path))
    with pytest.raises(InputError, match=r"mcdeconv data fetch levin.*MCDECONV_DATA.*synthetic-levin"):
        load("levin")
    monkeypatch.delenv("MCDECONV_DATA")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(InputError, match="cache/mcdeconv/lai"):
        load("lai")


def test_a_lost_connection_is_resumed_where_it_stopped(server, tmp_path, capsys):
    address, folder = server
    (folder / "file").write_bytes(CONTENT)
    download([f"{address}/lost/file"], SHA256, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert Server.requests == [("/lost/file", None), ("/lost/file", "bytes=100000-")]
    bars = re.findall(r"file: +(\d+)%.*?([\d.]+k?)/([\d.]+k)", capsys.readouterr().err)
    assert bars[-1] == ("100", "300k", "300k") and ("33", "100k", "300k") in bars, "the second bar starts at a third"
    assert os.listdir(tmp_path / "served") == ["file"] and not (tmp_path / "file.part").exists()


def test_the_second_source_is_used_when_the_first_has_another_file(server, tmp_path):
    address, folder = server
    (folder / "wrong").write_bytes(b"another file")
    (folder / "right").write_bytes(CONTENT)
    download([f"{address}/none", f"{address}/wrong", f"{address}/right"], SHA256, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [path for path, _ in Server.requests] == ["/none", "/wrong", "/right"]


def test_a_beginning_of_another_file_does_not_spoil_the_download(server, tmp_path):
    address, folder = server
    (folder / "file").write_bytes(CONTENT)
    for beginning in (b"x" * 1000, b"x" * 400_000):
        (tmp_path / "file").unlink(missing_ok=True)
        (tmp_path / "file.part").write_bytes(beginning)
        download([f"{address}/file"], SHA256, tmp_path / "file")
        assert (tmp_path / "file").read_bytes() == CONTENT


def test_when_every_source_fails_all_are_named_and_the_old_file_stays(server, tmp_path):
    address, folder = server
    (folder / "wrong").write_bytes(b"another file")
    (tmp_path / "file").write_bytes(b"mine")
    message = "none: HTTP 404; .*wrong: another file than the published one; .*127.0.0.1:9.*refused"
    with pytest.raises(RunFailed, match=message):
        download([f"{address}/none", f"{address}/wrong", "http://127.0.0.1:9/file"], SHA256, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_fetch_unpacks_puts_in_place_and_checks(toy, tmp_path):
    place = fetch("toy", tmp_path / "toy")
    assert (place / "blurry" / "a.bin").read_bytes() == CONTENT
    assert (place / "sharp" / "b.bin").read_bytes() == b"sharp"
    assert sorted(path.name for path in place.rglob("*") if path.is_file()) == ["a.bin", "b.bin"]
    asked = len(Server.requests)
    fetch("toy", tmp_path / "toy")
    assert len(Server.requests) == asked, "nothing is downloaded twice"


def test_two_that_fetch_at_once_do_so_one_after_the_other(toy, tmp_path, caplog):
    place = tmp_path / "toy"
    place.mkdir()
    with ThreadPoolExecutor() as pool:
        with one_at_a_time(place):
            second = pool.submit(fetch, "toy", place)
            while "waiting for its end" not in caplog.text and not second.done():
                time.sleep(0.01)
            assert not Server.requests and not list(place.iterdir())
        assert second.result() == place and (place / "sharp/b.bin").read_bytes() == b"sharp"


def test_fetch_repairs_one_file_from_a_mirror(toy, server, tmp_path):
    address, folder = server
    place = fetch("toy", tmp_path / "toy")
    (place / "sharp" / "b.bin").write_bytes(b"sha")
    (folder / "toy" / "sharp").mkdir(parents=True)
    (folder / "toy" / "sharp" / "b.bin").write_bytes(b"sharp")
    Server.requests.clear()
    fetch("toy", place, mirrors=[f"{address}/"])
    assert (place / "sharp" / "b.bin").read_bytes() == b"sharp"
    assert Server.requests == [("/toy/sharp/b.bin", None)]


def test_fetch_takes_an_archive_or_folder_of_ones_own(toy, server, tmp_path):
    _, folder = server
    fetch("toy", tmp_path / "one", source=folder / "toy.zip")
    fetch("toy", tmp_path / "two", source=tmp_path / "one")
    assert check_files("toy", tmp_path / "two") == [] and (tmp_path / "one" / "blurry" / "a.bin").exists()
    (tmp_path / "one" / "sharp" / "b.bin").write_bytes(b"altered")
    with pytest.raises(RunFailed, match=r"1 of 2 files of toy .* not right: sharp/b\.bin \(missing\)"):
        fetch("toy", tmp_path / "three", source=tmp_path / "one")
    with pytest.raises(InputError, match=r"none\.zip was not found"):
        fetch("toy", tmp_path / "three", source=tmp_path / "none.zip")


def test_frames_are_put_in_place_a_scene_at_a_time(toy, server, monkeypatch, tmp_path):
    address, folder = server
    with zipfile.ZipFile(folder / "frames.zip", "w") as archive:
        archive.writestr("Image1/GroundTruth1_1_1.png", b"first")
        archive.writestr("Image1/GroundTruth1_1_2.png", b"second")
    frames = Archive((f"{address}/frames.zip",), None, "frames/scene_1/")
    entry = Benchmark("toy", "", (*toy.archives, frames), (), toy.files)
    monkeypatch.setattr(registry, "benchmarks", lambda: {"toy": entry})
    place = fetch("toy", tmp_path / "toy")
    assert sorted(os.listdir(place / "frames" / "scene_1")) == ["GroundTruth1_1_1.png", "GroundTruth1_1_2.png"]
    asked = len(Server.requests)
    fetch("toy", place)
    assert len(Server.requests) == asked
    fetch("toy", tmp_path / "other", source=place)
    fetch("toy", tmp_path / "other", source=folder / "frames.zip")  # known by its name
    assert len(os.listdir(tmp_path / "other" / "frames" / "scene_1")) == 2 and len(Server.requests) == asked


def test_no_address_and_no_unpacker_are_said(monkeypatch, tmp_path):
    with pytest.raises(InputError, match=r"address of lai's archive is not known: .*deblur_study.*--from"):
        fetch("lai", tmp_path / "lai")
    monkeypatch.setattr(fetching.shutil, "which", lambda name: None)
    with pytest.raises(InputError, match="RAR archive needs one of bsdtar, unar, unrar, 7z"):
        fetch("levin", tmp_path / "levin")
    with pytest.raises(InputError, match=r"is not a benchmark .* levin, lai, lai_real, kohler"):
        fetch("synthetic-levin", tmp_path)


def test_an_unpacker_is_run_on_rar(toy, server, monkeypatch, tmp_path):
    script = tmp_path / "bsdtar"
    script.write_text('#!/bin/sh\nprintf sharp > "$4/b.bin"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (tmp_path / "toy.rar").write_bytes(b"Rar!")
    with pytest.raises(RunFailed, match=r"blurry/a\.bin \(missing\)"):  # the script unpacks b.bin alone
        fetch("toy", tmp_path / "toy", source=tmp_path / "toy.rar")
    assert check_files("toy", tmp_path / "toy") == [BadFile("blurry/a.bin", "missing")]
    script.write_text("#!/bin/sh\necho 'no such format' >&2; exit 1\n")
    with pytest.raises(RunFailed, match="cannot be unpacked: bsdtar: no such format"):
        fetch("toy", tmp_path / "toy", source=tmp_path / "toy.rar")
