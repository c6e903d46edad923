"""The histogram of the chosen variables: options, zoom, and the picture that follows from them.

A picture is drawn from sketches at once. Where its bins are finer than a sketch tells apart, the
tensors are read again exactly, as a task; until it is done the picture from the sketch stands and
says that it is approximate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from tfinspector.contents import numbers
from tfinspector.contents.figures import Histogram, Scale, Statistics, Unmeasured
from tfinspector.contents.findings import Finding
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.inspector import choice_names
from tfinspector.viewmodels.inspector.histogram_picture import (
    Arrangement,
    Heights,
    HistogramOptions,
    HistogramPicture,
    Series,
    Span,
    Spread,
    accuracy_words,
    axis_for,
    choose_span,
    is_too_fine,
    message_of,
    range_words,
)
from tfinspector.viewmodels.inspector.histogram_table import bins_header, bins_rows
from tfinspector.viewmodels.measuring.queue import Choice
from tfinspector.viewmodels.tasks import Task

MOST_SERIES, RUN_SERIES = 24, 8
NOTHING_POSITIVE = "No value is above zero, so a log axis has no place for any. Choose symlog."
_SETTLE_MS = 150
_Known = list[tuple[Choice, Statistics]]


class Choosing(Protocol):
    """What a histogram is of, and who measures it: the session, or a page with its own choice."""

    @property
    def chosen(self) -> tuple[Choice, ...]:
        """The chosen variables."""

    @property
    def chosen_changed(self) -> SignalInstance:
        """Follows `chosen`."""

    @property
    def measured(self) -> SignalInstance:
        """Choices that have just got figures."""

    def statistics(self, choice: Choice) -> Statistics | Unmeasured | None:
        """The figures of `choice`; None if not measured yet, and then it is measured first."""

    @property
    def run(self) -> Callable[..., Task]:
        """Runs a job off the window's thread."""


