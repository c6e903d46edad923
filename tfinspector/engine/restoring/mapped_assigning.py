"""Restores pair by pair: keys of the file into variables of the model, as a map says.

What matches by itself stays as it is; an accepted pair of the map takes the place of whatever its
key or its variable was matched with before.
"""

import hashlib
from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.models import ModelDescription, ModelVariable
from tfinspector.contents.restores import MatchTable, Rename, Row, State
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.matching.rows import file_row, model_rows, paired_row, shapes_fit
from tfinspector.diagnosis.matching.states import COUNTER
from tfinspector.diagnosis.renames.parts import PART
from tfinspector.diagnosis.renames.shared import SHARED
from tfinspector.engine.restoring.job import RestoreJob

_BATCH_NBYTES = 1 << 26
_BATCH_ROWS = 512
_LOW_BITS = {"int4": 15, "uint4": 15, "float4_e2m1fn": 15, "int2": 3, "uint2": 3}
WHY_TAKEN = "The map gives its place to another key."
WHY_MISPLACED = "By its position in the optimizer's list it would be taken for something else."
WHY_GAPS = "The parts that were accepted do not fill the variable: accept all of them."


class Pairs(NamedTuple):
    """The rows of a mapped restore, and the accepted pair of each key that has one."""

    rows: tuple[Row, ...]
    renames: dict[str, Rename]


def pairs_of(
    checkpoint: Checkpoint, model: ModelDescription, table: MatchTable, renames: Sequence[Rename]
) -> Pairs:
    """The rows of `table` with the map's pairs in place, and nothing at a place of another.

    Raises Unreadable where the file has no such key or the model no such variable.
    """
    if not renames and not table.misplaced:
        return Pairs(table.rows, {})
    keys = {each.key: each for each in checkpoint.variables}
    places = {path: at for at, each in enumerate(model.variables) for path in _names(each)}
    places |= {each.path: at for at, each in enumerate(model.variables) if each.path}
    chosen: dict[str, int] = {}
    copies: list[tuple[Rename, int]] = []  # on top of what the key has already
    for rename in renames:
        if rename.key not in keys or rename.path not in places:
            raise Unreadable(_pair_of_nothing(rename, checkpoint, rename.key in keys))
        if rename.rule == SHARED:
            copies.append((rename, places[rename.path]))
        else:
            chosen[rename.key] = places[rename.path]
    gaps = _gaps(renames, keys, places, model)
    taken = {*chosen.values(), *(at for _, at in copies)}
    by_key = {rename.key: rename for rename in renames if rename.rule != SHARED}
    rows: list[Row] = []
    for row in table.rows:
        if row.key in chosen:
            at = chosen.pop(row.key)  # it may have several rows, each variable one
            made = _chosen_row(keys[row.key], model.variables[at], at, by_key[row.key])
            rows.append(
                made._replace(state=State.SHAPE_MISMATCH, why=WHY_GAPS, fits=False)
                if at in gaps
                else made
            )
        elif row.key in by_key:
            continue
        elif row.key and row.variable in taken:
            rows.append(file_row(State.MISSING_IN_MODEL, keys[row.key], WHY_TAKEN))
        elif row.key in table.misplaced:
            rows.append(file_row(State.MISSING_IN_MODEL, keys[row.key], WHY_MISPLACED))
        elif row.key:
            rows.append(row)
    for rename, at in copies:
        rows.append(_chosen_row(keys[rename.key], model.variables[at], at, rename))
    names = [each.name for each in checkpoint.variables]
    rows += model_rows(model, [row.variable for row in rows], names)
    return Pairs(tuple(rows), by_key)


def _gaps(
    renames: Sequence[Rename], keys: dict[str, Variable], places: dict[str, int],
    model: ModelDescription,
) -> set[int]:  # fmt: skip
    """Variables of which the accepted parts fill only some."""
    filled: dict[int, int] = {}
    for rename in renames:
        if rename.transform == PART:
            at = places[rename.path]
            filled[at] = filled.get(at, 0) + keys[rename.key].size
    return {
        at for at, size in filled.items()
        if size != prod(each or 0 for each in model.variables[at].shape or ())
    }  # fmt: skip


