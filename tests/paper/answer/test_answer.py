"""The six claims: every one is judged by the ledger's rule, and its words follow from where the numbers lie."""

import re
from pathlib import Path

import pytest

from mcdeconv.paper import claims, plans
from mcdeconv.paper.answer import FINDINGS, answer_plot, answer_table, answers, full_size, sentences
from mcdeconv.paper.answer.gains import (
    LEVIN,
    AnswerRecords,
    in_kernels,
    in_own_output,
    over_deconvolution,
    over_rivals,
    own_gain,
)
from mcdeconv.paper.answer.questions import QUESTIONS, SAME_RUN
from mcdeconv.paper.answer.sayings import NOTHING, SAYINGS
from mcdeconv.paper.answer.whiskers import Whisker
from mcdeconv.paper.claims.evidence import Evidence
from mcdeconv.paper.claims.rule import NAMES, Entry, Verdict
from mcdeconv.paper.quotes import quotes
from mcdeconv.runs.library import Library
from mcdeconv.runs.statistics import Estimate
from mcdeconv.runs.wording import signed

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def stored():
    return AnswerRecords(Library(ROOT))


@pytest.fixture(scope="module")
def found(stored):
    return answers(stored)


def line(*values, label="ours − l0"):
    return Whisker(label, {(f"i{n}", 0): v for n, v in enumerate(values)}, "drawn")


UP, DOWN, OPEN = line(1, 1.1, 0.9, 1, 1), line(-1, -1.1, -0.9, -1, -1), line(-1, 1, -1, 1, 0.1)
NONE = line()


def entry(mean, runs):
    estimate = Estimate(mean, mean, mean, runs, 1, runs)
    return Entry(SAME_RUN, None, Evidence(estimate, "lai", "laptop", 100, False, True), Verdict("partly", ""))


def test_every_claim_of_a_question_is_the_ledgers_or_our_own():
    known = {claim.id for claim in claims.read_claims()} | {SAME_RUN.id}
    assert len(QUESTIONS) == 6 and {row for question in QUESTIONS for row in question.rows} <= known
    assert {question.name for question in QUESTIONS} == SAYINGS.keys()


def test_the_verdicts_are_the_ledgers(found, stored):
    records = claims.stored(stored.library)
    judged = {e.claim.id: e.verdict for e in claims.entries(records, stored.library.trajectory)}
    for answer in found:
        for e in answer.entries:
            assert e.verdict.name in NAMES
            if e.claim.id != SAME_RUN.id:
                assert e.verdict == judged[e.claim.id]


def test_the_table_has_every_claim_with_a_link_to_verdict_and_evidence(found):
    table = answer_table(found)
    assert table.count("\n") + 1 == 2 + len(QUESTIONS) + sum(len(question.rows) for question in QUESTIONS)
    for n, question in enumerate(QUESTIONS, 1):
        assert f"**{n}. {question.claim}**" in table
        assert all(f"]({page})" in table for page in question.pages.values())
    rows = {row for question in QUESTIONS for row in question.rows} - {SAME_RUN.id}
    assert all(f'<a href="results/claims.html#claim-{row}">' in table for row in rows)
    assert table.count('<a href="results/settings.html">') == 1


def test_the_plot_and_the_sentences_have_the_same_means(found):
    said, drawn = sentences(found), answer_plot(found).alt
    assert said.count("\n") == 5
    for answer in found:
        for drawn_line in answer.lines:
            assert drawn_line.in_words() in drawn


@pytest.mark.parametrize(
    ("lines", "word"),
    [((UP, UP), "finds kernels"), ((DOWN, UP), "does not find"), ((OPEN, DOWN), "does not clearly find")],
)
def test_the_words_on_kernels_follow_from_the_interval(lines, word):
    said = SAYINGS["kernels"]((*lines, DOWN, NONE, NONE), ())
    assert word in said and ("On Lai's it improves what they restore too:" in said) == (lines == (UP, UP))
    assert "it worsens what they restore: −1.00 dB." in said


