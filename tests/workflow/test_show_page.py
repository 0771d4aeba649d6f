"""A page's tables as text, compared with pandas' own reading of what it wrote."""

import json

import pandas as pd
from show_page import tables

FRAME = pd.DataFrame({"method": ["ours", "early stopping"], "PSNR": ["34.71", "—"], "n": [32, 4]})


def page_of(tmp_path, *htmls):
    outputs = [{"output_type": "display_data", "data": {"text/html": html}} for html in htmls]
    cells = [{"cell_type": "code", "outputs": outputs}, {"cell_type": "markdown", "source": "text"}]
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    return path


def words(text):
    return [line.split() for line in text.splitlines() if line.strip(" -")]


def test_a_table_is_printed_row_by_row(tmp_path):
    (text,) = tables(page_of(tmp_path, FRAME.to_html(index=False)))
    assert words(text) == [["method", "PSNR", "n"], ["ours", "34.71", "32"], ["early", "stopping", "—", "4"]]


def test_a_caption_stands_above(tmp_path):
    html = FRAME.style.set_caption("Table 9").hide().to_html().splitlines(keepends=True)  # as a list of lines, too
    (text,) = tables(page_of(tmp_path, html))
    assert text.splitlines()[0] == "Table 9" and "34.71" in text


def test_cells_that_span_others_are_repeated(tmp_path):
    columns = pd.MultiIndex.from_product([["Levin", "Lai"], ["PSNR", "SSIM"]])
    html = pd.DataFrame([[1, 2, 3, 4], [5, 6, 7, 8]], index=["ours", "theirs"], columns=columns).to_html()
    (text,) = tables(page_of(tmp_path, html))
    assert words(text)[0] == ["Levin", "PSNR", "Levin", "SSIM", "Lai", "PSNR", "Lai", "SSIM"]
    assert words(text)[-1] == ["theirs", "5", "6", "7", "8"]


def test_a_page_without_a_table_has_none(tmp_path):
    assert tables(page_of(tmp_path, "<p>no table</p>")) == []
