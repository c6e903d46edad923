"""Which two axes of an N-d tensor lie on the screen, and where the others stand.

Pure: a `SliceView` is a value, every change gives another one, and it says which region of the
tensor a rectangle of the screen is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tfinspector.contents.tensors import Region


@dataclass(frozen=True, slots=True)
class SliceView:
    """A two-dimensional look at a tensor.

    bounds   per axis (start, stop): what the person limited it to
    rows, columns   axis ids; `columns` is None for a vector, both for a scalar
    at       per axis the index where it stands, for the axes that are neither
    """

    shape: tuple[int, ...]
    bounds: tuple[tuple[int, int], ...]
    rows: int | None
    columns: int | None
    at: tuple[int, ...]

    @property
    def row_count(self) -> int:
        """Rows on the screen: 1 for a scalar."""
        return 1 if self.rows is None else self._length(self.rows)

    @property
    def column_count(self) -> int:
        """Columns on the screen: 1 for a vector or a scalar."""
        return 1 if self.columns is None else self._length(self.columns)

    @property
    def first_row(self) -> int:
        """The index of the first row along its axis."""
        return 0 if self.rows is None else self.bounds[self.rows][0]

    @property
    def first_column(self) -> int:
        """The index of the first column along its axis."""
        return 0 if self.columns is None else self.bounds[self.columns][0]

    @property
    def others(self) -> tuple[int, ...]:
        """The axes that are neither rows nor columns."""
        return tuple(a for a in range(len(self.shape)) if a not in (self.rows, self.columns))

    @property
    def text(self) -> str:
        """The slice as a person would type it: "3, :, 0:64"."""
        parts = []
        for axis, (start, stop) in enumerate(self.bounds):
            if axis in self.others:
                parts.append(str(self.at[axis]))
            elif (start, stop) == (0, self.shape[axis]):
                parts.append(":")
            else:
                parts.append(f"{start}:{stop}")
        return ", ".join(parts)

    def region(
        self,
        rows: tuple[int, int] | None = None,
        columns: tuple[int, int] | None = None,
    ) -> Region:
        """The region of the tensor that these rows and columns of the screen are (None: all)."""
        made = []
        for axis, (start, stop) in enumerate(self.bounds):
            part = rows if axis == self.rows else columns if axis == self.columns else None
            if axis in self.others:
                made.append(slice(self.at[axis], self.at[axis] + 1))
            elif part is None:
                made.append(slice(start, stop))
            else:
                made.append(slice(start + part[0], start + part[1]))
        return tuple(made)

    def on_screen(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """What was read of a `region`, as rows x columns."""
        if self.rows is None:
            return values.reshape(1, 1)
        if self.columns is None:
            return values.reshape(-1, 1)
        flat = values.reshape([values.shape[axis] for axis in sorted((self.rows, self.columns))])
        return flat.T if self.rows > self.columns else flat

    def index(self, row: int, column: int) -> tuple[int, ...]:
        """The index in the tensor of a cell of the screen."""
        made = list(self.at)
        if self.rows is not None:
            made[self.rows] = self.first_row + row
        if self.columns is not None:
            made[self.columns] = self.first_column + column
        return tuple(made)

    def with_rows(self, axis: int) -> "SliceView":
        """Another axis down the screen; the two change places if it is the one across."""
        columns = self.rows if axis == self.columns else self.columns
        return replace(self, rows=axis, columns=columns)

    def with_columns(self, axis: int) -> "SliceView":
        """Another axis across the screen; the two change places if it is the one down."""
        rows = self.columns if axis == self.rows else self.rows
        return replace(self, rows=rows, columns=axis)

    def with_index(self, axis: int, index: int) -> "SliceView":
        """Let an axis stand elsewhere."""
        start, stop = self.bounds[axis]
        moved = max(start, min(index, stop - 1))
        return replace(self, at=(*self.at[:axis], moved, *self.at[axis + 1 :]))

    def _length(self, axis: int) -> int:
        start, stop = self.bounds[axis]
        return stop - start


def whole_view(shape: Sequence[int]) -> SliceView:
    """The last two axes on the screen, the others at 0."""
    rank = len(shape)
    return SliceView(
        tuple(shape),
        tuple((0, length) for length in shape),
        rows=None if rank == 0 else max(0, rank - 2),
        columns=rank - 1 if rank > 1 else None,
        at=(0,) * rank,
    )


def view_of_region(shape: Sequence[int], region: Region, before: SliceView) -> SliceView:
    """The look that a typed region asks for.

    The axes that were rows and columns stay so if they are still longer than 1; otherwise the
    last two that are.
    """
    bounds = tuple((part.start, part.stop) for part in region)
    long = [axis for axis, (start, stop) in enumerate(bounds) if stop - start > 1]
    rows, columns = before.rows, before.columns
    if len(shape) > 1 and not (rows in long and columns in long):
        rest = [axis for axis in range(len(shape)) if axis not in long]
        rows, columns = sorted((rest + long)[-2:])
    at = tuple(start for start, _ in bounds)
    free = (rows, columns)
    single = {axis for axis, (start, stop) in enumerate(bounds) if stop - start == 1}
    bounds = tuple(
        (0, shape[axis]) if axis in single and axis not in free else ends
        for axis, ends in enumerate(bounds)
    )
    return SliceView(tuple(shape), bounds, rows, columns, at)


def same_look(view: SliceView, shape: Sequence[int]) -> SliceView:
    """The choices of `view` carried over to another tensor, if it has the same shape."""
    return view if view.shape == tuple(shape) else whole_view(shape)
