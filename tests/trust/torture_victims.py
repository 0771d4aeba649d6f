"""What is killed: each program with its work, what is finished at a moment, and what it comes to undisturbed."""

import functools
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHORTENED = str(ROOT / "tests/trust/torture_shortened.py")
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/workflow"), str(ROOT / "workflow")]

import fake_runs  # noqa: E402
import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from mcdeconv.data.datasets import load_item  # noqa: E402
from mcdeconv.data.datasets.registry import benchmark, fault  # noqa: E402
from mcdeconv.data.photo import read_photo  # noqa: E402
from mcdeconv.errors import InputError  # noqa: E402
from mcdeconv.runs.records import Store, read_record  # noqa: E402
from mcdeconv.runs.trajectory import Trajectory  # noqa: E402

State = Mapping[str, object]  # what is finished, by name; a later state has it all, unchanged


@dataclass(frozen=True)
class Victim:
    """A program to kill."""

    name: str
    command: Callable[[Path], list[str]]  # in a folder
    prepare: Callable[[Path], None]  # that folder
    begun: Callable[[Path], bool]  # whether it is at its work: kills before that are dull
    finished: Callable[[Path], State]  # what must not be lost; InputError for what is damaged and would be trusted
    result: Callable[[Path], object]  # at the end: to be equal to that of an undisturbed run
    codes: tuple[int, ...] = (0,)  # that it may end with when it is done


MARK = "MCDECONV_TORTURE"  # by this variable the processes of a start are found, whoever their parent is by then


def start(victim: Victim, folder: Path, logged: bool = True, **more: str) -> subprocess.Popen:
    """The program, in a session of its own; what it says goes to folder/log, or nowhere, as on a disk that is full."""
    path = os.pathsep.join(filter(None, (more.get("PYTHONPATH"), str(ROOT))))
    environment = os.environ | {"OMP_NUM_THREADS": "1"} | more | {"PYTHONPATH": path}
    with (folder / "log" if logged else Path(os.devnull)).open("ab") as log:
        streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        return subprocess.Popen(victim.command(folder), cwd=folder, env=environment, start_new_session=True, **streams)


def mcdeconv(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mcdeconv", *arguments]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def unchanged(path: Path) -> tuple[str, int]:
    """Equal if the file was not written again."""
    return digest(path), path.stat().st_mtime_ns


# --- a campaign ---------------------------------------------------------------------------------------------------

IMAGES = ("camera_kernel_02", "coffee_kernel_04", "coins_kernel_01")


def campaign_command(folder: Path) -> list[str]:
    return mcdeconv(
        *("run", "--dataset", "small-levin", "--method", "l0,cho-lee", "--images", ",".join(IMAGES)),
        *("--processes", "2"),
    )


def records(folder: Path) -> State:
    found: dict[str, object] = {}
    for path in sorted((folder / "out/records").glob("*/*.json")):
        read_record(path)
        found[path.name] = unchanged(path)
    return found


def scores(folder: Path) -> object:
    return {
        path.name: (one := read_record(path)).scores | {"kernel": one.kernel}
        for path in (folder / "out/records").glob("*/*.json")
    }


CAMPAIGN = Victim(
    "a campaign (`run`, two processes)",
    campaign_command,
    lambda folder: None,
    lambda folder: (folder / "out/records").is_dir(),
    records,
    scores,
)

# --- deblur with a checkpoint -------------------------------------------------------------------------------------


def photo(folder: Path) -> None:
    blurred = (255 * load_item("small-levin", IMAGES[0]).blurred[:64, :64]).astype(np.uint8)
    Image.fromarray(blurred).save(folder / "photo.png")


def saved_iterations(folder: Path) -> State:
    """How far the checkpoint is; the number may only grow."""
    import torch

    found: dict[str, object] = {}
    for path in (folder / "saved").glob("*.pt"):
        try:
            found[path.name] = Growing(int(torch.load(path, weights_only=True)["state"]["iteration"]))
        except Exception as error:
            raise InputError(f"{path.name} is damaged: {error}") from None
    for path in folder.glob("sharp*.png"):
        read_photo(path, constant_ok=True)
        found[path.name] = digest(path)
    return found


class Growing(int):
    """A number that may grow: it is still there if a larger one is."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and int(other) >= int(self)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = int.__hash__


DEBLUR = Victim(
    "`deblur --checkpoint`",
    lambda folder: [
        *(sys.executable, SHORTENED, "deblur", "photo.png", "-o", "sharp.png", "--method", "ours", "--tier", "paper"),
        *("--kernel-size", "9", "--checkpoint", "saved"),
    ],
    photo,
    lambda folder: (folder / "saved").is_dir(),
    saved_iterations,
    lambda folder: {path.name: digest(path) for path in folder.glob("sharp*.png")},
    codes=(0, 3),  # so small a network may not restore anything
)

# --- a notebook ---------------------------------------------------------------------------------------------------

NOTEBOOK = ROOT / "notebooks/learn/blur.ipynb"


def page(folder: Path) -> State:
    path = folder / "page.ipynb"
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text())
    except ValueError as error:
        raise InputError(f"{path.name} is damaged: {error}") from None
    if "failed" in content["metadata"]:
        raise InputError(f"{path.name} says that it failed: {content['metadata']['failed']}")
    return {path.name: digest(path)}


PAPERMILL = Victim(
    "a notebook (papermill)",
    lambda folder: [sys.executable, str(ROOT / "workflow/run_notebook.py"), str(NOTEBOOK), str(folder / "page.ipynb")],
    lambda folder: None,
    lambda folder: (folder / ".page.running.ipynb").exists(),
    page,
    page,
)

# --- Snakemake ----------------------------------------------------------------------------------------------------

# In the place of `mcdeconv solve`: hands out prepared records one after the other.
SOLVE = """
import os, shutil, time
from pathlib import Path
for path in sorted(Path("prepared").rglob("*.json")):
    target = Path("out/records") / path.relative_to("prepared")
    if not target.exists():
        time.sleep(0.3)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target.with_suffix(".part"))
        os.replace(target.with_suffix(".part"), target)
