"""Headings of the paper's tables and figures, and what is folded in below them."""

from types import SimpleNamespace

import pytest

from mcdeconv.errors import InputError
from mcdeconv.paper.figures import diagram
from mcdeconv.paper.sections import SUBJECTS, Fold, Heading, first_open, precedence


def test_every_table_and_figure_of_the_paper_has_a_heading_of_its_own():
    headings = [str(Heading(kind, number)) for kind, subjects in SUBJECTS.items() for number in subjects]
    assert len(set(headings)) == len(headings) == 7 + 10
    assert Heading("figure", 10)._repr_markdown_().startswith("## Figure 10: ")


@pytest.mark.parametrize(("kind", "number"), [("table", 8), ("figure", 0)])
def test_there_is_no_other(kind, number):
    with pytest.raises(InputError, match=f"the paper has no {kind} {number}"):
        Heading(kind, number)


def test_what_is_folded_is_whole_behind_its_line():
    html = Fold("A < B", (diagram(), diagram()))._repr_html_()
    assert html.startswith('<details class="folded"><summary>A &lt; B</summary>') and html.endswith("</details>")
    assert html.count(diagram()._repr_html_()) == 2


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_first_stays_open(count):
    shown = first_open(iter(range(count)), "more")
    assert shown[:1] == list(range(count))[:1]
    assert [one.shown for one in shown[1:]] == ([tuple(range(1, count))] if count > 1 else [])


def test_pictures_then_real_images_then_most_come_first_unless_a_tier_was_asked_for(monkeypatch, tmp_path):
    runs = {
        tier: [SimpleNamespace(identity=SimpleNamespace(dataset=dataset, image=n)) for n in range(images)]
        for tier, dataset, images in (("quick", "synthetic-levin", 9), ("paper", "levin", 2), ("laptop", "levin", 3))
    }

    def order(asked: str) -> list[str]:
        return sorted(runs, key=lambda tier: precedence(tier, asked, runs[tier]))

    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path))
    assert order("quick") == ["quick", "laptop", "paper"]
    (tmp_path / "levin").mkdir()
    assert order("quick") == ["laptop", "paper", "quick"]
    assert order("paper") == ["paper", "laptop", "quick"]
