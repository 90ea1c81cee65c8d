"""A list of tasks handed to a pool; it can be stopped without losing what is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from sim.ensembles.chunk import Chunk, How, Task, run_chunk
from sim.ensembles.executors import Pool
from sim.model.engine import Point
from sim.tables.errors import StoppedError
from sim.tables.messages import one_line

POLL_SECONDS = 0.1
# Tasks handed out per worker, so that none waits for this thread; elsewhere what is handed out is
# copied, and more than two would confuse loky when it is ended.
AHEAD, AHEAD_ELSEWHERE = 16, 2


class Workers:
    """Runs tasks in order, hands out chunks in the order in which they end."""

    def __init__(
        self, pool: Pool, tasks: Sequence[Task], points: Sequence[Point], how: How
    ) -> None:
        # months that each task has done; of one elsewhere, when it has ended
        self.done = np.zeros((len(tasks), 1), np.int64)
        self._pool, self._tasks, self._points, self._how = pool, tasks, points, how
        self._stop = np.zeros(1, np.int64)
        # A queue, not a list of futures: waiting for one of many looks at all of them.
        self._ended: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._left = iter(range(len(tasks)))

    def _begin(self) -> None:
        """Hand out the next task, if any is left."""
        number = next(self._left, None)
        if number is None:
            return
        task = self._tasks[number]
        call = (self._points[task.point], task, self._how)
        if self._pool.name:
            with self._told():
                future = self._pool.submit(run_remotely, *call)
        else:
            threads = max(1, self._pool.size // len(self._tasks))
            future = self._pool.submit(run_chunk, *call, self._stop, self.done[number], threads)
        future.add_done_callback(lambda made: self._end(number, made))

    def _end(self, number: int, made: Any) -> None:
        # The flag never goes down: a task that ends before it is up was not cut short.
        if self._pool.name or not self._stop[0]:
            self._ended.put((number, made))

    def results(self) -> Iterator[tuple[Task, Chunk] | None]:
        """Yield (task, chunk) as they end, and None now and then; raises what a task raised."""
        for _ in range((AHEAD_ELSEWHERE if self._pool.name else AHEAD) * max(1, self._pool.size)):
            self._begin()
        left = len(self._tasks)
        while left:
            try:
                number, made = self._ended.get(timeout=POLL_SECONDS)
            except Empty:
                if self._pool.lost():
                    raise StoppedError(f"{self._pool.name}: does not answer any more") from None
                yield None
                continue
            left -= 1
            self._begin()
            yield self._result(number, made)

    def _result(self, number: int, made: Any) -> tuple[Task, Chunk]:
        task = self._tasks[number]
        if not self._pool.name:
            return task, made.result()
        with self._told():
            chunk = made.result()
        horizon = int(self._points[task.point].values["horizon"])
        self.done[number] = horizon * (task.last - task.first)
        return task, chunk

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what is wrong with the pool; what is wrong with a run is told in its chunk."""
        try:
            yield
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:
            what = one_line((str(error) or type(error).__name__).splitlines()[0].partition(". ")[0])
            raise StoppedError(f"{self._pool.name}: {what}") from None

    def stop(self) -> list[tuple[Task, Chunk]]:
        """Let all tasks end; return the chunks that were done but not yet handed out."""
        self._stop[0] = 1
        rest = []
        while not self._ended.empty():
            try:
                rest.append(self._result(*self._ended.get()))
            except Exception:  # it has failed as well: its runs are made on resume
                continue
        return rest


def run_remotely(point: Point, task: Task, how: How) -> Chunk:
    """Compute a chunk in another process, which can not see the flag nor the counter."""
    return run_chunk(point, task, how, np.zeros(1, np.int64), np.zeros(1, np.int64), 1)
