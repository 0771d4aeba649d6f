"""Execute a notebook into a page of the book, by papermill; the page appears whole or not at all.

    python workflow/run_notebook.py notebooks/ablation.ipynb out/pages/table-5.ipynb --parameters '{"tier": "quick"}'

What a failing notebook had shown is kept in a folder `failed` beside the page, with the reason in a text file.
"""

import argparse
import json
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcdeconv.machine import wait_passively

if TYPE_CHECKING:
    from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("page", type=Path, help="the executed notebook")
    parser.add_argument("--parameters", type=json.loads, default={}, help="JSON; those that the notebook has are set")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    wait_passively()
    try:
        problem = execute(options.notebook, options.page, options.parameters)
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = (
            f"{options.notebook} is not a notebook that can be run: {type(error).__name__}: {first_line(str(error))}"
        )
    name = options.page.stem
    if problem:
        record_failure(options.page, problem)
        print(f"page {name}: failed: {problem}; see {failed_copy(options.page)}", file=sys.stderr)
        return 1
    print(f"page {name}: made in {time.monotonic() - started:.0f} s", file=sys.stderr)
    return 0


def execute(notebook: Path, page: Path, parameters: dict[str, Any]) -> str:
    """Run a notebook and move it to its page, or to the failed ones; returns what went wrong, in a line, or ""."""
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    json.loads(notebook.read_text())["cells"]
    quieten()
    failed_copy(page).parent.mkdir(parents=True, exist_ok=True)
    running = page.with_name(f".{page.stem}.running.ipynb")
    chosen = {name: value for name, value in parameters.items() if name in papermill.inspect_notebook(str(notebook))}
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
    except (PapermillExecutionError, DeadKernelError) as error:
        running.replace(failed_copy(page))
        if isinstance(error, DeadKernelError):
            return f"{notebook}: its kernel died, perhaps for want of memory"
        return f"{notebook}, cell {error.cell_index}: {error.ename}: {first_line(error.evalue)}"
    executed = without_times(json.loads(running.read_text()))
    running.write_text(json.dumps(executed, indent=1, ensure_ascii=False) + "\n")
    running.replace(page)
    for leftover in (failed_copy(page), reason_file(page)):
        leftover.unlink(missing_ok=True)
    return ""


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


def failed_copy(page: Path) -> Path:
    return page.parent / "failed" / page.name


def reason_file(page: Path) -> Path:
    return failed_copy(page).with_suffix(".txt")


def record_failure(page: Path, problem: str) -> None:
    reason_file(page).parent.mkdir(parents=True, exist_ok=True)
    reason_file(page).write_text(f"{problem}\n")


def first_line(text: str) -> str:
    return (text or "").strip().split("\n", maxsplit=1)[0]


if __name__ == "__main__":
    sys.exit(main())
