"""Answer batch rows on Ray: one process a job, here or on every machine of a cluster.

What a row becomes is decided by the same function as without Ray, made anew in each process, so
the results are those of a plain run. A process that dies is started again and its row answered
once more; a row that kills it twice fails. The cluster is the one that `RAY_ADDRESS` names, where
the same plumb must be installed; without it, a cluster of this machine for the time of the run.
"""

import importlib
import os
import queue
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeAlias

from .batch import Row
from .errors import SettingsError, WorkerCrashed

Answerer: TypeAlias = Callable[[Row], Row]


class _Worker:
    """One process of the cluster, with whatever its answerer holds: a model, warm checks."""

    def __init__(self, make: Callable[[], Answerer]) -> None:
        self._answer = make()

    def answer(self, row: Row) -> Row | Exception:
        """Return the answer, or what was raised: Ray would wrap it otherwise."""
        try:
            return self._answer(row)
        except Exception as error:  # noqa: BLE001  (raised again on the other side)
            return error


@contextmanager
def on_ray(make: Callable[[], Answerer], *, jobs: int) -> Generator[Answerer]:
    """Give a function that answers a row on a free process of the cluster; threads may share it.

    Args:
        make: Makes the answerer; it is pickled, so it is a function of a module, or a `partial`.
        jobs: How many processes; as many threads keep them busy.

    Raises:
        SettingsError: Ray is not installed, or the cluster cannot be reached.
    """
    ray = _cluster(jobs)
    try:
        remote = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=1)(_Worker)
        idle: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(jobs):
            idle.put(remote.remote(make))

        def answer(row: Row) -> Row:
            worker = idle.get()
            try:
                found = _asked(ray, worker, row)
            finally:
                idle.put(worker)
            if isinstance(found, Exception):
                raise found
            return found

        yield answer
    finally:
        ray.shutdown()


def _cluster(jobs: int) -> Any:  # noqa: ANN401 - Ray has no types
    """Return Ray, connected. Raises what `on_ray` says."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anyone
    try:
        ray = importlib.import_module("ray")
    except ImportError as error:
        message = "Ray is not installed"
        raise SettingsError(message, hint="pip install 'plumb[ray]'") from error
    address = os.environ.get("RAY_ADDRESS", "")
    local = {} if address else {"num_cpus": jobs, "include_dashboard": False}
    try:
        _reach(address)
        ray.init(log_to_driver=False, configure_logging=False, **local)
    except (OSError, RuntimeError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        message = f"the Ray cluster cannot be reached: {said}"
        raise SettingsError(message, hint="look at RAY_ADDRESS, and at `ray status`") from error
    return ray


def _reach(address: str) -> None:
    """Raise `OSError` at once where nobody listens: Ray itself tries for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host, int(port)), timeout=10).close()


def _asked(ray: Any, worker: Any, row: Row) -> Row | Exception:  # noqa: ANN401
    try:
        return ray.get(worker.answer.remote(row))
    except ray.exceptions.RayActorError:
        message = "the process that answers this row died twice"
        return WorkerCrashed(message, hint="run it alone to see why")
