"""The scripts in examples/ run, shortened."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from skimage.io import imread

ROOT = Path(__file__).parents[1]


def test_deblurring_one_image_reads_like_the_mathematics_and_runs(tmp_path):
    script = ROOT / "examples" / "deblur_one_image.py"
    assert len(script.read_text().splitlines()) <= 60
    losses = []
    for iterations in ("1", "6"):
        command = [sys.executable, script, iterations, tmp_path / "found.png"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
        losses.append(float(re.fullmatch(rf"loss (\S+) after {iterations} iterations\n", done.stdout)[1]))
    assert losses[1] < 0.9 * losses[0]
    assert imread(tmp_path / "found.png").std() > 10


@pytest.mark.parametrize("script", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_every_example_says_what_it_shows_and_how_it_is_run(script):
    assert f"python examples/{script.name}" in script.read_text().split('"""')[1]
