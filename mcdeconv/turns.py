"""Several runs on one device, an iteration of each in turn: the device fills one's pauses with another."""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import torch

from mcdeconv.errors import RunFailed
from mcdeconv.runner import Steps

Task = TypeVar("Task")
Result = TypeVar("Result")
log = logging.getLogger("mcdeconv")


def in_turns(tasks: Sequence[Task], start: Callable[[Task], Steps[Result]], together: int) -> Iterator[Result]:
    """Results as runs end; a run that ends makes place for the next.

    Where memory does not suffice, half of the runs wait, and start again later.

    Raises
    ------
    RunFailed
        If memory does not suffice for one.
    """
    waiting = deque(tasks)
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
        except torch.OutOfMemoryError as error:
            together = (len(going) + 1) // 2
            if not together:
                raise RunFailed(f"the device's memory does not suffice for one run ({error})") from None
            waiting.appendleft(task)
            while len(going) > together:
                task, steps = going.pop()
                steps.close()
                waiting.appendleft(task)
            torch.cuda.empty_cache()
            log.warning("memory does not suffice: %d runs at a time from here on", together)
