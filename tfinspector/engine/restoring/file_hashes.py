"""Hashes of what lies in a file, read by our own reader, to prove what a restore did."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from tfinspector.contents.findings import Unreadable
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.referee import hash_stored
from tfinspector.formats.reading import TensorReader

_THREADS = 4  # hashing lets other threads run, and so does reading


class FileHashes(NamedTuple):
    """SHA-256 by key, as `worker/hashing.py` makes it of a value; and why a key has none."""

    by_key: dict[str, str]
    problems: dict[str, str]


def hash_keys(
    reader: TensorReader, keys: Iterable[str], ticket: Ticket | None = None
) -> FileHashes:
    """Hash the values of `keys`, block by block and several at a time. Raises Cancelled."""
    ticket = ticket or Ticket()
    asked = list(dict.fromkeys(keys))
    hashes = FileHashes({}, {})
    with ThreadPoolExecutor(_THREADS, "hash") as threads:
        jobs = [threads.submit(hash_stored, reader, key, ticket) for key in asked]
        try:
            for done, (key, job) in enumerate(zip(asked, jobs, strict=True)):
                ticket.report(done, len(asked), "hashing the file")
                _collect(key, job, hashes)
        finally:
            for job in jobs:
                job.cancel()
    return hashes


def _collect(key: str, job: Future[str], hashes: FileHashes) -> None:
    try:
        hashes.by_key[key] = job.result()
    except Unreadable as error:
        hashes.problems[key] = error.finding.title
