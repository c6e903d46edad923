"""What is wrong with a SavedModel, from its contents alone: nothing is loaded.

S02 which graph · S03 variables missing or of another export · S04 damaged side files · S05 can't
be called · S10 assets missing · S11 no Keras model · S12 can't be served. What makes a SavedModel
unreadable (S01, S04) is told when it is read.
"""

from collections.abc import Iterator

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.saved_models import MetaGraph, SavedModel, Shape, VariableSpec
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.calling_code import load_code
from tfinspector.diagnosis.saved_model_calls import find_call_problems

_NAMED_AT_MOST = 20
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def find_saved_model_problems(
    saved_model: SavedModel, checkpoint: Checkpoint | None
) -> list[Finding]:
    """All findings, errors first.

    `checkpoint` is what `variables/` holds and `saved_model` was joined with it
    (`join_variables`); None where there is none or where it can't be read, which is told apart.
    """
    findings = [
        *_find_graphs(saved_model),
        *_find_missing_variables(saved_model),
        *(_find_foreign_variables(saved_model, checkpoint) if checkpoint else ()),
        *_find_missing_assets(saved_model),
        *_find_damaged_parts(saved_model),
    ]
    for meta_graph in saved_model.meta_graphs:
        findings += find_call_problems(saved_model, meta_graph)
    return sorted(findings, key=lambda finding: _RANK[finding.severity])


def _find_graphs(saved_model: SavedModel) -> Iterator[Finding]:
    """S02: `tf.saved_model.load` without tags takes exactly one graph."""
    graphs = saved_model.meta_graphs
    if not graphs:
        yield Finding(
            "S02", Severity.ERROR, "This SavedModel holds no graph: there is nothing to load.",
            "TensorFlow says `there are 0 MetaGraphs in the SavedModel`.", saved_model.proto,
            {"meta_graphs": 0, "size": saved_model.proto_nbytes},
            Fix("Export the model again; this file was written without a graph."),
        )  # fmt: skip
    elif len(graphs) > 1:
        sets = [list(graph.tags) for graph in graphs]
        yield Finding(
            "S02", Severity.INFO,
            f"{len(graphs)} graphs are in this SavedModel; loading it needs the tags of one.",
            "Without `tags=`, `tf.saved_model.load` refuses. The tags are a list, not a string.",
            saved_model.proto, {"tag_sets": sets},
            Fix("Load one of them.", _load(saved_model, graphs[0])),
        )  # fmt: skip


def _find_missing_variables(saved_model: SavedModel) -> Iterator[Finding]:
    """S03: the graph was copied without its values."""
    declared = _declared(saved_model)
    if declared and not saved_model.variables_prefix:
        yield Finding(
            "S03", Severity.ERROR,
            f"{_all_values(len(declared))} missing: there is no variables/variables.index.",
            "Loading stops with `FileNotFoundError: ... Failed to find any matching files for "
            ".../variables/variables`; the hint about another device beside it is wrong.",
            saved_model.path, {"variables": _names(declared), "count": len(declared)},
            Fix(
                "Copy the directory variables/ from where the model was exported; "
                "a SavedModel is the whole directory, not saved_model.pb alone.",
                f"cp -r EXPORT/variables {saved_model.path!r}/",
            ),
        )  # fmt: skip


def _all_values(count: int) -> str:
    return f"The values of all {count} variables are" if count > 1 else "The variable's value is"


def _find_foreign_variables(saved_model: SavedModel, checkpoint: Checkpoint) -> Iterator[Finding]:
    """S03: `variables/` does not hold what the graph declares, so it is of another export."""
    stored = {variable.key: variable for variable in checkpoint.variables}
    declared = _declared(saved_model)
    absent = [
        spec
        for spec in declared
        if not spec.key and not checkpoint.lost_blocks and not _is_unreachable(spec)
    ]
    unlike = [
        (spec, stored[spec.key])
        for spec in declared
        if spec.key in stored and not _fits(spec, stored[spec.key])
    ]
    if absent or unlike:
        yield Finding(
            "S03", Severity.ERROR, _foreign_title(absent, unlike, len(declared)),
            "The graph and the values come from different exports, or one was written over.",
            saved_model.variables_prefix,
            {
                "missing": _names(absent),
                "different": [_difference(*pair) for pair in unlike[:_NAMED_AT_MOST]],
                "declared": len(declared),
                "stored": len(checkpoint.variables),
            },
            Fix(
                "Copy saved_model.pb and variables/ together from one export, or export again "
                "into an empty directory."
            ),
        )  # fmt: skip


