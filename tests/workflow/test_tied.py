"""What is tied to a process ends with it, even by kill -9."""

import os
import signal
import subprocess
import sys
import time

import pytest

TIED = [sys.executable, "-m", "mcdeconv.machine"]
PARENT = """
import subprocess, sys
child = subprocess.Popen([*sys.argv[1:], sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
child.wait()
"""


def alive(process):
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_kill_9_of_the_parent_ends_the_child():
    parent = subprocess.Popen([sys.executable, "-c", PARENT, *TIED], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    time.sleep(1)  # until it is tied
    assert alive(child)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)


def test_the_exit_code_and_the_output_are_the_command_s():
    command = [*TIED, sys.executable, "-c", "import sys; print('said'); sys.exit(3)"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "said\n")
