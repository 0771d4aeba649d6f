"""How threads wait, as it is in the environment at the moment that torch is loaded: OpenMP reads it then, once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import mcdeconv
from mcdeconv import SHORT_WAITS

CHOICES = (*SHORT_WAITS, "KMP_BLOCKTIME")

ROOT = Path(mcdeconv.__file__).parents[1]
WATCH = """
import os, runpy, sys

class Watch:
    @staticmethod
    def find_spec(name, *_):
        if name == "torch":
            print({choice: os.environ[choice] for choice in CHOICES if choice in os.environ}, flush=True)
            os._exit(0)

sys.meta_path.insert(0, Watch)
sys.argv = ["mcdeconv", *COMMAND]
"""
STARTS = {
    "python -m mcdeconv": 'runpy.run_module("mcdeconv", run_name="__main__", alter_sys=True)',
    "the installed command": "from mcdeconv.cli.main import main; main()",
    "from Python": "import mcdeconv; mcdeconv.deconvolve",
    "a room from Python": "from mcdeconv.explorer import Trainer; Trainer",
    "the example": "from mcdeconv.core.networks import ImageNet; ImageNet",
}


def at_the_time_of_torch(start, **chosen):
    program = f"CHOICES, COMMAND = {CHOICES!r}, ['study', 'benchmark']\n{WATCH}\n{STARTS[start]}"
    clean = {name: value for name, value in os.environ.items() if name not in CHOICES}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=clean | chosen, capture_output=True, text=True, cwd=ROOT, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("start", STARTS)
def test_threads_wait_passively_unless_told_otherwise(start):
    assert at_the_time_of_torch(start) == str(SHORT_WAITS)


@pytest.mark.parametrize("choice", CHOICES)
def test_a_choice_of_the_users_stays_the_only_one(choice):
    assert at_the_time_of_torch("the installed command", **{choice: "7"}) == f"{{'{choice}': '7'}}"
