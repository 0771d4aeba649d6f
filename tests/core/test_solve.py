"""A whole run: the same to the last bit whatever interrupts it, and refused or retried where it should be."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d

from mcdeconv.core import algorithm_1 as solver
from mcdeconv.core import solve as runner
from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig
from mcdeconv.core.forward import crop_to_blurred
from mcdeconv.core.schedules import Step
from mcdeconv.core.solve import SECOND_SEED, check_problem, solve
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.runs.campaign import checkpoint_files

TINY = SolverConfig(
    image_net=ImageNetConfig(levels=2, channels=4, skip_channels=2),
    kernel_net=KernelNetConfig(levels=2, channels=4, inputs=3),
    input_depth=2,
    dropout_rate=Step(0.3, 0.001, 6),
    input_noise_std=Step(0.05, 0.001, 8),
    kernel_learning_rate=1e-2,
    iterations=12,
    halve_after=9,
)
EXACT = ("image", "latent", "kernel", "std", "losses")


class Killed(BaseException):
    """Not an Exception: nothing in the package may catch it."""


def image(seed=0):
    """Random tiles under a 5 px diagonal blur, 32 × 36 px."""
    tiles = np.kron(np.random.default_rng(seed).integers(0, 2, (9, 10)), np.ones((4, 4)))
    return convolve2d(tiles, np.eye(5) / 5, mode="valid").clip(0, 1)


def assert_identical(one, two):
    for name in EXACT:
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name), err_msg=name)
    assert (one.iterations, one.seed) == (two.iterations, two.seed)


def killer(*at):
    """An observer that kills the run at each of some iterations, once."""
    left = set(at)

    def observe(state):
        if state.iteration in left:
            left.remove(state.iteration)
            raise Killed

    return observe


def solve_through_kills(blurred, observer, kills, **arguments):
    """Start again after each kill, as a user would; the last start runs to the end."""
    for _ in range(kills):
        with pytest.raises(Killed):
            solve(blurred, 5, observers=[observer], **arguments)
    return solve(blurred, 5, observers=[observer], **arguments)


@pytest.fixture
def clock(monkeypatch):
    """A clock that an observer advances: one second an iteration."""
    now = SimpleNamespace(seconds=0.0)

    def tick(state):
        now.seconds += 1

    monkeypatch.setattr(runner, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    return tick


# --- the solution


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_same_seed_same_bits_other_seed_another_solution(precision):
    config = replace(TINY, precision=precision)
    first, second, other = (solve(image(), 5, config, seed=seed) for seed in (4, 4, 5))
    assert_identical(first, second)
    assert not np.array_equal(first.kernel, other.kernel) and not np.array_equal(first.losses, other.losses)


def test_solution_is_an_image_and_a_kernel():
    found = solve(image(), 5, TINY)
    assert found.image.shape == found.std.shape == (32, 36) and found.latent.shape == (36, 40)
    assert found.kernel.shape == (5, 5) and found.kernel.min() >= 0
    assert found.kernel.sum() == pytest.approx(1, abs=1e-5)
    assert 0 < found.image.min() < found.image.max() < 1
    assert found.std.min() >= 0 and found.std.max() > 0
    assert len(found.losses) == found.iterations == 12 and np.isfinite(found.losses).all()


def test_kernel_is_centred_and_the_image_moved_with_it(monkeypatch):
    """Whatever shift comes out, kernel and image go opposite ways, equation (2)."""
    kernel = np.zeros((5, 5), np.float32)
    kernel[0:2, 3:5] = 0.25
    kernel[0, 3] += 1e-3

    def read_out(state):
        return torch.arange(36 * 40.0).view(36, 40), torch.from_numpy(kernel)

    monkeypatch.setattr(solver, "read_out", read_out)
    found = solve(image(), 5, replace(TINY, iterations=1))
    y, x = (int(i) for i in np.unravel_index(found.kernel.argmax(), (5, 5)))
    assert (y - 0, x - 3) in {(1, -1), (2, -2), (1, -2), (2, -1)}  # the box's centre is 1.5 px off the kernel's
    np.testing.assert_array_equal(found.image, crop_to_blurred(torch.from_numpy(found.latent), 5, (y, x - 3)))
    assert found.image[0, 0] == (2 + y) * 40 + 2 + (x - 3)


def test_observers_see_every_iteration():
    seen = []
    found = solve(image(), 5, TINY, observers=[lambda state: seen.append((state.iteration, state.losses[-1]))])
    assert seen == list(enumerate(found.losses, start=1))


def test_early_stopping_is_the_start_of_the_long_run():
    """Figure 1 (c): same schedules, read out earlier."""
    long, stopped = solve(image(), 5, TINY), solve(image(), 5, replace(TINY, stop_at=4))
    assert stopped.iterations == 4
    np.testing.assert_array_equal(stopped.losses, long.losses[:4])
    assert not np.array_equal(stopped.kernel, long.kernel)


# --- killed and resumed


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_random_iterations_and_resumed_is_as_if_uninterrupted(tmp_path, seed):
    rng = np.random.default_rng(seed)
    config = [TINY, replace(TINY, update="joint"), replace(TINY, kernel_dropout_rate=Step(0.1, 0.01, 5))][seed]
    kills = rng.choice(np.arange(1, 13), size=3, replace=False)
    arguments = {"config": config, "seed": seed, "checkpoint": tmp_path / "run.pt", "checkpoint_seconds": 0}
    resumed = solve_through_kills(image(), killer(*kills), 3, **arguments)
    assert_identical(resumed, solve(image(), 5, config, seed=seed))


def test_a_resumed_run_goes_on_where_it_was(tmp_path):
    seen = []
    arguments = {"config": TINY, "checkpoint": tmp_path / "run.pt", "checkpoint_seconds": 0}
    with pytest.raises(Killed):
        solve(image(), 5, observers=[killer(8)], **arguments)
    solve(image(), 5, observers=[lambda state: seen.append(state.iteration)], **arguments)
    assert seen == [8, 9, 10, 11, 12]  # iteration 8 was over, but not yet saved


def test_a_finished_run_is_only_read_out_again(tmp_path):
    first = solve(image(), 5, TINY, checkpoint=tmp_path / "run.pt")
    seen = []
    again = solve(image(), 5, TINY, checkpoint=tmp_path / "run.pt", observers=[seen.append])
    assert seen == []
    assert_identical(first, again)


def test_checkpoints_are_written_every_so_many_seconds(tmp_path, clock, monkeypatch):
    saved = []
    monkeypatch.setattr(runner, "save_checkpoint", lambda path, state, owner: saved.append((path, state.iteration)))
    path = tmp_path / "run.pt"
    solve(image(), 5, TINY, checkpoint=path, checkpoint_seconds=5, observers=[clock])
    assert saved == [(path, 5), (path, 10), (path, 12)]
    saved.clear()
    solve(image(), 5, TINY, observers=[clock])
    assert saved == []


PROGRAM = """
import sys
from pathlib import Path
import numpy as np
from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig
from mcdeconv.core.solve import solve
from mcdeconv.core.schedules import Step

