"""The log keeps within its bounds, and shows the beginning and the end."""

from __future__ import annotations

import pytest

from tfinspector.engine.worker.log import LINE_NBYTES, SHOWN_NBYTES, TAIL_NBYTES, WorkerLog


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def log(lines: list[str]) -> WorkerLog:
    return WorkerLog(lines.append)


def test_lines_come_whole_however_they_arrive(log: WorkerLog, lines: list[str]) -> None:
    for part in (b"on", b"e\ntw", b"o\r\n", b"\n", b"thr\xc3", b"\xa9e"):
        log.feed(part)
    assert lines == ["one", "two", ""]
    log.end_chapter()
    assert lines == ["one", "two", "", "thrée"]


def test_bytes_that_are_no_text_are_shown(log: WorkerLog, lines: list[str]) -> None:
    log.feed(b"\xff\n")
    assert lines == ["\N{REPLACEMENT CHARACTER}"]


def test_beginning_and_end_of_too_much(log: WorkerLog, lines: list[str]) -> None:
    count = 100_000
    for number in range(count):
        log.feed(b"line %06d\n" % number)
    before = len(lines)
    assert sum(map(len, lines)) + before <= SHOWN_NBYTES
    log.end_chapter()
    gap = next(index for index, line in enumerate(lines) if "left out" in line)
    assert lines[0] == "line 000000"
    assert lines[-1] == "line 099999"
    hidden = int(lines[gap].split()[1].replace(",", ""))
    assert hidden == count * 12 - SHOWN_NBYTES - TAIL_NBYTES
    log.feed(b"next chapter\n")
    assert lines[-1] == "next chapter"


def test_a_little_too_much_is_shown_whole(log: WorkerLog, lines: list[str]) -> None:
    log.feed(b"x\n" * (SHOWN_NBYTES // 2))
    log.feed(b"y\n" * 3)
    log.end_chapter()
    assert [line for line in lines if line != "x"] == ["y", "y", "y"]
    assert not any("left out" in line for line in lines)


def test_a_line_without_end_is_cut(log: WorkerLog, lines: list[str]) -> None:
    log.feed(b"x" * (LINE_NBYTES * 3))
    log.end_chapter()
    assert [len(line) for line in lines] == [LINE_NBYTES] * 3


def test_last_words_are_the_last_lines_even_if_not_shown(log: WorkerLog) -> None:
    log.feed(b"".join(b"%d\n" % number for number in range(500_000)))
    assert log.last_words(3) == "499997\n499998\n499999"
    log.forget()
    assert log.last_words() == ""


def test_last_words_leave_out_what_tells_nobody_anything(log: WorkerLog) -> None:
    log.feed(
        b'F0000 check failed\nFatal Python error: Aborted\n  File "/me/model.py", line 3 in f\n'
        b'  File "tfinspector_worker/main.py", line 34 in main\n  File "<string>", line 1\n'
        b"\nExtension modules: numpy._core (total: 1)\n"
    )
    assert log.last_words() == (
        'F0000 check failed\nFatal Python error: Aborted\n  File "/me/model.py", line 3 in f'
    )


def test_nobody_listens() -> None:
    log = WorkerLog(None)
    log.feed(b"a\n")
    log.end_chapter()
    assert log.last_words() == "a"