"""
BOOK = """
import json
from pathlib import Path
Path("out/site").mkdir(parents=True, exist_ok=True)
executed = {path.stem: json.loads(path.read_text()) for path in sorted(Path("out/pages").glob("*.ipynb"))}
pages = {name: page["metadata"].get("failed", "") for name, page in executed.items()}
Path("out/site/index.html").write_text(json.dumps(pages))
"""


def project(folder: Path) -> None:
    from nbformat.v4 import new_code_cell, new_notebook, writes
    from workflow_cases import SMALL, fake_record

    from mcdeconv.paper import plans
    from mcdeconv.paper.selection import Selection

    for name in ("results/paper", "mcdeconv/paper", "notebooks", "book", "prepared"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(ROOT / "workflow", folder / "workflow", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mcdeconv/__init__.py", "mcdeconv/paper/__init__.py"):
        (folder / name).touch()
    (folder / "mcdeconv/__main__.py").write_text(SOLVE)
    (folder / "mcdeconv/paper/quotes.py").write_text("import pathlib\npathlib.Path('out/quotes.json').write_text('{}')")
    for name in ("machine.py", "errors.py", "files.py"):
        shutil.copy(ROOT / "mcdeconv" / name, folder / "mcdeconv")
    (folder / "workflow/build_book.py").write_text(BOOK)
    for name in ("benchmark", "networks"):
        cells = [new_code_cell("tier = ''", metadata={"tags": ["parameters"]}, id="parameters")]
        cells += [new_code_cell("import time; time.sleep(0.5); print('shown')", id="source")]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        (folder / f"notebooks/{name}.ipynb").write_text(writes(new_notebook(cells=cells, metadata=kernel)))
    before = plans.EXPERIMENTS
    plans.EXPERIMENTS = {name: SMALL.get(name, {}) for name in before}
    jobs = [job for name in ("levin", "regularisation") for job in Selection(name, "quick").jobs()]
    plans.EXPERIMENTS = before
    for job in jobs:
        Store(folder / "prepared").put(fake_record(job.identity))


def made(folder: Path) -> object:
    pages = {path.name: path.read_text() for path in (folder / "out/pages").glob("*.ipynb")}
    return sorted(pages), (folder / "out/site/index.html").read_text(), sorted(scores(folder).items(), key=str)


SNAKEMAKE = Victim(
    "`make reproduce` (Snakemake)",
    lambda folder: [sys.executable, SHORTENED, "make", str(folder)],
    project,
    lambda folder: (folder / "out/plan.json").exists(),
    records,
    made,
)

# --- merge --------------------------------------------------------------------------------------------------------


def parcel(folder: Path) -> None:
    for name in ("results/paper", "results/records", "mcdeconv"):
        (folder / name).mkdir(parents=True)
    item = fake_runs.item()
    end = fake_runs.trajectory(item, 0.9, pictures=fake_runs.PICTURES[-1:])
    store = Store(folder / "theirs/records")
    for seed in range(150):
        record = replace(fake_runs.record(item, "ours", seed, end))
        store.put(record, end if seed % 5 == 0 else None)


def merged(folder: Path) -> State:
    found: dict[str, object] = {}
    for path in sorted((folder / "results/records").glob("*/*.json")):
        read_record(path)
        found[path.name] = unchanged(path)
        if int(path.name.partition("seed")[2].partition("__")[0]) % 5 == 0:  # its curves were written before it
            Trajectory.load(path.with_suffix(".npz"))
    return found


MERGE = Victim(
    "`merge` of 150 records",
    lambda folder: mcdeconv("merge", "theirs"),
    parcel,
    lambda folder: any((folder / "results/records").iterdir()),
    merged,
    lambda folder: {path.name: digest(path) for path in (folder / "results/records").rglob("*.*")},
)

# --- data fetch ---------------------------------------------------------------------------------------------------

LEVIN = Path(os.environ.get("MCDECONV_DATA", ROOT.parent / "shared/data")) / "levin"


class Slow(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, in pieces, and from a place in a file on."""

    protocol_version = "HTTP/1.0"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content, begin = path.read_bytes(), 0
        if (asked := self.headers.get("Range", "")).startswith("bytes="):
            begin = int(asked[6:].split("-")[0])
        if begin >= len(content) > 0:
            self.send_error(416)
            return
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(content) - begin))
        self.end_headers()
        try:
            for at in range(begin, len(content), 1 << 16):
                self.wfile.write(content[at : at + (1 << 16)])
                time.sleep(0.01)
        except OSError:
            pass  # the one that asked is dead


