"""What the machine is told before anything heavy is loaded."""

import os

CHOICES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")  # of whoever knows better


def wait_passively() -> None:
    """Let threads that wait for one another sleep, in this process and its children; before torch is loaded.

    OpenMP's way is to spin. Where another program has one of two cores, the thread that spins keeps the one that it
    waits for from running, and an iteration takes ten times as long.
    """
    if not any(name in os.environ for name in CHOICES):
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
