"""Exercises: right is right for any seed, each common mistake is told, and what is no answer gets a sentence."""

import numpy as np
import pytest

from mcdeconv.errors import InputError
from mcdeconv.teaching import check, given
from mcdeconv.teaching.checking import verdict
from mcdeconv.teaching.exercises import EXERCISES

SEEDS = (1, 2)


@pytest.mark.parametrize("number", EXERCISES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_right_answer_is_right_and_every_mistake_is_told(number, seed):
    exercise, values = EXERCISES[number], vars(given(number, seed))
    assert len(exercise.mistakes) >= 3
    assert verdict(number, exercise.answer(**values), seed).says == "right."
    for says, mistaken in exercise.mistakes.items():
        found = verdict(number, mistaken(**values), seed)
        assert not found.right and found.says == f"not yet. {says}", says


@pytest.mark.parametrize("number", EXERCISES)
def test_a_small_error_is_no_right_answer_and_a_rounding_is(number):
    right = np.asarray(EXERCISES[number].answer(**vars(given(number))), dtype=float)
    assert verdict(number, right * (1 + 1e-5)).right
    assert not verdict(number, right * 1.03).right


def test_another_seed_is_another_problem_with_another_answer():
    one, other = (EXERCISES["4.2"].answer(**vars(given("4.2", seed))) for seed in (1, 2))
    assert abs(one - other) > 0.01 and not verdict("4.2", one, seed=2).right


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([1.0, 2.0], "4.3 asks for an array of shape (5,); this is an array of shape (2,)."),
        (0.3, "4.3 asks for an array of shape (5,); this is one number."),
        (np.full(5, np.nan), "the answer has 5 values that are not finite; look for a division by 0."),
        ("0.2", "a str is no answer; give a number or an array of numbers."),
        (None, "a NoneType is no answer; give a number or an array of numbers."),
        ([[1], [1, 2]], "a list is no answer; give a number or an array of numbers."),
        (np.ones(5) * 1j, "a ndarray is no answer; give a number or an array of numbers."),
        ([], "the answer is empty; give a number or an array of numbers."),
    ],
)
def test_what_is_no_answer_gets_a_sentence(answer, says, capsys):
    check("4.3", answer)
    assert capsys.readouterr().out == says + "\n"


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True])
def test_a_seed_that_is_none(seed, capsys):
    check("5.1", 0.25, seed)
    assert capsys.readouterr().out == f"the seed is {seed!r}; give a whole number of 0 or more.\n"


@pytest.mark.parametrize("number", ["9.9", 4.2000001, "", None])
def test_an_unknown_exercise(number, capsys):
    check(number, 1.0)
    assert capsys.readouterr().out.startswith(f"unknown exercise '{number}'; choose one of 1.1, 1.2, ")
    with pytest.raises(InputError, match="choose one of"):
        given(number)


def test_a_number_may_come_in_any_form():
    for answer in (0.25, [0.25], np.float32(0.25), np.array([[0.25]]), 1 / 4):
        assert verdict("5.1", answer).right


def test_what_a_reader_does_to_his_problem_changes_no_answer():
    problem = given("1.1")
    problem.signal -= 1
    given("4.3").widths[:] = 0
    assert verdict("1.1", [3, 2, 1, 1.5, 1]).right
    assert np.array_equal(given("1.1").signal, [0, 0, 6, 0, 0, 3, 0])
    assert given("4.3").widths[1] == 0.4


class Stubborn:
    """As a tensor that still wants gradients."""

    def __array__(self, *arguments, **options):
        raise RuntimeError("call detach() first")


@pytest.mark.parametrize(
    "answer",
    [
        Stubborn(),
        {"a": 1},
        [1j],
        np.ma.masked_all(5),
        np.array(["2026-01-01"], dtype="datetime64[D]"),
        object(),
        1e308,
        -1e308,
        10**400,
    ],
    ids=lambda answer: type(answer).__name__,
)
@pytest.mark.parametrize("number", ["4.3", "5.1"])
def test_nothing_is_raised_whatever_is_given(number, answer, capsys, recwarn):
    check(number, answer)
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "right" not in said and "inf" not in said
    assert not recwarn.list


@pytest.mark.parametrize("seed", [-(10**5000), object(), [1], np.True_], ids=lambda seed: type(seed).__name__)
def test_a_seed_of_any_kind(seed, capsys):
    check("5.1", 0.25, seed)
    assert capsys.readouterr().out.endswith("; give a whole number of 0 or more.\n")


def test_numbers_of_other_kinds_are_numbers():
    from fractions import Fraction

    assert verdict("5.1", Fraction(1, 4)).right
    assert verdict("2.4", EXERCISES["2.4"].answer(**vars(given("2.4"))) + 0j).right


def test_of_a_whole_number_the_next_one_is_wrong():
    right = EXERCISES["5.5"].answer(**vars(given("5.5")))
    assert verdict("5.5", right).right and not verdict("5.5", right - 1).right and not verdict("5.5", right + 1).right


def test_a_seed_is_asked_for_only_where_there_is_one():
    assert "seed" not in verdict("5.1", 7.0).says and "seed" in verdict("4.2", 7.0).says
