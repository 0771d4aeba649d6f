"""Pack a release for a repository of research data: four archives, their hashes, and what they are as an RO-Crate 1.1.

python workflow/archive.py [--site out/site --output out/archive]

Three archives are of the last commit, the fourth is the book built from it: equal input makes equal bytes.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import yaml
from book_pages import Unusable
from course import LEFT_OUT, zipped
from crate import CC_BY, HASHES, METADATA, MIT, Part, described

from mcdeconv.files import make_folder, write_whole

ROOT = Path(__file__).resolve().parents[1]
PARTS = (
    Part("code", "The checkout: package, workflow, notebooks, tests, the book's text, records", (".",), (MIT, CC_BY)),
    Part(
        "records",
        "Every run and study as JSON and CSV, the paper's own numbers, and where the benchmarks are to be had: "
        "addresses, and the SHA-256 of every file, in registry.json",
        ("results", "mcdeconv/data/datasets/registry.json", "LICENSE"),
    ),
    Part("book", "The built book: unpack it, and open index.html", (), (CC_BY, MIT)),
    Part(
        "container",
        "How to make the environment, in a container, on Binder or by make: every file of it has its SHA-256",
        (
            *(
                "Dockerfile",
                ".dockerignore",
                ".binder",
                "environment.yml",
                "Makefile",
                "requirements.lock",
                "pyproject.toml",
            ),
            *("scripts/make_venv.sh", "LICENSE"),
        ),
    ),
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--site", type=Path, default=ROOT / "out/site")
    parser.add_argument("--output", type=Path, default=ROOT / "out/archive")
    options = parser.parse_args(arguments)
    try:
        files = contents(ROOT, options.site)
    except Unusable as why:
        print(f"archive: {why}", file=sys.stderr)
        return 1
    make_folder(options.output)
    for old in options.output.glob("mcdeconv-*.zip"):  # of another version
        old.unlink()
    for name, content in files.items():
        write_whole(options.output / name, content)
    print(files[HASHES].decode(), end="")
    return 0


def contents(root: Path, site: Path) -> dict[str, bytes]:
    """Every file of the archive by its name.

    Raises
    ------
    Unusable
        If there is no commit to pack, the checkout differs from it, or the book is not built.
    """
    if git(root, "status", "--porcelain", "--untracked-files=no"):
        raise Unusable("the checkout differs from its last commit; commit first, for that is what is packed")
    if not (site / "index.html").exists():
        raise Unusable(f"there is no book in {site}; run `make book` first")
    about = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    release = f"mcdeconv-{about['version']}"
    files = {f"{release}-{part.name}.zip": packed(root, site, part, release) for part in PARTS}
    records = git(root, "ls-tree", "-r", "--name-only", "HEAD", "results/records").decode().splitlines()
    crate = described(about, list(zip(PARTS, files, map(len, files.values()), strict=True)), records)
    files[METADATA] = (json.dumps(crate, indent=1, ensure_ascii=False) + "\n").encode()
    hashes = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    return files | {HASHES: "".join(hashes).encode()}


def git(root: Path, *arguments: str) -> bytes:
    """What a command of git prints; hours are those of UTC, which are written into archives."""
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, env=os.environ | {"TZ": "UTC"}, check=False)
    if done.returncode:
        raise Unusable(f"an archive is of a commit: {done.stderr.decode().strip()}")
    return done.stdout


def packed(root: Path, site: Path, part: Part, release: str) -> bytes:
    if part.paths:
        return git(root, "archive", "--format=zip", f"--prefix={release}/", "HEAD", *part.paths)
    pages = {str(path.relative_to(site)): path for path in site.rglob("*") if path.is_file()}
    return zipped({f"{release}-book/{name}": pages[name].read_bytes() for name in pages if name not in LEFT_OUT})


if __name__ == "__main__":
    sys.exit(main())
