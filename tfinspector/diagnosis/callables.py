"""S05 before a call: a signature, a function or a call form that is not there."""

import os
import shlex
from collections.abc import Sequence
from difflib import get_close_matches

from tfinspector.contents import numbers
from tfinspector.contents.calls import OfferedForm
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.saved_models import Function, MetaGraph, SavedModel

DEFAULT = "serving_default"
_LIKENESS = 0.5


def nearest(asked: str, names: Sequence[str]) -> list[str]:
    """The names that end in it ("encoder/encode" for "encode"), then those spelled alike.

    Upper and lower case are the same.
    """
    lowered: dict[str, str] = {}
    for name in names:
        lowered.setdefault(name.lower(), name)
    wanted = asked.lower()
    ending = [name for each, name in lowered.items() if each.rpartition("/")[2] == wanted]
    alike = [lowered[each] for each in get_close_matches(wanted, lowered, 3, _LIKENESS)]
    return list(dict.fromkeys([*ending, *alike]))[:3]


def no_such(saved_model: SavedModel, graph: MetaGraph, asked: str, kind: str) -> Unreadable:
    """No `kind` ("signature", "function") of that name: the nearest is proposed, else the usual."""
    signatures = [each.name for each in graph.signatures]
    functions = [each.path for each in graph.functions if each.forms]
    names = signatures if kind == "signature" else functions
    near = nearest(asked, names)
    usual = [DEFAULT] if DEFAULT in names else names[:1]
    other_kind, others = (
        ("function", functions) if kind == "signature" else ("signature", signatures)
    )
    there = ", ".join(names) or "none"
    text = f"{f'Did you mean {near[0]}? ' if near else ''}There is: {there}."
    command = f"tfinspector run {shlex.quote(saved_model.path)}"
    if len(saved_model.meta_graphs) > 1:
        command += f" --tags {shlex.quote(','.join(graph.tags))}"
    if asked in others or not names:
        meant = asked if asked in others else next(iter(others), "")
        text += f" Call a {other_kind} instead: {meant}." if meant else ""
        command = f"{command} --{other_kind} {shlex.quote(meant)}" if meant else ""
    else:
        command += f" --{kind} {shlex.quote((near or usual)[0])}"
    return Unreadable(
        Finding(
            "S05", Severity.ERROR,
            f"{os.path.basename(saved_model.path)} has no {kind} {asked}.",
            f"Its {kind}s are: {there}.", saved_model.path,
            {"asked": asked, "near": near, "signatures": signatures, "functions": functions},
            Fix(text, command),
        )
    )  # fmt: skip


def never_traced(function: Function) -> Unreadable:
    """Nobody called it before it was saved."""
    return Unreadable(
        Finding(
            "S05", Severity.ERROR,
            f"{function.path} was saved without one traced form, so TensorFlow can't call it.",
            fix=Fix("Call it once before it is saved, or call a signature."),
        )
    )  # fmt: skip


def no_such_form(function: Function, forms: Sequence[OfferedForm], number: int) -> Unreadable:
    """A number that none of its call forms has."""
    count = numbers.counted(len(forms), "call form")
    return Unreadable(
        Finding(
            "S05", Severity.ERROR, f"{function.path} has {count}, and none is number {number}.",
            forms_words(forms), evidence={"asked": number, "forms": told_forms(forms)},
            fix=Fix("Choose one of them by its number.", f"--form {forms[0].number}"),
        )
    )  # fmt: skip


def forms_words(forms: Sequence[OfferedForm]) -> str:
    """ "1: x: float32[?, 4], training=False; 2: ..."."""
    return "; ".join(f"{each.number}: {each.words}" for each in forms) + "."


def told_forms(forms: Sequence[OfferedForm]) -> dict[str, str]:
    """The forms as evidence: {number: arguments}."""
    return {str(each.number): each.words for each in forms}
