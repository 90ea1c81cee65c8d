"""Where chunks of runs are computed, by configuration alone.

Threads of this process are the default (the kernel runs without the GIL). Processes (joblib's
loky), Dask and Ray differ only in how a pool is opened and closed. Results are equal to the bit on
all of them: a run does not know where it runs.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, NamedTuple

from sim.ensembles.interrupt import put_off
from sim.tables.errors import UserError
from sim.tables.messages import one_line, show

LOCAL, PROCESSES, DASK, RAY = "local", "local_processes", "dask", "ray"
EXECUTORS = (LOCAL, PROCESSES, DASK, RAY)
SERVERS = {DASK: "Dask scheduler", RAY: "Ray cluster"}
PLACE = re.compile(r"(?:[a-z]+://)?([^:/]+):([0-9]{1,5})")  # of an address: host and port
SECONDS_TO_CONNECT = 20
SECONDS_TO_CLOSE = 5
SECONDS_ALONE = 30  # so long a cluster may be without a worker: one that was killed is begun anew


class Pool(NamedTuple):
    """What computes: `submit` is given a function and what it takes, and returns a future."""

    submit: Callable[..., Any]
    size: int  # tasks that are computed at a time
    name: str = ""  # of one elsewhere: how messages name it
    lost: Callable[[], bool] = lambda: False  # whether nothing will come of it any more


def opened(executor: str, workers: int, address: str | None) -> AbstractContextManager[Pool]:
    """Open a pool; a UserError says that an executor is not installed or can not be reached.

    `workers` are those of this machine; a running Dask scheduler or Ray head at `address` has its
    own.
    """
    if place := PLACE.fullmatch(address or ""):
        try:  # Ray would try for minutes
            socket.create_connection((place[1], int(place[2])), SECONDS_TO_CONNECT).close()
        except (OSError, OverflowError) as error:
            raise _no_answer(executor, address, error) from None
    open_pool = {LOCAL: _threads, PROCESSES: _processes, DASK: _dask, RAY: _ray}[executor]
    return open_pool(workers, address)


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Start processes that do not hear Ctrl-C on the terminal: it is for this one, which ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _threads(workers: int, _: str | None) -> Iterator[Pool]:
    pool = ThreadPoolExecutor(workers)
    try:
        yield Pool(pool.submit, workers)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _processes(workers: int, _: str | None) -> Iterator[Pool]:
    # loky starts interpreters of its own: neither a fork after threads nor a __main__ guard
    from joblib.externals.loky import ProcessPoolExecutor

    pool = ProcessPoolExecutor(workers)

    def submit(*call: Any) -> Any:
        with _deaf_children():
            return pool.submit(*call)

    try:
        yield Pool(submit, workers, f"executor={PROCESSES}")
    finally:
        pool.shutdown(kill_workers=True)


@contextmanager
def _dask(workers: int, address: str | None) -> Iterator[Pool]:
    try:
        from distributed import Client
        from distributed.deploy.subprocess import SubprocessCluster
    except ImportError:
        raise _not_installed(DASK) from None
    # what goes wrong is told here, in a line
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)
    cluster: Any = None
    client: Any = None
    try:
        try:
            if address is None:
                with put_off() as raise_if_pressed, _deaf_children():
                    # workers in processes of their own, so that scripts need no __main__ guard
                    cluster = SubprocessCluster(
                        n_workers=workers, threads_per_worker=1, dashboard_address=":0",
                        worker_kwargs={"silence_logs": logging.CRITICAL},
                        silence_logs=logging.CRITICAL + 1,
                    )  # fmt: skip
                raise_if_pressed()
            client = Client(address or cluster, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError, RuntimeError) as error:
            raise _no_answer(DASK, address, error) from None

        def submit(*call: Any) -> Any:
            return client.submit(*call, pure=False)

        seen = time.monotonic()

        def lost() -> bool:
            nonlocal seen
            with suppress(Exception):  # the scheduler may be dead
                if client.nthreads():
                    seen = time.monotonic()
            return client.status != "running" or time.monotonic() - seen > SECONDS_ALONE

        size = workers if address is None else sum(client.nthreads().values())
        yield Pool(submit, size, _where(DASK, address), lost)
    finally:
        for part in filter(None, (client, cluster)):
            with suppress(Exception):  # it may be dead
                part.close(timeout=SECONDS_TO_CLOSE)


@contextmanager
def _ray(workers: int, address: str | None) -> Iterator[Pool]:
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what goes wrong is told here
    try:
        import ray
    except ImportError:
        raise _not_installed(RAY) from None
    ours = not ray.is_initialized()
    try:
        if ours:
            try:
                ray.init(
                    address=address,
                    num_cpus=None if address else workers,
                    include_dashboard=False,
                    log_to_driver=False,
                    logging_level=logging.CRITICAL + 1,
                )
            except (ConnectionError, ValueError, RuntimeError) as error:
                raise _no_answer(RAY, address, error) from None

        def submit(function: Callable[..., Any], *given: Any) -> Any:
            return ray.remote(function).remote(*given).future()

        yield Pool(submit, int(ray.cluster_resources().get("CPU", 1)), _where(RAY, address))
    finally:
        if ours:
            ray.shutdown()


def _where(executor: str, address: str | None) -> str:
    return f"address={show(address)}" if address else f"executor={executor}"


def _not_installed(executor: str) -> UserError:
    return UserError(f"executor={executor}: is not installed; pip install 'nasss-sim[{executor}]'")


def _no_answer(executor: str, address: str | None, error: Exception) -> UserError:
    where, server = _where(executor, address), SERVERS[executor]
    return UserError(f"{where}: no {server} answers ({one_line(str(error))})")
