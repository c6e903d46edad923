"""Copy as Python: for each page, what writes the script of what is shown there.

A writer is called off the window's thread (it may look at the files of a long run); it may raise
`Unreadable`. None is given while nothing is shown that could be written.
"""

from __future__ import annotations

from collections.abc import Callable

from tfinspector.viewmodels.compare.model import CompareModel
from tfinspector.viewmodels.drift.model import DriftModel
from tfinspector.viewmodels.inspector.histogram import HistogramModel
from tfinspector.viewmodels.inspector.values import ValuesModel
from tfinspector.viewmodels.session import Session

Writer = Callable[[], str]


def overview_writer(session: Session) -> Writer | None:
    """Open the current snapshot and list it."""
    source, snapshot = session.current, session.current_snapshot
    if source is None:
        return None

    def write() -> str:
        from tfinspector.engine.code.listing import open_and_list

        return open_and_list(source, snapshot)

    return write


def variables_writer(session: Session) -> Writer | None:
    """Read the chosen variables by their keys; list them all while none is chosen."""
    source, snapshot = session.current, session.current_snapshot
    chosen = [each.variable for each in session.chosen if each.source is source]
    if source is None or snapshot is None or not chosen:
        return overview_writer(session)

    def write() -> str:
        from tfinspector.engine.code.listing import read_variables

        return read_variables(source, snapshot, chosen)

    return write


def slice_writer(model: ValuesModel) -> Writer | None:
    """The slice that is shown."""
    choice, text = model.choice, model.view.text
    if choice is None:
        return None

    def write() -> str:
        from tfinspector.engine.code.inspecting import slice_of

        return slice_of(choice.source, choice.snapshot, choice.variable, text)

    return write


def histogram_writer(model: HistogramModel) -> Writer | None:
    """Counts between the edges of the picture."""
    drawn, series = model.drawn, model.picture.series
    if not drawn or not series:
        return None
    edges, scale = series[0].histogram.edges, series[0].histogram.scale

    def write() -> str:
        from tfinspector.engine.code.inspecting import Drawn, histograms_of

        return histograms_of(
            [Drawn(each.source, each.snapshot, each.variable) for each in drawn], edges, scale
        )

    return write


def drift_writer(model: DriftModel) -> Writer | None:
    """The metric that is shown, of the variables whose curves are."""
    source, table, asked, rows = model.source, model.table, model.asked, model.curve_rows
    if source is None or table is None or not rows:
        return None

    def write() -> str:
        from tfinspector.engine.code.drifting import drift_of

        return drift_of(source, table, asked.metric, asked.reference, rows)

    return write


def compare_writer(model: CompareModel) -> Writer | None:
    """The comparison that is shown."""
    a, b, found = model.a, model.b, model.found
    if a is None or b is None or found is None or not model.is_of_these_sides:
        return None

    def write() -> str:
        from tfinspector.engine.code.comparing import comparison_of

        return comparison_of(a.source, b.source, found)

    return write


def trust_writer(session: Session) -> Writer | None:
    """The operations counted, the bytes checked."""
    source = session.current
    if source is None:
        return None

    def write() -> str:
        from tfinspector.engine.code.trusting import trust_of

        return trust_of(source)

    return write


def written(code: object) -> Writer | None:
    """A script that is there already, of a call or a restore."""
    return (lambda: code) if isinstance(code, str) and code else None