config = eval(sys.argv[3])
solve(np.load(sys.argv[1]), 5, config, seed=9, checkpoint=Path(sys.argv[2]), checkpoint_seconds=0,
      observers=[lambda state: print(state.iteration, flush=True)])
"""


@pytest.mark.slow
def test_a_process_killed_by_sigkill_is_resumed_to_the_last_bit(tmp_path):
    config = replace(TINY, iterations=90)
    kill_after = int(np.random.default_rng().integers(2, 30))  # any moment will do: no seed
    np.save(tmp_path / "blurred.npy", image())
    command = [sys.executable, "-c", PROGRAM, tmp_path / "blurred.npy", tmp_path / "run.pt", repr(config)]
    threads = {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | threads) as process:
        for line in process.stdout:
            if int(line) >= kill_after:
                process.send_signal(signal.SIGKILL)
                break
        assert process.wait(60) == -signal.SIGKILL
    seen = []
    arguments = {"config": config, "seed": 9, "observers": [lambda state: seen.append(state.iteration)]}
    resumed = solve(image(), 5, checkpoint=tmp_path / "run.pt", **arguments)
    assert kill_after <= seen[0] < 90, (kill_after, seen[0])
    assert_identical(resumed, solve(image(), 5, config, seed=9))


def altered(change):
    """Image, kernel size, configuration and seed of a run, with one of them changed."""
    problem = {"blurred": image(), "kernel_size": 5, "config": TINY, "seed": 0}
    return problem | change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"blurred": image(1)}, "image"),
        ({"kernel_size": 7}, "kernel_size"),
        ({"config": replace(TINY, kernel_weight=0.1)}, "config"),
        ({"seed": 1}, "seed"),
    ],
    ids=["image", "kernel_size", "config", "seed"],
)
def test_another_runs_checkpoint_is_refused_and_kept(tmp_path, change, named):
    path = tmp_path / "run.pt"
    solve(**altered({}), checkpoint=path, time_budget=1e-9)
    before = path.read_bytes()
    with pytest.raises(InputError, match=rf"^[^\n]*run\.pt belongs to another run: its {named} is [^\n]*$"):
        solve(**altered(change), checkpoint=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"garbage", None], ids=["empty", "garbage", "truncated"])
def test_a_damaged_checkpoint_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "run.pt"
    solve(**altered({}), checkpoint=path, time_budget=1e-9)
    path.write_bytes(path.read_bytes()[:-500] if content is None else content)
    with pytest.raises(InputError, match=r"^[^\n]*run\.pt is not a readable checkpoint [^\n]*delete it[^\n]*$"):
        solve(**altered({}), checkpoint=path)


# --- time


def test_time_budget_stops_and_the_rest_can_follow(tmp_path, clock):
    arguments = {"config": TINY, "seed": 3, "checkpoint": tmp_path / "run.pt", "observers": [clock]}
    whole = solve(image(), 5, TINY, seed=3)
    part = solve(image(), 5, time_budget=4.5, **arguments)
    assert part.iterations == 5 and part.seconds == 5
    np.testing.assert_array_equal(part.losses, whole.losses[:5])
    more = solve(image(), 5, time_budget=2.5, **arguments)
    assert more.iterations == 8 and more.seconds == 5 + 3  # a budget is of this call, the seconds of all
    rest = solve(image(), 5, **arguments)
    assert_identical(rest, whole)
    assert rest.seconds == 12
    assert solve(image(), 5, **arguments).seconds == 12  # reading it out once more


def test_a_budget_longer_than_the_run_changes_nothing(clock):
    assert_identical(solve(image(), 5, TINY, time_budget=100, observers=[clock]), solve(image(), 5, TINY))


def test_a_budget_of_no_time_stops_after_one_iteration(clock):
    assert solve(image(), 5, TINY, time_budget=0, observers=[clock]).iterations == 1


def test_a_second_try_gets_the_rest_of_the_budget(clock, monkeypatch):
    diverging(monkeypatch, 7)  # line 5 of iteration 4
    assert solve(image(), 5, TINY, time_budget=7.5, observers=[clock]).iterations == 8 - 3


# --- divergence


def diverging(monkeypatch, *calls):
    """Make the loss NaN at some of its evaluations, counted over all tries."""
    count, real = [0], solver.loss

    def loss(*arguments):
        count[0] += 1
        return real(*arguments) * (float("nan") if count[0] in calls else 1)

    monkeypatch.setattr(solver, "loss", loss)


def test_a_run_that_diverges_is_tried_once_more_with_another_seed(monkeypatch, caplog):
    expected = solve(image(), 5, TINY, seed=3 + SECOND_SEED)
    diverging(monkeypatch, 7)  # line 5 of iteration 4
    found = solve(image(), 5, TINY, seed=3)
    assert found.seed == 3 + SECOND_SEED != 3
    assert_identical(found, expected)
    assert [record.getMessage() for record in caplog.records] == ["seed 3 diverged at iteration 4: the loss became nan"]


def test_a_run_that_diverges_twice_fails_in_one_line(monkeypatch):
    diverging(monkeypatch, 7, 10)
    with pytest.raises(RunFailed, match=r"^the run diverged with seed 3 and again with another; [^\n]+$") as caught:
        solve(image(), 5, TINY, seed=3)
    assert type(caught.value) is RunFailed


def test_the_second_try_is_resumed_too(tmp_path, monkeypatch):
    expected = solve(image(), 5, TINY, seed=3 + SECOND_SEED)
    arguments = {"config": TINY, "seed": 3, "checkpoint": tmp_path / "run.pt", "checkpoint_seconds": 0}
    diverging(monkeypatch, 7, 7 + 2 * 8)  # once, and again at the same iteration of the first try when it is resumed
    tried = []

    def kill_second_try(state):
        tried.append(state.iteration)
        if len(tried) == 3 + 7:
            raise Killed

    with pytest.raises(Killed):
        solve(image(), 5, observers=[kill_second_try], **arguments)
    found = solve(image(), 5, observers=[kill_second_try], **arguments)
    assert_identical(found, expected)
    assert tried == [1, 2, 3, *range(1, 8), *range(7, 13)]
    assert checkpoint_files(tmp_path / "run.pt") == [tmp_path / "run.pt", tmp_path / "run-second-try.pt"]
    assert checkpoint_files(tmp_path / "another.pt") == []


# --- what it refuses


def constant(value):
    return np.full((40, 40), value)


def with_pixel(value):
    blurred = image()
    blurred[3, 4] = value
    return blurred


@pytest.mark.parametrize(
    ("blurred", "kernel_size", "message"),
    [
        (image(), 4, "kernel size 4 is not an odd number from 3 on; try 5"),
        (image(), 0, "kernel size 0 .*; try 3"),
        (image(), 1, "kernel size 1 .*; try 3"),
        (image(), -7, "kernel size -7 .*; try 3"),
        (with_pixel(np.nan), 5, "the blurred image has NaN or infinite pixels"),
        (with_pixel(np.inf), 5, "the blurred image has NaN or infinite pixels"),
        (constant(0.5), 5, "the image is constant; .*"),
        (constant(0.0), 5, "the image is constant; .*"),
        (image()[:31], 5, r"the image is 36×31 px; .*32 px.*"),
        (image()[:, :31], 5, r"the image is 31×32 px; .*32 px.*"),
        (image(), 33, r"the image is 36×32 px; .*\(33 px\)"),
        (image(), 10001, r"the image is 36×32 px; .*\(10001 px\)"),
        (np.dstack([image()] * 3), 5, r"the blurred image has shape \(32, 36, 3\); .*"),
        (np.zeros((0, 0)), 5, r"the blurred image has shape \(0, 0\); .*"),
    ],
)
def test_a_wrong_problem_is_refused_in_one_line(tmp_path, blurred, kernel_size, message):
    with pytest.raises(InputError, match=f"^{message}$"):
        check_problem(blurred, kernel_size)
    with pytest.raises(InputError, match=f"^{message}$"):
        solve(blurred, kernel_size, TINY, checkpoint=tmp_path / "run.pt")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("side", "kernel_size"), [(32, 3), (32, 31), (35, 35)])
def test_the_smallest_problems_are_accepted(side, kernel_size):
    check_problem(np.random.default_rng(0).random((side, side)), kernel_size)


def test_the_smallest_problem_is_solved_by_the_papers_depth():
    config = replace(TINY, image_net=replace(TINY.image_net, levels=6), iterations=2)
    found = solve(image()[:, :32], 3, config)
    assert np.isfinite(found.image).all() and np.isfinite(found.losses).all()
