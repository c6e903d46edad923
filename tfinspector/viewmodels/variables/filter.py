"""The filter field: `dtype:float32 size>1M nan>0 role:slot -bias dense` to a question per row.

A word without a field looks in the name, ignoring case. If no name holds it as it stands, it is
taken as the beginnings of the name's words (`d3k` finds `dense_3/kernel`). A minus in front
turns a term around; all terms must hold. What can't be understood raises `FilterError` with a
sentence and what to write.
"""

from __future__ import annotations

import operator
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.variables import Role, Variable
from tfinspector.viewmodels.variables.columns import Column, FigureTable, is_shared

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12,
          "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
          "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}  # fmt: skip
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, "<=": operator.le, "!=": operator.ne,
    ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip
_TERM = re.compile(r"(?P<field>[A-Za-z_]+)(?P<sign>>=|<=|!=|>|<|=|:)(?P<value>.*)", re.DOTALL)
_NUMBER = re.compile(r"(?P<number>[-+]?[\d.]+(?:e[-+]?\d+)?)(?P<unit>[a-z]*)%?", re.IGNORECASE)
_NUMERIC: dict[str, Callable[[FigureTable], Floats]] = {
    "size": lambda table: table.nbytes,
    "bytes": lambda table: table.nbytes,
    "params": lambda table: table.parameters,
    "parameters": lambda table: table.parameters,
    "rank": lambda table: table.rank,
    "min": lambda table: table.figures[Column.MIN],
    "max": lambda table: table.figures[Column.MAX],
    "mean": lambda table: table.figures[Column.MEAN],
    "std": lambda table: table.figures[Column.STD],
    "zero": lambda table: table.figures[Column.ZERO],
    "nan": lambda table: table.nan,
    "inf": lambda table: table.inf,
}  # fmt: skip
_MEASURED = {"min", "max", "mean", "std", "zero", "nan", "inf"}
_TEXTUAL = ("name", "key", "dtype", "role", "shape")
_FLAGS = ("trainable", "shared", "problem")
FIELDS = (*_TEXTUAL, *_NUMERIC, *_FLAGS)
_CHUNK = 4096


class FilterError(ValueError):
    """The filter can't be understood: one sentence, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term: what is asked of a variable, or of the arrays of all variables."""

    text: str
    negated: bool
    of_table: Callable[[FigureTable, Callable[[], None]], Bools] | None = None
    of_variable: Callable[[Variable], bool] | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that was understood. `words` are the texts looked for in names."""

    terms: tuple[Term, ...] = ()
    words: tuple[str, ...] = ()
    needs_figures: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether everything passes."""
        return not self.terms

    def shown(self, table: FigureTable, check: Callable[[], None] = lambda: None) -> Bools:
        """Which variables pass, one boolean each. `check` is called between portions of work."""
        shown = np.ones(len(table.variables), dtype=np.bool_)
        for term in self.terms:
            check()
            if term.of_table:
                passes = term.of_table(table, check)
            else:
                passes = _ask_each(term, table.variables, shown, check)
            shown &= ~passes if term.negated else passes
        return shown


def _ask_each(
    term: Term, variables: Sequence[Variable], so_far: Bools, check: Callable[[], None]
) -> Bools:
    """Ask the variables that are still in question, in portions."""
    assert term.of_variable is not None
    passes = np.full(len(variables), term.negated)
    rows = np.flatnonzero(so_far)
    for start in range(0, len(rows), _CHUNK):
        check()
        portion = rows[start : start + _CHUNK]
        passes[portion] = [term.of_variable(variables[row]) for row in portion.tolist()]
    return passes


def parse_filter(text: str) -> Filter:
    """Understand `text`; raises `FilterError`."""
    try:
        pieces = shlex.split(text, posix=False)
    except ValueError:
        raise FilterError("A quotation mark is open: close it with another one") from None
    terms, words, needs_figures = [], [], False
    for piece in pieces:
        negated = piece.startswith("-") and len(piece) > 1
        body = piece[1:] if negated else piece
        found = _TERM.fullmatch(body)
        if found is None or _is_quoted(body):
            word = _unquoted(body)
            if not word:
                continue
            words += [] if negated else [word]
            terms.append(Term(piece, negated, of_table=_name_has(word, negated)))
            continue
        field, sign, value = found["field"].lower(), found["sign"], _unquoted(found["value"])
        if field not in FIELDS:
            raise FilterError(_no_such_field(field))
        if not value:
            raise FilterError(f"{field}{sign} needs a value, like {_example(field)}")
        terms.append(_term(piece, negated, field, sign, value))
        if field == "name" and not negated:
            words.append(value)
        needs_figures |= field in _MEASURED
    return Filter(tuple(terms), tuple(words), needs_figures)


def _term(piece: str, negated: bool, field: str, sign: str, value: str) -> Term:
    if field in _NUMERIC:
        compare, number = _COMPARISONS["=" if sign == ":" else sign], _number(field, value)
        column = _NUMERIC[field]

        def of_table(table: FigureTable, check: Callable[[], None]) -> Bools:
            values = column(table)
            known = ~np.isnan(values)
            return np.asarray(compare(values, number), dtype=np.bool_) & known

        return Term(piece, negated, of_table=of_table)
    if sign not in (":", "=", "!="):
        raise FilterError(f"{field} can't be compared with {sign}: write {_example(field)}")
    if field == "name":
        return Term(piece, negated != (sign == "!="), of_table=_name_has(value, negated))
    ask = _flag(field, value) if field in _FLAGS else _textual(field, value)
    return Term(piece, negated != (sign == "!="), of_variable=ask)


