"""How every command ends: one document or one page on standard output, and an exit status.

What can't be read is told on standard error, as a script expects that takes the output further;
with `--json` there is a document all the same.
"""

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from tfinspector.cli.documents import Document, finding_documents, pieces_of
from tfinspector.cli.page import Page
from tfinspector.cli.progress import ProgressLine
from tfinspector.contents.findings import Cancelled, Finding, Severity, Unreadable
from tfinspector.engine.jobs import Ticket

DONE, FOUND, UNREADABLE, WORKER_DIED, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 130, 141
_PIPE_NBYTES = 1 << 20  # what every user of Linux may ask for


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found out, in both faces; only the one that is asked for is made.

    `document` leaves `findings` out, they are added; so are they to the page, unless
    `page_has_findings`. `code` overrides the exit status that follows from the findings.
    """

    document: Callable[[], Document]
    page: Callable[[Page], None]
    findings: Sequence[Finding] = ()
    code: int | None = None
    page_has_findings: bool = False

    @property
    def exit_code(self) -> int:
        """0, or 1 if a finding is an error, or what the command says."""
        if self.code is not None:
            return self.code
        wrong = any(finding.severity is Severity.ERROR for finding in self.findings)
        return FOUND if wrong else DONE


def deliver(as_json: bool, empty: Document, work: Callable[[Ticket], Answer]) -> NoReturn:
    """Do the work, write its answer and end with its exit status.

    `empty` is the document when there is nothing to tell but the finding that says why.
    """
    try:
        try:
            with ProgressLine() as line:
                answer = work(line.ticket)
        except Unreadable as problem:
            answer = Answer(lambda: empty, lambda page: None, [problem.finding], UNREADABLE)
        _write(as_json, answer)
    except (KeyboardInterrupt, Cancelled):
        sys.stderr.write("tfinspector: interrupted\n")
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        _let_go_of_stdout()
        raise SystemExit(PIPE_CLOSED) from None
    raise SystemExit(answer.exit_code)


def _write(as_json: bool, answer: Answer) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name the terminal can't show
    if as_json:
        _widen_pipe()
        document = answer.document() | {"findings": finding_documents(answer.findings)}
        sys.stdout.writelines(pieces_of(document))
    else:
        page = Page(sys.stderr if answer.code == UNREADABLE else sys.stdout)
        answer.page(page)
        if not answer.page_has_findings:
            page.findings(answer.findings)
        page.write()
    sys.stdout.flush()


def _widen_pipe() -> None:
    """Let a reader on a pipe take rows while the next ones are made: pipe(7), F_SETPIPE_SZ.

    Without it a list of 20 MB is handed over in pieces of 64 KiB, each when the last is taken.
    """
    with suppress(ImportError, AttributeError, OSError):  # no pipe, or not Linux
        import fcntl

        fcntl.fcntl(sys.stdout.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_NBYTES)


def _let_go_of_stdout() -> None:
    """Nobody reads any more; without this Python complains once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
