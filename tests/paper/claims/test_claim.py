"""The claims as data: texts, keys and numbers of every one."""

import pytest
from claim_cases import CLAIMS, VALUE

from mcdeconv.core.presets import PRESETS
from mcdeconv.data.datasets.groups import CATEGORIES
from mcdeconv.errors import InputError
from mcdeconv.paper.claims.claim import Claim, read_claims
from mcdeconv.paper.claims.rule import TOLERANCES
from mcdeconv.paper.claims.show import FORMS
from mcdeconv.paper.plans import EXPERIMENTS
from mcdeconv.runs.library import Library


def test_every_claim_has_its_own_name_and_a_text():
    assert len(CLAIMS) == len(read_claims()) > 80
    assert all(claim.text and claim.place and not claim.text.endswith(".") for claim in CLAIMS.values())


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
def test_every_claim_can_be_checked(claim):
    """Its cells are in the paper's tables, its methods are presets that an experiment runs, its measure is known."""
    if claim.kind == "untested":
        assert claim.note and not claim.method
        return
    claim.claimed(), claim.reference()
    assert claim.measure in FORMS and claim.method in PRESETS
    assert not claim.other or claim.other in PRESETS
    assert claim.category in ("", *CATEGORIES)
    assert (claim.protocol in ("direct", "kernel")) == (claim.measure in ("psnr", "ssim", "msssim"))
    assert (claim.kind != "value") or claim.claimed() is not None
    assert claim.kind not in ("value", "same") or claim.measure in {*TOLERANCES, "seconds", "parameters"}
    if claim.dataset:
        planned = {m for tiers in EXPERIMENTS.values() for part in tiers.get("paper", ()) for m in part.methods
                   if part.dataset == claim.dataset}  # fmt: skip
        assert {claim.method, claim.other or claim.method} <= planned


def test_numbers_come_from_the_papers_tables():
    assert CLAIMS["table1-psnr-kernel"].claimed() == 34.42
    assert CLAIMS["ablation-both"].claimed() == pytest.approx(24.55 - 21.07)
    assert CLAIMS["mc-adds-kohler"].claimed() == pytest.approx(29.63 - 25.85)
    assert CLAIMS["levin-second-psnr"].claimed() == 0.64
    assert CLAIMS["levin-second-psnr"].in_tables() == pytest.approx(34.42 - 33.32)
    assert CLAIMS["figure9-delta"].claimed() == 1


def test_no_number_of_a_table_is_typed_again():
    """What the text states and no table has: 0.64 dB, 0.005, 2.7 dB, and kernels that are deltas."""
    assert sorted({claim.stated for claim in CLAIMS.values() if claim.stated}) == ["0.005", "0.64", "1", "2.7"]


def test_a_damaged_ledger_is_named(tmp_path):
    with pytest.raises(InputError, match=r"claims\.csv cannot be read"):
        read_claims(tmp_path)
    header = (Library.here().root / "results" / "claims.csv").read_text().splitlines()[0]
    (tmp_path / "claims.csv").write_text(f"{header}\na,b,c,guess,,,,,,,,,,,\n")
    with pytest.raises(InputError, match="claim a is of the unknown kind 'guess'"):
        read_claims(tmp_path)


def test_a_claim_without_its_number_is_refused():
    broken = Claim(**{**vars(VALUE), "cell": "4/kohler/all/Jin et al./18/kernel/msssim"})
    with pytest.raises(InputError, match="has no number"):
        broken.claimed()
