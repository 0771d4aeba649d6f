"""The page: every claim once, with its number, ours and a verdict."""

from claim_cases import CLAIMS, levin, trials

from mcdeconv.paper import claims
from mcdeconv.paper.claims.rule import NAMES


def counts_of(page):
    return page["claims-summary"].values["Claims"].astype(int).to_dict()


def test_without_records_only_what_is_counted_has_a_verdict():
    page = claims.ledger([])
    assert counts_of(page) == {"reproduced": 3, "partly": 0, "not reproduced": 0, "not run": len(CLAIMS) - 3}
    text = page.text()
    assert all(claim.text in text for claim in CLAIMS.values())
    html = page._repr_html_()
    assert html.count("<th ") == html.count('scope="') and "34.42 dB" in html


def test_every_claim_is_on_the_page_once_with_its_verdict():
    runs = levin(mean=34.5, spread=3) + levin("ren", mean=33.0, spread=3) + trials("random-kernel-net", 3)
    judged = claims.entries(runs)
    assert [entry.claim.id for entry in judged] == list(CLAIMS)
    page = claims.ledger(runs)
    rows = [row for grid in page.grids[1:] for row in grid.rows]
    assert len(rows) == len(CLAIMS) and {row.cells[-1].text for row in rows} <= set(NAMES)
    assert sum(counts_of(page).values()) == len(CLAIMS)
    assert len({grid.name for grid in page.grids}) == len(page.grids)
    shown = next(row for row in rows if row.head.startswith("PSNR of the method on Levin et al.'s images, kernel"))
    assert shown.cells[1].text == "34.42 dB" and shown.cells[2].text == "34.50 dB"
    assert shown.cells[2].detail.startswith("95%: ") and shown.cells[3].detail == "32 of 32 images, 1 seed, 32 runs"
    assert shown.cells[4].text == "reproduced"


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
