"""Which device a name means on a machine with and without a GPU."""

import pytest
import torch
from tiny import NETS

from mcdeconv.core import device
from mcdeconv.core.algorithm_1 import algorithm_1
from mcdeconv.core.config import SolverConfig
from mcdeconv.core.device import choose_device, usable_precision
from mcdeconv.errors import InputError


def test_auto_takes_the_first_device_there_is(monkeypatch):
    for cuda, mps, wanted in ((True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=cuda: there)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda there=mps: there)
        assert choose_device("auto") == wanted
        assert choose_device("cpu") == "cpu"


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused(monkeypatch, name):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(InputError, match=f"device '{name}' is not available here; use --device auto or cpu"):
        choose_device(name)


@pytest.mark.parametrize(
    ("units", "wanted", "found"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, "bfloat16", "bfloat16"),
        ({"avx512_bf16": False, "amx_bf16": True}, "bfloat16", "bfloat16"),
        ({"avx512_bf16": False, "avx2": True}, "bfloat16", "float32"),
        ({"avx512_bf16": True}, "float32", "float32"),
    ],
)
def test_bfloat16_only_where_the_processor_has_it(monkeypatch, caplog, units, wanted, found):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: units, raising=False)
    device.warn_of_float32.cache_clear()
    assert [usable_precision(wanted, "cpu") for _ in range(3)] == [found] * 3
    assert len(caplog.records) == (wanted != found)  # one line, however many runs


def test_a_torch_that_cannot_tell_computes_in_float32(monkeypatch):
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert usable_precision("bfloat16", "cpu") == "float32"


def test_a_run_without_bfloat16_is_the_float32_run(monkeypatch):
    nets = NETS
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    blurred = torch.rand(1, 1, 36, 40, generator=torch.Generator().manual_seed(0))
    losses = []
    for precision in ("float32", "bfloat16"):
        steps = algorithm_1(blurred, 7, SolverConfig(precision=precision, **nets))
        losses.append([next(steps).losses[-1] for _ in range(3)])
    assert losses[0] == losses[1]
