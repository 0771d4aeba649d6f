"""The archive of a release: four parts, equal whenever a commit is packed, and a crate that describes them."""

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import archive
import crate
import pytest
import yaml

from mcdeconv.studies import STUDIES

ROOT = Path(__file__).parents[2]
COPIED = {"CITATION.cff", ".gitignore", *(path for part in archive.PARTS for path in part.paths)} - {".", "results"}
RECORD = "results/records/levin/im05_flit01__ours__laptop__seed0__0123abcd.json"


def git(folder, *arguments):
    settings = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *settings, *arguments], cwd=folder, capture_output=True, check=True)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def checkout(tmp_path):
    """A small repository with one record, and a book of two pages."""
    root = tmp_path / "checkout"
    for name in COPIED:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, root / name)
    write(root / RECORD, "{}")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "All")
    write(root / "out/site/index.html", "<title>The book</title>")
    write(root / "out/site/.buildinfo", "of this machine")
    return root


@pytest.fixture
def made(checkout, tmp_path, monkeypatch, capsys):
    """The folder that `make archive` fills, and what it printed."""
    monkeypatch.setattr(archive, "ROOT", checkout)
    assert archive.main(["--site", str(checkout / "out/site"), "--output", str(tmp_path / "made")]) == 0
    return tmp_path / "made", capsys.readouterr().out


def problems(folder):
    """What the specification (RO-Crate 1.1, sections 4 to 6) forbids, or that would leave a reader with nothing."""
    crate = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    graph = crate["@graph"]
    entities = {one["@id"]: one for one in graph}
    itself, root = entities["ro-crate-metadata.json"], entities["./"]
    if crate["@context"] != "https://w3id.org/ro/crate/1.1/context":
        yield "another context"
    if (itself["@type"], itself["about"]) != ("CreativeWork", {"@id": "./"}):
        yield "the descriptor describes something else"
    if itself["conformsTo"] != {"@id": "https://w3id.org/ro/crate/1.1"}:
        yield "another specification"
    if root["@type"] != "Dataset" or not all(root.get(name) for name in ("name", "description", "license")):
        yield "the root lacks what it must have"
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", root["datePublished"]):
        yield f"no date: {root['datePublished']}"
    if len(entities) != len(graph) or any("@type" not in one or not one.get("name") for one in graph if one != itself):
        yield "entities that share a name, or have none"
    lying = {path.name for path in folder.iterdir()} - {"ro-crate-metadata.json"}
    data = {one["@id"] for one in root["hasPart"]}
    yield from (f"not described: {name}" for name in sorted(lying - data))
    yield from (f"not there: {name}" for name in sorted(data - lying))
    yield from (f"no file: {name}" for name in sorted(data & entities.keys()) if entities[name]["@type"] != "File")
    referred = re.findall(r'\{"@id": "([^"]+)"\}', json.dumps(graph))
    unknown = set(referred) - entities.keys() - {"https://w3id.org/ro/crate/1.1"}
    yield from (f"referred to and not described: {name}" for name in sorted(unknown))
    yield from (f"nothing leads to: {name}" for name in sorted(entities.keys() - {*referred, itself["@id"]}))


def change(folder, identifier, **properties):
    path = folder / "ro-crate-metadata.json"
    crate = json.loads(path.read_text(encoding="utf-8"))
    next(one for one in crate["@graph"] if one["@id"] == identifier).update(properties)
    path.write_text(json.dumps(crate), encoding="utf-8")


def part(folder, name):
    (path,) = folder.glob(f"mcdeconv-*-{name}.zip")
    return zipfile.ZipFile(path)


def names(folder, name):
    return {entry.split("/", 1)[1] for entry in part(folder, name).namelist() if not entry.endswith("/")}


def test_the_crate_keeps_the_rules_of_its_specification(made):
    assert list(problems(made[0])) == []


def test_a_part_that_is_missing_foreign_or_not_described_is_found(made):
    folder, _ = made
    gone, spare = sorted(folder.glob("*.zip"))[:2]
    gone.unlink()
    spare.with_name("spare.zip").touch()
    assert list(problems(folder)) == ["not described: spare.zip", f"not there: {gone.name}"]


