"""The numbers behind a histogram, as rows for a CSV file, and the words of its caption."""

from collections.abc import Iterator

from tfinspector.contents import numbers
from tfinspector.viewmodels.inspector.histogram_picture import HistogramPicture


def bins_header(picture: HistogramPicture) -> list[str]:
    """Column names: the bin's ends, then one column of counts per tensor."""
    return ["from", "to", *(series.label for series in picture.series)]


def bins_rows(picture: HistogramPicture) -> Iterator[list[str]]:
    """One row per bin in full precision; then what is outside the bins, named in column one."""
    edges = picture.edges
    for index in range(len(edges) - 1):
        ends = [numbers.exact(float(edge)) for edge in edges[index : index + 2]]
        yield ends + [_count(float(s.histogram.counts[index])) for s in picture.series]
    apart = {
        "below": [series.histogram.below for series in picture.series],
        "above": [series.histogram.above for series in picture.series],
        "NaN": [series.statistics.nan for series in picture.series],
        "+Inf": [series.statistics.posinf for series in picture.series],
        "-Inf": [series.statistics.neginf for series in picture.series],
        "of them zero": [series.statistics.zero for series in picture.series],
    }
    for name, counts in apart.items():
        yield [name, "", *(str(count) for count in counts)]


def caption(picture: HistogramPicture) -> list[str]:
    """What every picture of a histogram says beside the bars: a line per tensor, then the range."""
    lines = []
    for series in picture.series:
        figure = series.statistics
        label = f"{series.label}: " if len(picture.series) > 1 else ""
        lines.append(
            f"{label}{numbers.counted(figure.count, 'value')}, zero {numbers.whole(figure.zero)}, "
            f"NaN {numbers.whole(figure.nan)}, +Inf {numbers.whole(figure.posinf)}, "
            f"\N{MINUS SIGN}Inf {numbers.whole(figure.neginf)}"
        )
    return [*lines, f"{picture.range_words}; {picture.accuracy}"]


def _count(count: float) -> str:
    return str(int(count)) if count == int(count) else numbers.exact(count)
