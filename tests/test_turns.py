"""Runs in turns: the order, what a lack of memory does, and that nothing is lost by it."""

import pytest
import torch

from mcdeconv.errors import RunFailed
from mcdeconv.turns import in_turns


class Device:
    """Holds so many runs at a time; logs the steps that they take."""

    def __init__(self, holds=99):
        self.holds, self.going, self.steps, self.most = holds, set(), [], 0

    def start(self, task):
        name, length = task
        self.going.add(name)
        try:
            if len(self.going) > self.holds:
                raise torch.OutOfMemoryError("no memory left")
            self.most = max(self.most, len(self.going))
            for step in range(length):
                self.steps.append((name, step))
                yield
            return name.upper()
        finally:
            self.going.discard(name)


def test_an_iteration_of_each_in_turn_and_the_next_when_one_ends():
    device = Device()
    found = list(in_turns([("a", 2), ("b", 3), ("c", 1)], device.start, 2))
    assert found == ["A", "B", "C"]
    assert device.steps == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("b", 2), ("c", 0)]
    assert device.most == 2


def test_one_at_a_time_is_one_after_the_other():
    device = Device()
    assert list(in_turns([("a", 2), ("b", 2)], device.start, 1)) == ["A", "B"]
    assert device.steps == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]


@pytest.mark.parametrize("holds", [1, 2, 3, 5])
def test_without_memory_for_all_half_of_them_wait_and_every_run_ends(holds, caplog):
    device = Device(holds)
    tasks = [(name, 3) for name in "abcdefgh"]
    assert sorted(in_turns(tasks, device.start, 8)) == list("ABCDEFGH")
    assert device.most <= holds and not device.going
    assert "memory does not suffice" in caplog.text


def test_without_memory_for_one_it_is_said():
    with pytest.raises(RunFailed, match="memory does not suffice for one run"):
        list(in_turns([("a", 3)], Device(0).start, 4))


def test_nothing_to_do():
    assert list(in_turns([], Device().start, 4)) == []
