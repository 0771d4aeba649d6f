"""The parts of an executed notebook: headings as cells of their own, with anchors, and what stands below each."""

from parts import html_of, parts, section

from mcdeconv.paper.sections import Heading


def shown(**data):
    return {"output_type": "display_data", "data": {f"text/{kind}": text for kind, text in data.items()}}


def code(name, *outputs):
    return {"cell_type": "code", "id": name, "metadata": {"tags": ["hide-input"]}, "source": "x", "outputs": [*outputs]}


def markdown(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


TWO = code(
    "a",
    shown(html="before"),
    shown(markdown=str(Heading("table", 2)._repr_markdown_())),
    shown(html="two"),
    shown(html="card of two"),
    shown(markdown=["## Table 3: a list of lines"]),
    shown(html="three"),
)
CELLS = [
    markdown("# A page"),
    TWO,
    markdown("Words."),
    code("b", shown(html="more")),
    markdown("## Another"),
    code("c"),
]


def test_a_cell_is_parted_at_its_headings_and_keeps_its_code_once():
    found = list(parts(CELLS))
    code_shown = ["remove-input" not in cell["metadata"]["tags"] for cell in found if cell["cell_type"] == "code"]
    assert code_shown == [True, False, False, True, True]
    assert [cell["source"].split("\n")[0] for cell in found if cell["cell_type"] == "markdown"] == [
        "# A page", "(table-2)=", "(table-3)=", "Words.", "## Another",
    ]  # fmt: skip
    names = [cell["id"] for cell in found if "id" in cell]
    assert len(names) == len(set(names)) == 7
    assert html_of([output for cell in found for output in cell.get("outputs", ())]).split("\n") == [
        "before", "two", "card of two", "three", "more",
    ]  # fmt: skip


def test_a_cell_that_begins_with_a_heading_has_its_code_below_it():
    heading, below = parts([code("a", shown(markdown="## Figure 1: f"), shown(html="drawn"))])
    assert heading["source"] == "(figure-1)=\n## Figure 1: f" and below["source"] == "x"


def test_only_headings_of_the_papers_get_an_anchor():
    text = "# Figure 2: a page of its own\n\n## Tables\n\n### Table 5: too deep\n\nTable 1: a sentence"
    (cell,) = parts([markdown(text)])
    assert cell["source"] == f"(figure-2)=\n{text}"


def test_a_section_ends_at_the_next_heading():
    notebook = {"cells": CELLS}
    assert html_of(section(notebook, Heading("table", 2))) == "two\ncard of two"
    assert html_of(section(notebook, Heading("table", 3))) == "three\nmore"
    assert section(notebook, Heading("table", 1)) == []
