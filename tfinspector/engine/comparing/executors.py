"""Where the pass runs: here on threads, or on a dask cluster, which speaks `concurrent.futures`."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable

_DASK = "dask:"
_SECONDS = 20


@contextmanager
def executor_at(where: str | None) -> Iterator[Executor | None]:
    """None for this process; the executor of `dask:ADDRESS` for as long as the block lasts.

    The workers of a cluster read the files themselves: by the same paths, with this program
    installed. Raises `Unreadable` where dask is missing or nobody answers.
    """
    if where is None:
        yield None
        return
    if not where.startswith(_DASK) or len(where) == len(_DASK):
        raise Unreadable(_bad(where, f"{where} is no executor this program knows."))
    try:
        from distributed import Client
    except ImportError as error:
        raise Unreadable(_missing(where)) from error
    try:
        client = Client(where.removeprefix(_DASK), timeout=_SECONDS)
    except (OSError, ValueError) as error:
        raise Unreadable(_bad(where, f"No dask scheduler answers at {where[5:]}.")) from error
    try:
        yield client.get_executor()
    finally:
        client.close()


def _missing(where: str) -> Finding:
    return Finding(
        "D24", Severity.ERROR, "Dask is not installed, so no cluster can be used.",
        where=where, evidence={"executor": where},
        fix=Fix("Install the extra.", "pip install 'tfinspector[dask]'"),
    )  # fmt: skip


def _bad(where: str, title: str) -> Finding:
    return Finding(
        "D24", Severity.ERROR, title, where=where, evidence={"executor": where},
        fix=Fix("Start a scheduler with workers and give its address.",
                "dask scheduler &\ndask worker tcp://127.0.0.1:8786 &\n"
                "tfinspector drift RUN --executor dask:tcp://127.0.0.1:8786"),
    )  # fmt: skip
