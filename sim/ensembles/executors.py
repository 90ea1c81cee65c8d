"""Where chunks of runs are computed, by configuration alone.

Threads of this process are the default (the kernel runs without the GIL). Processes, Dask and
Ray go through joblib, whose backends differ only in how they are started. Results are equal to
the bit on all of them: a run does not know where it runs.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sim.tables.errors import UserError

LOCAL, PROCESSES, DASK, RAY = "local", "local_processes", "dask", "ray"
EXECUTORS = (LOCAL, PROCESSES, DASK, RAY)
# A worker that a cluster is only just starting, on a busy machine, may take its time.
BACKEND_OPTIONS: dict[str, Any] = {"dask": {"wait_for_workers_timeout": 120}}
TASKS_PER_ROUND = 16  # per worker, where a backend can only return lists


def remote_results(
    executor: str,
    function: Callable[..., Any],
    arguments: Sequence[tuple[Any, ...]],
    workers: int,
    address: str | None = None,
) -> Iterator[Any]:
    """Call a function on each tuple of arguments elsewhere; yield results as they come.

    The function is importable by name, and should return what tells its results apart: order is
    not kept. `workers` are those of a local cluster; that at `address`, a running Dask scheduler or
    Ray head, has its own. A UserError says that an executor is not installed or cannot be reached.
    """
    import joblib

    started = {PROCESSES: _processes, DASK: _dask, RAY: _ray}[executor]
    with (
        started(workers, address) as (backend, streams, n_jobs),
        joblib.parallel_config(backend=backend, n_jobs=n_jobs, **BACKEND_OPTIONS.get(backend, {})),
    ):
        calls = [joblib.delayed(function)(*a) for a in arguments]
        if streams:
            yield from joblib.Parallel(return_as="generator_unordered", batch_size=1)(calls)
            return
        size = max(1, TASKS_PER_ROUND * workers)
        for first in range(0, len(calls), size):
            yield from joblib.Parallel(batch_size=1)(calls[first : first + size])


@contextlib.contextmanager
def _processes(workers: int, address: str | None) -> Iterator[tuple[str, bool, int]]:
    # loky starts interpreters of its own: neither a fork after threads nor a __main__ guard
    yield "loky", True, workers


@contextlib.contextmanager
def _dask(workers: int, address: str | None) -> Iterator[tuple[str, bool, int]]:
    try:
        from distributed import Client
        from distributed.deploy.subprocess import SubprocessCluster
    except ImportError:
        raise UserError("executor=dask: is not installed; pip install 'nasss-sim[dask]'") from None
    cluster = None
    try:
        if address is None:
            # workers in processes of their own, so that scripts need no __main__ guard
            cluster = SubprocessCluster(
                n_workers=workers,
                threads_per_worker=1,
                dashboard_address=":0",
                silence_logs=logging.ERROR,
            )
        client = Client(address if cluster is None else cluster, timeout=20)
    except (OSError, ValueError) as error:
        if cluster is not None:
            cluster.close()
        where = f"address={address}" if address else "executor=dask"
        raise UserError(f"{where}: no Dask scheduler answers ({error})") from None
    try:
        yield "dask", True, -1
    finally:
        client.close()
        if cluster is not None:
            cluster.close()


@contextlib.contextmanager
def _ray(workers: int, address: str | None) -> Iterator[tuple[str, bool, int]]:
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
        from ray.util.joblib import register_ray
    except ImportError:
        raise UserError("executor=ray: is not installed; pip install 'nasss-sim[ray]'") from None
    ours = not ray.is_initialized()
    if ours:
        try:
            ray.init(
                address=address,
                num_cpus=None if address else workers,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except (ConnectionError, ValueError, RuntimeError) as error:
            where = f"address={address}" if address else "executor=ray"
            raise UserError(f"{where}: no Ray cluster answers ({error})") from None
    register_ray()
    try:
        yield "ray", False, workers
    finally:
        if ours:
            ray.shutdown()
