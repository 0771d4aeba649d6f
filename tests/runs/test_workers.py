"""Real processes: what they give back, what becomes of them, and what is said when one is killed."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import torch

from mcdeconv.errors import RunFailed
from mcdeconv.runs.workers import in_processes


def threads_and_square(number):
    return torch.get_num_threads(), number * number


def die(number):
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)  # as a system without memory does
    return number


def sleep(seconds):
    time.sleep(seconds)
    return os.getpid()


def late(_):
    raise TimeoutError("of the work itself")


def now(_):
    return time.monotonic()


def refuse(number):
    raise ValueError(f"no {number}")


def test_results_come_from_workers_of_one_thread():
    assert sorted(in_processes(threads_and_square, [1, 2, 3], 2)) == [(1, 1), (1, 4), (1, 9)]
    assert not multiprocessing.active_children()


def test_nothing_to_do_starts_nothing(monkeypatch):
    monkeypatch.setattr("mcdeconv.runs.workers.start_worker", None)  # no process could begin with it
    assert list(in_processes(threads_and_square, [], 2)) == []


def test_a_killed_process_is_not_waited_for():
    with pytest.raises(RunFailed, match=r"a process was killed.*--processes 1"):
        list(in_processes(die, [1, 2, 3], 2))


def test_what_a_task_raises_is_raised_here():
    with pytest.raises(ValueError, match="no 7"):
        list(in_processes(refuse, [7], 1))


def test_processes_end_when_nobody_asks_for_the_rest():
    with closing(in_processes(sleep, [0, 60], 2)) as results:
        next(results)
        started = time.monotonic()
    assert time.monotonic() - started < 30 and not multiprocessing.active_children()


# --- what the workers are tied to

BUSY = """
import os, time
from mcdeconv.runs.workers import in_processes

def work(seconds):
    time.sleep(seconds)
    return os.getpid()

if __name__ == "__main__":
    for worker in in_processes(work, [0, 60], 1):
        print(worker, flush=True)
"""


def alive(process):
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_kill_9_of_a_campaign_ends_its_busy_workers(tmp_path):
    program = tmp_path / "busy.py"
    program.write_text(BUSY)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}  # Python warns of what the killed one left
    with subprocess.Popen([sys.executable, str(program)], text=True, **pipes) as parent:
        worker = int(parent.stdout.readline())
        assert alive(worker)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(worker)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_worker_whose_parent_was_gone_before_it_was_tied_ends_at_once():
    program = (
        "import os; from mcdeconv.machine import tie; tie(os.getppid()); print('tied', flush=True); tie(os.getpid())"
    )
    done = subprocess.run([sys.executable, "-c", program + "; print('alone')"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "tied\n")


def test_after_the_deadline_what_is_not_done_is_given_up():
    assert list(in_processes(sleep, [3600, 3600], 2, deadline=time.monotonic() - 1)) == []
    assert not multiprocessing.active_children()


def test_processes_share_the_clock_that_deadlines_are_told_by_and_that_no_change_of_time_moves():
    before = time.monotonic()
    assert all(before <= moment <= time.monotonic() for moment in in_processes(now, range(3), 2))


def test_a_timeout_of_the_work_itself_is_not_taken_for_the_deadline():
    with pytest.raises(TimeoutError, match="of the work itself"):
        list(in_processes(late, [1], 1, deadline=time.monotonic() + 3600))
