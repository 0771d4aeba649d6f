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


def choose(options: Mapping[str, T], name: str, kind: str) -> T:
    if name not in options:
        raise InputError(f"unknown {kind} {name!r}; choose one of {', '.join(options)}")
    return options[name]
