"""Verdicts on evidence made to give them."""

import pytest
from claim_cases import CLAIMS, GAIN, VALUE, found, levin, verdict

from mcdeconv.paper.claims.rule import judge


@pytest.mark.parametrize(
    ("evidence", "wanted"),
    [
        (found(34.71 + 0.49), "reproduced"),
        (found(34.71 - 0.49, 30.0, 38.0), "reproduced"),
        (found(34.71 - 0.49, full=False), "partly"),
        (found(34.71 + 0.99), "partly"),
        (found(34.71 - 1.01, 30.0, 38.0), "not reproduced"),
        (found(34.71, enough=False, images=4), "not run"),
        (None, "not run"),
    ],
)
def test_a_value(evidence, wanted):
    assert judge(VALUE, evidence, VALUE.claimed()).name == wanted


@pytest.mark.parametrize(
    ("evidence", "wanted"),
    [
        (found(3.0, 2.0, 4.0), "reproduced"),
        (found(3.0, 2.0, 4.0, full=False), "partly"),
        (found(1.0, 0.5, 1.5), "partly"),  # clear, but less than half of 3.48
        (found(1.0, -0.5, 2.5), "open"),  # large enough, but not clear
        (found(0.4, -0.6, 1.2), "open"),
        (found(-0.1, -2.0, 2.0), "open"),
        (found(-3.0, -4.0, -2.0), "not reproduced"),
        (found(3.0, images=1), "partly"),  # one image: no interval
        (found(-1.0, images=1), "not reproduced"),
        (found(1.0, images=2, ends=(-1.0, 3.0)), "open"),
        (None, "not run"),
    ],
)
def test_a_difference(evidence, wanted):
    assert judge(GAIN, evidence, GAIN.claimed()).name == wanted


def test_an_order_asks_for_the_sign_only():
    order = CLAIMS["figure1-tv"]
    assert order.claimed() is None
    assert judge(order, found(0.001, 0.0005, 0.002), None).name == "reproduced"
    assert judge(order, found(0.001, -0.1, 0.1), None).name == "open"
    assert judge(order, found(-0.001), None).name == "not reproduced"


def test_about_equal_is_a_value_of_zero():
    same = CLAIMS["figure10-psnr"]
    assert judge(same, found(-0.4), same.claimed()).name == "reproduced"
    assert judge(same, found(0.9), same.claimed()).name == "partly"
    assert judge(same, found(-1.1), same.claimed()).name == "not reproduced"


def test_what_no_run_can_check_is_not_run():
    claim = next(claim for claim in CLAIMS.values() if claim.kind == "untested")
    assert verdict(claim, levin()) == judge(claim, None, None)
    assert verdict(claim, levin()).name == "not run"
