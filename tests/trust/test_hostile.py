"""A small share of `make hostile`: everything that a stranger sends is taken or refused, and nothing else happens."""

import os
import subprocess
import sys

import pytest
from trust_cases import ROOT


@pytest.mark.slow
def test_nothing_but_taken_or_refused_comes_of_what_a_stranger_sends(tmp_path):
    command = [sys.executable, str(ROOT / "tests/trust/hostile.py"), "--count", "400", "--seed", "9"]
    done = subprocess.run(
        [*command, "--write", str(tmp_path / "t.csv")], capture_output=True, text=True, env=os.environ
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1].endswith(": 0 faults") and (tmp_path / "t.csv").exists()


def test_the_harness_sees_each_kind_of_fault(monkeypatch, tmp_path):
    """Otherwise its zeros would say nothing."""
    import hostile_runner as runner

    def crash(folder):
        raise KeyError("a")

    def leave(folder):
        (folder / "out/half").touch()
        raise runner.Refused

    def execute(folder):
        (folder / runner.CANARY).touch()

    def vanish(folder):
        os.kill(os.getpid(), 9)

    def hoard(folder):
        return bytearray(1 << 40)

    def fine(folder):
        return None

    monkeypatch.setattr(runner, "SECONDS", 2)

    def hang(folder):
        while True:
            pass

    ways = {
        "traceback": (crash, hoard),
        "partial": (leave,),
        "executed": (execute,),
        "killed": (vanish,),
        "hung": (hang,),
    }
    cases = [runner.Case(word, "a", way) for word, own in ways.items() for way in own]
    tallies = runner.run_cases([case for one in cases for case in (one, runner.Case("fine", "b", fine))])
    assert tallies["fine"].counts == {"taken": len(cases)}
    assert {kind: set(tally.counts) for kind, tally in tallies.items() if kind != "fine"} == {
        kind: {kind} for kind in ways
    }
