"""M10, and M12, for checkpoints without an object graph: TensorFlow 1, by names alone."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.diagnosis.matching.rows import shapes_fit
from tfinspector.diagnosis.restoring import code
from tfinspector.diagnosis.restoring.case import LOST, Case, Cause
from tfinspector.diagnosis.restoring.graph_files import GRAPHS
from tfinspector.diagnosis.restoring.wording import WRITE_REPAIRED, count, listed, shown

_AVERAGE = "/ExponentialMovingAverage"
_SAME = {"weights": "kernel", "weight": "kernel", "w": "kernel", "biases": "bias", "b": "bias"}
_NUMBER = re.compile(r"_\d+$")


class _Pair(NamedTuple):
    """A key that by the end of its name and its shape belongs to a variable of the model."""

    key: str
    at: int
    file_scope: str
    own_scope: str
    file_end: str
    own_end: str


def find_names(case: Case) -> Iterator[Cause]:
    """M10, and M12 where only the averages have the model's names."""
    if case.checkpoint.graph is not None or _graph_is_broken(case):
        return
    lost = case.open(case.places(LOST))
    unfed = case.open(case.unfed_weights)
    if not unfed:
        if not case.unfed_weights and case.evidence.kind not in GRAPHS:
            yield from _fed_by_name(case, lost)
        return
    pairs = _align(case, lost, unfed)
    averaged = [pair for pair in pairs if pair.key.endswith(_AVERAGE)]
    claims = frozenset([*lost, *unfed])
    if averaged and len(averaged) == len(pairs):
        yield Cause(_only_averages(case, averaged, unfed), claims)
    else:
        yield Cause(_by_names(case, pairs, unfed), claims)


def _fed_by_name(case: Case, lost: Sequence[int]) -> Iterator[Cause]:
    yield Cause(
        Finding(
            "M10", Severity.INFO,
            "The checkpoint was written by TensorFlow 1, and is restored by names alone.",
            "The names are the same, so this works. assert_consumed() fails all the same, on "
            "save_counter: use read(), or do not assert.",
            case.checkpoint.prefix, {"not_used": listed(case.rows[p].name for p in lost)},
        ),
        frozenset(p for p in lost),
    )  # fmt: skip


def _by_names(case: Case, pairs: Sequence[_Pair], unfed: Sequence[int]) -> Finding:
    total = len(case.weights_of_model)
    nameless = any("Keras 3" in case.rows[place].why for place in unfed)
    relation = _relation(pairs)
    if nameless:
        title = (
            "The checkpoint was written by TensorFlow 1, by names alone, and variables of Keras 3 "
            f"have no such names: {_none_of(case, unfed, total)} restored."
        )
    elif relation:
        none = _none_of(case, unfed, total)
        title = f"The checkpoint goes by names, and {relation}: {none} restored."
    else:
        own = shown([_own_name(case, place) for place in unfed])
        are = "is" if len(unfed) == 1 else "are"
        title = f"The checkpoint goes by names, and {own} {are} not among them."
    also = f" Besides, {relation}." if nameless and relation else ""
    return Finding(
        "M10", Severity.ERROR, title,
        "It has no object graph, so `restore` looks each variable up by its own name and says "
        f"nothing where there is none; its status is a NameBasedSaverStatus.{also}",
        case.checkpoint.prefix,
        {"names_in_checkpoint": listed(one.key for one in case.checkpoint.variables),
         "names_in_model": listed(_own_name(case, place) for place in unfed),
         "pairs": {pair.key: case.model.variables[pair.at].path for pair in pairs[:100]}},
        Fix(f"Assign the values by a map of names once, and save again; {WRITE_REPAIRED} does it.",
            _pairs_code(case, pairs) or code.command(case)),
    )  # fmt: skip


