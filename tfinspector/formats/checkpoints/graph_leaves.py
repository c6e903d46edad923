"""Where the parts of a large object graph lie, found for most nodes at once.

Nine nodes of ten are variables: one attribute called VARIABLE_VALUE and nothing else. They are
looked for by that name, and what lies between them, the *gaps*, is walked from all their beginnings
at the same time. A gap that ends exactly where the next variable begins proves that both were
taken for what they are; where one does not, nothing is said and `graph_layout.walk` has to go.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.formats.checkpoints.graph_fields import FIELD_1, FIELD_2
from tfinspector.formats.checkpoints.graph_layout import (
    HAS_VALUES,
    NBYTES_OF_FLAG,
    Layout,
    Places,
    walk,
)
from tfinspector.formats.varints import Integers, Octets, octets_at, varints
from tfinspector.formats.words import every_word

_NAME = b"\x0a\x0eVARIABLE_VALUE"
_WORDS = np.frombuffer(_NAME, "<u8")
_LOOKED_AT = 1 << 20  # bytes at once, so that what is found stays in the processor's cache
_FEW = 64  # gaps: walking them together gains nothing


class _Leaves(NamedTuple):
    """Variables: where their fields begin and end, and their attributes."""

    start: Integers
    stop: Integers
    begin: Integers
    end: Integers


class _Part(NamedTuple):
    """Things found in one step: the number of each one's gap, and the bytes that it takes."""

    gap: Integers
    begin: Integers
    end: Integers


class _Walked(NamedTuple):
    """What was found in the gaps, and the gaps that were given up."""

    nodes: list[_Part]
    edges: list[_Part]
    attributes: list[_Part]
    given_up: list[Integers]


def walk_around_leaves(data: bytes) -> Places | None:
    """Where everything lies in the message; None where that takes a closer look."""
    if len(data) < 2 * len(_NAME):
        return None
    octets = np.frombuffer(data, np.uint8)
    leaves = _leaves(octets)
    begins, goals = np.append(0, leaves.stop), np.append(leaves.start, len(data))
    if len(leaves.start) < _FEW or (begins > goals).any():
        return None
    walked = _walk_gaps(octets, np.flatnonzero(begins < goals), begins, goals)
    slowly = np.sort(np.concatenate(walked.given_up))
    layout, problems = Layout(), list[str]()
    for begin, goal in zip(begins[slowly].tolist(), goals[slowly].tolist(), strict=True):
        if walk(data, begin, goal, layout, problems) != goal or problems:
            return None
    fine = np.ones(len(begins), bool)
    fine[slowly] = False
    rest = layout.places()
    return Places(
        _together(walked.nodes, fine, np.stack((leaves.start, leaves.stop), 1),
                  np.stack((rest.nodes, rest.nodes), 1))[:, 0],
        _together(walked.edges, fine, rest.edges),
        _together(walked.attributes, fine, np.stack((leaves.begin, leaves.end), 1),
                  rest.attributes),
        rest.rare,
    )  # fmt: skip


def _together(parts: list[_Part], fine: NDArray[np.bool_], *more: Integers) -> Integers:
    """Begins and ends of all of them in order, without those of gaps that were given up."""
    spans = [np.stack((part.begin, part.end), 1)[fine[part.gap]] for part in parts]
    every = np.concatenate([*spans, *more])
    return every[np.argsort(every[:, 0], kind="stable")]


def _leaves(octets: Octets) -> _Leaves:
    """What looks like a variable, from its attribute's name back to its head."""
    at = _names_at(octets)
    begin = at[at >= 6]
    head = np.where(octets[begin - 2] == FIELD_2, begin - 2, begin - 3)  # one byte of length or two
    start = np.where(octets[head - 2] == FIELD_1, head - 2, head - 3)
    length, body = varints(octets, start + 1)
    stop = body + length
    inner, first = varints(octets, head + 1)
    end = first + inner
    flagged = (end + NBYTES_OF_FLAG == stop) & (octets_at(octets, end) == HAS_VALUES)
    flagged &= octets_at(octets, end + 1) == NBYTES_OF_FLAG - 2
    right = (octets[start] == FIELD_1) & (body == head) & (stop <= len(octets))
    right &= (octets[head] == FIELD_2) & (first == begin) & ((end == stop) | flagged)
    return _Leaves(start[right], stop[right], begin[right], end[right])


def _names_at(octets: Octets) -> Integers:
    """Where the attribute's name, with its head, begins."""
    found = []
    for base in range(0, len(octets), _LOOKED_AT):
        part = octets[base : base + _LOOKED_AT + 1]
        found.append(np.flatnonzero((part[:-1] == _NAME[0]) & (part[1:] == _NAME[1])) + base)
    at = np.concatenate(found)
    at = at[at <= len(octets) - len(_NAME)]
    words = every_word(octets)
    named: Integers = at[(words[at] == _WORDS[0]) & (words[at + 8] == _WORDS[1])]
    return named


def _walk_gaps(octets: Octets, gap: Integers, begins: Integers, goals: Integers) -> _Walked:
    """Walk all gaps, a field of each at a time."""
    walked = _Walked([], [], [], [])
    at, goal = begins[gap], goals[gap]
    stop = at  # of the node that is walked; here none is yet
    while len(gap) >= _FEW:
        tag = octets_at(octets, at)
        length, body = varints(octets, at + 1)
        end = body + length
        is_node, limit = at == stop, np.where(at == stop, goal, stop)
        is_edge, is_attribute = ~is_node & (tag == FIELD_1), tag == FIELD_2
        is_flag = (tag == HAS_VALUES) & (length == NBYTES_OF_FLAG - 2)
        right = np.where(is_node, tag == FIELD_1, is_edge | is_attribute | is_flag)
        right &= (length >= 0) & (end <= limit)
        for kind, parts in (
            (is_node, walked.nodes),
            (is_edge, walked.edges),
            (is_attribute & ~is_node, walked.attributes),
        ):
            kind = kind & right
            begin = at if parts is walked.nodes else body
            parts.append(_Part(gap[kind], begin[kind], end[kind]))
        walked.given_up.append(gap[~right])
        stop = np.where(is_node, end, stop)
        at = np.where(is_node, body, end)
        going = right & ((at < stop) | (stop < goal))
        gap, at, goal, stop = gap[going], at[going], goal[going], stop[going]
    walked.given_up.append(gap)
    return walked
