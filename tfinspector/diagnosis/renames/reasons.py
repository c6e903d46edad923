"""Why a pair is proposed, in words, and the name of the rule that explains it best."""

import re

from tfinspector.diagnosis.renames.spelling import NUMBER, Parts
from tfinspector.diagnosis.renames.values import Mine, Theirs

_BY = {
    "name": " Of several that fit, these are called most alike.",
    "number": " Several fit; the one of the same number is meant.",
    "turn": " Several fit; on both sides only numbers tell them apart, and those decide.",
    "order": " Several fit; the order in which they were made decides.",
    "values": " Of several that fit, these hold the most alike values.",
}
_KERAS2_NUMBER = re.compile(r"(^|/)layer(_with_weights)?-\d+(/|$)")


def reason(theirs: Theirs, mine: Mine, by: str, together: int, others: int = 0) -> tuple[str, str]:
    """The rule, and the sentence for the user; `others` fit as well, by all that tells."""
    rule, what = _rule(theirs, mine)
    with_it = f" {together} variables with the same shapes go together." if together > 1 else ""
    guess = f" It is a guess: {others} {'other fits' if others == 1 else 'others fit'} as well."
    return rule, f"{what}{with_it}{_BY.get(by, '')}{guess if others else ''}"


def _rule(theirs: Theirs, mine: Mine) -> tuple[str, str]:
    old, new = theirs.raw, mine.raw
    if theirs.average:
        return "average", f"The file has no {old} but its moving average."
    if _KERAS2_NUMBER.search(old) and "_operations/" in new:
        there, here = _head(old), _head(new)
        return "keras_numbers", f"Keras 2 numbers the layer {there}, Keras 3 calls it {here}."
    if theirs.parts == mine.parts:
        return "keras_names", f"The file's {_tail(old)} is called {_tail(new)} here."
    one, other = differing(theirs.parts, mine.parts)
    if not other and theirs.parts[-len(mine.parts) :] == mine.parts:
        return "prefix", f"The file has the prefix {_path(one)}/, the model has not."
    if not one and mine.parts[-len(theirs.parts) :] == theirs.parts:
        return "prefix", f"The model has the prefix {_path(other)}/, the file has not."
    if theirs.variable.node < 0:
        return "names", f"The file calls {theirs.raw} what is {new} in the model."
    if any(part[:1] == NUMBER for part in one) != any(part[:1] == NUMBER for part in other):
        return "list", f"Part {_path(one)} of a list is the attribute {_path(other)} here."
    return "renamed", f"{_path(one) or old} is called {_path(other) or new} in the model."


def differing(one: Parts, other: Parts) -> tuple[Parts, Parts]:
    """The two without what they begin and end with alike."""
    end = 0
    while end < min(len(one), len(other)) and one[-1 - end] == other[-1 - end]:
        end += 1
    one, other = one[: len(one) - end], other[: len(other) - end]
    begin = 0
    while begin < min(len(one), len(other)) and one[begin] == other[begin]:
        begin += 1
    return one[begin:], other[begin:]


def _path(parts: Parts) -> str:
    return "/".join(part.lstrip(NUMBER) for part in parts)


def _head(path: str) -> str:
    return path.rpartition("/")[0] or path


def _tail(path: str) -> str:
    return path.rpartition("/")[2]
