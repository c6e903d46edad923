"""What a restore job proposes: which key of the file belongs into which variable of the model.

Names, shapes and structure are `diagnosis.renames`' affair. Values are read here, and only where
they can tell something: the model's are what building left in it, so they only ever count where
they are equal to the file's bit by bit (a factory that loads weights itself) and are not one
number all over, as zeros and ones are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.restores import MatchTable, Rename, Row, State, ValueSketch
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.renames import suggest
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.restoring.value_sketches import sketch_values
from tfinspector.formats.reading import TensorReader

MOST_OPEN = 20_000
"""Of either side; pairing that many takes about ten seconds, and nobody would read more."""

_MOST_NBYTES = 1 << 28
_DONE = frozenset({State.RESTORED, State.VALUE_DIFFERS})


def propose(
    checkpoint: Checkpoint,
    model: ModelDescription,
    table: MatchTable,
    reader: TensorReader,
    rows: Sequence[Row] = (),
    used: Iterable[Rename] = (),
    ticket: Ticket | None = None,
) -> tuple[Rename, ...]:
    """Proposals for what is open on both sides, and for what matches wrongly.

    `rows` are the job's own where they differ from the table's (a mapped restore), `used` the
    pairs that it applied: neither their keys nor their variables are proposed again. Raises
    Cancelled.
    """
    if rows:
        table = replace(table, rows=tuple(rows))
    theirs, mine = _open_sides(table.rows, model)
    if max(len(theirs), len(mine)) > MOST_OPEN:
        return ()
    ticket = ticket or Ticket()
    ticket.report(0, 0, "looking for renamed variables")
    values = None
    if theirs and mine:
        values = _telling_values(checkpoint, model, reader, theirs, mine, ticket)
    found = suggest(checkpoint, model, table, values)
    taken = {name for each in used for name in (each.key, each.path)}
    return tuple(each for each in found if not taken.intersection((each.key, each.path)))


def _open_sides(rows: Iterable[Row], model: ModelDescription) -> tuple[set[str], set[int]]:
    """Keys that go nowhere, and variables that nothing goes into."""
    theirs: set[str] = set()
    fed: set[int] = set()
    for row in rows:
        if row.expected in _DONE and row.variable >= 0:
            fed.add(row.variable)
        elif row.key and row.expected not in _DONE:
            theirs.add(row.key)
    mine = {
        at for at, each in enumerate(model.variables) if at not in fed and not each.random_state
    }
    return theirs, mine


def _telling_values(
    checkpoint: Checkpoint,
    model: ModelDescription,
    reader: TensorReader,
    theirs: set[str],
    mine: set[int],
    ticket: Ticket,
) -> dict[str, ValueSketch]:
    """Sketches of the file's values that may stand in the model already."""
    places = {(each.dtype, each.shape) for at, each in enumerate(model.variables) if at in mine}
    wanted: list[Variable] = []
    nbytes = 0
    for variable in sorted(checkpoint.variables, key=lambda each: each.nbytes):
        fits = (variable.dtype.name, variable.shape) in places and variable.size > 1
        if variable.key not in theirs or variable.problem or not fits:
            continue
        nbytes += variable.nbytes
        if nbytes > _MOST_NBYTES:
            break
        wanted.append(variable)
    return sketch_values(reader, wanted, ticket)
