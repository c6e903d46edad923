"""Names without room keep what tells them from names that end alike."""

from __future__ import annotations

import pytest

from tfinspector.viewmodels.drift.short_names import short_name

_QUERY = "bert/encoder/layer_1/attention/self/query"
_OTHER_LAYER = "bert/encoder/layer_0/attention/self/query"
_OTHER_END = "bert/encoder/layer_1/attention/self/value"


@pytest.mark.parametrize(
    ("name", "others", "room", "shown"),
    [
        (_QUERY, [_OTHER_LAYER], 99, _QUERY),
        (_QUERY, [_OTHER_LAYER], 40, "…/encoder/layer_1/attention/self/query"),
        (_QUERY, [_OTHER_LAYER], 30, "…/layer_1/attention/self/query"),
        (_QUERY, [_OTHER_LAYER], 24, "…/layer_1/…/self/query"),
        (_QUERY, [_OTHER_LAYER], 18, "…/layer_1/…/query"),
        (_QUERY, [_OTHER_END, _OTHER_LAYER], 18, "…/layer_1/…/query"),
        (_QUERY, [_OTHER_LAYER], 10, "…1/…/query"),
        (_QUERY, [_OTHER_END], 18, "…/self/query"),
        (_QUERY, [], 12, "…/self/query"),
        ("dense_with_a_long_name_12", ["dense_with_a_long_name_13"], 8, "…name_12"),
        ("dense/kernel", ["embedding", "kernel"], 8, "…/kernel"),
        ("a/dense/kernel", ["a/kernel"], 14, "a/dense/kernel"),
        ("a/dense/kernel", ["a/kernel"], 13, "…dense/kernel"),
        ("kernel", [], 0, "…"),
    ],
)
def test_what_differs_stays(name: str, others: list[str], room: int, shown: str) -> None:
    found = short_name([name, *others], 0, lambda text: len(text) <= room)
    assert found == shown
    assert len(shown) <= max(room, 1)


def test_names_that_are_far_away_are_not_compared() -> None:
    names = [f"top/block/dense_{at // 300}/kernel" for at in range(600)]
    assert short_name(names, 0, lambda text: len(text) <= 9) == "…/kernel"
    assert short_name(names, 299, lambda text: len(text) <= 17) == "…/dense_0/kernel"
