"""What the book shows of trials, against files made up here."""

import pytest

from mcdeconv.paper.trust import hostile, load, torture


@pytest.mark.parametrize(
    ("table", "way_out"), [(torture, "make torture"), (hostile, "make hostile"), (load, "load.py")]
)
def test_what_was_not_run_is_said(tmp_path, table, way_out):
    assert "has not been run yet" in table(tmp_path) and way_out in table(tmp_path)


def test_the_load_has_a_column_a_size_and_the_most_memory(tmp_path):
    (tmp_path / "results/trust").mkdir(parents=True)
    (tmp_path / "results/trust/load.csv").write_text(
        "of,number,command,seconds,GB,commit,date\n"
        "records,1332,page,7.4,0.5,abc,2026-01-02\n"
        "records,2000,page,9.6,0.44,abc,2026-01-02\n"
        "records,2000,merge,3.2,2.25,abc,2026-01-02\n"
        "photographs,200,deblur,600.0,0.31,abc,2026-01-02\n"
    )
    assert load(tmp_path).splitlines() == [
        "| Command | 1,332 records, s | 2,000 records, s | Most memory, GB |",
        "| --- | --- | --- | --- |",
        "| page | 7 | 10 | 0.5 |",
        "| merge |  | 3 | 2.2 |",
        "",
        "A folder of 200 small photographs took 10 minutes and 0.3 GB (`deblur`).",
        "",
        "Made by `python scripts/load.py` on 2026-01-02, commit abc.",
    ]
