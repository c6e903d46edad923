"""A finding: something wrong or noteworthy, told like a colleague would tell it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is, the gravest first. `error` makes a command exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Fix:
    """What to do: a sentence, and code or a shell line that does it (may be empty)."""

    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause, in one sentence in the user's own names, with evidence and fix.

    `id` is the class of the failure (F01, S05, ...), `where` the file, key or variable it is
    about, `evidence` JSON-able facts that can be checked by hand. `folded` holds consequences
    of the same cause. An error or a warning always has a `fix`.
    """

    id: str
    severity: Severity
    title: str
    detail: str = ""
    where: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)
    fix: Fix | None = None
    folded: tuple["Finding", ...] = ()


def sentence(text: str) -> str:
    """With a full stop at its end, as every title of a finding has one."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Errors, then warnings, then notes; those of one severity stay in their order."""
    ranks = list(Severity)
    return sorted(findings, key=lambda finding: ranks.index(finding.severity))


class Unreadable(Exception):
    """The only error that opening and reading raise: it carries the finding that says why.

    `choices` are paths that could be read instead: a folder that holds several sources has to be
    asked for one of them.
    """

    def __init__(self, finding: Finding, choices: tuple[str, ...] = ()) -> None:
        super().__init__(finding.title)
        self.finding = finding
        self.choices = choices


class Cancelled(Exception):
    """The user pressed Cancel; raised inside a job at its next safe point."""
