"""Freed memory is reused: the system's own count of page faults tells."""

import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's allocator can be told")

COUNTED = """
import resource, sys
import numpy as np
from contextlib import nullcontext
from mcdeconv.machine import kept_memory

def faults_of(times, size=64 * 2**20):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        np.full(size, 1, np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()

with kept_memory() if sys.argv[1] == "kept" else nullcontext():
    faults_of(1)
    print(faults_of(10))
    held = resident()
print(held - resident(), faults_of(10))
"""


def count(mode: str) -> list[int]:
    done = subprocess.run([sys.executable, "-c", COUNTED, mode], capture_output=True, text=True, check=True)
    return [int(number) for number in done.stdout.split()]


def test_a_large_block_is_taken_anew_without_page_faults() -> None:
    usual, kept = count("usual")[0], count("kept")[0]
    assert kept < usual / 10


def test_the_end_of_a_run_gives_the_memory_back() -> None:
    kept, returned, afterwards = count("kept")
    assert returned > 60 * 2**20
    assert afterwards > 10 * kept  # as before
