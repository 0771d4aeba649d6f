"""Version, date, title and authors stand in several files, each for another reader; they agree."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CODEMETA = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
ZENODO = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
PAPER = CITATION["preferred-citation"]
RELEASED = CITATION["date-released"].isoformat()
LICENCE = CITATION["license"]
MAKERS = [author["name"] for author in CITATION["authors"]]


def newest_entry() -> tuple[str, str]:
    """Version and date of the changelog's first heading that has both."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.search(r"^## (\d\S*) - (\d{4}-\d\d-\d\d)$", text, flags=re.MULTILINE).groups()


def test_the_version_and_its_date_are_those_of_the_changelog():
    assert newest_entry() == (CITATION["version"], RELEASED)


def test_the_package_has_the_version_the_licence_and_the_makers():
    assert (PROJECT["version"], PROJECT["license"]) == (CITATION["version"], LICENCE)
    assert [author["name"] for author in PROJECT["authors"]] == MAKERS


@pytest.mark.parametrize(
    ("said", "is_"),
    [
        (CODEMETA["version"], CITATION["version"]),
        (CODEMETA["datePublished"], RELEASED),
        (CODEMETA["name"], CITATION["title"]),
        (CODEMETA["description"], CITATION["abstract"]),
        (CODEMETA["license"], f"https://spdx.org/licenses/{LICENCE}"),
        (CODEMETA["codeRepository"], CITATION["repository-code"]),
        (CODEMETA["keywords"], CITATION["keywords"]),
        (CODEMETA["runtimePlatform"], f"Python {PROJECT['requires-python']}"),
        ([author["name"] for author in CODEMETA["author"]], MAKERS),
        (CODEMETA["referencePublication"]["name"], PAPER["title"]),
        (CODEMETA["referencePublication"]["datePublished"], str(PAPER["year"])),
        (
            [(one["givenName"], one["familyName"]) for one in CODEMETA["referencePublication"]["author"]],
            [(one["given-names"], one["family-names"]) for one in PAPER["authors"]],
        ),
    ],
)
def test_codemeta_says_what_the_citation_does(said, is_):
    assert said == is_


@pytest.mark.parametrize(
    ("said", "is_"),
    [
        (ZENODO["version"], CITATION["version"]),
        (ZENODO["publication_date"], RELEASED),
        (ZENODO["title"], CITATION["title"]),
        (ZENODO["description"], CITATION["abstract"]),
        (ZENODO["license"], LICENCE),
        (ZENODO["keywords"], CITATION["keywords"]),
        ([author["name"] for author in ZENODO["creators"]], MAKERS),
    ],
)
def test_zenodo_is_told_what_the_citation_says(said, is_):
    assert said == is_


def test_zenodo_is_told_the_paper():
    (reference,) = ZENODO["references"]
    for part in (PAPER["title"], f"{PAPER['journal']} {PAPER['volume']}({PAPER['issue']}), {PAPER['start']}"):
        assert part in reference
    assert all(author["family-names"] in reference for author in PAPER["authors"])
