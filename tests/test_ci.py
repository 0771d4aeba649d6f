"""What runs elsewhere, where no test sees it, names what exists here: GitHub's workflows and the container's recipe."""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted((ROOT / ".github/workflows").glob("*.yml"))}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


def jobs(workflow: str) -> dict[str, dict]:
    return WORKFLOWS[workflow]["jobs"]


def steps(workflow: str) -> Iterator[dict]:
    for job in jobs(workflow).values():
        yield from job["steps"]


def commands(workflow: str) -> str:
    return "\n".join(step["run"] for step in steps(workflow) if "run" in step)


def test_there_are_two():
    assert set(WORKFLOWS) == {"book", "release"}


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_what_the_commands_name_exists(workflow):
    text = commands(workflow)
    made = re.findall(r"\bmake ([\w-]+)", text)
    assert made and set(made) <= TARGETS
    named = re.findall(r"\b(?:scripts|tests)/[\w./]+", text)
    assert [name for name in named if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_actions_have_a_major_version_and_may_only_read_unless_a_job_says_more(workflow):
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert [name for name in used if not re.fullmatch(r"actions/[\w-]+@v\d+", name)] == []
    assert WORKFLOWS[workflow]["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 120 for job in jobs(workflow).values())


def test_tests_run_on_two_systems_and_three_pythons_and_the_book_is_built_on_both():
    tests, book = jobs("book")["test"], jobs("book")["build"]
    systems = {name.partition("-")[0] for name in tests["strategy"]["matrix"]["os"]}
    assert systems == {"ubuntu", "macos"} and tests["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert book["strategy"]["matrix"]["os"] == tests["strategy"]["matrix"]["os"]
    assert all(job["runs-on"] == "${{ matrix.os }}" for job in (tests, book))
    assert "ARGS=\"-m 'not slow'\"" in str([step.get("run") for step in tests["steps"]]).replace("\\'", "'")


def test_every_python_is_a_supported_one():
    given = {
        step["with"]["python-version"] for name in WORKFLOWS for step in steps(name) if "python-version" in str(step)
    }
    matrix = "${{ matrix.python }}"
    assert matrix in given
    for version in given - {matrix} | set(jobs("book")["test"]["strategy"]["matrix"]["python"]):
        assert SpecifierSet(PROJECT["requires-python"]).contains(f"{version}.0")


@pytest.mark.parametrize(("tag", "accepted"), [(f"v{PROJECT['version']}", True), ("v9.9.9", False)])
def test_only_a_tag_with_the_version_is_released(tag, accepted):
    (check,) = (step["run"] for step in steps("release") if "GITHUB_REF_NAME" in step.get("run", "")[:30])
    done = subprocess.run(["bash", "-e", "-c", check], cwd=ROOT, env=os.environ | {"GITHUB_REF_NAME": tag}, check=False)
    assert (done.returncode == 0) is accepted


def test_a_release_attests_and_publishes_what_it_made():
    (attested,) = (step["with"]["subject-path"] for step in steps("release") if "provenance" in step.get("uses", ""))
    assert attested.split() == ["dist/*", "out/archive/*"]
    assert commands("release").splitlines()[-1].endswith("dist/* out/archive/*")


DOCKERFILE = (ROOT / "Dockerfile").read_text()
INSTRUCTIONS = re.findall(r"^([A-Z]+) (.+)$", DOCKERFILE, flags=re.MULTILINE)


def arguments(instruction: str) -> list[str]:
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


def test_the_container_starts_from_a_supported_python():
    (version,) = re.fullmatch(r"python:(\d\.\d+)-slim", *arguments("FROM")).groups()
    assert INSTRUCTIONS[0][0] == "FROM" and SpecifierSet(PROJECT["requires-python"]).contains(f"{version}.0")


def test_the_container_copies_what_exists_and_makes_what_can_be_made():
    copied = [name for rest in arguments("COPY") for name in rest.split()[1:-1]]
    assert copied[-1] == "." and [name for name in copied if not (ROOT / name).exists()] == []
    assert not {"README.md", "LICENSE", "LICENSE-book", "mcdeconv"} - set(copied), "hatchling reads them"
    made = re.findall(r"\bmake ([a-z]+)", DOCKERFILE)
    assert {"install", "book", "reproduce"} <= set(made) <= TARGETS


def test_the_container_runs_as_an_ordinary_user_and_shows_the_book_that_it_built():
    kinds = [name for name, _ in INSTRUCTIONS]
    (user,) = arguments("USER")
    assert user != "root" and kinds.index("USER") < kinds.index("COPY")
    command = json.loads(*arguments("CMD"))
    assert command[0] == ".venv/bin/python" and "out/site" in command
    assert command[-1] in arguments("EXPOSE")


def test_what_is_made_here_does_not_get_into_the_container():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".venv", "out", "dist"} <= set(ignored) and ".git" not in ignored, "records name their commit"
