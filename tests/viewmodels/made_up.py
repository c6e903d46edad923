"""Contents made by hand, and doors that are slow or break on purpose."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.checkpoints import Checkpoint, Dialect, Snapshot
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.sources import Source, SourceKind
from tfinspector.contents.tensors import Piece, Region, StoredTensor
from tfinspector.contents.variables import Role, Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.doors import Doors


def variable(
    name: str, shape: tuple[int, ...] = (4, 3), role: Role = Role.WEIGHT, **more: Any
) -> Variable:
    dtype = DTYPE_BY_NAME[more.pop("dtype", "float32")]
    size = int(np.prod(shape, dtype=np.int64))
    key = more.pop("key", f"{name}/.ATTRIBUTES/VARIABLE_VALUE")
    paths = more.pop("paths", (name,))
    return Variable(name, key, paths, dtype, shape, size * dtype.itemsize, role, **more)


def statistics(
    count: int = 12, nan: int = 0, zero: int = 0, low: float = -1.0, high: float = 1.0
) -> Statistics:
    """Figures of `count` float32 values spread from `low` to `high`, some of them zero or NaN."""
    spread = np.linspace(low, high, max(count - nan - zero, 1), dtype=np.float32)
    accumulator = Accumulator("float32")
    accumulator.add(np.concatenate([spread, np.zeros(zero), np.full(nan, np.nan)]).astype("f4"))
    return accumulator.statistics()


class MadeUpReader:
    """What `TensorReader` promises, from memory: values spread from -1 to 1."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._variables = {variable.key: variable for variable in checkpoint.variables}

    def locate(self, key: str) -> StoredTensor:
        variable = self._variables[key]
        piece = Piece("/made/up/data", 0, variable.nbytes, (0,) * len(variable.shape),
                      variable.shape, None)  # fmt: skip
        return StoredTensor(key, variable.dtype, variable.shape, variable.nbytes, (piece,))

    def read(self, key: str, region: Region | None = None) -> Any:
        variable = self._variables[key]
        values = np.linspace(-1, 1, variable.size).reshape(variable.shape)
        return values.astype(variable.dtype.name)[region or ()]

    def blocks(self, key: str, block_nbytes: int = 1 << 20) -> Iterator[Any]:
        yield self.read(key).ravel()

    def verify(self, key: str, tick: Any = None) -> None:
        return None


class MadeUpSource:
    """What `OpenSource` promises, from memory. `broken` snapshots can't be read."""

    paths: tuple[str, ...] = ()

    def __init__(self, source: Source, checkpoints: dict[str, Checkpoint]) -> None:
        self.source = source
        self._checkpoints = checkpoints
        self.broken: set[str] = set()

    def checkpoint(self, snapshot: str | None = None) -> Checkpoint:
        wanted = snapshot or self.source.checkpoint.prefix
        if wanted in self.broken:
            raise Unreadable(finding("F09", f"{wanted} was cut off"))
        return self._checkpoints[wanted]

    def reader(self, snapshot: str | None = None) -> MadeUpReader:
        return MadeUpReader(self.checkpoint(snapshot))

    def part_with(self, snapshot: str) -> MadeUpSource:
        return self


def finding(
    number: str = "F09", title: str = "It was cut off", severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(number, severity, title, fix=Fix("Save it again.", "save()"))


VARIABLES = (
    variable("model/dense_10/kernel", (64, 3)),
    variable("model/dense_2/kernel", (8, 64)),
    variable("model/dense_2/bias", (64,)),
    variable("optimizer/m/dense_2/kernel", (8, 64), Role.SLOT),
    variable("optimizer/iterations", (), Role.OPTIMIZER, dtype="int64"),
    variable("broken", (5,), problem="its shard is missing"),
)


def checkpoint(prefix: str, variables: Sequence[Variable] = VARIABLES) -> Checkpoint:
    return Checkpoint(prefix, tuple(variables), None, Dialect.KERAS3, (), 100, 0.0)


def run(
    path: str = "/made/up",
    steps: Sequence[int] = (1, 2, 3),
    variables: Sequence[Variable] = VARIABLES,
    findings: tuple[Finding, ...] = (),
) -> MadeUpSource:
    prefixes = [f"{path}/ckpt-{step}" for step in steps]
    checkpoints = {prefix: checkpoint(prefix, variables) for prefix in prefixes}
    snapshots = tuple(
        Snapshot(prefix, step, "file name", 1e9, 1000)
        for prefix, step in zip(prefixes, steps, strict=True)
    )
    kind = SourceKind.RUN if len(steps) > 1 else SourceKind.CHECKPOINT
    newest = checkpoints[prefixes[-1]]
    source = Source(kind, path, path, "a run", snapshots, newest, findings=findings)
    return MadeUpSource(source, checkpoints)


class Worlds:
    """Doors to made-up sources. `gate` holds every opening, `measuring_gate` every measuring.

    `asked` has the first name of each portion that was asked for, `order` what was measured.
    """

    def __init__(self, *sources: MadeUpSource) -> None:
        self.sources = {source.source.path: source for source in sources}
        self.gate, self.measuring_gate = threading.Event(), threading.Event()
        self.gate.set()
        self.measuring_gate.set()
        self.asked: list[str] = []
        self.order: list[str] = []
        self.figures: dict[str, Statistics | Unmeasured] = {}

    def doors(self, **more: Any) -> Doors:
        made: dict[str, Any] = {
            "open_source": self.open_source,
            "open_again": self.open_again,
            "measure_all": self.measure_all,
        }
        return replace(Doors(), **made | more)

    def open_again(self, source: MadeUpSource, ticket: Ticket) -> MadeUpSource:
        return self.open_source(source.source.given, ticket)

    def open_source(self, path: str, ticket: Ticket) -> MadeUpSource:
        while not self.gate.wait(0.01):
            ticket.check()
        if path not in self.sources:
            raise Unreadable(finding("F03", f"There is no checkpoint at {path}"))
        known = self.sources[path]
        fresh = MadeUpSource(known.source, known._checkpoints)
        fresh.broken = known.broken
        return fresh

    def measure_all(
        self, reader: Any, variables: Sequence[Variable], ticket: Ticket
    ) -> Iterator[tuple[Variable, Statistics | Unmeasured]]:
        self.asked.append(variables[0].name)
        for each in variables:
            while not self.measuring_gate.wait(0.01):
                ticket.check()
            ticket.check()
            self.order.append(each.name)
            known = self.figures.get(each.name) or (
                Unmeasured(each.problem) if each.problem else statistics(each.size)
            )
            yield each, known
