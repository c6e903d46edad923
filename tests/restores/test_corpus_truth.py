"""The corpus is what it says: TensorFlow alone, called as a user does, fails or not as told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.makers.restores.cases import Case, case_names
from tests.makers.restores.user import summary

NAMES = case_names()
REPAIRABLE = case_names(only_repairable=True)
# Cannot be made here: positional .h5 files and more (M14 and the K classes) have their own corpus,
# M16 and M07 are no failures, F11 to F13 are not about a restore.
WANTED = (
    *(f"F{number:02}" for number in range(1, 11)),
    "M01", "M02", "M03", "M04", "M05", "M06", "M08", "M09", "M10", "M11", "M12", "M13", "M15",
    "M17", "M18", "M19", "M20", "M21", "S13",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_tensorflow_does_what_the_case_says(
    name: str, restores: Path, as_user: Callable[..., dict[str, Any]]
) -> None:
    case = Case.read(restores / name)
    answer = as_user(case, restores)
    assert summary(answer) == case.plain, answer
    if case.plain.startswith("consumed") and not case.found and answer["right"] >= 0:
        assert not answer["wrong"]


@pytest.mark.parametrize("name", REPAIRABLE)
def test_a_repair_is_needed_and_has_a_truth(
    name: str, restores: Path, as_user: Callable[..., dict[str, Any]]
) -> None:
    """What TensorFlow makes of it is wrong before the repair, and the right values are known."""
    case = Case.read(restores / name)
    answer = as_user(case, restores)
    assert answer["right"] >= 0
    assert answer["wrong"]


def test_every_class_has_two_instances() -> None:
    count = Counter(name.partition("_")[0].upper() for name in NAMES)
    assert {wanted: count[wanted] for wanted in WANTED if count[wanted] < 2} == {}
    assert count["HEALTHY"] >= 12
