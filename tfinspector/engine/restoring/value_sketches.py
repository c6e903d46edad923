"""Sketches of the values in a file, for the rename assistant to tell alike tensors apart."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.restores import ValueSketch
from tfinspector.contents.variables import Variable
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.referee import hash_stored
from tfinspector.formats.reading import TensorReader

QUANTILES = tuple(step / 8 for step in range(9))
MOST_SAMPLED = 100_000  # elements of one tensor, evenly spread


def sketch_values(
    reader: TensorReader, variables: Iterable[Variable], ticket: Ticket | None = None
) -> dict[str, ValueSketch]:
    """Sketches by key; a value that can't be read has none. Raises Cancelled."""
    ticket = ticket or Ticket()
    asked = list(variables)
    sketches: dict[str, ValueSketch] = {}
    for done, variable in enumerate(asked):
        ticket.report(done, len(asked), "sketching the values")
        try:
            sha256 = hash_stored(reader, variable.key, ticket)
            sample = _sample(reader, variable)
        except Unreadable:
            continue
        sketches[variable.key] = _sketch(sha256, sample)
    return sketches


def _sample(reader: TensorReader, variable: Variable) -> NDArray[Any] | None:
    """Some of the elements; None where they are no numbers."""
    if not variable.dtype.is_numeric or "complex" in variable.dtype.name:
        return None
    step = max(1, variable.size // MOST_SAMPLED)
    pieces = [block[::step].astype(np.float64) for block in reader.blocks(variable.key)]
    return np.concatenate(pieces) if pieces else np.zeros(0)


def _sketch(sha256: str, sample: NDArray[Any] | None) -> ValueSketch:
    if sample is None:
        return ValueSketch(sha256)
    finite = sample[np.isfinite(sample)]
    if not finite.size:
        return ValueSketch(sha256, constant=True)
    is_constant = bool(finite.size == sample.size and (finite == finite[0]).all())
    quantiles = np.quantile(finite, QUANTILES)
    return ValueSketch(sha256, is_constant, tuple(float(each) for each in quantiles))
