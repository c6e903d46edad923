"""M13: one variable on the one side, its parts on the other.

TensorFlow 1 partitions variables as `w/part_0`, `w/part_1`, ...; parameter servers keep such parts
as objects. Saved as slices of one name they are healthy: TensorFlow joins those itself. Only names
of their own keep them apart.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.saved_models import Shape
from tfinspector.diagnosis.renames.parts import joined_axis
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import LOST, Case, Cause
from tfinspector.diagnosis.restoring.wording import WRITE_REPAIRED, shown

_PART = re.compile(r"(.+)/part_(\d+)$")
_ENTRY = re.compile(r"(.+)/(?:part_)?(\d+)$")  # with an object graph, entries of a list as well


class _Whole(NamedTuple):
    """A variable and its parts: rows on either side, and the axis that they are cut along."""

    whole: int
    parts: tuple[int, ...]
    axis: int
    in_file: bool


def find_partitions(case: Case) -> Iterator[Cause]:
    """Parts that together have the shape of the one variable, under a name that ends like its."""
    lost = [p for p in case.open(case.places(LOST)) if not case.is_training_state(p)]
    unfed = case.open(case.unfed_weights)
    found: list[_Whole] = []
    taken: set[int] = set()
    for in_file, cut, whole in ((True, lost, unfed), (False, unfed, lost)):
        for stem, parts in _groups(case, cut):
            match = _whole_of(case, stem, parts, [p for p in whole if p not in taken], in_file)
            if match is not None and not taken.intersection(match.parts):
                found.append(match)
                taken |= {match.whole, *match.parts}
    if not found:
        return
    first = found[0]
    names, one = [_said(case, part) for part in first.parts], _said(case, first.whole)
    title = (
        f"`{one}` was saved in {len(names)} parts under names of their own ({shown(names, 2)}), "
        "and the model has it whole."
        if first.in_file
        else f"`{one}` was saved whole, and the model has it in {len(names)} parts "
        f"({shown(names, 2)})."
    )
    yield Cause(
        Finding(
            "M13", Severity.ERROR, title,
            "A partitioned variable whose parts are saved as variables of their own: nothing in "
            "the file says that they belong together, so TensorFlow does not join them.",
            case.checkpoint.prefix,
            {"parts": {_said(case, each.whole): [_said(case, part) for part in each.parts]
                       for each in found[:20]}},
            Fix("Join or cut the values as they are assigned, or use the partition that was saved."
                f"{f' {WRITE_REPAIRED} joins them.' if first.in_file else ''}",
                _code(case, found)),
        ),
        frozenset(taken),
    )  # fmt: skip


def _groups(case: Case, places: Iterable[int]) -> Iterator[tuple[str, list[int]]]:
    """Rows whose names differ in the number at the end only, in its order."""
    pattern = _PART if case.checkpoint.graph is None else _ENTRY
    groups: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for place in places:
        match = pattern.match(_name(case, place))
        if match:
            groups[match[1]][int(match[2])] = place
    for stem, parts in groups.items():
        if len(parts) > 1:
            yield stem, [parts[number] for number in sorted(parts)]


def _whole_of(
    case: Case, stem: str, parts: Sequence[int], wholes: Iterable[int], in_file: bool
) -> _Whole | None:
    shapes = [_shape(case, place) for place in parts]
    for whole in wholes:
        axis = joined_axis(shapes, _shape(case, whole))
        if axis is not None and _ends_alike(stem, _name(case, whole)):
            return _Whole(whole, tuple(parts), axis, in_file)
    return None


def _ends_alike(one: str, other: str) -> bool:
    return one.rpartition("/")[2].lower() == other.rpartition("/")[2].lower()


def _name(case: Case, place: int) -> str:
    """The path on that side; in a checkpoint without objects, and then in the model, the name."""
    row = case.rows[place]
    if case.checkpoint.graph is None:
        return row.key or case.model.variables[row.variable].name
    if row.key:
        return case.file_paths.get(case.variables[row.key].node, row.name)
    return row.model_path


def _said(case: Case, place: int) -> str:
    return _name(case, place) if case.checkpoint.graph is None else case.name_of(place)


def _shape(case: Case, place: int) -> Shape:
    row = case.rows[place]
    return row.file_shape if row.key else row.model_shape


def _code(case: Case, found: Sequence[_Whole]) -> str:
    lines = []
    for each in found:
        keys = [case.rows[part].key for part in each.parts]
        paths = [case.rows[part].model_path for part in each.parts]
        sizes = [(_shape(case, part) or ())[each.axis] for part in each.parts]
        if each.in_file:
            lines.append(
                f"at({case.rows[each.whole].model_path!r}).assign("
                f"tf.concat([reader.get_tensor(key) for key in {keys!r}], {each.axis}))"
            )
        else:
            lines += [
                f"whole = tf.constant(reader.get_tensor({case.rows[each.whole].key!r}))",
                f"for path, part in zip({paths!r}, tf.split(whole, {sizes!r}, {each.axis})):",
                "    at(path).assign(part)",
            ]
    return "\n".join(
        [
            *code.beginning(case),
            f"reader = tf.train.load_checkpoint({case.checkpoint.prefix!r})",
            *lines,
        ]
    )
