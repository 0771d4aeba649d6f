"""A small share of `make torture`: a program that is killed goes on, and the harness sees what is lost."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from trust_cases import ROOT


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")
def test_a_merge_that_is_killed_goes_on(tmp_path):
    command = [sys.executable, str(ROOT / "tests/trust/torture.py"), "--kills", "3", "--only", "merge", "--seed", "4"]
    done = subprocess.run(
        [*command, "--write", str(tmp_path / "t.csv")], capture_output=True, text=True, env=os.environ
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "kills, 0 faults" in done.stdout.splitlines()[-1]


# Writes numbers into files; badly: a file is there before it is whole, and each start begins anew.
BAD = """
import sys, time
from pathlib import Path
folder = Path(sys.argv[1])
for path in folder.glob("*.txt"):
    path.unlink()
for number in range(8):
    with (folder / f"{number}.txt").open("w") as stream:
        stream.write("half")
        stream.flush()
        time.sleep(0.05)
        stream.write(" whole")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")
def test_the_harness_sees_what_a_bad_program_loses_and_damages(tmp_path, capsys):
    import torture
    from torture_victims import MERGE

    from mcdeconv.errors import InputError

    def finished(folder):
        found = {path.name: path.read_text() for path in folder.glob("*.txt")}
        if any(text != "half whole" for text in found.values()):
            raise InputError("half a file")
        return {name: (folder / name).stat().st_mtime_ns for name in found}

    bad = replace(
        MERGE,
        name="bad",
        command=lambda folder: [sys.executable, "-c", BAD, str(folder)],
        prepare=lambda folder: None,
        begun=lambda folder: (folder / "0.txt").exists(),
        finished=finished,
        result=lambda folder: len(list(folder.glob("*.txt"))),
    )
    try:
        counts = Counter(torture.torture(bad, 12, np.random.default_rng(0), tmp_path))
    except InputError:  # what is damaged is seen before the next start, too
        counts = Counter(damaged=1)
    assert counts["damaged"] + counts["lost"] > 0
