"""Build the book into out/site/: chapters from book/, executed pages from out/pages/, numbers from out/quotes.json,
plots and the first screen from the records.

`jupyter-book config sphinx` writes the Sphinx configuration from book/_config.yml; two extensions that it always adds
are dropped (sphinx_thebe throws an error on every page, sphinx_comments is not used), and `sphinx-build -W` does the
rest. Only files whose content changed are rewritten, so Sphinx reads only those again.
"""

import argparse
import hashlib
import importlib.metadata
import json
import pprint
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import slides
from book_pages import PICTURES, Unusable, prepared, read_executed, stub
from book_parts import included
from pages import PAGES
from slides import write_slides

ROOT = Path(__file__).resolve().parents[1]
SPHINXS_OWN = ("index", "genindex", "py-modindex", "search")  # pages without a source
TIED = (sys.executable, "-m", "mcdeconv.machine", sys.executable)  # ends when this process does
DROPPED = ("sphinx_thebe", "sphinx_comments")
LOCAL_EXTENSIONS = """
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).parent / "extensions"))
extensions += ["docstrings", "learning", "loading"]
"""


class BuildFailed(RuntimeError):
    """The book cannot be built; the message is one line with the page's name."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--pages", type=Path, default=ROOT / "out/pages", help="executed notebooks")
    parser.add_argument("--quotes", type=Path, default=ROOT / "out/quotes.json", help="numbers for the prose, as JSON")
    parser.add_argument("--output", type=Path, default=ROOT / "out/site", help="where the book goes")
    options = parser.parse_args(arguments)
    work = options.output.parent / "book"
    started = time.monotonic()
    try:
        missing = assemble(options.pages, options.quotes, work / "source")
        changed = build(work, options.output)
        (options.output / "index.html").touch()  # as new as what it was made from, even if that has not changed
    except (BuildFailed, OSError) as error:
        print(f"book: {error}", file=sys.stderr)
        return 1
    done = f"built in {time.monotonic() - started:.0f} s" if changed else "nothing has changed"
    print(f"book: {options.output / 'index.html'}, {done}" + (f"; not run: {', '.join(missing)}" if missing else ""))
    return 0


def assemble(pages: Path, quotes: Path, source: Path) -> list[str]:
    """Put all sources in one folder, touching only what changed; returns the pages without a usable notebook."""
    wanted = {path.relative_to(ROOT / "book"): path.read_bytes() for path in book_files()}
    wanted |= included(ROOT)
    wanted[Path("generated/algorithm_1.py")] = (ROOT / "mcdeconv/core/algorithm_1.py").read_bytes()
    missing = []
    for page in PAGES.values():
        try:
            executed = read_executed(pages / f"{page.name}.ipynb")
            shown, pictures = prepared(executed, page)
            wanted[Path(f"{page.path}.ipynb")] = shown.encode()
            wanted |= {PICTURES / name: content for name, content in pictures.items()}
        except Unusable as why:
            wanted[Path(f"{page.path}.md")] = stub(page, f"{why}".rstrip(".") + ".").encode()
            missing.append(page.name)
    mirror(wanted, source)
    configure(source, quotes)
    return missing


def book_files() -> Iterator[Path]:
    """All of book/, without what editors and Python leave there."""
    for path in sorted((ROOT / "book").rglob("*")):
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in path.parts[len(ROOT.parts) :]):
            yield path


def mirror(wanted: dict[Path, bytes], source: Path) -> None:
    """Make a folder hold exactly these files; what has not changed keeps its time."""
    source.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.rglob("*"), reverse=True):
        name = path.relative_to(source)
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif name not in wanted and name.name not in ("conf.py", "conf.inputs"):
            path.unlink()
    for name, content in wanted.items():
        write_if_changed(source / name, content)


def write_if_changed(path: Path, content: bytes) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def configure(source: Path, quotes: Path) -> None:
    """Write conf.py, unless it was made from the same inputs."""
    facts = pprint.pformat(json.loads(quotes.read_text()), width=110)
    inputs = [(source / name).read_bytes() for name in ("_config.yml", "_toc.yml")]
    inputs += [facts.encode(), Path(__file__).read_bytes()]
    made_from = hashlib.sha256(b"\0".join(inputs)).hexdigest().encode()
    stamp = source / "conf.inputs"
    if stamp.exists() and stamp.read_bytes() == made_from and (source / "conf.py").exists():
        return
    command = [str(Path(sys.executable).with_name("jupyter-book")), "config", "sphinx", str(source)]
    found = subprocess.run(command, capture_output=True, text=True)
    if found.returncode or "Error" in found.stdout:
        reason = [line for line in (found.stdout + found.stderr).splitlines() if line.strip()][-1]
        raise BuildFailed(f"book/_config.yml or book/_toc.yml is wrong: {reason.strip()}")
    text = (source / "conf.py").read_text()
    for name in DROPPED:
        text = re.sub(rf"['\"]{name}['\"],? ?", "", text)
    (source / "conf.py").write_text(f"{text}\nmyst_substitutions = {facts}\n{LOCAL_EXTENSIONS}")
    stamp.write_bytes(made_from)


def build(work: Path, site: Path) -> bool:
    """Run Sphinx if anything changed since it last succeeded; whether it ran."""
    mark, log, built = work / "built-from", work / "sphinx.log", work / "html"
    state = fingerprint(work / "source")
    if mark.exists() and mark.read_text() == state and (site / "index.html").exists():
        return False
    mark.unlink(missing_ok=True)
    # -a: reading is incremental, but every page is written, for each shows the titles and assets of all
    options = ("-a", "-b", "html", "-W", "--keep-going", "-q", "-d", str(work / "doctrees"))
    command = [*TIED, "-m", "sphinx", *options, str(work / "source"), str(built)]
    shutil.rmtree(built / "_static" / PICTURES.name, ignore_errors=True)  # Sphinx leaves what is no longer shown
    print("book: running Sphinx", flush=True)
    found = subprocess.run(command, capture_output=True, text=True)
    log.write_text(found.stdout + found.stderr)
    if found.returncode:
        # a warning is printed once: the next try must read every page again
        shutil.rmtree(work / "doctrees", ignore_errors=True)
        raise BuildFailed(first_problem(found.stderr, work / "source", log))
    drop_stale(work / "source", built)
    write_slides(built)
    publish(built, site)
    mark.write_text(state)
    return True


def publish(built: Path, site: Path) -> None:
    """Put a built book in the place of the one before: a reader finds the old one or the new one, and all of it."""
    new, old = built.with_name("new"), built.with_name("old")
    for folder in (new, old):  # of a build that was killed
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built, new)
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def drop_stale(source: Path, site: Path) -> None:
    """Delete the pages of an earlier build whose sources are gone; Sphinx leaves them."""
    for page in site.rglob("*.html"):
        name = page.relative_to(site).with_suffix("")
        if name.parts[0].startswith("_") or str(name) in SPHINXS_OWN:
            continue
        if not any((source / name).with_suffix(suffix).exists() for suffix in (".md", ".ipynb")):
            page.unlink()


def fingerprint(source: Path) -> str:
    """A hash of all that the site is made from: sources, docstrings, and the versions of the tools."""
    found = hashlib.sha256()
    for path in sorted([*source.rglob("*"), *(ROOT / "mcdeconv").rglob("*.py"), Path(slides.__file__)]):
        if path.is_file():
            found.update(f"{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    for package in ("sphinx", "myst-nb", "jupyter-book", "sphinx-book-theme"):
        found.update(f"{package} {importlib.metadata.version(package)}\0".encode())
    return found.hexdigest()


def first_problem(output: str, source: Path, log: Path) -> str:
    """Sphinx's first warning or error in one line, with how many more there are."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    lines = [line for line in plain.splitlines() if re.search(r"WARNING|ERROR|CRITICAL|rror:", line)]
    if not lines:
        return f"Sphinx failed; see {log}"
    more = f" (and {len(lines) - 1} more in {log})" if len(lines) > 1 else f" (in full: {log})"
    return lines[0].replace(f"{source}/", "") + more


if __name__ == "__main__":
    sys.exit(main())
