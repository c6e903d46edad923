"""`--fail-on "relative_l2>0.1"`: conditions on figures, for scripts that watch a training."""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, NamedTuple

import typer

from tfinspector.contents.drift_metrics import METRIC_BY_NAME
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.engine.open_source import OpenSource

FailOnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        metavar="CONDITION",
        help="End with status 1 where this holds of a variable, such as 'relative_l2>0.1'; may be "
        "given several times.",
        show_default=False,
    ),
]

_MOST_NAMED = 20
_PATTERN = re.compile(r"\s*(\w+)\s*(>=|<=|==|!=|>|<)\s*([-+\w.]+)\s*")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq,
    "!=": operator.ne, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


class Condition(NamedTuple):
    """A figure, how it is compared, and with what."""

    figure: str
    sign: str
    limit: float

    def holds(self, value: float) -> bool:
        """Whether it holds of a value; of NaN it never does."""
        return value == value and _COMPARE[self.sign](value, self.limit)

    def __str__(self) -> str:
        return f"{self.figure}{self.sign}{self.limit:g}"


def conditions(texts: Sequence[str] | None, known: Iterable[str]) -> list[Condition]:
    """The conditions; wrong usage where one can't be understood."""
    return [_condition(text, list(known)) for text in texts or ()]


def metric_named(name: str) -> str:
    """A metric's name; wrong usage where there is none of that name."""
    if name not in METRIC_BY_NAME:
        raise typer.BadParameter(
            f"there is no metric {name}; known are {', '.join(METRIC_BY_NAME)}",
            param_hint="--metric",
        )
    return name


def of_opening(sources: Iterable[OpenSource]) -> list[Finding]:
    """What opening the sources found, each thing once.

    That a directory is no checkpoint is no news here, where runs are what is asked for.
    """
    found = {(each.id, each.title): each for one in sources for each in one.source.findings}
    return [each for each in found.values() if (each.id, each.severity) != ("F03", Severity.INFO)]


def _condition(text: str, known: list[str]) -> Condition:
    match = _PATTERN.fullmatch(text)
    try:
        limit = float(match[3]) if match else float("nan")
    except ValueError:
        match = None
    if match is None:
        raise typer.BadParameter(
            f"“{text}” is no condition; write a figure, a sign and a number: 'relative_l2>0.1'",
            param_hint="--fail-on",
        )
    if match[1] not in known:
        raise typer.BadParameter(
            f"there is no figure {match[1]}; known are {', '.join(known)}", param_hint="--fail-on"
        )
    return Condition(match[1], match[2], limit)


def find_failures(
    wanted: Sequence[Condition], values: Callable[[str], Mapping[str, float]]
) -> list[Finding]:
    """D22 for each condition that holds. `values` gives a figure's values by what they are of."""
    found = []
    for condition in wanted:
        held = {
            name: value for name, value in values(condition.figure).items()
            if condition.holds(value)
        }  # fmt: skip
        if held:
            found.append(_failure(condition, held))
    return found


def _failure(condition: Condition, held: Mapping[str, float]) -> Finding:
    name, value = next(iter(held.items()))
    more = f", and of {len(held) - 1} more" if len(held) > 1 else ""
    return Finding(
        "D22", Severity.ERROR,
        f"{condition} holds of `{name}` ({value:.4g}){more}.",
        "It was given with --fail-on.", name,
        {"condition": str(condition), "held": dict(list(held.items())[:_MOST_NAMED]),
         "count": len(held)},
        Fix("Look at what moved there; loosen the condition if that is as it should be."),
    )  # fmt: skip
