"""What caps the own output: each line is a difference of rows of the study, and all of its ways are there."""

import re

import pytest

from mcdeconv.errors import InputError
from mcdeconv.paper.answer import caps
from mcdeconv.studies import STUDIES
from mcdeconv.studies.outputs import BEST_MOMENT, BY_CODE, NAMES, WEIGHTS
from mcdeconv.studies.settings import TRUE_KERNEL

TRUE = f"ours, {TRUE_KERNEL}"


def row(tier, variant, final, psnr):
    own = {"dataset": "levin", "image": "im05_flit01", "variant": variant, "tier": tier, "final": final}
    return own | {"config": "c" * 12, "psnr": psnr, "structure": 0.9}


def test_lines_are_differences_from_the_last_output(tmp_path):
    last = {"ours": 30.0, "without-both": 25.0, TRUE: 33.0, f"{TRUE}, {BY_CODE}": 36.5}
    rows = [row("paper", name, final, psnr) for name, psnr in last.items() for final in NAMES if final != BEST_MOMENT]
    rows += [row("paper", name, BEST_MOMENT, psnr + 1.5) for name, psnr in last.items()]
    rows = [one | {"psnr": one["psnr"] - 0.25 * (one["final"] == WEIGHTS)} for one in rows]
    STUDIES["outputs"].sheet(tmp_path).put(rows)
    said = caps(tmp_path).alt
    assert said.count("the best of 40 moments, by the truth: +1.50") == 4  # of four variants
    assert said.count("weights averaged over the last fifth: −0.25") == 4
    assert said.count("mean of 50 samples") == 3  # without dropout and noise there is one
    assert re.search(r"true kernel less the one that is found[^:]*: \+3\.00", said)
    assert re.search(r"without noise, less the photograph[^:]*: \+3\.50", said)


def test_without_runs_it_says_so(tmp_path):
    with pytest.raises(InputError, match="nothing of this has been run"):
        caps(tmp_path)
