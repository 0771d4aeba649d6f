"""Arguments that nobody means: in the place of every option of every command, and of `make`."""

import ast
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from io import BytesIO, StringIO
from pathlib import Path

import make
import numpy as np
import run_notebook
from hostile_files import DEEP, MARKUP, SHELL, STRANGE, checkout
from hostile_runner import Case, Refused, command_line
from numpy.random import Generator
from papermill.translators import PythonTranslator
from PIL import Image

WORDS = (
    *(*MARKUP, *SHELL, *(word for word in STRANGE if "\0" not in word)),
    *(
        "9" * 5000,
        "-1",
        "0",
        "1e999",
        "nan",
        "inf",
        "0x10",
        "١٢",
        "1,2",
        ",",
        "1.5",
        "+3",
        "３",
        "True",
        "None",
        "[]",
        "null",
    ),
    *("a" * 300, "a" * 70_000, "--", "-", "--help", "\x1b[2J", "\r", "~", "*", ".", "/", "C:\\x", "NUL"),
    *("/dev/zero", "/dev/stdin", "/proc/self/mem", "file:///etc/passwd", "http://127.0.0.1:9/"),
)
# Each command with what it needs; every word in braces is replaced by another in turn.
DEBLUR = "deblur photo.png -o out/sharp.png --method l0 --kernel-size 3"
COMMANDS = tuple(
    tuple(line.split())
    for line in (
        "deblur {photo.png} -o {out/sharp.png} --method l0 --kernel-size {3}",
        "deblur photo.png -o out/sharp.png --method {l0} --kernel-size 3 --final {sparse}",
        f"{DEBLUR} --region {{0,0,32,32}}",
        f"{DEBLUR} --time-budget {{9}} --seed {{0}}",
        f"{DEBLUR} --device {{cpu}} --tier {{quick}}",
        f"{DEBLUR} --checkpoint {{saved}}",
        "run --dataset {none} --method {l0} --tier {quick} --images {none} --processes 1",
        "run --dataset small-levin --images none --seeds {1} --kernel-size {3} --folder {no} --out {out/x}",
        "solve {none} --tier {quick} --dataset {none} --images {none} --shard {1/2}",
        "score {theirs} --dataset {none} --method {them} --source {there} --orientation {auto}",
        "merge {theirs}",
        "status --tier {quick}",
        "study {none} --variant {none} --images {none} --tier {none}",
        "data check {none} --folder {theirs}",
        "data fetch {none} --folder {out/data} --from {theirs}",
        "contribute --minutes {0} --out {out} --by {<b>} --device {none}",
        "{deblur} {x} {y}",
    )
)
OPTIONS_OF_MAKE = "--tier {quick} --dataset {levin} --images {a} --seeds {1} --profile {local} --shards {1}"
OF_MAKE = ("{what}", "{5}", *OPTIONS_OF_MAKE.split())


def filled(template: tuple[str, ...], rng: Generator) -> list[str]:
    """One word of a template replaced by a strange one, at times more."""
    places = [number for number, word in enumerate(template) if word.startswith("{")]
    chosen = set(rng.choice(places, size=min(len(places), int(rng.integers(1, 3))), replace=False).tolist())
    return [str(rng.choice(WORDS)) if number in chosen else word.strip("{}") for number, word in enumerate(template)]


def of_command(arguments: list[str], folder: Path) -> None:
    checkout(folder)
    stream = BytesIO()
    Image.fromarray(np.add.outer(np.arange(40), np.arange(40)).astype(np.uint8) * 3).save(stream, "PNG")
    (folder / "photo.png").write_bytes(stream.getvalue())
    command_line(*arguments)


def of_make(arguments: list[str], folder: Path) -> None:
    """What `make table N=… TIER=…` hands on."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        try:
            make.goal_of(make.parse(arguments))
        except SystemExit as stopped:
            if stopped.code not in (0, 2):
                raise
            raise Refused from None


def of_notebook(text: str, folder: Path) -> None:
    """Parameters of a notebook: whatever they are, what is put into it are values under their names."""
    try:
        given = run_notebook.parameters_in(text)
    except (ValueError, RecursionError):  # argparse makes a line of it
        raise Refused from None
    known = {name: value for name, value in given.items() if name in ("tier", "dataset", "images")}
    for statement in ast.parse(PythonTranslator.codify(known)).body:
        assert isinstance(statement, ast.Assign)
        ast.literal_eval(statement.value)


def cases(rng: Generator, count: int) -> Iterator[Case]:
    for number in range(count):
        if number % 10 == 8:
            arguments = filled(OF_MAKE, rng)
            yield Case("arguments of make", f"{number} {arguments}"[:200], partial(of_make, arguments))
        elif number % 10 == 9:
            word = str(rng.choice([*WORDS, DEEP]))
            text = str(rng.choice(["{}", '{"tier": %s}', '{"images": [%s]}', "{%s: 1}", "%s"])).replace(
                "%s", repr(word).replace("'", '"')
            )
            yield Case("parameters of notebooks", f"{number} {text}"[:200], partial(of_notebook, text))
        else:
            template = COMMANDS[int(rng.integers(len(COMMANDS)))]
            arguments = filled(template, rng)
            yield Case("arguments of mcdeconv", f"{number} {arguments}"[:200], partial(of_command, arguments))
