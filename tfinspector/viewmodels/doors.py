"""What the window asks of the engine, as one value.

Each door imports its part of the engine when it is first opened, in the thread that opens it:
the window must be painted before readers and compiled kernels are loaded. A test hands in other
doors to be slow or to break on purpose.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tfinspector.contents.checks import CheckReport
    from tfinspector.contents.comparisons import Comparison
    from tfinspector.contents.devices import DeviceReport
    from tfinspector.contents.drifts import DriftTable
    from tfinspector.contents.figures import Statistics, Unmeasured
    from tfinspector.contents.findings import Finding
    from tfinspector.contents.reports import TensorFlowReport, WorkerState
    from tfinspector.contents.restores import Rename, RestoreReport
    from tfinspector.contents.salvaging import Salvaged
    from tfinspector.contents.spectra import Spectrum
    from tfinspector.contents.trust import KnownOperations, TrustReport
    from tfinspector.contents.variables import Variable
    from tfinspector.engine.cache.store import Store
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource
    from tfinspector.engine.restoring.factories import Offered
    from tfinspector.engine.restoring.job import RestoreRequest
    from tfinspector.engine.worker.client import WorkerClient

    Measured = tuple[Variable, Statistics | Unmeasured]
    Compared = tuple[OpenSource, str]


_cache_problems: deque[Finding] = deque(maxlen=1)
"""Until the window's thread takes it; append and pop are atomic."""


def _open(path: str, ticket: Ticket | None = None) -> OpenSource:
    from tfinspector.engine.opening import open_source

    return open_source(path, ticket)


def _open_again(source: OpenSource, ticket: Ticket | None = None) -> OpenSource:
    from tfinspector.engine.putting_together import opened_again

    return opened_again(source, ticket)


def _put_together(paths: Sequence[str], as_given: bool, ticket: Ticket) -> OpenSource:
    from tfinspector.engine.putting_together import put_together

    return put_together(paths, ticket, as_given)


def _measure(
    reader: Any, variables: Sequence[Variable], ticket: Ticket | None = None
) -> Iterator[Measured]:
    from tfinspector.engine.cache.measuring import measure_remembered

    return measure_remembered(_cache(), reader, variables, ticket)


def _cache() -> Store | None:
    from tfinspector.engine.cache.places import open_cache

    return open_cache(on_problem=_cache_problems.append)


def _cache_problem() -> Finding | None:
    """What last went wrong with the cache, once."""
    try:
        return _cache_problems.pop()
    except IndexError:
        return None


def _odd_values(measured: Iterable[Measured], where: str) -> list[Finding]:
    from tfinspector.engine.measuring import find_odd_values

    return find_odd_values(measured, where)


def _worker(
    command: Sequence[str] | None,
    on_log: Callable[[str], None],
    on_state: Callable[[WorkerState], None],
) -> WorkerClient:
    from tfinspector.engine.worker.client import WorkerClient

    return WorkerClient(command, on_log, on_state)


def _ask(source: OpenSource, client: WorkerClient, ticket: Ticket | None) -> TensorFlowReport:
    from tfinspector.engine.referee import ask_tensorflow

    return ask_tensorflow(source, client, ticket)


def _check(source: OpenSource, ticket: Ticket | None) -> CheckReport:
    from tfinspector.engine.checking import check

    return check(source, ticket)


def _salvage(source: OpenSource, prefix: str, snapshot: str | None, ticket: Ticket) -> Salvaged:
    from tfinspector.engine.salvaging import salvage

    return salvage(source, prefix, ticket, snapshot)


def _trust(
    source: OpenSource, ticket: Ticket | None, known: KnownOperations | None = None
) -> TrustReport:
    from tfinspector.engine.trusting import trust

    return trust(source, ticket, known)


def _operations(client: WorkerClient, ticket: Ticket) -> KnownOperations:
    from tfinspector.engine.known_operations import operations_of

    return operations_of(client, ticket)


def _compare(a: Compared, b: Compared, renames: Sequence[Rename], ticket: Ticket) -> Comparison:
    from tfinspector.engine.comparing.comparing import Side, compare

    return compare(Side(*a), Side(*b), renames, ticket=ticket, cache=_cache())


def _drift(
    sources: Sequence[OpenSource], reference: str, ticket: Ticket, exact_path: bool
) -> DriftTable:
    from tfinspector.engine.comparing.drifting import drift

    return drift(sources, reference, ticket=ticket, cache=_cache(), exact_path=exact_path)


def _spectrum(
    source: OpenSource, snapshot: str, variable: Variable, ticket: Ticket
) -> Spectrum | Unmeasured:
    from tfinspector.engine.spectra import spectrum_of

    return spectrum_of(source.reader(snapshot), variable, ticket)


def _demo(directory: str, ticket: Ticket | None) -> Path:
    from tfinspector.engine.demo import make_demo

    return make_demo(Path(directory), ticket)


