"""Which variables a command is about: all, those of a pattern, or one by its name or key."""

from fnmatch import fnmatchcase

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.variables import Variable
from tfinspector.engine.opening import OpenSource

_WILD = frozenset("*?[")


def chosen(
    opened: OpenSource, pattern: str | None
) -> tuple[tuple[Variable, ...], tuple[Finding, ...]]:
    """The variables whose name or key the pattern fits; a finding where none does.

    A pattern without wildcards is a name and must be there: else raises `Unreadable`, which
    says what is near it.
    """
    variables = opened.source.variables
    if pattern is None:
        return tuple(variables), ()
    exact = tuple(v for v in variables if pattern in (v.name, v.key))
    if exact:
        return exact, ()
    if not _WILD.intersection(pattern):
        return (opened.find(pattern),), ()
    fitting = tuple(
        v for v in variables if fnmatchcase(v.name, pattern) or fnmatchcase(v.key, pattern)
    )
    return fitting, () if fitting else (_none_fits(pattern, opened.source.path, len(variables)),)


def _none_fits(pattern: str, path: str, count: int) -> Finding:
    return Finding(
        "P03",
        Severity.WARNING,
        f"None of {numbers.counted(count, 'variable')} fits “{pattern}”.",
        where=path,
        evidence={"pattern": pattern, "variables": count},
        fix=Fix("See what they are called; * stands for any text.", f"tfinspector list {path}"),
    )
