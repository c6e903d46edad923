"""A plain TensorFlow program that does a mapped restore, for the user to keep and to read.

It imports the user's factory, numpy and tensorflow, nothing of this program; takes no arguments;
compares every value at the end and fails if one differs. `script_parts` has what never changes.
"""

import os
from collections.abc import Iterable, Sequence
from pprint import pformat
from typing import NamedTuple

from tfinspector.contents.models import ModelDescription, Returned
from tfinspector.contents.restores import MatchTable, Rename, RestoreReport, Row, State
from tfinspector.contents.sources import SourceKind
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.matching.roles import is_optimizer
from tfinspector.diagnosis.renames.parts import PART
from tfinspector.diagnosis.renames.shared import SHARED
from tfinspector.engine.restoring.build_lines import build_lines
from tfinspector.engine.restoring.restore import RestoreRequest
from tfinspector.engine.restoring.script_parts import (
    BODY,
    ENDING,
    FACTORY,
    FETCHING,
    GRAPH_VALUES,
    HEAD,
    KERAS_VALUES,
    LINKS,
    PARSE,
    V1_VALUES,
)
from tfinspector.formats.places.files import absolute, is_remote

_WIDTH = 96


class _Plan(NamedTuple):
    """What the program does: pairs that match by themselves, and those of the map."""

    same: list[tuple[str, str]]
    renamed: list[tuple[str, str, object]]
    is_ordinary: bool  # TensorFlow's own call may do the first


def code_for(request: RestoreRequest, report: RestoreReport, renames: Sequence[Rename] = ()) -> str:
    """The program; `report` is of a dry run or restore of the same request.

    `renames` are the accepted pairs. Empty where the report has no model to restore into.
    """
    if report.model is None or report.table is None:
        return ""
    plan = _plan(report.model, report.table, renames)
    folder, module, callable_name = _factory_of(request.factory)
    head = HEAD.format(
        source=_quoted(os.path.basename(report.prefix)),
        factory=_quoted(_told(request.factory)),
        prefix=absolute(report.prefix),
    )
    head += FETCHING if is_remote(report.prefix) else ""
    where = FACTORY.format(
        folder=folder, module=module, callable=callable_name, kwargs=_literal(request.kwargs)
    )
    tables = (
        f"# The file's key -> the variable's path, for what matches by itself.\n"
        f"SAME = {_literal(plan.same)}\n"
        f"# The same for the accepted renames, and what is done to the value.\n"
        f"RENAMED = {_literal(plan.renamed)}\n"
    )
    parse = PARSE.get(report.kind) if report.kind else None
    if report.model.keras is not None:
        head += KERAS_VALUES
    elif parse:
        head += GRAPH_VALUES.format(parse=parse)
    elif report.kind is SourceKind.CHECKPOINT_V1:
        head += V1_VALUES
    elif any(finding.id == "F04" for finding in report.findings):
        head += LINKS
    restore = _restore_lines(report, plan, request)
    return "\n".join([head, where, tables, BODY, restore, ENDING])


def _plan(model: ModelDescription, table: MatchTable, renames: Sequence[Rename]) -> _Plan:
    places = {
        path: at
        for at, each in enumerate(model.variables)
        for path in (each.name, *each.paths)
        if path
    }
    places |= {each.path: at for at, each in enumerate(model.variables) if each.path}
    renamed = [(each, places[each.path]) for each in renames if each.path in places]
    keys = {rename.key for rename, _ in renamed if rename.rule != SHARED}
    taken = {at for _, at in renamed}
    matched = [row for row in table.rows if row.fits and row.variable >= 0]
    others = table.misplaced
    same = [
        (row.key, _place(model, row.variable))
        for row in matched
        if row.key not in keys and row.variable not in taken and row.key not in others
    ]
    is_clean = not any(map(_stops_the_ordinary, table.rows))
    return _Plan(
        same,
        [(each.key, _place(model, at), _change(each)) for each, at in renamed],
        bool(same) and is_clean and len(same) == len(matched) and bool(table.bound),
    )


