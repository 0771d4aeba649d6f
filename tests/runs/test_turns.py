"""Runs in turns: the order, what a lack of memory does, and that nothing is lost by it."""

import pytest
import torch

from mcdeconv.runs.workers import in_turns


def too_large(task):
    return f"{task[0]} is too large"


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
    found = list(in_turns([("a", 2), ("b", 3), ("c", 1)], device.start, 2, too_large))
    assert found == ["A", "B", "C"]
    assert device.steps == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("b", 2), ("c", 0)]
    assert device.most == 2


def test_one_at_a_time_is_one_after_the_other():
    device = Device()
    assert list(in_turns([("a", 2), ("b", 2)], device.start, 1, too_large)) == ["A", "B"]
    assert device.steps == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]


@pytest.mark.parametrize("holds", [1, 2, 3, 5])
def test_without_memory_for_all_half_of_them_wait_and_every_run_ends(holds, caplog):
    device = Device(holds)
    tasks = [(name, 3) for name in "abcdefgh"]
    assert sorted(in_turns(tasks, device.start, 8, too_large)) == list("ABCDEFGH")
    assert device.most <= holds and not device.going
    assert "memory does not suffice" in caplog.text


def test_what_memory_does_not_suffice_for_alone_stops_no_other():
    device = Device()
    start = device.start

    def one_large(task):
        return Device(0).start(task) if task[0] == "b" else start(task)

    found = list(in_turns([(name, 3) for name in "abcd"], one_large, 4, too_large))
    assert sorted(found) == ["A", "C", "D", "b is too large"]


def test_nothing_to_do():
    assert list(in_turns([], Device().start, 4, too_large)) == []
