"""The page: every claim once, with its number, ours and a verdict."""

from claim_cases import CLAIMS, levin, record, trials

from mcdeconv.paper import claims, plans
from mcdeconv.paper.claims.rule import NAMES
from mcdeconv.paper.tables.grid import Table

PAPERS = [claim for claim in CLAIMS.values() if claim.group != "own"]


def whole(page):
    """The rows of the tables in detail."""
    return [row for grid in page.grids[1:] if grid.name.endswith("-whole") for row in grid.rows]


def counts_of(page):
    """Verdict → how many of the paper's claims have it."""
    return page["claims-summary"].values.loc["all of the paper's"].astype(int).to_dict()


def test_without_records_only_what_is_counted_has_a_verdict():
    page = claims.ledger([])
    assert counts_of(page) == {"reproduced": 3, "partly": 0, "open": 0, "not reproduced": 0, "not run": len(PAPERS) - 3}
    text = page.text()
    assert all(claim.text in text for claim in CLAIMS.values())
    html = page._repr_html_()
    assert html.count("<th ") == html.count('scope="') and "34.42 dB" in html


def test_every_claim_is_on_the_page_once_with_its_verdict():
    runs = levin(mean=34.5, spread=3) + levin("ren", mean=33.0, spread=3) + trials("random-kernel-net", 3)
    judged = claims.entries(runs)
    assert [entry.claim.id for entry in judged] == list(CLAIMS)
    page = claims.ledger(runs)
    rows = whole(page)
    assert len(rows) == len(CLAIMS) and {row.cells[0].text for row in rows} <= set(NAMES)
    assert sum(counts_of(page).values()) == len(PAPERS)
    assert len({grid.name for grid in page.grids}) == len(page.grids)
    shown = next(row for row in rows if row.head.startswith("PSNR of the method on Levin et al.'s images, kernel"))
    assert shown.cells[2].text == "34.42 dB" and shown.cells[3].text == "34.50 dB"
    assert shown.cells[3].detail.startswith("95%: ") and shown.cells[4].detail == "32 of 32 images, 1 seed, 32 runs"
    assert shown.cells[0].text == "reproduced"


def test_what_was_tried_is_open_and_the_rest_behind_a_count():
    page = claims.ledger(levin(mean=34.5, spread=3))
    tried = {row.head for row in whole(page) if row.cells[0].text != "not run"}
    brief = [row for grid in page.grids[1:] if not grid.folded for row in grid.rows]
    assert len(brief) == len(tried) > 0 and {row.cells[-1].text for row in brief} <= set(NAMES)
    lai = page["claims-lai-whole"]
    assert f"<summary>What each rests on, and {len(lai.rows)} claims not run</summary>" in lai._repr_html_()


def test_every_anchor_is_on_the_page_once():
    html = claims.ledger(levin(mean=34.5, spread=3) + levin("ren", mean=33.0, spread=3))._repr_html_()
    assert all(html.count(f'id="{claim.anchor}"') == 1 for claim in CLAIMS.values())


def test_every_group_has_its_heading_with_links_and_our_own_best_founded_ones_come_first():
    shown = claims.page([])
    titles = [one for one in shown if not isinstance(one, Table)]
    assert [title.group for title in titles] == [*claims.GROUPS]
    ablation = next(title for title in titles if title.group == "ablation")
    assert ablation._repr_markdown_() == "## What dropout and noise contribute\n\nThe runs: [Table 5](#table-5).\n"
    own = [claim for claim in CLAIMS.values() if claim.group == "own"]
    measures = {claim.measure for claim in own if claim.dataset == "levin" and claim.method == "ours"}
    assert measures == {"psnr", "similarity"} and all(claim.kind == "gain" and not claim.stated for claim in own)


def test_two_images_show_their_range():
    runs = levin(count=2, mean=34, spread=1) + levin("ren", count=2, mean=33, spread=3)
    (row,) = [row for row in whole(claims.ledger(runs)) if "outperforms Ren et al. on small" in row.head]
    assert row.cells[3].detail == "no interval; range −1.00 dB to +3.00 dB"
    assert row.cells[0].text == "open" and row.cells[0].detail == "on both sides of zero, too few for an interval"


def test_trajectories_are_read_once():
    asked = []
    runs = trials("ours", 2) + trials("S1", 2) + trials("S3", 2)
    claims.entries(runs, lambda record: asked.append(record.identity))
    assert len(asked) == len(set(asked)) > 0


def test_the_papers_contradictions_are_found_in_its_tables():
    grid = claims.contradictions()
    text = grid.text()
    assert "0.64" in text and "1.10" in text and "0,931" in text
    averages = [row.cells[0].text for row in grid.rows if row.head.startswith("Average")]
    assert averages == [
        "Table 2, row Average, column 2",
        "Table 2, row Average, column 9",
        "Table 5, row Average, column 2",
    ]


def test_a_claim_about_a_data_set_does_not_count_the_image_that_a_figure_shows():
    runs = [
        record("lai", image, method, "laptop", 0, psnr_direct=20.0 + (method == "ours"), kernel_similarity=0.5)
        for image in ("natural_02_kernel_02", plans.SHOWN)
        for method in ("ours", "without-both")
    ]
    found = {entry.claim.id: entry.evidence for entry in claims.entries(runs)}
    assert found["ablation-both"].estimate.images == 1 and found["figure1-without-both"].estimate.images == 2
