"""Checkpoints: taken up by the run they belong to, refused by every other, whole whatever happens."""

import os
import re
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch

from mcdeconv.core.algorithm_1 import algorithm_1, initialise
from mcdeconv.core.checkpoint import Fingerprint, load_checkpoint, save_checkpoint
from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig, input_digest
from mcdeconv.errors import InputError

TINY = SolverConfig(
    image_net=ImageNetConfig(levels=2, channels=4, skip_channels=2),
    kernel_net=KernelNetConfig(levels=2, channels=4, inputs=3),
    input_depth=2,
    iterations=6,
)
BLURRED = np.random.default_rng(0).random((32, 34))
OWNER = Fingerprint(input_digest(BLURRED), TINY.digest(), kernel_size=5, seed=1)
IMAGE = torch.from_numpy(BLURRED).float()[None, None]


def fresh():
    return initialise(IMAGE, 5, TINY, seed=1)


def after(iterations):
    state = fresh()
    for _ in zip(range(iterations), algorithm_1(IMAGE, 5, TINY, resume=state), strict=False):
        pass
    return state


def weights(state):
    return [p.detach().clone() for net in (state.image_net, state.kernel_net) for p in net.parameters()]


def same(one, two):
    return all(torch.equal(a, b) for a, b in zip(one, two, strict=True))


@pytest.fixture
def saved(tmp_path):
    """A checkpoint after three iterations."""
    path = tmp_path / "run.pt"
    save_checkpoint(path, after(3), OWNER)
    return path


def refusal(path, owner=OWNER):
    """The one line with which a checkpoint is refused; the state is as before."""
    state = fresh()
    before = weights(state)
    with pytest.raises(InputError) as caught:
        load_checkpoint(path, state, owner)
    assert same(weights(state), before) and state.iteration == 0
    message = str(caught.value)
    assert "\n" not in message and str(path) in message
    return message


def test_what_was_saved_is_loaded(saved):
    state, original = fresh(), after(3)
    assert not same(weights(state), weights(original))
    assert load_checkpoint(saved, state, OWNER)
    assert same(weights(state), weights(original))
    assert (state.iteration, state.losses) == (3, original.losses)
    assert torch.equal(state.generator.get_state(), original.generator.get_state())


def test_the_seconds_are_saved_too(tmp_path):
    state, loaded = after(3), fresh()
    state.seconds = 4.25
    save_checkpoint(tmp_path / "run.pt", state, OWNER)
    load_checkpoint(tmp_path / "run.pt", loaded, OWNER)
    assert loaded.seconds == 4.25


def test_no_file_is_no_checkpoint(tmp_path):
    state = fresh()
    assert load_checkpoint(tmp_path / "none.pt", state, OWNER) is False
    assert state.iteration == 0 and same(weights(state), weights(fresh()))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("image", input_digest(BLURRED + 1e-3)),
        ("config", replace(TINY, kernel_weight=2e-4).digest()),
        ("kernel_size", 7),
        ("seed", 2),
    ],
)
def test_another_runs_checkpoint_is_refused(saved, name, value):
    message = refusal(saved, replace(OWNER, **{name: value}))
    assert re.search(rf"another run: its {name} is {getattr(OWNER, name)}, this run's is {value}", message)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04" + bytes(100), b"\x80\x02}q\x00."])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path, content):
    path = tmp_path / "run.pt"
    path.write_bytes(content)
    assert "not a readable checkpoint" in refusal(path)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_truncated_checkpoint_is_refused(saved, share):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(share * len(content))])
    assert "not a readable checkpoint" in refusal(saved)


@pytest.mark.parametrize("content", [[1, 2], {"weights": 3}, {"of": [1], "state": {}}], ids=["list", "keys", "owner"])
def test_a_torch_file_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "run.pt"
    torch.save(content, path)
    assert "not a readable checkpoint" in refusal(path)


def altered(path, change):
    content = torch.load(path, weights_only=True)
    change(content["state"])
    torch.save(content, path)
    return path


@pytest.mark.parametrize("change", [lambda state: state.pop("seconds"), lambda state: state.update(momentum=3)])
def test_a_checkpoint_of_another_version_is_refused(saved, change):
    assert "another version of mcdeconv; delete it" in refusal(altered(saved, change))


def test_a_checkpoint_of_other_layers_is_refused(saved):
    path = altered(saved, lambda state: state["image_net"].popitem())
    with pytest.raises(InputError, match="another version of mcdeconv; delete it"):
        load_checkpoint(path, fresh(), OWNER)


def test_a_checkpoint_of_another_kind_of_device_is_refused(saved):
    """A GPU's generator has a state of 16 bytes, the CPU's one of 5,056."""
    path = altered(saved, lambda state: state.update(generator=torch.zeros(16, dtype=torch.uint8)))
    assert "another kind of device, whose random numbers cpu cannot go on with" in refusal(path)


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path):
    class Harmful:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "harm"),)

    path = tmp_path / "run.pt"
    torch.save({"of": vars(OWNER), "state": Harmful()}, path)
    assert "not a readable checkpoint" in refusal(path)
    assert not (tmp_path / "harm").exists()


def test_a_save_that_fails_leaves_the_checkpoint_before_it(saved, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = saved.read_bytes()
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match=r"^cannot write .*run\.pt: No space left on device$"):
        save_checkpoint(saved, after(4), OWNER)
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == ["run.pt"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match=r"^cannot write .*missing/run\.pt: No such file or directory$"):
        save_checkpoint(tmp_path / "missing" / "run.pt", fresh(), OWNER)


def test_a_checkpoint_that_unpacks_to_more_than_fits_is_refused(saved):
    with zipfile.ZipFile(saved) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in contents.items():
            if name.endswith("/data/0"):
                with new.open(name, "w", force_zip64=True) as stream:
                    for _ in range(33):
                        stream.write(bytes(1 << 26))
            else:
                new.writestr(name, content)
    with pytest.raises(InputError, match=r"is not a readable checkpoint \(ValueError\)"):
        load_checkpoint(saved, fresh(), OWNER)


@pytest.mark.parametrize("value", [None, "text", 3, [], {"a": 1}, torch.zeros(2)])
def test_a_checkpoint_with_something_else_in_a_states_place_is_refused(saved, value):
    content = torch.load(saved, weights_only=True)
    for name in ("generator", "image_net", "image_optimiser", "kernel_net"):
        if name in content["state"]:
            torch.save(content | {"state": content["state"] | {name: value}}, saved)
            with pytest.raises(InputError, match=r"was saved (by another version|on another kind of device)"):
                load_checkpoint(saved, fresh(), OWNER)
