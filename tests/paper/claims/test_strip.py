"""A claim drawn: where dot, interval and diamond stand."""

import re
from dataclasses import replace

import pytest
from claim_cases import CLAIMS, levin

from mcdeconv.paper import claims
from mcdeconv.paper.claims.rule import Entry, Verdict
from mcdeconv.paper.claims.strip import WIDTH, strip


def entry_of(runs, start):
    return next(e for e in claims.entries(runs) if e.claim.text.startswith(start))


def places(svg):
    """x of zero, of both ends of the interval, of the dot, and of the diamond."""
    (zero,) = re.findall(r'class="zero" x1="([\d.]+)"', svg)
    [(low, high)] = re.findall(r'class="interval" x1="([\d.]+)" x2="([\d.]+)"', svg)
    (dot,) = re.findall(r'cx="([\d.]+)"', svg)
    diamond = re.findall(r'points="([\d.]+),', svg)
    return [float(x) for x in (zero, low, dot, high)], [float(x) for x in diamond]


def test_a_value_is_drawn_as_its_difference_from_the_papers_on_one_scale():
    entry = entry_of(levin(mean=35.0, spread=1), "PSNR of the method on Levin et al.'s images, kernel")
    (zero, low, dot, high), (diamond,) = places(strip(entry).svg)
    assert zero == diamond and 0 < zero < low < dot < high < WIDTH  # 35.0 against 34.42
    found = entry.evidence.estimate
    scale = (high - low) / (found.high - found.low)
    assert dot - zero == pytest.approx(scale * (found.mean - 34.42), abs=0.2)


def test_of_a_mere_order_the_side_that_is_claimed_is_shaded():
    entry = entry_of(
        levin(mean=34.5, spread=3) + levin("without-both", mean=35.0, spread=3), "Dropout and noise improve"
    )
    svg = strip(entry).svg
    (zero, *_, high), diamond = places(svg)
    (side,) = re.findall(r'class="side" x="([\d.]+)"', svg)
    assert diamond == [] and float(side) == zero and high < WIDTH
    assert dict(paper=svg.count("polygon"), side=svg.count("rect")) == {"paper": 0, "side": 1}


@pytest.mark.parametrize(("name", "state"), [("partly", "holds"), ("open", "open"), ("not reproduced", "fails")])
def test_the_verdict_colours_it(name, state):
    entry = entry_of(levin(mean=35.0, spread=1), "PSNR of the method on Levin et al.'s images, kernel")
    assert f'class="strip {state}"' in strip(replace(entry, verdict=Verdict(name, ""))).svg


def test_what_was_not_run_has_no_picture():
    claim = next(iter(CLAIMS.values()))
    assert strip(Entry(claim, None, None, Verdict("not run", ""))).svg == ""
