"""A sentence of the book has two numbers at most: a reader can hold no more, and the rest belongs into a picture."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CHAPTERS = [ROOT / "README.md", ROOT / "workflow/profiles/README.md", *sorted((ROOT / "book").glob("*.md"))]
MOST = 2

# What is no prose: code, tables of any form, raw HTML, formulas on lines of their own, addresses, comments.
NO_PROSE = (
    r"(?ms)^(`{3,})\{raw\}.*?^\1",
    r"(?ms)^(:{3,})\{list-table\}.*?^\1\s*$",
    r"(?ms)^(`{3,}).*?^\1\s*$",
    r"(?ms)^\$\$.*?^\$\$",
    r"(?ms)^\\begin\{(align\*)\}.*?^\\end\{\1\}",
    r"(?s)<!--.*?-->",
    r"(?m)^ *\|.*$",
    r"(?m)^ {4,}\S.*$",
    r"(?m)^:\w+:.*$",
    r"(?m)^\(?[\w-]+\)=$",
    r"(?m)^:{3,}.*$",
)
# Digits that are a name and no value.
NAMES = (
    r"\{[\w:.]+\}`[^`]*`",  # a role: citations, code, downloads
    r"`[^`]*`",  # code: images' names, commands, options
    r"\[?\(\d+\)\]?",  # an equation's number, and what links to it
    r"\b(?i:tables?|figures?|sections?|algorithm|lines?|kernel|scene) \d[\d.]*(?:(?:, | and | to |–)\d[\d.]*)*",
    r"\bS\d(?:–S\d)?\b",
    r"\b(?:CC BY|Python|torch|Python ≥|Apache) ?\d[\d.]*",
    r"\b9[05](?:%| per cent) intervals?",
    r"\b(?:\d{1,2} (?:November|December) )?(?:19|20)\d\d\b",  # a year, a day
    r"\bim\d\d_flit\d\d\b",
    r"\b\d+-D\b|\bL0\b|\brgb2ycbcr\b|SHA-256|TF32|[bB]?float\d+|float32",
    r"\[\d+\]",  # a number in the paper's list of references
)
DIGITS = r"[+−]?\d+(?:[.,]\d+)*(?:e[-−]?\d+)?%?"
# A value: with its interval, a size such as 255 × 255, or a fraction, it is one.
VALUE = re.compile(rf"{DIGITS} \({DIGITS} to {DIGITS}\)|{DIGITS}(?: ?[×/] ?{DIGITS})*")
NUMBER = "0 "  # what a substitution counts as, its interval included
RAISED = re.compile(r"[_^](?:\{[^}]*\}|\w)")  # exponents and indices
IN_FORMULA = re.compile(r"(?<!\w)\d[\d.,]*")


def sentences(text: str) -> list[str]:
    """The sentences of a Markdown text, without what is no prose and without names that have digits."""
    for pattern in NO_PROSE:
        text = re.sub(pattern, "\n", text)
    text = re.sub(r"\{\{.*?\}\}", NUMBER, text)
    text = re.sub(r"\]\([^)\s]*\)", "]", text)
    for pattern in NAMES:
        text = re.sub(pattern, "Name", text)
    text = re.sub(r"\$([^$]*)\$", lambda found: NUMBER * len(IN_FORMULA.findall(RAISED.sub("", found[1]))), text)
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-*:]|\d+\.) )|\n(?=#)", text)
    ends = re.compile(r"(?<=[.!?])[)”]?\*{0,2}\s+(?=[\"“(\[*_]*[A-Z0-9])")
    return [" ".join(part.split()) for block in blocks for part in ends.split(re.sub(r"^\s*\d+\. ", "", block))]


def numbers(sentence: str) -> list[str]:
    return VALUE.findall(sentence)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.name)
def test_no_sentence_has_more_than_two_numbers(path):
    crowded = [s for s in sentences(path.read_text(encoding="utf-8")) if len(numbers(s)) > MOST]
    assert crowded == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It gains 0.5, 1.5 and 2.5 dB.", 3),
        ("It gains {{ a.b }} dB on {{ a.n }} images of 4.", 3),
        ("With $\\mu = 10^{-4}$ and $\\sigma_0 = 0.01$ below 51 px.", 3),
        ("On 255 × 255 px in 1,500 steps.", 2),
        ("It gains +0.78 (+0.40 to +1.20) dB, an error of 219/255 and 52% (44% to 56%).", 3),
        ("[Figures 9 and 10](#figure-9) and (27) by Cho & Lee 2009, `im05_flit01`, S1, 95% intervals.", 0),
        ("See [(24)](#eq-24), Tables 2 and 3, section 3.1, lines 2 to 8 {cite}`x2009`.", 0),
    ],
)
def test_what_counts_as_a_number(text, count):
    (sentence,) = sentences(text)
    assert len(numbers(sentence)) == count


def test_each_sentence_is_counted_by_itself():
    assert [len(numbers(s)) for s in sentences("One has 1 and 2. The next has 3.\n\n- And 4\n- or 5, 6")] == [
        2,
        1,
        1,
        2,
    ]


@pytest.mark.parametrize(
    "table",
    [
        ":::{list-table} Many numbers\n* - 1\n  - 2\n  - 3\n:::",
        "| a | b |\n|---|---|\n| 1 2 | 3 4 |",
        "    make x N=1 M=2 K=3",
        "```python\nx = 1, 2, 3\n```",
        "$$\n1 + 2 + 3\n$$",
    ],
)
def test_tables_commands_and_formulas_are_no_prose(table):
    assert sum(len(numbers(s)) for s in sentences(f"Before.\n\n{table}\n\nAfter 7.")) == 1