def find_foreign_index(saved_model: SavedModel, computed: int | None) -> Iterator[Finding]:
    """S03: `fingerprint.pb` was written with another `variables.index` than lies there.

    `computed` is the fingerprint of the index as it is now, None where there is none to compare.
    """
    fingerprint = saved_model.fingerprint
    if fingerprint is None or computed is None or not fingerprint.checkpoint_hash:
        return
    if computed != fingerprint.checkpoint_hash:
        yield Finding(
            "S03", Severity.WARNING,
            "The values in variables/ are not those that this SavedModel was saved with.",
            "fingerprint.pb holds a hash of variables.index that differs from the file's.",
            f"{saved_model.variables_prefix}.index",
            {"stored": f"{fingerprint.checkpoint_hash:016x}", "computed": f"{computed:016x}"},
            Fix("Copy the whole directory again from where the model was exported, unless the "
                "values were replaced on purpose."),
        )  # fmt: skip


def _is_unreachable(spec: VariableSpec) -> bool:
    """An object of the graph that no path leads to: nothing restores it, so nothing is missing."""
    return spec.node >= 0 and not spec.paths


def _foreign_title(
    absent: list[VariableSpec], unlike: list[tuple[VariableSpec, Variable]], total: int
) -> str:
    parts = []
    if unlike:
        parts.append(f"{len(unlike)} with another shape or type ({_difference(*unlike[0])})")
    if absent:
        parts.append(f"{len(absent)} not at all (first: {_name(absent[0])})")
    return f"Of the {total} variables of the graph, variables/ holds {' and '.join(parts)}."


def _find_missing_assets(saved_model: SavedModel) -> Iterator[Finding]:
    """S10: tables are filled from these files while the model is loaded."""
    assets = {asset.path: asset for graph in saved_model.meta_graphs for asset in graph.assets}
    missing = [asset for asset in assets.values() if asset.size < 0]
    if missing:
        first = missing[0].name
        others = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        yield Finding(
            "S10", Severity.ERROR, f"The file assets/{first}{others}, which it needs, is missing.",
            "Loading or the first look-up stops with `No such file or directory`.",
            missing[0].path, {"missing": [asset.name for asset in missing[:_NAMED_AT_MOST]]},
            Fix(
                "Copy the directory assets/ from where the model was exported.",
                f"cp -r EXPORT/assets {saved_model.path!r}/",
            ),
        )  # fmt: skip


def _find_damaged_parts(saved_model: SavedModel) -> Iterator[Finding]:
    for problem in saved_model.problems:
        yield Finding(
            "S04", Severity.WARNING, f"A part of this SavedModel is damaged: {problem}.",
            where=saved_model.path,
            fix=Fix("Copy the directory again from where the model was exported."),
        )  # fmt: skip


def _declared(saved_model: SavedModel) -> list[VariableSpec]:
    """The variables of all graphs; graphs of TensorFlow 1 share theirs by name."""
    found: dict[tuple[int, str, int], VariableSpec] = {}
    for index, graph in enumerate(saved_model.meta_graphs):
        for spec in graph.variables:
            found.setdefault((index if spec.node >= 0 else -1, spec.name, spec.node), spec)
    return list(found.values())


def _fits(spec: VariableSpec, stored: Variable) -> bool:
    if spec.dtype.code and spec.dtype != stored.dtype:
        return False
    return spec.shape is None or (
        len(spec.shape) == len(stored.shape)
        and all(
            wanted in (None, size) for wanted, size in zip(spec.shape, stored.shape, strict=True)
        )
    )


def _difference(spec: VariableSpec, stored: Variable) -> str:
    wanted = f"{spec.dtype.name}{_shape(spec.shape)}"
    return f"{_name(spec)}: graph {wanted}, file {stored.dtype.name}{_shape(stored.shape)}"


def _shape(shape: Shape) -> str:
    if shape is None:
        return "[...]"
    return "[" + ", ".join("?" if size is None else str(size) for size in shape) + "]"


def _name(spec: VariableSpec) -> str:
    return spec.paths[0] if spec.paths else spec.name


def _names(specs: list[VariableSpec]) -> list[str]:
    return [_name(spec) for spec in specs[:_NAMED_AT_MOST]]


def _load(saved_model: SavedModel, graph: MetaGraph) -> str:
    return f"import tensorflow as tf\n\n{load_code(saved_model, graph)}\n"
