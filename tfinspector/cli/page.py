"""What a person reads: lines, aligned columns and findings, as wide as the terminal.

Colours are used on a terminal only and never where NO_COLOR is set (https://no-color.org); piped
output is plain, whole and never cut. Control characters in a file's names are shown as escapes,
so that no file can steer the terminal.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, repeat
from operator import add
from typing import TextIO

from tfinspector.cli.plain_text import is_plain
from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Severity

_STYLES = {"bold": "1", "muted": "2", "wrong": "1;31", "attention": "1;33", "accent": "36"}
_MARKS = {Severity.ERROR: "wrong", Severity.WARNING: "attention", Severity.INFO: "accent"}
_OWN_MARKS = re.compile(rf"(\x1b\[(?:0|{'|'.join(_STYLES.values())})m)")
_PIPED_WIDTH = 100
"""Width of prose where there is no terminal to ask."""

_GAP = "  "
_ROWS_AT_ONCE = 1000  # so that their text lies in the processor's caches
_LEAST_FLEXIBLE = 16
"""A column that is cut keeps at least this many characters."""


class Page:
    """Collects text and writes it at the end."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        terminal = self._out.isatty()
        self._styled = terminal and not os.environ.get("NO_COLOR")
        self._width = _columns_of_terminal() if terminal else None
        self._parts: list[str | Iterator[str]] = []

    @property
    def prose_width(self) -> int:
        """How wide a paragraph may be."""
        return min(self._width or _PIPED_WIDTH, 110)

    def style(self, text: str, style: str) -> str:
        """The text in a style, on a terminal that may have one."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self._styled else text

    def line(self, text: str = "", style: str = "") -> None:
        """One line, of which parts may be styled already."""
        if not text.isprintable():
            parts = _OWN_MARKS.split(text) if self._styled else [text]
            text = "".join(part if place % 2 else escaped(part) for place, part in enumerate(parts))
        self._parts.append((self.style(text, style) if style else text) + "\n")

    def heading(self, text: str) -> None:
        """A heading with air above it."""
        self.line()
        self.line(text, "bold")

    def table(
        self,
        names: Sequence[str],
        columns: Sequence[Sequence[str]],
        right: Iterable[int] = (),
        kinds: Sequence[int] | None = None,
    ) -> None:
        """Columns under their names; those in `right` are right-aligned.

        Where there are few kinds of rows, which differ by their first cells only, `kinds` says of
        which kind each row is, and all columns but the first have one cell for each kind.
        On a terminal that is too narrow the first column is shortened in its middle.
        """
        columns = [shown(column) for column in columns]
        widths = [max([len(name), *map(len, c)]) for name, c in zip(names, columns, strict=True)]
        widths[0] = self._fit(widths)
        first, *others = columns
        if self._width is not None:
            first = [shortened(cell, widths[0]) for cell in first]
        aligned = set(right)
        cells = [
            f"%{'' if place in aligned else '-'}{width}s" for place, width in enumerate(widths)
        ]
        if len(columns) - 1 not in aligned:
            cells[-1] = "%s"
        self.line((_GAP.join(cells) % tuple(names)).rstrip(), "muted")
        if not first:
            return
        template = "".join(_GAP + cell for cell in cells[1:]) + "\n"
        rests = [template % row for row in zip(*others, strict=True)] if others else ["\n"]
        of_rows = kinds if kinds is not None else range(len(first)) if others else [0] * len(first)
        align = str.rjust if 0 in aligned else str.ljust
        is_padded = bool(others) or 0 in aligned
        beginnings = map(align, first, repeat(widths[0])) if is_padded else iter(first)
        self._parts.append(_portions(map(add, beginnings, map(rests.__getitem__, of_rows))))

    def _fit(self, widths: Sequence[int]) -> int:
        if self._width is None:
            return widths[0]
        others = sum(widths[1:]) + len(_GAP) * (len(widths) - 1)
        return min(widths[0], max(_LEAST_FLEXIBLE, self._width - others))

    def paragraph(self, text: str, indent: str = "") -> None:
        """Prose, wrapped; line breaks in the text are kept."""
        for each in text.splitlines():
            self._parts.extend(f"{line}\n" for line in self._wrapped(each, indent, indent))

    def _wrapped(self, text: str, first: str, rest: str) -> list[str]:
        from textwrap import wrap  # a listing has no prose, mostly

        return wrap(
            escaped(text), self.prose_width, initial_indent=first, subsequent_indent=rest,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip

    def findings(self, findings: Sequence[Finding], most_code: int | None = None) -> None:
        """Each finding as a short paragraph with its fix, of that at most so many lines of code."""
        for finding in findings:
            self.line()
            self._finding(finding, most_code)

    def _finding(self, finding: Finding, most_code: int | None) -> None:
        label = f"{finding.severity.value} {finding.id}"
        first, *rest = self._wrapped(f"{label}  {finding.title}", "", "  ")
        self.line(self.style(label, _MARKS[finding.severity]) + first[len(label) :])
        for line in rest:
            self.line(line)
        if finding.detail:
            self.paragraph(finding.detail, "  ")
        if finding.where:
            self.line(self.style(f"  at {escaped(finding.where)}", "muted"))
        if finding.fix:
            self.paragraph(f"Fix: {finding.fix.text}", "  ")
            lines = finding.fix.code.splitlines()
            for code in lines[:most_code]:
                self.line(f"      {escaped(code)}".rstrip())
            if most_code is not None and len(lines) > most_code:
                self.line(
                    f"      … {numbers.counted(len(lines) - most_code, 'more line')}", "muted"
                )
        for folded in finding.folded:
            self.paragraph(f"- {folded.title}", "    ")

    def write(self) -> None:
        """Everything so far, out, without empty lines before it."""
        pieces = self._pieces()
        self._out.write(next(pieces, "").lstrip("\n"))  # a table's rows come after its heading
        self._out.writelines(pieces)
        self._parts.clear()

    def _pieces(self) -> Iterator[str]:
        lines: list[str] = []
        for part in self._parts:
            if isinstance(part, str):
                lines.append(part)
                continue
            yield "".join(lines)
            yield from part
            lines.clear()
        yield "".join(lines)


def _portions(rows: Iterator[str]) -> Iterator[str]:
    """Many rows in one text, made while they are written: all together would take new memory."""
    while portion := "".join(islice(rows, _ROWS_AT_ONCE)):
        yield portion


def _columns_of_terminal() -> int:
    from shutil import get_terminal_size  # brings the compressors of archives along

    return get_terminal_size().columns


def shown(cells: Sequence[str]) -> list[str]:
    """The cells with control characters made visible. Most columns have none: one look at all."""
    if is_plain("".join(cells)):
        return list(cells)
    return [cell if cell.isprintable() else escaped(cell) for cell in cells]


def escaped(text: str) -> str:
    """The text with every character that is not printable as its escape."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def shortened(text: str, width: int) -> str:
    """At most `width` characters, the middle left out ("block_12/…/kernel")."""
    if len(text) <= width:
        return text
    tail = (width - 1) * 2 // 3
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"
