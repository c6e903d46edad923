"""How like two places are called, and which of several alike pairs is meant: one assignment.

scipy and rapidfuzz are only imported where something is to be compared.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.diagnosis.renames.spelling import Parts

MOST_COMPARED = 250_000  # pairs of one block, some 0.1 s
_STRONG = 0.35  # a name that says something: enc and encoder, not enc and dec
_TELLING = 0.1  # how much better than the next best
_NAME, _NUMBER, _ORDER, _VALUES = 0.45, 0.15, 0.25, 3.0
_ORDER_BESIDE_NAMES = 0.1
_MOST_RIVALS = 8
_TAIL = re.compile(r"(\d+)$")
_COUNTED = re.compile(r"(.*?)_?(\d*)$")


class Choice(NamedTuple):
    """A pair of positions, how sure it is (0 to 1), and by what: "only", "name", "order", ...

    `rivals` are positions on the right that would do as well: only their turn speaks against them.
    """

    left: int
    right: int
    sure: float
    by: str
    rivals: tuple[int, ...] = ()


class Block(NamedTuple):
    """Alternatives that are alike in all that must be the same.

    Paths in the common spelling, turns in the order of making; `forbidden` is what is already known
    to be no pair, `distance` how far the values are from each other: matrices, or None.
    """

    left: Sequence[Parts]
    right: Sequence[Parts]
    left_order: Sequence[int]
    right_order: Sequence[int]
    forbidden: NDArray[np.bool_] | None = None
    distance: NDArray[np.float64] | None = None


def choose(block: Block) -> list[Choice]:
    """Who belongs to whom; where nothing tells, nobody."""
    many, others = len(block.left), len(block.right)
    if many == others == 1:
        if block.forbidden is not None and block.forbidden[0, 0]:
            return []
        return [Choice(0, 0, 1.0, "only")]
    if block.forbidden is None and block.distance is None:
        numbered = _by_number(block) or _by_turns(block)
        if numbered:
            return numbered
    if many * others > MOST_COMPARED:
        return _by_order(block) if many == others and block.forbidden is None else []
    names = _names(block)
    name_tells = _tells(names, block.forbidden)
    values_tell = block.distance is not None
    even = many == others
    if not name_tells and not values_tell:
        if block.forbidden is None:
            return _by_order(block) if even else []
        names = np.zeros_like(names)
    telling = _NAME * names + _NUMBER * _numbers(block)
    if values_tell:
        telling += _VALUES * np.exp(-np.asarray(block.distance))
    if block.forbidden is not None:
        telling = np.where(block.forbidden, -100.0, telling)
    order = (_ORDER_BESIDE_NAMES if name_tells else _ORDER) * _orders(block) if even else 0.0
    by = "values" if values_tell else "name" if name_tells else "order"
    return _assign(telling + order, telling, by, even)


def likeness(one: Parts, other: Parts) -> float:
    """0 for names that have nothing in common, 1 for the same."""
    return float(_names(Block([one], [other], [0], [0]))[0, 0])


def _assign(
    score: NDArray[np.float64], telling: NDArray[np.float64], by: str, even: bool
) -> list[Choice]:
    """The best of all assignments; `telling` is the score without the order of making."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(score, maximize=True)
    choices = []
    rivals = _rivals(telling[np.ix_(rows, columns)], columns)
    for row, column, others in zip(rows.tolist(), columns.tolist(), rivals, strict=True):
        here = score[row, column]
        if here < -1:
            continue
        margin = here - max(_best_but(score[row], column), _best_but(score[:, column], row))
        if not even and margin < _TELLING:
            continue
        sure = 0.55 + min(max(margin, -0.1), 0.3) if by != "order" else 0.5
        choices.append(Choice(row, column, float(min(sure, 0.9)), by, others))
    return choices


def _rivals(telling: NDArray[np.float64], columns: NDArray[np.int64]) -> list[tuple[int, ...]]:
    """Of each pair, on the diagonal, the right ones of others that it might change with.

    Nothing tells two pairs apart where both together would lose next to nothing by that.
    """
    own = telling.diagonal()
    lost = own[:, None] + own[None, :] - telling - telling.T
    close = (lost < _TELLING) & (telling > -1) & (telling.T > -1)
    np.fill_diagonal(close, False)
    return [tuple(columns[np.flatnonzero(row)[:_MOST_RIVALS]].tolist()) for row in close]


def _best_but(line: NDArray[np.float64], here: int) -> float:
    if len(line) < 2:
        return -100.0
    return float(max(line[:here].max(initial=-100.0), line[here + 1 :].max(initial=-100.0)))


def _by_order(block: Block) -> list[Choice]:
    left = np.argsort(block.left_order, kind="stable").tolist()
    right = np.argsort(block.right_order, kind="stable").tolist()
    near = _MOST_RIVALS // 2
    return [
        Choice(one, right[turn], 0.5, "order",
               (*right[max(turn - near, 0) : turn], *right[turn + 1 : turn + 1 + near]))
        for turn, one in enumerate(left)
    ]  # fmt: skip