class HistogramModel(QObject):
    """Binds to the session's chosen variables, or to another choice.

    picture_changed  `picture`
    options_changed  `options`
    waiting_changed  `task` (None, or what is awaited) and `is_stale` (the picture is not of what
                     is chosen now)
    """

    picture_changed = Signal()
    options_changed = Signal()
    waiting_changed = Signal()

    def __init__(self, session: Choosing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.options = HistogramOptions()
        self.picture = HistogramPicture()
        self.task: Task | None = None
        self.is_stale = False
        self._zoom: tuple[float, float] | None = None
        self._exact: dict[Choice, Histogram] = {}
        self._drawn: list[Choice] = []
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._read_exactly)
        session.chosen_changed.connect(self._on_chosen)
        session.measured.connect(self._on_measured)
        self._on_chosen()

    def set_options(self, **changes: Any) -> None:
        """Change some fields of `options`; a change of axis or range ends the zoom."""
        options = replace(self.options, **changes)
        if options == self.options:
            return
        if {"scale", "rule", "low", "high"} & changes.keys():
            self._zoom = None
        self.options = options
        self.options_changed.emit()
        self._draw()

    def toggle_log(self) -> None:
        """Log heights on or off."""
        log = self.options.heights is Heights.LOG_COUNT
        self.set_options(heights=Heights.COUNT if log else Heights.LOG_COUNT)

    def zoom(self, low: float, high: float) -> None:
        """The view now covers these values: the bins go there."""
        if high > low and (low, high) != self._zoom:
            self._zoom = (low, high)
            self._draw()

    def fit(self) -> None:
        """End the zoom."""
        self._zoom = None
        self._draw()

    @property
    def drawn(self) -> tuple[Choice, ...]:
        """What the picture is of."""
        return tuple(self._drawn[:MOST_SERIES])

    @property
    def is_zoomed(self) -> bool:
        """Whether a gesture chose the range."""
        return self._zoom is not None

    @property
    def is_waiting(self) -> bool:
        """Whether figures of a chosen variable, or an exact reading, are still to come."""
        return self.is_stale or self.task is not None

    def cancel(self) -> None:
        """Stop the exact reading; the picture from the sketch stays."""
        self._settle.stop()
        if self.task:
            self.task.cancel()

    @property
    def has_run(self) -> bool:
        """Whether there are other snapshots to draw beside the chosen ones."""
        return choice_names.has_run(self._session.chosen)

    def set_spread(self, spread: Spread) -> None:
        """Draw other snapshots too; a whole run is first shown as a ridgeline."""
        offset = spread is Spread.OVER_RUN
        arrangement = Arrangement.OFFSET if offset else Arrangement.OVERLAY
        self.set_options(spread=spread, arrangement=arrangement)

    def _spread_out(self) -> list[Choice]:
        chosen = self._session.chosen
        if self.options.spread is Spread.FIRST_TOO:
            return choice_names.with_first(chosen)
        if self.options.spread is Spread.OVER_RUN and chosen:
            return choice_names.over_run(chosen, max(2, RUN_SERIES // len(chosen)))
        return list(chosen)

    def _on_chosen(self) -> None:
        self._zoom = None
        self._exact = {}
        self._draw()

    def _on_measured(self, choices: list[Choice]) -> None:
        if self.is_stale and set(choices) & set(self._drawn):
            self._draw()

    def _draw(self) -> None:
        """The picture that options, zoom and figures lead to; stale while figures are missing."""
        self._drawn = self._spread_out()
        chosen = self.drawn
        figures = [self._session.statistics(choice) for choice in chosen]
        was_stale, self.is_stale = self.is_stale, any(figure is None for figure in figures)
        if self.is_stale:
            self._stop_reading()
            self.waiting_changed.emit()
            return
        pairs = list(zip(chosen, figures, strict=True))
        self._show(self._picture_of(pairs))
        if was_stale:
            self.waiting_changed.emit()

    def _show(self, picture: HistogramPicture) -> None:
        self.picture = picture
        self.picture_changed.emit()

    def _picture_of(
        self, pairs: Sequence[tuple[Choice, Statistics | Unmeasured | None]]
    ) -> HistogramPicture:
        names = choice_names.labels([choice for choice, _ in pairs])
        notes = [
            f"{name}: {figure.reason}" if len(pairs) > 1 else figure.reason
            for name, (_, figure) in zip(names, pairs, strict=True)
            if isinstance(figure, Unmeasured)
        ]
        hidden = len(self._drawn) - MOST_SERIES
        if hidden > 0:
            notes.append(f"{hidden} more are chosen; the first {MOST_SERIES} are drawn.")
        known = [(choice, f) for choice, f in pairs if isinstance(f, Statistics)]
        named = [choice for choice, _ in known or pairs]
        subject, extent = choice_names.subject(named), self._extent(named, known)
        drawn = [(choice, figure) for choice, figure in known if figure.finite]
        message = message_of(known[0][1], known[0][0].variable.shape) if len(known) == 1 else ""
        if drawn and self.options.scale is Scale.LOG and all(f.max <= 0 for _, f in drawn):
            drawn, message = [], NOTHING_POSITIVE
        if not drawn:
            self._stop_reading()
            empty = message or ("No finite values." if known else " ".join(notes))
            return HistogramPicture(subject, extent, options=self.options, message=empty)
        labels = dict(zip([choice for choice, _ in pairs], names, strict=True))
        picture = self._with_bars(drawn, labels)
        return replace(picture, subject=subject, extent=extent, message=message, notes=tuple(notes))

    def _extent(self, named: Sequence[Choice], known: _Known) -> str:
        """ "step 1200, 8.4 M values"."""
        count = sum(figure.count for _, figure in known)
        values = numbers.count_of(count, "value") if known else ""
        return ", ".join(part for part in (choice_names.where(named), values) if part)

    def _with_bars(self, drawn: _Known, labels: dict[Choice, str]) -> HistogramPicture:
        figures = [figure for _, figure in drawn]
        span = self._span(drawn)
        histograms = self._histograms(drawn, span)
        series = tuple(
            Series(labels[choice], histogram, figure)
            for (choice, figure), histogram in zip(drawn, histograms, strict=True)
        )
        return HistogramPicture(
            series=series,
            axis=axis_for(figures, self.options.scale),
            options=self.options,
            range_words=range_words(series, self.options, self.is_zoomed),
            accuracy=accuracy_words(series),
            in_order=len(drawn) > 2 and len({choice.variable.name for choice, _ in drawn}) == 1,
            of_magnitude=any(figure.of_magnitude for figure in figures),
            zoomed=self.is_zoomed,
        )

    def _span(self, drawn: _Known) -> Span:
        figures = [figure for _, figure in drawn]
        kinds = [choice.variable.dtype.kind for choice, _ in drawn]
        if self._zoom is None:
            return choose_span(figures, kinds, self.options)
        low, high = self._zoom
        if self.options.scale is Scale.LOG:
            low = max(low, 1e-320)
        return Span(low, high, self.options.bins)

    def _histograms(self, drawn: _Known, span: Span) -> list[Histogram]:
        """From the sketches, or from the exact reading where it is of the same edges."""
        from tfinspector.engine.histograms import draw_shared

        sketched = draw_shared(
            [figure for _, figure in drawn], bins=span.bins, scale=self.options.scale,
            low=span.low, high=span.high,
        )  # fmt: skip
        histograms, missing = [], False
        for (choice, figure), drawing in zip(drawn, sketched, strict=True):
            exact = self._exact.get(choice)
            if exact is not None and _same_edges(exact.edges, drawing.edges):
                histograms.append(exact)
                continue
            histograms.append(drawing)
            missing |= not drawing.exact and is_too_fine(figure, drawing.edges)
        self._stop_reading()
        if missing:
            self._settle.start()
        return histograms

    def export_bins(self, path: str) -> Task:
        """Write the bins as a CSV file, as a task."""
        picture = self.picture

        def job(ticket: Ticket) -> None:
            from tfinspector.engine.exporting import write_csv

            write_csv(path, bins_header(picture), bins_rows(picture))

        return self._session.run(f"Export bins of {picture.subject}", job)

    # Reading again, exactly

    def _stop_reading(self) -> None:
        self._settle.stop()
        if self.task:
            task, self.task = self.task, None
            task.cancel()
            self.waiting_changed.emit()

    def _read_exactly(self) -> None:
        picture = self.picture
        if not picture.series:
            return
        edges, scale = picture.edges, self.options.scale
        choices = [
            choice
            for choice in self._drawn[:MOST_SERIES]
            if isinstance(figure := self._session.statistics(choice), Statistics) and figure.finite
        ]

        def job(ticket: Ticket) -> dict[Choice, Histogram]:
            return _draw_exactly(choices, edges, scale, ticket)

        self.task = self._session.run(
            "Count exactly", job, self._has_exact, self._has_no_exact, quiet=True,
            key="exact histogram",
        )  # fmt: skip
        self.task.ended.connect(self._on_task_ended)
        self.waiting_changed.emit()

    def _has_exact(self, exact: dict[Choice, Histogram]) -> None:
        self.task = None
        self._exact = exact
        self._draw()
        self.waiting_changed.emit()

    def _has_no_exact(self, finding: Finding) -> None:
        notes = (*self.picture.notes, f"Not read exactly: {finding.title}")
        self._show(replace(self.picture, notes=notes))

    def _on_task_ended(self) -> None:
        if self.task and self.task.state.is_over:
            self.task = None
            self.waiting_changed.emit()


def _draw_exactly(
    choices: Sequence[Choice], edges: NDArray[np.float64], scale: Scale, ticket: Ticket
) -> dict[Choice, Histogram]:
    from tfinspector.engine.histograms import draw_exact

    return {
        choice: draw_exact(
            choice.source.reader(choice.snapshot), choice.variable, edges, scale, ticket
        )
        for choice in choices
    }


def _same_edges(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return len(one) == len(other) and bool(np.allclose(one, other, rtol=1e-12, atol=0))
