"""Threads that work through a list of tasks and can be stopped without losing what is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from sim.ensembles.executors import remote_results

POLL_SECONDS = 0.1


class Workers:
    """Runs tasks in order, hands out results in the order in which they end.

    `work` is told the number of a task, a flag `stop`, and `done`, where it counts months. It must
    end early, with any result, when `stop[0]` is set.
    """

    def __init__(
        self,
        tasks: Sequence[Any],
        work: Callable[[int, np.ndarray, np.ndarray], Any],
        threads: int,
    ) -> None:
        self.done = np.zeros((len(tasks), 1), np.int64)
        self._left = deque(range(len(tasks)))
        self._open = len(tasks)
        self._tasks = tasks
        self._work = work
        self._stop = np.zeros(1, np.int64)
        # A queue, not futures: waiting for one of 100,000 futures looks at all of them.
        self._ended: SimpleQueue[tuple[int, Any, BaseException | None]] = SimpleQueue()
        self._pool = ThreadPoolExecutor(threads)
        for _ in range(min(threads, len(tasks))):
            self._pool.submit(self._run)

    def _run(self) -> None:
        while not self._stop[0]:
            try:
                number = self._left.popleft()
            except IndexError:
                return
            try:
                result, error = self._work(number, self._stop, self.done[number]), None
            except BaseException as caught:
                result, error = None, caught
            # The flag never goes down: a task that ends before it is up was not cut short.
            if not self._stop[0]:
                self._ended.put((number, result, error))

    def results(self) -> Iterator[tuple[Any, Any] | None]:
        """Yield (task, result) as they end, and None now and then; raises what a task raised."""
        while self._open:
            try:
                number, result, error = self._ended.get(timeout=POLL_SECONDS)
            except Empty:
                yield None
                continue
            self._open -= 1
            if error is not None:
                raise error
            yield self._tasks[number], result
        self._pool.shutdown()

    def stop(self) -> list[tuple[Any, Any]]:
        """Stop all threads; return the results that had ended but were not yet handed out."""
        self._stop[0] = 1
        self._pool.shutdown(wait=True)
        rest: list[tuple[Any, Any]] = []
        while True:
            try:
                number, result, error = self._ended.get_nowait()
            except Empty:
                return rest
            if error is None:
                rest.append((self._tasks[number], result))


class RemoteWorkers:
    """The same for tasks that other processes work through; see `sim.ensembles.executors`.

    `function` returns the number of its task and the result. Others cannot be watched: `done` is
    set to the `months` of each run of a task when that has ended.
    """

    def __init__(
        self,
        executor: str,
        tasks: Sequence[Any],
        function: Callable[..., tuple[int, Any]],
        arguments: Sequence[tuple[Any, ...]],
        workers: int,
        address: str | None,
        months: Sequence[int],
    ) -> None:
        self.done = np.zeros((len(tasks), 1), np.int64)
        self._tasks, self._months = tasks, months
        self._results = remote_results(executor, function, arguments, workers, address)

    def results(self) -> Iterator[tuple[Any, Any]]:
        """Yield (task, result) as they end."""
        for number, result in self._results:
            task = self._tasks[number]
            self.done[number] = self._months[number] * (task.last - task.first)
            yield task, result

    def stop(self) -> list[tuple[Any, Any]]:
        """End the workers; what had not been handed out is computed again on resume."""
        close = getattr(self._results, "close", None)
        if close is not None:
            close()
        return []