def _by_number(block: Block) -> list[Choice]:
    """enc_3 and block_3, where both sides have the same numbers, each of them once."""
    left = {_number(parts): at for at, parts in enumerate(block.left)}
    right = {_number(parts): at for at, parts in enumerate(block.right)}
    if -1 in left or left.keys() != right.keys():
        return []
    if len(left) != len(block.left) or len(right) != len(block.right):
        return []
    return [Choice(at, right[number], 0.7, "number") for number, at in left.items()]


def _by_turns(block: Block) -> list[Choice]:
    """layer-0, layer-1 and dense_3, dense_5: on each side only numbers tell them apart."""
    left, right = _turns(block.left), _turns(block.right)
    if len(left) != len(right):
        return []
    return [Choice(one, other, 0.65, "turn") for one, other in zip(left, right, strict=True)]


def _turns(paths: Sequence[Parts]) -> list[int]:
    """Positions in the order of the paths' numbers; none where more than numbers differ."""
    split = [[_COUNTED.fullmatch(part) for part in parts] for parts in paths]
    stems = {tuple(each[1] if each else "" for each in parts) for parts in split}
    numbers = [tuple(int(each[2] or -1) if each else -1 for each in parts) for parts in split]
    if len(stems) > 1 or len(set(numbers)) < len(numbers):
        return []
    return sorted(range(len(paths)), key=numbers.__getitem__)


def _tells(names: NDArray[np.float64], forbidden: NDArray[np.bool_] | None) -> bool:
    """Whether at least half of the shorter side has a name like one of the other's, and clearly."""
    if forbidden is not None:
        names = np.where(forbidden, 0.0, names)
    if names.shape[0] > names.shape[1]:
        names = names.T
    best = names.max(axis=1)
    columns = names.argmax(axis=1)
    mutual = names[:, columns].argmax(axis=0) == np.arange(len(names))
    return int((mutual & (best >= _STRONG)).sum()) * 2 >= len(names)


def _names(block: Block) -> NDArray[np.float64]:
    """Of each pair, how like the parts are in which the block's paths differ at all."""
    from rapidfuzz.distance import Indel, JaroWinkler
    from rapidfuzz.process import cdist

    left, right = _bared(block.left, block.right)
    heads = _strings(left, right, cdist, Indel.normalized_similarity)
    last_left = [parts[-1:] for parts in left]
    last_right = [parts[-1:] for parts in right]
    tails = _strings(last_left, last_right, cdist, JaroWinkler.normalized_similarity)
    raw = 0.5 * heads + 0.5 * tails
    found: NDArray[np.float64] = np.clip((raw - 0.55) / 0.45, 0.0, 1.0)
    for row, column in _within(left, right):
        found[row, column] = 1.0
    return found


def _within(left: Sequence[Parts], right: Sequence[Parts]) -> Iterator[tuple[int, int]]:
    """Pairs of which one path goes on where the other ends: query and query/base."""
    for is_turned, (short, long) in enumerate(((left, right), (right, left))):
        ends = {parts: at for at, parts in enumerate(short) if parts}
        for at, parts in enumerate(long):
            for length in range(1, len(parts)):
                other = ends.get(parts[:length])
                if other is not None:
                    yield (at, other) if is_turned else (other, at)


def _strings(
    left: Sequence[Parts], right: Sequence[Parts], cdist: Any, scorer: Any
) -> NDArray[np.float64]:
    found: NDArray[np.float64] = cdist(
        ["/".join(parts) for parts in left], ["/".join(parts) for parts in right],
        scorer=scorer, dtype=np.float64,
    )  # fmt: skip
    return found


def _bared(left: Sequence[Parts], right: Sequence[Parts]) -> tuple[list[Parts], list[Parts]]:
    """Without what all paths of the block begin and end with; that tells nothing."""
    begin = _common([*left, *right])
    end = _common([parts[::-1] for parts in (*left, *right)])
    shortest = min(len(parts) for parts in (*left, *right))
    if begin + end >= shortest:
        begin, end = min(begin, max(shortest - 1, 0)), 0
    return (
        [parts[begin : len(parts) - end] for parts in left],
        [parts[begin : len(parts) - end] for parts in right],
    )


def _common(paths: Sequence[Parts]) -> int:
    low, high = min(paths), max(paths)
    for place, (one, other) in enumerate(zip(low, high, strict=False)):
        if one != other:
            return place
    return min(len(low), len(high))


def _numbers(block: Block) -> NDArray[np.float64]:
    """1 where the last number in both names is the same."""
    left = np.array([_number(parts) for parts in block.left])
    right = np.array([_number(parts) for parts in block.right])
    same: NDArray[np.float64] = (left[:, None] == right[None, :]) & (left[:, None] >= 0)
    return same.astype(np.float64)


def _number(parts: Parts) -> int:
    for part in reversed(parts):
        found = _TAIL.search(part)
        if found:
            return min(int(found[1]), 1 << 40)
    return -1


def _orders(block: Block) -> NDArray[np.float64]:
    """1 where both have the same rank in the order of making."""
    left, right = _ranks(block.left_order), _ranks(block.right_order)
    found: NDArray[np.float64] = 1.0 - np.abs(left[:, None] - right[None, :])
    return found


def _ranks(order: Sequence[int]) -> NDArray[np.float64]:
    ranks = np.empty(len(order))
    ranks[np.argsort(order, kind="stable")] = np.arange(len(order))
    return ranks / max(len(order) - 1, 1)
