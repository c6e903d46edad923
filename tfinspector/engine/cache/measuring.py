"""Statistics of variables: from the cache where it has them, else measured and kept."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.variables import Variable
from tfinspector.engine.cache.identity import Identities
from tfinspector.engine.cache.packing import pack_statistics, unpack_statistics
from tfinspector.engine.cache.store import Store
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.measuring import measure, measure_all
from tfinspector.formats.reading import TensorReader

LEAST_NBYTES = 64 << 10
"""What is smaller is measured in less time than it is looked up."""

_LOOKED_UP_AT_ONCE = 64
_WRITTEN_AT_ONCE = 4 << 20

Figures = Statistics | Unmeasured


def measure_remembered(
    cache: Store | None,
    reader: TensorReader,
    variables: Sequence[Variable],
    ticket: Ticket | None = None,
    executor: Executor | None = None,
) -> Iterator[tuple[Variable, Figures]]:
    """As `measure_all`. Progress tells of what has to be measured; without a cache, of all."""
    ticket = ticket or Ticket()
    if cache is None:
        yield from measure_all(reader, variables, ticket, executor)
        return
    names = _Names(reader, variables)
    if not names.all():
        yield from measure_all(reader, variables, ticket, executor)
        return
    known = cache.holding(names.all())
    missing = [each for each in variables if names.of(each) not in known]
    fresh = measure_all(reader, missing, ticket, executor)
    with _Keeping(cache, names) as keeping:
        for start in range(0, len(variables), _LOOKED_UP_AT_ONCE):
            portion = variables[start : start + _LOOKED_UP_AT_ONCE]
            bodies = cache.get(name for each in portion if (name := names.of(each)) in known)
            for variable in portion:
                ticket.check()
                name = names.of(variable)
                if name not in known:
                    figures = next(fresh)[1]
                    keeping.note(variable, figures)
                elif kept := unpack_statistics(bodies.get(name, b"")):
                    figures = kept
                else:  # it has gone meanwhile, or is damaged
                    figures = measure(reader, variable, ticket)
                    keeping.note(variable, figures)
                yield variable, figures
        next(fresh, None)  # so that it comes to its end


class _Names:
    """The names that figures of these variables are kept under; none for those not worth it."""

    def __init__(self, reader: TensorReader, variables: Sequence[Variable]) -> None:
        self._identities = Identities(reader)
        self._names = {
            variable.key: name
            for variable in variables
            if variable.nbytes >= LEAST_NBYTES
            and (name := self._identities.of(variable.key)) is not None
        }

    def all(self) -> list[bytes]:
        return list(self._names.values())

    def of(self, variable: Variable) -> bytes | None:
        return self._names.get(variable.key)

    def still_hold(self) -> bool:
        return self._identities.still_hold()


class _Keeping:
    """Writes what was measured in portions; the last one when it is left, for whatever reason."""

    def __init__(self, cache: Store, names: _Names) -> None:
        self._cache, self._names = cache, names
        self._bodies: dict[bytes, bytes] = {}
        self._nbytes = 0

    def __enter__(self) -> "_Keeping":
        return self

    def __exit__(self, *about: object) -> None:
        self._write()

    def note(self, variable: Variable, figures: Figures) -> None:
        """Keep these figures. Why something could not be measured is found out anew each time."""
        name = self._names.of(variable)
        if name is None or isinstance(figures, Unmeasured):
            return
        body = pack_statistics(figures, variable.dtype.name)
        self._bodies[name] = body
        self._nbytes += len(body)
        if self._nbytes >= _WRITTEN_AT_ONCE:
            self._write()

    def _write(self) -> None:
        bodies, self._bodies, self._nbytes = self._bodies, {}, 0
        if bodies and self._names.still_hold():
            self._cache.put(bodies)
