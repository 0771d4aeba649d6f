"""What the chapters include: the first screen, the answer and the plots, also where nothing has been run."""

import re
import shutil
from pathlib import Path

import book_parts
import numpy as np
import pytest
from workflow_cases import ROOT

from mcdeconv.data.datasets.item import Item
from mcdeconv.paper.answer import FINDINGS, Typical
from mcdeconv.paper.answer.typical import Gain
from mcdeconv.runs.records import Identity, Record


def record(method, psnr):
    key = Identity("synthetic-levin", "drawn", method, "quick", 0, "c" * 12, "i" * 12)
    kernel = np.full((5, 5), 1 / 25).tolist()
    return Record(key, {"psnr_sparse": psnr, "ssim_sparse": 0.5}, kernel, 1.0, 10, 0, {})


def typical(ours, without=24.0, gains=(-1.0, 0.5, 2.0)):
    blurred = np.linspace(0, 1, 64 * 50, dtype=np.float32).reshape(64, 50)
    item = Item("drawn", "synthetic-levin", "all", blurred, 5, blurred, np.full((5, 5), 1 / 25))
    return Typical(item, Gain(ours - without, record("without-both", without), record("ours", ours)), gains, 20.0)


def test_the_first_screen_has_three_pictures_with_their_numbers_and_kernels():
    text = book_parts.landing(typical(26.0))
    pictures = re.findall(r'<img class="picture" src="data:image/webp;base64,[^"]+" alt="([^"]+)">', text)
    assert pictures == ["Blurred, 20.0 dB", "Without sampling, 24.0 dB", "With sampling, 26.0 dB"]
    assert text.count('<img class="kernel" src="data:image/png;base64,') == 3
    assert len(text) < 300_000 and "<script" not in text


@pytest.mark.parametrize(
    ("ours", "words"), [(26.0, "sampling helps"), (23.0, "sampling does harm"), (24.01, "sampling changes nothing")]
)
def test_the_words_follow_from_the_gain(ours, words):
    said = book_parts.words(typical(ours))
    assert words in said and f"{ours:.1f} dB with it, 24.0 without" in said
    assert "5 × 5 px, 10% of the picture's width" in said
    assert "of 3 embedded images" in said and "ahead on 2." in said


def test_where_nothing_has_been_run_the_parts_say_so(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "mcdeconv").mkdir()
    for name in ("paper", "claims.csv"):
        source = ROOT / "results" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / "results" / name)
    made = book_parts.included(tmp_path)
    assert "Not run yet" in made[Path("generated/landing.md")].decode()
    assert b"not run" in made[Path("generated/answer-table.md")]
    assert all(b"Not run yet" in made[Path(f"generated/plot-{name}.md")] for name in ("answer", *FINDINGS))
    assert {path.suffix for path in made} == {".md"}
