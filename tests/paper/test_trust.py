"""What the book shows of trials, against files made up here."""

import pytest

from mcdeconv.paper.trust import hostile, load, mutants, torture


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
        "A folder of 200 small photographs took 10 min and 0.3 GB (`deblur`).",
        "",
        "Made by `python scripts/load.py` on 2026-01-02, commit abc.",
    ]


def test_a_table_says_which_commits_it_was_made_with(tmp_path):
    (tmp_path / "results/trust").mkdir(parents=True)
    head = "module,mutants,noticed,equivalent,not tried,commit,date\n"
    rows = "m.py,3,2,0,0,b (changed),2026-01-03\nn.py,1,1,0,0,a,2026-01-03\no.py,1,1,0,0,c,2026-01-02\n"
    (tmp_path / "results/trust/mutants.csv").write_text(head + rows)
    last = mutants(tmp_path).splitlines()[-1]
    assert last == "Made by `make mutants` on 2026-01-02, commit c; 2026-01-03, commits a, b."


def test_a_program_is_a_row_with_what_was_tried_and_what_was_lost_in_all_of_it(tmp_path):
    (tmp_path / "results/trust").mkdir(parents=True)
    head = "program,trouble,kills,lost,damaged,hung,left running,other result,did not go on,tries,commit,date\n"
    rows = (
        "merge,killed (-9) at random,100,0,1,0,2,0,0,,a,2026-01-02\n"
        "merge,full disk,,1,0,1,0,3,0,6,a,2026-01-02\n"
        "fetch,two at once,,0,0,0,0,0,4,8,a,2026-01-02\n"
    )
    (tmp_path / "results/trust/torture.csv").write_text(head + rows)
    lines = torture(tmp_path).splitlines()
    assert lines[2] == "| merge | 100 | 6 |  |  |  |  | 1 | 1 | 3 | 3 |"
    assert lines[3] == "| fetch |  |  |  |  | 8 |  | 0 | 0 | 0 | 4 |"
    assert lines[4].startswith("| **Together** | **100** | **6** | **0** |")


def test_strangers_cases_are_summed_over_how_they_were_read(tmp_path):
    (tmp_path / "results/trust").mkdir(parents=True)
    head = "kind,cases,taken,refused,traceback,partial,executed,killed,hung,most MB,commit,date\n"
    rows = "pictures: read,10,4,3,1,0,0,1,1,7,a,2026-01-02\npictures: command line,5,2,3,0,0,0,0,0,30,a,2026-01-02\n"
    (tmp_path / "results/trust/hostile.csv").write_text(head + rows + "packs,1,0,1,0,0,0,0,0,4,a,2026-01-02\n")
    lines = hostile(tmp_path).splitlines()
    assert lines[2:4] == ["| pictures | 15 | 6 | 6 | 1 | 0 | 0 | 2 | 30 |", "| packs | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 4 |"]
    assert lines[4].endswith("| **30** |")
