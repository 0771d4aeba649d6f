"""Work for several processes, a thread each; they end with their parent, and one that is killed is not waited for."""

import multiprocessing
import signal
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

import torch

from mcdeconv.errors import RunFailed
from mcdeconv.records import commit
from mcdeconv.tied import tie

Task = TypeVar("Task")
Result = TypeVar("Result")


def in_processes(
    work: Callable[[Task], Result], tasks: Sequence[Task], processes: int
) -> Generator[Result, None, None]:
    """Results as they come; at most so many processes, none if there is nothing to do.

    Whoever may not ask for all of them closes it, which ends the processes.

    Parameters
    ----------
    work : a function of a module, which the processes find by its name

    Raises
    ------
    RunFailed
        If a process was killed; what the others were at is given up too.
    """
    before = set(multiprocessing.active_children())
    count = min(processes, len(tasks))
    pool = ProcessPoolExecutor(max(1, count), multiprocessing.get_context("spawn"), start_worker)
    try:
        for done in as_completed([pool.submit(work, task) for task in tasks]):
            yield done.result()
    except BrokenProcessPool:
        raise RunFailed(
            "a process was killed, perhaps for want of memory; what has a record is kept, and the same command goes "
            f"on: try --processes {max(1, count // 2)}"
        ) from None
    except BaseException:  # ctrl-C, or nobody asks for the rest
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def start_worker() -> None:
    """What a process begins with: it ends with its parent, which alone hears ctrl-C, and has one thread.

    It asks for the commit at once, which may be another by the time that its first run ends.
    """
    parent = multiprocessing.parent_process()
    tie(parent.pid if parent else None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    commit()
