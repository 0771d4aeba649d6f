"""Several runs on one device, an iteration of each in turn: the device fills one's pauses with another."""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import torch

from mcdeconv.runner import Steps

Task = TypeVar("Task")
Result = TypeVar("Result")
log = logging.getLogger("mcdeconv")


def in_turns(
    tasks: Sequence[Task], start: Callable[[Task], Steps[Result]], most: int, too_large: Callable[[Task], Result]
) -> Iterator[Result]:
    """Results as runs end, at most so many at a time; a run that ends makes place for the next.

    Where memory does not suffice, half of the runs wait, and start again later. A task that it does not suffice for
    alone has the result of `too_large`.
    """
    waiting, together = deque(tasks), most
    going: deque[tuple[Task, Steps[Result]]] = deque()
    while waiting or going:
        while waiting and len(going) < together:
            task = waiting.popleft()
            going.append((task, start(task)))
        task, steps = going.popleft()
        try:
            next(steps)
            going.append((task, steps))
        except StopIteration as end:
            yield end.value
        except torch.OutOfMemoryError:
            if not going:
                together = most  # the others may be smaller
                yield too_large(task)
                continue
            together = (len(going) + 1) // 2
            waiting.appendleft(task)
            while len(going) > together:
                task, steps = going.pop()
                steps.close()
                waiting.appendleft(task)
            torch.cuda.empty_cache()
            log.warning("memory does not suffice: %d runs at a time from here on", together)