def test_the_words_on_the_output_follow_from_the_intervals():
    said = SAYINGS["output"]((DOWN, UP, OPEN, line(3.0, -1.0)), ())
    assert "improves the network's own output on Lai's" in said and "worsens it on a region of Levin's" in said
    assert "does not clearly change it" in said and said.endswith(
        "it improves it on 1 of 2 images of Levin (+1.00 dB)."
    )


@pytest.mark.parametrize(("best", "word"), [(UP, "ahead of"), (DOWN, "behind"), (OPEN, "level with")])
def test_the_words_on_rivals_are_about_the_best_of_them(best, word):
    elsewhere = Whisker("ours − jin", DOWN.runs, "Lai, laptop")
    said = SAYINGS["rivals"]((best, UP, elsewhere), ())
    assert f"is {word} the best classical method that runs here, `l0`" in said
    assert said.endswith("On Lai's it is behind `jin`: −1.00 dB on 5.")


@pytest.mark.parametrize(("share", "words"), [(0.0, "None of 20 runs"), (0.25, "5 of 20 runs ended")])
def test_the_words_on_no_blur_count_the_runs(share, words):
    assert words in SAYINGS["no-blur"]((), [entry(share, 20)])


def test_the_words_on_the_parts_follow_from_the_intervals():
    said = SAYINGS["parts"]((UP, UP, UP, DOWN), ())
    assert "together are better than dropout alone (+1.00 dB), and worse than noise alone (−1.00 dB)" in said


def test_what_has_not_been_run_is_said():
    none = {"kernels": 5, "output": 4, "deconvolution": 2, "rivals": 0, "parts": 4}
    for name, number in none.items():
        assert SAYINGS[name]((NONE,) * number, ()) == NOTHING


def test_the_gain_on_levins_images_is_the_one_that_the_prose_quotes(stored):
    told = quotes(ROOT)
    levin, lai, *_ = in_kernels(stored)
    assert (levin.in_words(), lai.in_words()) == (told["levin"]["gain"]["all"]["sparse"], told["lai20"]["both"]["psnr"])
    best = {w.label: w.in_words() for w in over_rivals(stored) if w.where == LEVIN}
    assert best["ours − dark-channel"] == told["rivals"]["levin"]["dark-channel"]["ours"]
    own = over_deconvolution(stored.full_size, "ours, true kernel", "sparse")
    assert f"{own['im07_flit01', 0]:+.2f}" == told["settings"]["im07_flit01"]["ours, true kernel"]["less_sparse"]
    assert in_own_output(stored)[-1].in_words() == told["full_size"]["direct"]
    above = over_deconvolution(stored.full_size, "ours", "sparse")
    assert Whisker("", above, "").in_words() == told["full_size"]["over_sparse"]


def test_the_words_on_the_deconvolution_follow_from_the_intervals():
    said = SAYINGS["deconvolution"]((UP, OPEN), ())
    assert "is ahead of the sparse prior" in said and "level with the hyper-Laplacian" in said


def test_the_pictures_of_the_papers_settings_pair_each_image_with_itself(stored):
    alt = full_size(stored).alt
    own = Whisker("", own_gain(stored.full_size, *plans.BOTH), "")
    assert own.in_words() in alt
    at_laptop, at_full = (
        {
            record.identity.image: record.scores["psnr_sparse"]
            for record in records
            if (record.identity.method, record.identity.seed) == ("ours", 0)
        }
        for records in (stored.levin, stored.full_size)
    )
    mean = sum(at_full[image] - at_laptop[image] for image in at_full) / len(at_full)
    assert signed(mean) in alt


def test_every_finding_of_the_chapter_has_its_picture(stored):
    chapter = (ROOT / "book/obstacles.md").read_text()
    assert re.findall(r"generated/plot-(\w+)\.md", chapter) == list(FINDINGS)
    for draw in FINDINGS.values():
        assert "images, " in draw(stored).alt