@functools.cache
def mirror() -> str:
    handler = functools.partial(Slow, directory=str(LEVIN.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def fetched(folder: Path) -> State:
    """Files under their own names; one that is not the published one would be used."""
    found: dict[str, object] = {}
    for name, known in benchmark("levin").files.items():
        path = folder / "levin" / name
        if path.exists():
            if why := fault(path, *known):
                raise InputError(f"{name} is {why}")
            found[name] = unchanged(path)
    return found


FETCH = Victim(
    "`data fetch` (from a local server)",
    lambda folder: mcdeconv("data", "fetch", "levin", "--folder", "levin", "--mirror", mirror()),
    lambda folder: None,
    lambda folder: (folder / "levin").is_dir(),
    fetched,
    lambda folder: {name: state[0] for name, state in fetched(folder).items()},  # type: ignore[index]
)

# --- the book -----------------------------------------------------------------------------------------------------


def chapters(folder: Path) -> None:
    for name in ("extensions", "assets", "templates"):
        shutil.copytree(ROOT / "book" / name, folder / "book" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_config.yml", "references.bib"):
        if (ROOT / "book" / name).exists():
            shutil.copy(ROOT / "book" / name, folder / "book" / name)
    names = [f"chapter_{number}" for number in range(6)]
    toc = "format: jb-book\nroot: index\nchapters:\n" + "".join(f"- file: {name}\n" for name in names)
    (folder / "book/_toc.yml").write_text(toc)
    for name in ("index", *names):
        (folder / "book" / f"{name}.md").write_text(f"# {name}\n\n" + "Words and $x^2$. " * 200 + "\n")
    (folder / "mcdeconv/core").mkdir(parents=True)
    shutil.copy(ROOT / "mcdeconv/core/algorithm_1.py", folder / "mcdeconv/core")
    (folder / "out").mkdir()
    (folder / "out/quotes.json").write_text("{}")


def site(folder: Path) -> State:
    """A site is whole: every page of it ends, and all pages of the contents are there."""
    where = folder / "out/site"
    if not where.exists():
        return {}
    pages = {path.name: path.read_text() for path in where.glob("*.html")}
    for name in ("index.html", *(f"chapter_{number}.html" for number in range(6))):
        if not pages.get(name, "").rstrip().endswith("</html>"):
            raise InputError(f"{name} of the site is missing or cut")
    return {"site": "whole"}


BUILD = Victim(
    "the book's build (Sphinx)",
    lambda folder: [sys.executable, SHORTENED, "book", str(folder)],
    chapters,
    lambda folder: (folder / "out/book/source").is_dir(),
    site,
    lambda folder: sorted(path.name for path in (folder / "out/site").rglob("*.html")),
)

VICTIMS = (CAMPAIGN, DEBLUR, PAPERMILL, SNAKEMAKE, MERGE, FETCH, BUILD)