def _demo_directory() -> Path:
    from tfinspector.engine.demo import demo_directory

    return demo_directory()


def _dry_run(request: RestoreRequest, client: WorkerClient, ticket: Ticket) -> RestoreReport:
    from tfinspector.engine.restoring.restore import dry_run

    return dry_run(request, client, ticket)


def _restore(
    request: RestoreRequest, client: WorkerClient, ticket: Ticket, renames: Sequence[Rename]
) -> RestoreReport:
    from tfinspector.engine.restoring.restore import restore

    return restore(request, client, ticket, renames)


def _list_callables(path: str) -> tuple[Offered, ...]:
    from tfinspector.engine.restoring.factories import list_callables

    return list_callables(path)


def _restore_code(request: RestoreRequest, report: RestoreReport, renames: Sequence[Rename]) -> str:
    from tfinspector.engine.restoring.code import code_for

    return code_for(request, report, renames)


def _save_map(path: str, renames: Sequence[Rename]) -> None:
    from tfinspector.engine.restoring.rename_maps import save_map

    save_map(path, renames)


def _load_map(path: str) -> tuple[Rename, ...]:
    from tfinspector.engine.restoring.rename_maps import load_map

    return load_map(path)


def _write_fixed(
    request: RestoreRequest,
    renames: Sequence[Rename],
    prefix: str,
    client: WorkerClient,
    ticket: Ticket,
) -> RestoreReport:
    from tfinspector.engine.restoring.repairing import write_fixed

    return write_fixed(request, renames, prefix, client, ticket)


def _compare_devices(
    request: RestoreRequest,
    devices: Sequence[str],
    make_client: Callable[[], WorkerClient],
    ticket: Ticket,
    renames: Sequence[Rename],
) -> DeviceReport:
    from tfinspector.engine.restoring.device_comparing import compare_devices

    return compare_devices(request, devices, make_client, ticket, renames)


@dataclass(frozen=True, slots=True)
class RestoreDoors:
    """What the page Restore asks of the engine, always off the window's thread."""

    dry_run: Callable[[RestoreRequest, WorkerClient, Ticket], RestoreReport] = _dry_run
    restore: Callable[[RestoreRequest, WorkerClient, Ticket, Sequence[Rename]], RestoreReport] = (
        _restore
    )
    list_callables: Callable[[str], tuple[Offered, ...]] = _list_callables
    restore_code: Callable[[RestoreRequest, RestoreReport, Sequence[Rename]], str] = _restore_code
    save_map: Callable[[str, Sequence[Rename]], None] = _save_map
    load_map: Callable[[str], tuple[Rename, ...]] = _load_map
    write_fixed: Callable[
        [RestoreRequest, Sequence[Rename], str, WorkerClient, Ticket], RestoreReport
    ] = _write_fixed
    compare_devices: Callable[
        [RestoreRequest, Sequence[str], Callable[[], WorkerClient], Ticket, Sequence[Rename]],
        DeviceReport,
    ] = _compare_devices


@dataclass(frozen=True, slots=True)
class Doors:
    """The engine's functions that the session calls, off the window's thread.

    But for `cache_problem` and `demo_directory`, which tell what is known.
    """

    open_source: Callable[[str, Ticket | None], OpenSource] = _open
    open_again: Callable[[OpenSource, Ticket | None], OpenSource] = _open_again
    put_together: Callable[[Sequence[str], bool, Ticket], OpenSource] = _put_together
    measure_all: Callable[[Any, Sequence[Variable], Ticket | None], Iterator[Measured]] = _measure
    odd_values: Callable[[Iterable[Measured], str], list[Finding]] = _odd_values
    cache_problem: Callable[[], Finding | None] = _cache_problem
    worker: Callable[
        [Sequence[str] | None, Callable[[str], None], Callable[[WorkerState], None]], WorkerClient
    ] = _worker
    ask_tensorflow: Callable[[OpenSource, WorkerClient, Ticket | None], TensorFlowReport] = _ask
    check: Callable[[OpenSource, Ticket | None], CheckReport] = _check
    salvage: Callable[[OpenSource, str, str | None, Ticket], Salvaged] = _salvage
    trust: Callable[[OpenSource, Ticket | None, KnownOperations | None], TrustReport] = _trust
    operations: Callable[[WorkerClient, Ticket], KnownOperations] = _operations
    drift: Callable[[Sequence[OpenSource], str, Ticket, bool], DriftTable] = _drift
    compare: Callable[[Compared, Compared, Sequence[Rename], Ticket], Comparison] = _compare
    spectrum: Callable[[OpenSource, str, Variable, Ticket], Spectrum | Unmeasured] = _spectrum
    make_demo: Callable[[str, Ticket | None], Path] = _demo
    demo_directory: Callable[[], Path] = _demo_directory
    restoring: RestoreDoors = field(default_factory=RestoreDoors)