def _textual(field: str, value: str) -> Callable[[Variable], bool]:
    low = value.lower()
    if field == "key":
        return lambda variable: low in variable.key.lower()
    choices = tuple(low.split(","))
    if field == "dtype":
        return lambda variable: any(choice in variable.dtype.name for choice in choices)
    if field == "role":
        known = {str(role) for role in Role}
        for choice in choices:
            if choice not in known:
                raise FilterError(_did_you_mean(f'There is no role "{choice}"', choice, known))
        return lambda variable: str(variable.role) in choices
    return _shape(value)


def _flag(field: str, value: str) -> Callable[[Variable], bool]:
    if value.lower() not in ("yes", "no"):
        raise FilterError(f"{field} is yes or no: write {field}:yes")
    wanted = value.lower() == "yes"
    tests: dict[str, Callable[[Variable], bool]] = {
        "trainable": lambda variable: variable.trainable is True,
        "shared": is_shared,
        "problem": lambda variable: bool(variable.problem),
    }
    test = tests[field]
    return lambda variable: test(variable) is wanted


def _shape(value: str) -> Callable[[Variable], bool]:
    """`64x3`, with `*` or `?` for any length; `scalar`."""
    if value.lower() in ("scalar", "()"):
        return lambda variable: variable.shape == ()
    axes = re.split(r"[x×,*?]", re.sub(r"[*?]", "-1", value.strip("()[]").replace(" ", "")))
    try:
        wanted = tuple(int(axis) for axis in axes)
    except ValueError:
        raise FilterError(
            f'"{value}" is not a shape: write shape:64x3, or shape:*x3 for any length'
        ) from None

    def fits(variable: Variable) -> bool:
        return len(variable.shape) == len(wanted) and all(
            want in (-1, axis) for want, axis in zip(wanted, variable.shape, strict=True)
        )

    return fits


def _number(field: str, value: str) -> float:
    found = _NUMBER.fullmatch(value)
    unit = found["unit"].lower() if found else ""
    try:
        if found and unit in _UNITS:
            return float(found["number"]) * _UNITS[unit]
    except ValueError:
        pass
    raise FilterError(f'"{value}" is not a number: write {_example(field)}')


def _example(field: str) -> str:
    examples = {
        "dtype": "dtype:float32", "role": "role:slot", "shape": "shape:64x3", "name": "name:dense",
        "key": "key:optimizer", "trainable": "trainable:yes", "shared": "shared:yes",
        "problem": "problem:yes", "size": "size>1M", "bytes": "bytes>1M",
        "params": "params>10k", "parameters": "parameters>10k", "rank": "rank=2",
    }  # fmt: skip
    return examples.get(field, f"{field}>0")


def _no_such_field(field: str) -> str:
    return _did_you_mean(f'There is no field "{field}"', field, FIELDS)


def _did_you_mean(sentence: str, word: str, known: Sequence[str] | set[str]) -> str:
    close = get_close_matches(word, list(known), n=1)
    if close:
        return f"{sentence}. Did you mean {close[0]}?"
    return f"{sentence}. There are {', '.join(sorted(known))}"


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"


def _unquoted(text: str) -> str:
    return text[1:-1] if _is_quoted(text) else text


def _name_has(word: str, negated: bool) -> Callable[[FigureTable, Callable[[], None]], Bools]:
    low = word.lower()

    def has(table: FigureTable, check: Callable[[], None]) -> Bools:
        plain = _each(table.names, lambda name: low in name, check)
        if negated or plain.any():
            return plain
        search = _humps(low).search
        return _each(table.names, lambda name: search(name) is not None, check)

    return has


def _each(names: list[str], ask: Callable[[str], bool], check: Callable[[], None]) -> Bools:
    answers: list[bool] = []
    for start in range(0, len(names), _CHUNK):
        check()
        answers += [ask(name) for name in names[start : start + _CHUNK]]
    return np.array(answers, dtype=np.bool_)


@lru_cache(maxsize=64)
def _humps(low: str) -> re.Pattern[str]:
    """`d3k` as beginnings of words: each letter follows the last one or begins a later word.

    Every step is atomic, so a search can't back-track and is linear in the name's length.
    """
    first, rest = low[0], low[1:]
    steps = "".join(
        f"(?>({re.escape(letter)})|.*?(?:[/_.\\-:]|(?<=[a-z])(?=\\d))({re.escape(letter)}))"
        for letter in rest
    )
    return re.compile(f"(?:^|(?<=[/_.\\-:]))({re.escape(first)}){steps}")


def matched_spans(path: str, label: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where in `label`, the last part of `path`, the words are found: (start, end) to be marked.

    A word that runs over several parts marks what of it lies in the label.
    """
    low, offset = path.lower(), len(path) - len(label)
    spans = []
    for word in words:
        for start, end in _hits(low, word.lower()):
            if end > offset:
                spans.append((max(start - offset, 0), end - offset))
    return sorted(spans)


def _hits(name: str, word: str) -> list[tuple[int, int]]:
    """The plain hits of a word; if there are none, its letters as beginnings of words."""
    plain, at = [], name.find(word)
    while at >= 0:
        plain.append((at, at + len(word)))
        at = name.find(word, at + len(word))
    if plain:
        return plain
    found = _humps(word).search(name)
    if found is None:
        return []
    return [
        span for group in range(1, len(found.groups()) + 1) if (span := found.span(group))[0] >= 0
    ]
