"""Pieces of the page that `tfinspector report` writes: HTML without scripts, links or fonts.

Every name comes from a file, so everything is escaped here and nowhere else.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from string import Template

from tfinspector.contents import numbers
from tfinspector.contents.figures import Histogram
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.holdings import Part

OKABE_ITO = (
    "#0072b2", "#56b4e9", "#009e73", "#e69f00", "#cc79a7", "#d55e00", "#f0e442", "#7f7f7f",
)  # fmt: skip
"""Colours that the colour-blind tell apart: Okabe and Ito, https://jfly.uni-koeln.de/color/."""

_WORDS = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Note"}
_CODE = re.compile(r"`([^`\n]+)`")
_BAR, _HEIGHT = 3, 22


def whole_page(title: str, byline: str, body: Iterable[str]) -> str:
    """The document with its style."""
    template = resources.files("tfinspector.resources") / "templates" / "report.html"
    return Template(template.read_text("utf-8")).substitute(
        title=escape(title), byline=escape(byline), body="\n".join(body)
    )


def heading(words: str, level: int = 3) -> str:
    """A heading."""
    return f"<h{level}>{escape(words)}</h{level}>"


def paragraph(words: str, style: str = "") -> str:
    """A sentence; what stands between backticks is code."""
    kind = f' class="{style}"' if style else ""
    return f"<p{kind}>{_with_code(words)}</p>"


def _with_code(words: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(words)).replace("\n", "<br>")


def tiles(facts: Iterable[tuple[str, str]]) -> str:
    """The large numbers: (number, its name)."""
    shown = (f"<div><b>{escape(number)}</b>{escape(name)}</div>" for number, name in facts)
    return f'<div class="tiles">{"".join(shown)}</div>'


def finding(told: Finding) -> str:
    """A card: what is wrong, why, what to do; the evidence is folded."""
    severity = told.severity.value
    lines = [
        f'<span class="id">{escape(told.id)}</span>',
        f'<p><b class="{severity}">{_WORDS[told.severity]}</b> <b>{_with_code(told.title)}</b></p>',
    ]
    if told.detail:
        lines.append(paragraph(told.detail))
    if told.fix:
        lines.append(paragraph(told.fix.text))
        if told.fix.code:
            lines.append(f"<pre>{escape(told.fix.code)}</pre>")
    evidence = [(name, str(value)) for name, value in told.evidence.items()]
    if told.where:
        evidence.insert(0, ("where", told.where))
    evidence += [("consequence", each.title) for each in told.folded]
    if evidence:
        words = "\n".join(f"{name}: {value}" for name, value in evidence)
        lines.append(f"<details><summary>Evidence</summary><pre>{escape(words)}</pre></details>")
    return f'<div class="card">{"".join(lines)}</div>'


def parts(shares: Sequence[Part]) -> str:
    """A bar of shares of the bytes, and what its colours are."""
    total = sum(part.nbytes for part in shares)
    bars, words = [], []
    for number, part in enumerate(shares):
        colour = OKABE_ITO[number % len(OKABE_ITO)]
        width = 100 * part.nbytes / total if total else 0.0
        bars.append(f'<div style="width:{width:.3f}%;background:{colour}"></div>')
        words.append(
            f'<span><i style="background:{colour}"></i>{escape(part.name)} '
            f'<span class="muted">{numbers.size(part.nbytes)}</span></span>'
        )
    return f'<div class="parts">{"".join(bars)}</div><div class="legend">{"".join(words)}</div>'


def table(names: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Rows of cells that are HTML already (see `cell`); columns `right` hold numbers."""
    aligned = set(right)
    styles = [' class="right"' if at in aligned else "" for at in range(len(names))]
    head = "".join(f"<th{s}>{escape(name)}</th>" for s, name in zip(styles, names, strict=True))
    lines = (
        "".join(f"<td{style}>{text}</td>" for style, text in zip(styles, row, strict=True))
        for row in rows
    )
    body = "".join(f"<tr>{line}</tr>\n" for line in lines)
    inner = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide"><table>{inner}</table></div>'


cell = escape
"""Text as a cell of a table."""


def histogram(drawn: Histogram) -> str:
    """Its bars as a small picture; a bin that is not empty is seen. Pointed at, says its range."""
    highest = float(drawn.counts.max(initial=0))
    if highest <= 0:
        return ""
    heights = [
        max(1, round(_HEIGHT * count / highest)) if count > 0 else 0 for count in drawn.counts
    ]
    bars = "".join(
        f"M{at * _BAR} {_HEIGHT}v-{height}h{_BAR}v{height}z"
        for at, height in enumerate(heights)
        if height
    )
    width = _BAR * len(heights)
    said = f"{numbers.four(float(drawn.edges[0]))} to {numbers.four(float(drawn.edges[-1]))}"
    return (
        f'<svg class="histogram" width="{width}" height="{_HEIGHT}" role="img">'
        f'<title>{escape(said)}</title><path d="{bars}"/></svg>'
    )


def picture(png: bytes, words: str) -> str:
    """A picture inside the page."""
    data = b64encode(png).decode("ascii")
    return f'<img src="data:image/png;base64,{data}" alt="{escape(words)}">'
