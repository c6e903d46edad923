"""The page Drift: one metric of some variables over the snapshots of a run."""

from collections.abc import Sequence

from tfinspector.contents.drift_metrics import METRIC_BY_NAME, Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.engine.code.figures import metric_code, shared_code
from tfinspector.engine.code.reading import NUMBERS, literal, opening_code, path_in_code, script
from tfinspector.engine.open_source import OpenSource

_RUN = """

# The files in their order, and each variable's key in each of them (None: not there).
SNAPSHOTS = {snapshots}
VARIABLES = {variables}
for name, keys in VARIABLES.items():
    kept = {{}}
    for at, (step, path) in enumerate(SNAPSHOTS):
        if keys[at] is None:
            continue
        kept[at] = np.asarray(open_values(path).get_tensor(keys[at]))
{show}
"""
_OWN = """\
        print(name, step, "%.9g" % figure(kept.pop(at)))"""
_PREVIOUS = """\
        before = kept.pop(at - 1, None)
        if before is not None and before.shape == kept[at].shape:
            print(name, step, "%.9g" % figure(before, kept[at]))"""
_ANCHOR = """\
    before = kept.get({anchor})
    for at, value in kept.items():
        if before is not None and before.shape == value.shape:
            print(name, SNAPSHOTS[at][0], "%.9g" % figure(before, value))"""


def drift_of(
    opened: OpenSource, table: DriftTable, metric: str, reference: Reference, rows: Sequence[int]
) -> str:
    """The metric of these rows of the table at each snapshot, against the reference.

    Raises Unreadable where the snapshots are files of several kinds.
    """
    known = METRIC_BY_NAME[metric]
    variables = {
        table.rows[row].name: [key or None for key in table.rows[row].keys]
        for row in rows
        if _has_figures(table, row, metric)
    }
    if not variables:
        return ""
    snapshots = [
        (each.path.rsplit("/", 1)[-1] if each.step is None else each.step,
         path_in_code(opened, each.path))
        for each in table.snapshots
    ]  # fmt: skip
    show = _OWN if not known.of_change else _ANCHOR.format(anchor=table.anchor)
    against = f" against {_step(table, table.anchor)}"
    if known.of_change and reference is Reference.PREVIOUS:
        show, against = _PREVIOUS, " against the snapshot before"
    title = f"{known.title[:1].upper()}{known.title[1:]} over a run"
    return script(
        f"{title}{against}." if known.of_change else f"{title}.",
        opening_code((opened, each.path) for each in table.snapshots),
        NUMBERS, shared_code((metric,)), metric_code(metric, table.epsilon),
        _RUN.format(snapshots=literal(snapshots), variables=literal(variables), show=show),
    )  # fmt: skip


def _has_figures(table: DriftTable, row: int, metric: str) -> bool:
    """Of strings nothing is defined but whether they are the same."""
    is_text = table.rows[row].dtype.kind is DTypeKind.STRING
    return not table.rows[row].problem and (not is_text or metric == "changed_fraction")


def _step(table: DriftTable, at: int) -> str:
    snapshot = table.snapshots[at]
    if snapshot.step is None:
        return snapshot.path.rsplit("/", 1)[-1]
    return f"step {snapshot.step}"