class Sent(NamedTuple):
    """SHA-256 of what was sent, by key; `counter` of the count of saves as the worker holds it."""

    by_key: dict[str, str]
    counter: str


def assign_pairs(job: RestoreJob, pairs: Pairs) -> Sent:
    """Assign every matched pair, TensorFlow's own count of saves among them.

    Raises WorkerFailed and Unreadable, the latter with the model's old values back.
    """
    assert job.model is not None
    sent: dict[str, str] = {}
    counter = ""
    try:
        for batch in _batches(job, pairs):
            told = job.ask(
                "assign",
                "assigning",
                tuple(payload for _, payload in batch),
                rows=[{"variable": rows[0].variable} for rows, _ in batch],
            )
            for (rows, payload), answer in zip(batch, told["rows"], strict=True):
                sent |= dict.fromkeys((r.key for r in rows), _hash(payload, rows[0].model_dtype))
                counter = answer["sha256"] if rows[0].variable == COUNTER else counter
                if answer["problem"]:
                    job.log.append(f"{rows[0].model_path or rows[0].name}: {answer['problem']}")
    except Unreadable:
        job.ask("roll_back", "rolling back")
        raise
    return Sent(sent, counter)


def _batches(job: RestoreJob, pairs: Pairs) -> Iterator[list[tuple[list[Row], bytes]]]:
    """Values to assign, each with its row; where parts fill one variable, with all of theirs."""
    assert job.model is not None
    batch: list[tuple[list[Row], bytes]] = []
    nbytes = 0
    wanted = [row for row in pairs.rows if row.fits]
    groups = _together(wanted, pairs)
    for done, rows in enumerate(groups):
        job.ticket.report(done, len(groups), "assigning")
        if rows[0].variable == COUNTER:
            payload = _payload(job.reader.read(rows[0].key), rows[0].file_dtype)
        else:
            mine = job.model.variables[rows[0].variable]
            payload = _payload(_value_for(rows, mine, job, pairs), mine.dtype)
        if batch and (nbytes + len(payload) > _BATCH_NBYTES or len(batch) == _BATCH_ROWS):
            yield batch
            batch, nbytes = [], 0
        batch.append((rows, payload))
        nbytes += len(payload)
    if batch:
        yield batch


def _together(wanted: Sequence[Row], pairs: Pairs) -> list[list[Row]]:
    groups: dict[object, list[Row]] = {}
    for place, row in enumerate(wanted):
        rename = pairs.renames.get(row.key)
        is_part = rename is not None and rename.transform == PART
        groups.setdefault(("variable", row.variable) if is_part else place, []).append(row)
    return list(groups.values())


def _value_for(
    rows: Sequence[Row], mine: ModelVariable, job: RestoreJob, pairs: Pairs
) -> NDArray[Any]:
    """What a variable gets: one value, or the parts put together."""
    rename = pairs.renames.get(rows[0].key)
    if rename is None or rename.transform != PART:
        return _transformed(job.reader.read(rows[0].key), rename, mine)
    whole = np.zeros([each or 0 for each in mine.shape or ()], _dtype(mine.dtype))
    for row in rows:
        value, offset = job.reader.read(row.key), pairs.renames[row.key].offset
        region = tuple(slice(at, at + n) for at, n in zip(offset, value.shape, strict=True))
        whole[region] = value.astype(whole.dtype, copy=False)
    return whole


def _chosen_row(theirs: Variable, mine: ModelVariable, at: int, rename: Rename) -> Row:
    state = None
    if not _will_fit(theirs.shape, mine, rename):
        state = State.SHAPE_MISMATCH
    elif (theirs.dtype.name == "string") != (mine.dtype == "string"):
        state = State.DTYPE_MISMATCH
    return paired_row(state, theirs, mine, at, rename.why)


