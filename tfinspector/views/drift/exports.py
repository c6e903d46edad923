"""Pictures of the page Drift as files: drawn anew, in the light scheme, as for a paper."""

from __future__ import annotations

from collections.abc import Sequence

from tfinspector.contents.drifts import RunPath
from tfinspector.viewmodels.drift.curves import Curves
from tfinspector.viewmodels.drift.heat import Heat
from tfinspector.views.drift.curves_plot import CurvesPlot
from tfinspector.views.drift.path_plot import PathPlot
from tfinspector.views.drift.picture import DriftPicture
from tfinspector.views.drift.run_plot import RunPlot
from tfinspector.views.inspector.plot_export import write_painted, write_picture
from tfinspector.views.inspector.plot_style import plot_style
from tfinspector.views.theme import LIGHT


def export_heat(heat: Heat, path: str, kind: str) -> None:
    """The variables of the heat map, in their order, none of them folded. OSError where the place
    can't be written, here and below.
    """
    picture = DriftPicture(heat)
    write_painted(path, kind, picture.size, heat.metric.title, picture.paint)


def export_curves(curves: Curves, is_log: bool, path: str, kind: str) -> None:
    """The curves, fitted."""
    plot = CurvesPlot(plot_style(LIGHT))
    plot.set_log(is_log)
    plot.show_curves(curves)
    lines = [f"{curves.title}; {'logarithmic' if is_log else 'linear'} axis"]
    _write(plot, (curves.title, curves.unit), lines, path, kind)


def export_path(run: RunPath, where: Sequence[str], path: str, kind: str) -> None:
    """The path of the run."""
    plot = PathPlot(plot_style(LIGHT))
    plot.show_path(run, where)
    first, second = (*run.explained, 0.0, 0.0)[:2]
    heading = "Path of the run in the plane of its first two principal directions"
    unit = f"across: {100 * first:.1f} % of the variance; up: {100 * second:.1f} %"
    _write(plot, (heading, unit), [run.words], path, kind)


def _write(
    plot: RunPlot, heading: tuple[str, str], lines: Sequence[str], path: str, kind: str
) -> None:
    try:
        write_picture(plot, heading, lines, [], plot_style(LIGHT), path, kind)
    finally:
        plot.close()
        plot.deleteLater()
