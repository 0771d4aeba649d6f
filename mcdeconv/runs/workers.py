"""Work for several processes, a thread each; they end with their parent, and one that is killed is not waited for."""

import logging
import math
import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

import torch

from mcdeconv.core.solve import Steps
from mcdeconv.errors import RunFailed
from mcdeconv.machine import tie
from mcdeconv.runs.provenance import commit

Given = TypeVar("Given")
Made = TypeVar("Made")


def in_processes(
    work: Callable[[Given], Made], tasks: Iterable[Given], processes: int, deadline: float = math.inf
) -> Generator[Made, None, None]:
    """Results as they come; at most so many processes, none if there is nothing to do.

    Tasks may come one by one, too: while this process makes the next, the others work. Whoever may not ask for all
    results closes it, which ends the processes.

    Parameters
    ----------
    work : a function of a module, which the processes find by its name
    deadline : of `time.monotonic()`; with no task left, what is not done by then is given up

    Raises
    ------
    RunFailed
        If a process was killed; what the others were at is given up too.
    """
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(max(1, processes), multiprocessing.get_context("spawn"), start_worker)
    going: set[Future[Made]] = set()
    try:
        for task in tasks:
            going.add(pool.submit(work, task))
            done = {future for future in going if future.done()}
            going -= done
            yield from (future.result() for future in done)
        while going:
            seconds = None if math.isinf(deadline) else max(0.0, deadline - time.monotonic())
            done, going = wait(going, seconds, FIRST_COMPLETED)
            if not done:
                end(before)
                break
            yield from (future.result() for future in done)
    except BrokenProcessPool:
        raise RunFailed(
            "a process was killed, perhaps for want of memory; what has a record is kept, and the same command goes "
            f"on: try --processes {max(1, processes // 2)}"
        ) from None
    except BaseException:  # ctrl-C, or nobody asks for the rest
        end(before)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def end(before: Collection[multiprocessing.process.BaseProcess]) -> None:
    """All processes of this one but some."""
    for child in set(multiprocessing.active_children()) - set(before):
        child.terminate()


def start_worker() -> None:
    """What a process begins with: it ends with its parent, which alone hears ctrl-C, and has one thread.

    It asks for the commit at once, which may be another by the time that its first run ends.
    """
    parent = multiprocessing.parent_process()
    tie(parent.pid if parent else None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    commit()


log = logging.getLogger("mcdeconv")


def in_turns(
    tasks: Sequence[Given], start: Callable[[Given], Steps[Made]], most: int, too_large: Callable[[Given], Made]
) -> Iterator[Made]:
    """Results as runs end, at most so many at a time; a run that ends makes place for the next.

    Where memory does not suffice, half of the runs wait, and start again later. A task that it does not suffice for
    alone has the result of `too_large`.
    """
    waiting, together = deque(tasks), most
    going: deque[tuple[Given, Steps[Made]]] = deque()
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
