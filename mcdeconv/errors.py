"""The ways a run can end badly; the command line turns them into exit codes."""

from collections.abc import Mapping
from typing import TypeVar


class InputError(ValueError):
    """The input is wrong: the message is one line with the value and the way out (exit code 2)."""


class RunFailed(RuntimeError):
    """The input was right and the run still failed, e.g. it diverged twice (exit code 1)."""


class NotSharp(RunFailed):
    """The result is worse than the photograph, as far as that shows without the truth (exit code 3)."""


T = TypeVar("T")
LONGEST_SHOWN = 80  # characters of a wrong value in a message
LONGEST_NUMBER = 9  # digits; Python refuses to read thousands of them


def shown(value: object) -> str:
    """A wrong value as a message shows it: on one line, and not at any length."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def on_one_line(message: object) -> str:
    """A message whose names of files may hold anything: line ends and a terminal's commands stand there in writing."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(message))


def is_whole(text: str) -> bool:
    """Whether a text is a whole number of a size that anything here can have."""
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


def choose(options: Mapping[str, T], name: str, kind: str) -> T:
    if name not in options:
        raise InputError(f"unknown {kind} {shown(name)}; choose one of {', '.join(options)}")
    return options[name]