@pytest.mark.parametrize(
    ("identifier", "properties", "problem"),
    [
        ("./", {"datePublished": "in spring"}, "no date: in spring"),
        ("./", {"license": []}, "the root lacks what it must have"),
        ("./", {"citation": {"@id": "#nowhere"}}, "referred to and not described: #nowhere"),
        ("SHA256SUMS", {"@type": "CreativeWork"}, "no file: SHA256SUMS"),
        ("ro-crate-metadata.json", {"about": {"@id": "#paper"}}, "the descriptor describes something else"),
    ],
)
def test_a_crate_that_breaks_a_rule_is_found(made, identifier, properties, problem):
    change(made[0], identifier, **properties)
    assert problem in list(problems(made[0]))


def test_hashes_are_of_every_other_file_as_sha256sum_writes_them(made):
    folder, printed = made
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    expected = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    assert (folder / "SHA256SUMS").read_text() == printed == expected
    assert len(files) == 5


def test_the_parts_hold_what_they_say(made, checkout):
    folder, _ = made
    assert names(folder, "records") == {RECORD, "mcdeconv/data/datasets/registry.json", "LICENSE"}
    assert names(folder, "book") == {"index.html"}
    assert names(folder, "code") >= COPIED - {".binder"} | {RECORD}
    assert {"Dockerfile", "requirements.lock", ".binder/postBuild"} <= names(folder, "container")
    with part(folder, "code") as packed:
        (entry,) = (one for one in packed.infolist() if one.filename.endswith("postBuild"))
        assert entry.external_attr >> 16 & 0o111, "Binder could not start it"


def test_the_same_commit_makes_the_same_bytes_in_every_zone_of_time(made, checkout, monkeypatch):
    folder, _ = made
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    again = archive.contents(checkout, checkout / "out/site")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == again


def test_records_studies_benchmarks_and_the_paper_are_described(made):
    graph = json.loads((made[0] / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    entities = {one["@id"]: one for one in graph}
    assert entities["#runs-levin-laptop"]["collectionSize"] == 1
    assert {name for name in entities if name.startswith("#study-")} == {f"#study-{name}" for name in STUDIES}
    assert entities["#study-levin"]["description"] == STUDIES["levin"].question
    assert entities["#data-kohler"]["description"].endswith("SHA-256 of its 52 files")
    about = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    root, paper = entities["./"], entities[entities["./"]["citation"]["@id"]]
    assert paper["name"] == about["preferred-citation"]["title"] and paper["datePublished"] == "2022"
    assert [entities[one["@id"]]["name"] for one in paper["author"]] == ["Ji Li", "Yuesong Nan", "Hui Ji"]
    assert (root["version"], root["datePublished"]) == (about["version"], about["date-released"].isoformat())


def test_every_committed_record_is_counted():
    paths = [str(path.relative_to(ROOT)) for path in (ROOT / "results/records").rglob("*")]
    counted = sum(entity["collectionSize"] for entity in crate.runs(paths, "records.zip"))
    assert counted == sum(path.endswith(".json") for path in paths) > 1000


def test_what_is_packed_exists_here():
    assert [path for one in archive.PARTS for path in one.paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda root: (root / "LICENSE").write_text("changed"), "the checkout differs from its last commit"),
        (lambda root: (root / "out/site/index.html").unlink(), "there is no book in"),
        (lambda root: shutil.rmtree(root / ".git"), "an archive is of a commit"),
    ],
    ids=["changed", "no book", "no git"],
)
def test_what_cannot_be_packed_is_refused_in_a_line(checkout, tmp_path, monkeypatch, capsys, spoil, reason):
    spoil(checkout)
    monkeypatch.setattr(archive, "ROOT", checkout)
    assert archive.main(["--site", str(checkout / "out/site"), "--output", str(tmp_path / "made")]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(f"archive: {reason}") and err.count("\n") == 1
    assert not (tmp_path / "made").exists()


def test_parts_of_an_older_version_go_and_other_files_stay(made, checkout, monkeypatch):
    folder, _ = made
    (folder / "mcdeconv-0.0.1-code.zip").touch()
    (folder / "notes.txt").touch()
    assert archive.main(["--site", str(checkout / "out/site"), "--output", str(folder)]) == 0
    assert not (folder / "mcdeconv-0.0.1-code.zip").exists() and (folder / "notes.txt").exists()
