"""One SQLite file of bodies by key, that many threads and processes use at once.

A connection lives as long as one look or one write. So nothing is left open or locked, the file
may be deleted at any time, and a broken one is found out and made anew.
"""

import os
import shlex
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from tfinspector.contents.findings import Finding, Fix, Severity

T = TypeVar("T")

FILE_NAME = "figures-1.sqlite"  # another number for another layout of the tables

_ASKED_AT_ONCE = 500  # SQLite takes 999 values in one question, older ones at that
_PATIENCE_SECONDS = 2
_LEFT_AFTER_EVICTION = 0.9
_DAY = 86_400
_BUSY, _BROKEN = (5, 6), (1, 11, 26)  # SQLite's codes; 1: a file of other tables
_TABLES = """
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS kept (
        key BLOB NOT NULL UNIQUE, day INTEGER NOT NULL, nbytes INTEGER NOT NULL, body BLOB NOT NULL
    );
    CREATE INDEX IF NOT EXISTS by_age ON kept (day, nbytes);
"""


class Store:
    """Keeps bodies by key, at most `most_nbytes` of them; the longest unused ones go first.

    No method raises: `problem` tells why nothing can be kept, or that a broken file was replaced.
    `on_problem` is called with it, in the thread that met it.
    """

    def __init__(
        self,
        directory: Path,
        most_nbytes: int,
        on_problem: Callable[[Finding], object] | None = None,
    ) -> None:
        self.path = directory / FILE_NAME
        self.problem: Finding | None = None
        self._most = most_nbytes
        self._on_problem = on_problem

    def holding(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of the keys that have a body."""
        found: list[tuple[bytes]] = self._try(lambda db: list(_ask(db, "key", keys)), [])
        return {key for (key,) in found}

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The bodies of those of the keys that have one."""
        found: list[tuple[bytes, bytes, int]] = self._try(
            lambda db: list(_ask(db, "key, body, day", keys)), []
        )
        today = _today()
        stale = [key for key, _, day in found if day != today]
        if stale and self._may_write():
            self._try(lambda db: _note_use(db, stale, today), None)
        return {key: body for key, body, _ in found}

    def put(self, bodies: Mapping[bytes, bytes]) -> None:
        """Keep these, and no more in all than the bound allows."""
        if bodies:
            self._try(lambda db: self._put(db, bodies), None, create=True)

    def _put(self, db: sqlite3.Connection, bodies: Mapping[bytes, bytes]) -> None:
        today = _today()
        rows = [(key, today, len(body), body) for key, body in bodies.items()]
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)
        [(total,)] = db.execute("SELECT total(nbytes) FROM kept")
        if total > self._most:
            self._evict(db, int(total))
        db.execute("COMMIT")
        if total > self._most:
            db.executescript("PRAGMA incremental_vacuum")  # `execute` would stop after a page

    def _evict(self, db: sqlite3.Connection, total: int) -> None:
        gone = []
        for row, nbytes in db.execute("SELECT rowid, nbytes FROM kept ORDER BY day, rowid"):
            if total <= self._most * _LEFT_AFTER_EVICTION:
                break
            gone.append((row,))
            total -= nbytes
        db.executemany("DELETE FROM kept WHERE rowid = ?", gone)

    def _try(
        self, work: Callable[[sqlite3.Connection], T], otherwise: T, create: bool = False
    ) -> T:
        """Do it, or leave it: what is kept here can be measured again."""
        if not create and not self.path.is_file():
            return otherwise
        try:
            if create:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect(create)) as db:
                return work(db)
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in _BROKEN:
                self._tell(self._replace(str(error)))
            elif code not in _BUSY:
                self._tell(_unusable(self.path, str(error)))
        except OSError as error:
            self._tell(_unusable(self.path, error.strerror or str(error)))
        return otherwise

    def _may_write(self) -> bool:
        return os.access(self.path.parent, os.W_OK)

    def _tell(self, problem: Finding) -> None:
        self.problem = problem
        if self._on_problem:
            self._on_problem(problem)

    def _connect(self, create: bool) -> sqlite3.Connection:
        # In a URI, so that a look does not make an empty file; where nothing may be written, the
        # file that tells others of a look can't be made, and nobody writes who would need it.
        mode = "rwc" if create else "rw" if self._may_write() else "ro&immutable=1"
        place = f"{self.path.absolute().as_uri()}?mode={mode}"
        db = sqlite3.connect(place, _PATIENCE_SECONDS, isolation_level=None, uri=True)
        try:
            # Losing power may break the file, which costs no more than deleting it would.
            db.execute("PRAGMA synchronous = OFF")
            if create:
                db.executescript(_TABLES)
        except BaseException:
            db.close()
            raise
        return db

    def _replace(self, why: str) -> Finding:
        """Take the broken file away; the next write makes another."""
        for ending in ("-wal", "-shm", ""):
            try:
                os.unlink(f"{self.path}{ending}")
            except FileNotFoundError:
                pass
            except OSError as error:
                return _unusable(self.path, error.strerror or str(error))
        return Finding(
            "P04", Severity.INFO, "The cache of figures was broken and is made anew.",
            "Nothing is lost but the time to measure again.",
            str(self.path), {"reason": why},
        )  # fmt: skip


def _ask(db: sqlite3.Connection, columns: str, keys: Iterable[bytes]) -> Iterator[Any]:
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), _ASKED_AT_ONCE):
        some = wanted[start : start + _ASKED_AT_ONCE]
        marks = ", ".join("?" * len(some))
        yield from db.execute(f"SELECT {columns} FROM kept WHERE key IN ({marks})", some)


def _note_use(db: sqlite3.Connection, keys: Iterable[bytes], today: int) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.executemany("UPDATE kept SET day = ? WHERE key = ?", [(today, key) for key in keys])
    db.execute("COMMIT")


def _today() -> int:
    """Days, so that what is used every hour is not written to every hour."""
    return int(time.time()) // _DAY


def _unusable(path: Path, why: str) -> Finding:
    return Finding(
        "P04", Severity.WARNING, f"Figures can't be kept for the next time: {why}.",
        where=str(path), evidence={"path": str(path), "reason": why},
        fix=Fix("Name a folder that you may write to, or delete the file.",
                f"export TFINSPECTOR_CACHE_DIR=...\nrm -f {shlex.quote(str(path))}*"),
    )  # fmt: skip
