"""Proposals that a person has to accept, one by one: what loses values, and what is a guess."""

from collections.abc import Sequence

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import Rename
from tfinspector.diagnosis.restoring.wording import count, shown

LOSES = "slice"
"""The transform that leaves values out or makes some up."""

_MOST_PAIRS = 200
_IF_LOSING = (
    'If that is what you want, accept them: have the map written, set "accepted" to true in it, '
    "and give it back."
)
_IF_GUESSED = (
    'Have the map written, put right where each of them goes, set "accepted" to true, and give it '
    "back."
)


def waits(rename: Rename) -> bool:
    """Whether it is not applied unasked."""
    return rename.transform == LOSES or bool(rename.alternatives)


def tell_waiting(waiting: Sequence[Rename], asked: str) -> list[Finding]:
    """M34 and M41: what was left out, and how to accept it; `asked` are the words to say again."""
    losing = [each for each in waiting if each.transform == LOSES]
    guessed = [each for each in waiting if each.transform != LOSES]
    findings = [_losing(losing, asked)] if losing else []
    return findings + ([_guesses(guessed, asked)] if guessed else [])


def _losing(losing: Sequence[Rename], asked: str) -> Finding:
    one = len(losing) == 1
    names = [each.name or each.key for each in losing]
    return Finding(
        "M34",
        Severity.WARNING,
        f"{count(len(losing), 'suggestion')} {'is' if one else 'are'} not applied, because "
        f"{'it' if one else 'they'} would cut the file's values or fill them up with zeros: "
        f"{shown(names, 5)}.",
        evidence={"keys": [each.key for each in losing]},
        fix=_accept(_IF_LOSING, asked),
    )


def _guesses(guessed: Sequence[Rename], asked: str) -> Finding:
    first, one = guessed[0], len(guessed) == 1
    return Finding(
        "M41",
        Severity.WARNING,
        f"{count(len(guessed), 'suggestion')} {'is' if one else 'are'} not applied, because "
        f"{'it is a guess' if one else 'they are guesses'} among variables of one shape: "
        f"`{first.name or first.key}` may be `{first.path}`, but as well "
        f"{shown(first.alternatives)}.",
        "Neither names nor numbers nor values tell which is meant, only the order in which the "
        "variables were made. A wrong guess would be restored and proved equal to the file, in "
        "the wrong place.",
        evidence={
            "pairs": [
                {"from": each.key, "to": each.path, "alternatives": list(each.alternatives)}
                for each in guessed[:_MOST_PAIRS]
            ]
        },
        fix=_accept(_IF_GUESSED, asked),
    )


def _accept(advice: str, asked: str) -> Fix:
    lines = "tfinspector restore ... --save-map map.json\ntfinspector restore ... --map map.json"
    return Fix(advice, f"{lines} {asked}")