def _will_fit(shape: tuple[int, ...], mine: ModelVariable, rename: Rename) -> bool:
    if rename.transform == "transpose":
        axes = rename.axes or tuple(reversed(range(len(shape))))
        return sorted(axes) == list(range(len(shape))) and shapes_fit(
            tuple(shape[axis] for axis in axes), mine.shape
        )
    if rename.transform == "reshape":
        return mine.shape is not None and prod(shape) == prod(each or 0 for each in mine.shape)
    if rename.transform == PART:
        ends = [at + n for at, n in zip(rename.offset, shape, strict=False)]
        most = [each or 0 for each in mine.shape or ()]
        same_rank = len(shape) == len(rename.offset) == len(most)
        return same_rank and all(end <= size for end, size in zip(ends, most, strict=True))
    if rename.transform == "slice":
        return mine.shape is not None and len(shape) == len(mine.shape)
    return shapes_fit(shape, mine.shape)


def _transformed(value: NDArray[Any], rename: Rename | None, mine: ModelVariable) -> NDArray[Any]:
    """What the variable gets: only an accepted pair is ever turned, cut, filled up or cast.

    A model's variable that is larger than the file's is filled up with zeros.
    """
    if rename is None:
        return value
    if rename.transform == "transpose":
        value = value.transpose(rename.axes or None)
    elif rename.transform == "reshape" and mine.shape is not None:
        value = value.reshape([each or 0 for each in mine.shape])
    elif rename.transform == "slice" and mine.shape is not None:
        shape = tuple(each or 0 for each in mine.shape)
        common = tuple(slice(min(a, b)) for a, b in zip(value.shape, shape, strict=True))
        whole = np.zeros(shape, value.dtype)
        whole[common] = value[common]
        value = whole
    return value if mine.dtype == "string" else _cast(value, rename, mine)


def _cast(value: NDArray[Any], rename: Rename, mine: ModelVariable) -> NDArray[Any]:
    """The value in the model's type. Raises Unreadable where that would not only round it."""
    cast = value.astype(_dtype(mine.dtype), copy=False)
    if cast.dtype == value.dtype:
        return cast
    if value.dtype.kind in "iu":
        lost = int(np.count_nonzero(cast.astype(value.dtype) != value))
    else:
        lost = int(np.count_nonzero(np.isfinite(value) & ~np.isfinite(cast)))
    if lost:
        raise Unreadable(_too_large(rename, value.dtype.name, mine, lost))
    return cast


def _dtype(name: str) -> np.dtype[Any]:
    try:
        return np.dtype(name)
    except TypeError:
        import ml_dtypes  # only such types need it

        found: np.dtype[Any] = np.dtype(getattr(ml_dtypes, name))
        return found


def _payload(value: NDArray[Any], dtype: str) -> bytes:
    """Elements in row-major, little-endian order, as the worker's method `assign` takes them."""
    if dtype == "string":
        texts = value.ravel().tolist()
        return b"".join(len(text).to_bytes(8, "little") + text for text in texts)
    flat = np.ascontiguousarray(value)
    return flat.astype(flat.dtype.newbyteorder("<"), copy=False).tobytes()


def _hash(payload: bytes, dtype: str) -> str:
    """As `worker/hashing.py` hashes what the payload becomes."""
    bits = _LOW_BITS.get(dtype)
    if bits:
        payload = (np.frombuffer(payload, np.uint8) & bits).tobytes()
    return hashlib.sha256(payload).hexdigest()


def _names(mine: ModelVariable) -> tuple[str, ...]:
    return (*mine.paths, mine.name) if mine.name else mine.paths


def _too_large(rename: Rename, dtype: str, mine: ModelVariable, lost: int) -> Finding:
    return Finding(
        "M39", Severity.ERROR,
        f"{lost:,} of the values of {rename.name or rename.key} are too large for {mine.dtype}, "
        "so nothing was restored.",
        where=rename.path,
        evidence={"key": rename.key, "path": rename.path, "from": dtype, "to": mine.dtype},
        fix=Fix(f"Build the model with {dtype} there, or take that pair out of the map."),
    )  # fmt: skip


def _pair_of_nothing(rename: Rename, checkpoint: Checkpoint, has_key: bool) -> Finding:
    what = (
        f"the model has no variable {rename.path}" if has_key else f"the file has no {rename.key}"
    )
    return Finding(
        "M30", Severity.ERROR, f"The map does not fit: {what}.", where=checkpoint.prefix,
        evidence={"key": rename.key, "path": rename.path},
        fix=Fix("Take that pair out of the map, or make a new map by a dry run."),
    )  # fmt: skip