def _only_averages(case: Case, pairs: Sequence[_Pair], unfed: Sequence[int]) -> Finding:
    return Finding(
        "M12", Severity.ERROR,
        f"The checkpoint holds only the moving averages of {count(len(pairs), 'weight')} (names "
        "that end in ExponentialMovingAverage), under whose names the model does not look.",
        "They are meant for evaluation. TensorFlow 1 read them through ema.variables_to_restore().",
        case.checkpoint.prefix,
        {"pairs": {pair.key: case.model.variables[pair.at].path for pair in pairs[:100]}},
        Fix("Assign the averages to the weights.", _pairs_code(case, pairs)),
    )  # fmt: skip


def _none_of(case: Case, unfed: Sequence[int], total: int) -> str:
    if len(unfed) == total:
        return f"none of the model's {count(total, 'weight')} is"
    return f"{len(unfed):,} of the model's {count(total, 'weight')} are not"


def _relation(pairs: Sequence[_Pair]) -> str:
    """What the names differ by, if one thing explains nearly all of them."""
    if not pairs:
        return ""
    scopes = Counter((pair.file_scope, pair.own_scope) for pair in pairs)
    (theirs, mine), most = scopes.most_common(1)[0]
    told = []
    if most * 2 > len(pairs) and theirs != mine:
        if theirs and not mine:
            told.append(f"all its names begin with the scope `{theirs}/`")
        elif mine and not theirs:
            told.append(f"its names lack the model's scope `{mine}/`")
        else:
            told.append(f"it says `{theirs}/` where the model says `{mine}/`")
    ends = Counter((pair.file_end, pair.own_end) for pair in pairs if pair.file_end != pair.own_end)
    told += [f"it says `{theirs}` for `{mine}`" for (theirs, mine), _ in ends.most_common(2)]
    return " and ".join(told)


def _align(case: Case, lost: Sequence[int], unfed: Sequence[int]) -> list[_Pair]:
    """For each variable the key of its shape whose name ends most alike; each key once.

    Averages count only where nothing else fits.
    """
    offers: list[tuple[int, int, int, _Pair]] = []
    for place in unfed:
        mine = case.rows[place]
        own = _words(_own_name(case, place))
        for other in lost:
            row = case.rows[other]
            if not shapes_fit(row.file_shape, mine.model_shape):
                continue
            average = row.key.endswith(_AVERAGE)
            theirs = _words(row.key.removesuffix(_AVERAGE))
            alike = _common_end(theirs, own)
            if alike:
                pair = _pair(row.key, mine.variable, theirs, own, alike)
                offers.append((alike, -average, -abs(len(theirs) - len(own)), pair))
    chosen: dict[int, _Pair] = {}
    taken: set[str] = set()
    for *_, pair in sorted(offers, key=lambda offer: offer[:3], reverse=True):
        if pair.at not in chosen and pair.key not in taken:
            chosen[pair.at] = pair
            taken.add(pair.key)
    return [chosen[at] for at in sorted(chosen)]


def _pair(key: str, at: int, theirs: list[str], own: list[str], alike: int) -> _Pair:
    return _Pair(
        key, at, "/".join(theirs[: len(theirs) - alike]), "/".join(own[: len(own) - alike]),
        theirs[-1], own[-1],
    )  # fmt: skip


def _words(name: str) -> list[str]:
    return name.partition(":")[0].split("/")


def _common_end(one: list[str], other: list[str]) -> int:
    number = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if _plain(a) != _plain(b):
            break
        number += 1
    return number


def _plain(word: str) -> str:
    word = _NUMBER.sub("", word.lower())
    return _SAME.get(word, word)


def _own_name(case: Case, place: int) -> str:
    mine = case.model.variables[case.rows[place].variable]
    return mine.name or mine.path


def _graph_is_broken(case: Case) -> bool:
    return any("object graph" in problem for problem in case.checkpoint.problems)


def _pairs_code(case: Case, pairs: Sequence[_Pair]) -> str:
    known = {each.path: each.key for each in case.evidence.renames if not each.transform}
    own = {case.model.variables[pair.at].path: pair.key for pair in pairs}
    matched = {
        row.model_path: row.key
        for row in case.rows
        if row.state is State.RESTORED and row.variable >= 0
    }
    return code.assign_pairs(case, (matched | own | known).items())
