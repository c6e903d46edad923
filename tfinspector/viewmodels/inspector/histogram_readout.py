"""What the plot says under the cursor: one bin's range, and what each tensor has in it."""

from dataclasses import dataclass

from tfinspector.contents import numbers
from tfinspector.viewmodels.inspector.histogram_picture import HistogramPicture
from tfinspector.viewmodels.inspector.value_axis import tick_texts


@dataclass(frozen=True, slots=True)
class Readout:
    """`bin` as text; per series its label, count and share, all as text; `index` of the bin.

    With several series the counts are shown beside their labels, so `line` names the bin only.
    """

    index: int
    bin: str
    rows: tuple[tuple[str, str, str], ...]

    @property
    def line(self) -> str:
        """What fits in one line."""
        if len(self.rows) == 1:
            _, count, share = self.rows[0]
            return f"{self.bin}:  {count}  ({share} %)"
        return f"{self.bin}"


def read_out(picture: HistogramPicture, index: int) -> Readout:
    """The read-out of the bin with this index. The range is half open, as bins are."""
    low, high = (float(edge) for edge in picture.edges[index : index + 2])
    texts = tick_texts([low, high])
    rows = []
    for series in picture.series:
        count = float(series.histogram.counts[index])
        about = "" if count == round(count) else "\N{ALMOST EQUAL TO}"
        share = numbers.percent(round(count), series.statistics.finite)
        rows.append((series.label, about + numbers.whole(round(count)), share))
    return Readout(index, f"{texts[0]} to {texts[1]}", tuple(rows))
