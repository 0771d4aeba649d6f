"""Execute a notebook into a page of the book, by papermill; the page appears whole or not at all.

    python workflow/run_notebook.py notebooks/sampling.ipynb out/pages/sampling.ipynb --parameters '{"tier": "quick"}'

A notebook that fails makes a page too: what it had shown so far, with the reason in its metadata, as "failed".
"""

import argparse
import hashlib
import json
import os
import re
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcdeconv.files import write_whole

if TYPE_CHECKING:
    from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("page", type=Path, help="the executed notebook")
    parser.add_argument(
        "--parameters", type=parameters_in, default={}, help="JSON; those that the notebook has are set"
    )
    options = parser.parse_args(arguments)
    started = time.monotonic()
    options.page.parent.mkdir(parents=True, exist_ok=True)
    try:
        executed = execute(options.notebook, options.page, options.parameters)
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = f"{options.notebook} is not a notebook that can be run: {type(error).__name__}: {first_line(str(error))}"
        executed = {"cells": [], "metadata": {"failed": why}, "nbformat": 4, "nbformat_minor": 5}
    write_whole(options.page, (json.dumps(executed, indent=1, ensure_ascii=False) + "\n").encode())
    failed = executed["metadata"].get("failed")
    took = f"made in {time.monotonic() - started:.0f} s"
    print(f"page {options.page.stem}: {f'failed: {failed}; see {options.page}' if failed else took}", file=sys.stderr)
    return 0


def parameters_in(text: str) -> dict[str, Any]:
    """Parameters by name, as JSON."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError(text)
    return found


def execute(notebook: Path, page: Path, parameters: dict[str, Any]) -> dict[str, Any]:
    """A notebook with its outputs; if it failed, with what went wrong, in a line, in its metadata."""
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    json.loads(notebook.read_text())["cells"]
    quieten()
    running = page.with_name(f".{page.stem}.running.ipynb")
    chosen = {name: value for name, value in parameters.items() if name in papermill.inspect_notebook(str(notebook))}
    failed = ""
    try:
        with tempfile.TemporaryDirectory() as private:  # no history, settings or start files of the user's own
            os.environ["IPYTHONDIR"] = private
            papermill.execute_notebook(
                str(notebook),
                str(running),
                chosen,
                kernel_name="python3",
                cwd=str(ROOT),
                progress_bar=False,
                extra_arguments=["--log-level=40"],  # of the kernel: errors only
                config=private_sockets(private),
            )
    except PapermillExecutionError as error:
        failed = f"{notebook}, cell {error.cell_index}: {error.ename}: {first_line(error.evalue)}"
    except DeadKernelError:
        failed = f"{notebook}: its kernel died, perhaps for want of memory"
    executed = with_widgets_named(page.stem, without_times(json.loads(running.read_text())))
    running.unlink()
    return executed | {"metadata": executed["metadata"] | ({"failed": failed} if failed else {})}


def private_sockets(folder: str) -> "Config":
    """Settings by which a kernel talks through files of its own; two that start together may want the same port."""
    from traitlets.config import Config

    return Config(ConnectionFileMixin={"transport": "ipc", "ip": f"{folder}/socket"})


def quieten() -> None:
    """Say nothing of what the reader of a terminal cannot change."""
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    warnings.filterwarnings("ignore", category=FutureWarning, module="papermill|nbformat|jupyter")


def without_times(notebook: dict[str, Any]) -> dict[str, Any]:
    """Drop when and how long: the same records give the same page."""
    for part in (notebook, *notebook["cells"]):
        part["metadata"].pop("papermill", None)
        part["metadata"].pop("execution", None)
    for index, cell in enumerate(notebook["cells"]):
        if "injected-parameters" in cell["metadata"].get("tags", ()):
            cell["id"] = f"injected-{index}"
    return notebook


WIDGETS = "application/vnd.jupyter.widget-state+json"
NAME = re.compile("[0-9a-f]{32}")


def with_widgets_named(page: str, notebook: dict[str, Any]) -> dict[str, Any]:
    """Widgets by names that follow from the page and their order, not by chance: the same records, the same page."""
    state = notebook["metadata"].get("widgets", {}).get(WIDGETS, {}).get("state", {})
    order: list[str] = []

    def meet(text: str) -> None:
        for name in NAME.findall(text):
            if name in state and name not in order:
                order.append(name)
                meet(json.dumps(state[name]))

    meet(json.dumps(notebook["cells"]))
    for name in sorted(state, key=lambda one: NAME.sub("", json.dumps(state[one]))):
        meet(name)
    names = {old: hashlib.md5(f"{page} {n}".encode()).hexdigest() for n, old in enumerate(order)}
    text = json.dumps(notebook, ensure_ascii=False)
    named: dict[str, Any] = json.loads(NAME.sub(lambda found: names.get(found[0], found[0]), text))
    if state:
        shown = named["metadata"]["widgets"][WIDGETS]
        shown["state"] = {name: shown["state"][name] for name in names.values()}
    return named


def first_line(text: str) -> str:
    return (text or "").strip().split("\n", maxsplit=1)[0]


if __name__ == "__main__":
    sys.exit(main())
