"""What a person reads: aligned, whole when piped, as wide as the terminal, safe to print."""

from __future__ import annotations

import io

import pytest

from tfinspector.cli.page import Page, escaped, shortened
from tfinspector.contents.findings import Finding, Fix, Severity

FINDING = Finding(
    "F01", Severity.WARNING, "You passed the index file. " + "words " * 30, "Why I think so.",
    "/data/ckpt-1.index", {}, Fix("Pass the prefix.", "tf.train.Checkpoint(m).read('ckpt-1')"),
)  # fmt: skip


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    return Terminal()


def written(page: Page, out: io.StringIO) -> str:
    page.write()
    return out.getvalue()


def test_columns_are_aligned() -> None:
    out = io.StringIO()
    page = Page(out)
    page.table(
        ("name", "size", "role"), (["a/b", "long/name"], ["1 B", "12.4 MB"], ["x", "yy"]), [1]
    )
    assert written(page, out).splitlines() == [
        "name          size  role",
        "a/b            1 B  x",
        "long/name  12.4 MB  yy",
    ]


def test_an_empty_table_is_its_heading() -> None:
    out = io.StringIO()
    page = Page(out)
    page.table(("name", "size"), ([], []), [1])
    assert written(page, out) == "name  size\n"


def test_piped_output_is_whole_and_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = io.StringIO()
    page = Page(out)
    page.table(("name", "size"), (["x" * 300], ["1 B"]), [1])
    page.heading("Heading")
    page.findings([FINDING])
    text = written(page, out)
    assert "x" * 300 in text
    assert "\x1b" not in text


def test_a_terminal_gets_rows_that_fit(terminal: Terminal) -> None:
    page = Page(terminal)
    page.table(("name", "size"), (["block_12/" + "x" * 300 + "/kernel"], ["12.4 MB"]), [1])
    heading, row = written(page, terminal).splitlines()
    assert "\x1b[2m" in heading
    assert len(row) == 60
    assert row.startswith("block_12/")
    assert row.endswith("/kernel  12.4 MB")
    assert "…" in row


def test_no_color_is_honoured(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    page = Page(terminal)
    page.heading("Heading")
    page.findings([FINDING])
    assert "\x1b" not in written(page, terminal)


def test_a_finding_is_a_paragraph_with_its_fix(terminal: Terminal) -> None:
    page = Page(terminal)
    page.findings([FINDING])
    text = written(page, terminal)
    plain = text.replace("\x1b[1;33m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert "\x1b[1;33mwarning F01\x1b[0m  You passed" in text
    assert "\x1b" not in plain
    assert all(len(line) <= 60 for line in plain.splitlines())
    assert "  at /data/ckpt-1.index\n" in plain
    assert "  Fix: Pass the prefix.\n      tf.train.Checkpoint(m).read('ckpt-1')\n" in plain


def test_names_cannot_steer_the_terminal(terminal: Terminal) -> None:
    page = Page(terminal)
    page.table(("name",), (["evil\x1b[2J\r\nname"],))
    page.paragraph("see \x1b[31mred")
    page.findings([Finding("X", Severity.INFO, "t\x07", where="w\x1b]0;x\x07")])
    text = written(page, terminal)
    assert "\x1b[2J" not in text
    assert "\x1b[31m" not in text
    assert "\x07" not in text
    assert "evil\\x1b[2J\\r\\nname" in text


def test_escapes_are_readable() -> None:
    assert escaped("grün/ノード") == "grün/ノード"
    assert escaped("a\nb\udcff") == "a\\nb\\udcff"


@pytest.mark.parametrize("width", range(1, 12))
def test_a_shortened_name_has_exactly_the_width(width: int) -> None:
    assert len(shortened("abcdefghijkl", width)) == width
    assert shortened("short", 5) == "short"


@pytest.mark.parametrize("on_a_terminal", [True, False])
def test_no_name_steers_the_terminal_from_a_line(terminal: Terminal, on_a_terminal: bool) -> None:
    out = terminal if on_a_terminal else io.StringIO()
    page = Page(out)
    page.line(f"{page.style('run', 'bold')} of \x1b]0;title\x07 and \x1b[2Jnew\nline")
    page.line("new\nline", "wrong")
    text = written(page, out)
    assert text.count("\n") == 2
    assert r"of \x1b]0;title\x07 and \x1b[2Jnew\nline" in text
    assert text.count("\x1b[") == (4 if on_a_terminal else 0)