def _stops_the_ordinary(row: Row) -> bool:
    """Whether TensorFlow's own restore may raise there.

    It does on a value that does not fit; newer optimizers of Keras 2 do when they are given a slot
    that they don't have ("restore a checkpoint from a legacy TF-Keras optimizer").
    """
    if row.state is State.MISSING_IN_MODEL:
        return row.role == Role.SLOT
    return row.state in (State.SHAPE_MISMATCH, State.DTYPE_MISMATCH)


def _place(model: ModelDescription, at: int) -> str:
    return model.variables[at].path or model.variables[at].name


def _change(rename: Rename) -> object:
    """None, "cast", "reshape", "slice", the order of axes, or where a part begins."""
    if rename.transform == PART:
        return {"begins_at": rename.offset}
    if rename.transform == "transpose":
        return rename.axes or (1, 0)
    return rename.transform or None


def _factory_of(spec: str) -> tuple[str, str, str]:
    """Folder to import from, module, and the callable within."""
    place, _, name = spec.rpartition(":")
    if place.endswith(".py"):
        folder, file = os.path.split(os.path.abspath(os.path.expanduser(place)))
        return folder, file.removesuffix(".py"), name
    return os.getcwd(), place, name


def _told(spec: str) -> str:
    place, _, name = spec.rpartition(":")
    return f"{os.path.basename(place)}:{name}"


def _quoted(text: str) -> str:
    """For the docstring: whatever a file may be called, it does not end there."""
    return text.encode("unicode_escape").decode().replace('"', "'")


def _restore_lines(report: RestoreReport, plan: _Plan, request: RestoreRequest) -> str:
    """The function that builds, restores and assigns."""
    model, table = report.model, report.table
    assert model is not None
    assert table is not None
    device = f'with tf.device("/{request.device}"):\n        ' if request.device else ""
    lines = [f"{device}built = make(**KWARGS)"]
    lines += ["root = root_of(built)"]
    lines += build_lines(model, _optimizers_to_build(model, plan))
    if model.optimizers_built and model.returned is Returned.BARE and _has_optimizer(plan):
        lines.append("built.optimizer.build(built.trainable_variables)")
    if plan.is_ordinary:
        lines.append(f"checkpoint = {_checkpoint(model, table)}")
        lines.append("checkpoint.read(PREFIX).expect_partial()  # what matches by itself")
        pairs = "[(key, path, change) for key, path, change in RENAMED]"
    else:
        pairs = "[(key, path, None) for key, path in SAME] + RENAMED"
    lines.append(f"for key, path, change in {pairs}:")
    lines.append("    variable = find(root, path)")
    lines.append("    variable.assign(fitted(reader.get_tensor(key), variable, change))")
    lines.append("check(root, reader)")
    lines.append("return built")
    body = "\n".join(f"    {line}" for line in lines)
    has_own = (
        model.keras is not None or report.kind in PARSE or report.kind is SourceKind.CHECKPOINT_V1
    )
    reader = "Values" if has_own else "tf.train.load_checkpoint"
    return (
        "\ndef restore():\n"
        '    """What the factory returns, with the values of the checkpoint."""\n'
        f"    reader = {reader}(PREFIX)\n"
        f"{body}\n"
    )


def _optimizers_to_build(model: ModelDescription, plan: _Plan) -> list[str]:
    """Names of optimizers that get values, so that they must have their slots before."""
    if model.returned is not Returned.NAMED:
        return []
    paths = [path for _, path in plan.same] + [path for _, path, _ in plan.renamed]
    return [
        name
        for name, child in model.nodes[0].children
        if is_optimizer(model.nodes[child].kind) and _any_below(paths, name)
    ]


def _has_optimizer(plan: _Plan) -> bool:
    """Whether the optimizer of a compiled model gets values, so that it must have its own first."""
    paths = [path for _, path in plan.same] + [path for _, path, _ in plan.renamed]
    return any(path.startswith("optimizer/") for path in paths)


def _any_below(paths: Iterable[str], name: str) -> bool:
    return any(path.startswith(f"{name}/") for path in paths)


def _checkpoint(model: ModelDescription, table: MatchTable) -> str:
    if model.returned is Returned.BARE:
        name = table.attachment.name
        return (
            f"tf.train.Checkpoint(**{{{name!r}: built}})" if name else "tf.train.Checkpoint(built)"
        )
    return "root"


def _literal(value: object) -> str:
    return pformat(value, width=_WIDTH, sort_dicts=False)
