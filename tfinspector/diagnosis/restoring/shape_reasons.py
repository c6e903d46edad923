"""Why the shapes of a variable differ: a number that is another one in the model (units, classes,
vocabulary), a transposed or reshaped layout, another kind of cell, other heads of attention.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from tfinspector.contents.models import ModelVariable
from tfinspector.contents.restores import Row
from tfinspector.diagnosis.restoring.case import Case
from tfinspector.diagnosis.restoring.wording import shape

_GATES = {(4, 3): "an LSTM, and the model has a GRU", (3, 4): "a GRU, and the model has an LSTM",
          (1, 4): "a simple RNN, and the model has an LSTM", (4, 1): "an LSTM, and the model has a "
          "simple RNN", (1, 3): "a simple RNN, and the model has a GRU",
          (3, 1): "a GRU, and the model has a simple RNN"}  # fmt: skip
_PROJECTIONS = frozenset({"_query_dense", "_key_dense", "_value_dense", "_output_dense"})


class Reason(NamedTuple):
    """Why shapes differ: rows with the same key have the same reason."""

    key: object
    title: str
    advice: str


def reasons_of(case: Case, places: Sequence[int]) -> list[Reason]:
    """The reason of each row whose shapes differ."""
    numbers = {
        pair: _number(case, pair, held) for pair, held in _changed_numbers(case, places).items()
    }
    return [_reason(case, place, numbers) for place in places]


_Numbers = dict[tuple[int, int], list[int]]


def _changed_numbers(case: Case, places: Sequence[int]) -> _Numbers:
    """(file's, model's) size of a dimension -> rows in which nothing but it differs."""
    found: _Numbers = defaultdict(list)
    for place in places:
        pair = _one_number(case.rows[place])
        if pair is not None:
            found[pair].append(place)
    return found


def _one_number(row: Row) -> tuple[int, int] | None:
    """The one pair of sizes that makes up the whole difference."""
    theirs, mine = row.file_shape or (), row.model_shape or ()
    if len(theirs) != len(mine):
        return None
    pairs = {(a, b) for a, b in zip(theirs, mine, strict=True) if a != b and a and b}
    return pairs.pop() if len(pairs) == 1 else None


def _reason(case: Case, place: int, numbers: dict[tuple[int, int], Reason]) -> Reason:
    row = case.rows[place]
    owner = case.model.variables[row.variable] if row.variable >= 0 else None
    for rule in (_recurrent, _heads, _transposed, _embedding):
        reason = rule(case, row, owner)
        if reason is not None:
            return reason
    pair = _one_number(row)
    if pair is not None:
        return numbers[pair]
    return _rearranged(case, row) or Reason(
        ("other", place),
        f"`{case.name_of(place)}` has shape {shape(row.file_shape)} in the checkpoint and "
        f"{shape(row.model_shape)} in the model.",
        "Build the model with the arguments that it was saved with.",
    )


def _recurrent(case: Case, row: Row, owner: ModelVariable | None) -> Reason | None:
    """Cells differ in the number of gates side by side: LSTM 4, GRU 3, simple RNN 1."""
    theirs, mine = row.file_shape or (), row.model_shape or ()
    layer = _layer_of(case, row)
    doubled = prod_of(theirs) in (2 * prod_of(mine), prod_of(mine) / 2)
    if doubled and {len(theirs), len(mine)} == {1, 2} and 2 in (theirs[:1] + mine[:1]):
        kept = "reset_after=True" if len(theirs) == 2 else "reset_after=False"
        return Reason(
            ("reset_after", layer),
            f"The GRU `{layer}` was saved with {kept}, and the model has the other.",
            f"Make it keras.layers.GRU(..., {kept}).",
        )
    siblings = _kernels_of_cell(case, row)
    for sibling in siblings:
        file_gates, own_gates = _gates(sibling.file_shape), _gates(sibling.model_shape)
        if file_gates and own_gates and file_gates != own_gates:
            told = _GATES.get((file_gates, own_gates))
            if told:
                return Reason(
                    ("cell", layer), f"`{layer}` was saved as {told}.",
                    "Use the kind of cell that was saved.",
                )  # fmt: skip
        units = (sibling.file_shape or (0,))[0] or 0, (sibling.model_shape or (0,))[0] or 0
        if file_gates and file_gates == own_gates and units[0] != units[1]:
            return Reason(
                ("number", units),
                f"`{layer}` has {units[0]:,} units in the checkpoint and {units[1]:,} in the "
                "model.",
                f"Build the model with {units[0]:,} units there.",
            )
    return None


def _kernels_of_cell(case: Case, row: Row) -> Sequence[Row]:
    """The recurrent kernels (units, gates * units) beside a variable of a cell."""
    return [
        case.rows[place]
        for place in case.beside(row.model_path.rpartition("/")[0])
        if "recurrent_kernel" in case.rows[place].model_path and case.rows[place].file_shape
    ]


def _gates(sizes: Sequence[int | None] | None) -> int:
    if sizes is None or len(sizes) != 2 or not sizes[0] or not sizes[1] or sizes[1] % sizes[0]:
        return 0
    return sizes[1] // sizes[0]


def _heads(case: Case, row: Row, owner: ModelVariable | None) -> Reason | None:
    """Multi-head attention: kernels of (inputs, heads, size), and (heads, size, outputs) last."""
    path, _, part = row.model_path.rpartition("/")[0].rpartition("/")
    if part not in _PROJECTIONS:
        return None
    for sibling in (case.rows[place] for place in case.beside(f"{path}/_query_dense")):
        theirs, mine = sibling.file_shape or (), sibling.model_shape or ()
        if len(theirs) == len(mine) == 3 and theirs[1:] != mine[1:]:
            layer = case.say(path)
            return Reason(
                ("heads", layer),
                f"`{layer}` has {theirs[1]} heads of size {theirs[2]} in the checkpoint and "
                f"{mine[1]} of size {mine[2]} in the model.",
                f"Make it MultiHeadAttention(num_heads={theirs[1]}, key_dim={theirs[2]}).",
            )
    return None


def _transposed(case: Case, row: Row, owner: ModelVariable | None) -> Reason | None:
    theirs, mine = row.file_shape or (), row.model_shape or ()
    if len(theirs) < 2 or len(theirs) != len(mine) or theirs == mine:
        return None
    if sorted(map(str, theirs)) != sorted(map(str, mine)):
        return None
    how = "as its transpose" if len(theirs) == 2 else "in another order of its axes"
    layouts = " (out, in, height, width) and (height, width, in, out) are usual." if (
        len(theirs) == 4
    ) else ""  # fmt: skip
    return Reason(
        ("transposed", len(theirs)),
        f"`{case.say(row.model_path)}` is saved {how}: {shape(theirs)} in the checkpoint, "
        f"{shape(mine)} in the model.",
        f"Transpose it as it is assigned; another library or layout wrote it.{layouts}",
    )


def _embedding(case: Case, row: Row, owner: ModelVariable | None) -> Reason | None:
    pair = _one_number(row)
    is_table = "mbedding" in (owner.owner if owner else "") or "embeddings" in row.model_path
    theirs, mine = row.file_shape or (), row.model_shape or ()
    if pair is None or not is_table or theirs[1:] != mine[1:]:
        return None
    return Reason(
        ("vocabulary", pair),
        f"The vocabulary of `{_layer_of(case, row)}` has {pair[0]:,} entries in the checkpoint and "
        f"{pair[1]:,} in the model.",
        f"Build the model with a vocabulary of {pair[0]:,}.",
    )


def _number(case: Case, pair: tuple[int, int], places: Sequence[int]) -> Reason:
    """One number explains several shapes: units of a layer, and the input of the next."""
    last = [_is_last_axis(case.rows[place]) for place in places]
    made = [place for place, is_last in zip(places, last, strict=True) if is_last]
    taken = len(made) < len(places)
    place = made[0] if made else places[0]
    layer = _layer_of(case, case.rows[place])
    if not made:
        return Reason(
            ("number", pair),
            f"What goes into `{layer}` has size {pair[0]:,} in the checkpoint and {pair[1]:,} in "
            "the model.",
            f"Feed the model what it was trained with: {pair[0]:,} features.",
        )
    if not taken and _is_end(case, place):
        return Reason(
            ("number", pair),
            f"The head `{layer}` has {pair[0]:,} outputs in the checkpoint and {pair[1]:,} in the "
            "model (the number of classes).",
            f"Build the model with {pair[0]:,} outputs and replace the head after the restore, or "
            "restore all but the head.",
        )
    if "embeddings" in case.rows[place].model_path:
        return Reason(
            ("number", pair),
            f"The vectors of `{layer}` have {pair[0]:,} elements in the checkpoint and "
            f"{pair[1]:,} in the model.",
            f"Build the model with vectors of {pair[0]:,} elements.",
        )
    return Reason(
        ("number", pair),
        f"`{layer}` has {pair[0]:,} outputs in the checkpoint and {pair[1]:,} in the model.",
        f"Build the model with {pair[0]:,} units (or filters) there.",
    )


def _is_last_axis(row: Row) -> bool:
    theirs, mine = row.file_shape or (), row.model_shape or ()
    return bool(theirs) and theirs[:-1] == mine[:-1] and theirs[-1] != mine[-1]


def _is_end(case: Case, place: int) -> bool:
    """Whether the layer is the last of the model's that has weights."""
    layer = _layer_of(case, case.rows[place])
    last = case.last_weight
    names = ("head", "top", "logits", "classifier", "predictions", "output", "out")
    is_named = layer.rpartition("/")[2].lower().startswith(names)
    return is_named or (last is not None and _layer_of(case, last) == layer)


def _rearranged(case: Case, row: Row) -> Reason | None:
    theirs, mine = row.file_shape or (), row.model_shape or ()
    if prod_of(theirs) != prod_of(mine):
        return None
    return Reason(
        ("reshaped", row.model_path),
        f"`{case.say(row.model_path)}` has as many values in another shape: {shape(theirs)} in the "
        f"checkpoint, {shape(mine)} in the model.",
        "Reshape it as it is assigned, if the order of the values is the same.",
    )


def prod_of(sizes: Sequence[int | None]) -> int:
    """Number of elements; unknown dimensions count 0."""
    return prod(each or 0 for each in sizes)


def _layer_of(case: Case, row: Row) -> str:
    """The layer as a person would call it; of an RNN's cell, the RNN."""
    parent = row.model_path.rpartition("/")[0] if row.model_path else row.name.rpartition("/")[0]
    said = case.say(parent) or parent or row.model_path
    return said.removesuffix("/cell")
