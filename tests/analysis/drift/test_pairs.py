"""Figures of a pair against their definitions, on blocks of every type."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.analysis import nasty
from tests.analysis.drift import by_numpy
from tfinspector.analysis.drift.decoding import decode
from tfinspector.analysis.drift.pairs import PairAccumulator, PairFigures

EPSILON = 1e-6
COUNTED = ("changed_fraction", "changed_beyond", "sign_flips")
SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def compared(
    before: NDArray[Any], after: NDArray[Any], name: str, block: int = 1000, other: str = ""
) -> PairFigures:
    pair = PairAccumulator(EPSILON)
    for start in range(0, len(before), block):
        pair.add(
            decode(before[start : start + block], name),
            decode(after[start : start + block], other or name),
        )
    return pair.figures()


def agree(found: PairFigures, expected: dict[str, float], relative: float = 1e-11) -> None:
    for name, value in found._asdict().items():
        if name in COUNTED:
            np.testing.assert_equal(value, expected[name], name)
        else:
            np.testing.assert_allclose(value, expected[name], relative, 1e-300, err_msg=name)


@pytest.mark.parametrize("name", nasty.ALL)
def test_any_bits_of_every_type(name: str, comparing: str) -> None:
    # Exponents of float64 and complex128 would overflow NumPy's own sums; they have their test.
    before, after = nasty.any_bits(name, 5000, 1), nasty.any_bits(name, 5000, 2)
    after[:2000] = before[:2000]
    if name in ("float64", "complex128"):
        before, after = _moderate(before), _moderate(after)
    agree(compared(before, after, name), by_numpy.figures(before, after, EPSILON))


def _moderate(values: NDArray[Any]) -> NDArray[Any]:
    flat = values.copy().view(np.float64)
    with np.errstate(invalid="ignore"):
        flat[(np.abs(flat) > 1e100) & np.isfinite(flat)] = 3.0
        flat[(np.abs(flat) < 1e-100)] = 0.0
    return flat.view(values.dtype)


@pytest.mark.parametrize("case", nasty.hard_cases())
def test_hard_cases_keep_their_digits(case: str, comparing: str) -> None:
    before = nasty.hard_cases()[case]
    after = before + 1e-3 * np.random.default_rng(2).standard_normal(len(before))
    agree(compared(before, after, "float64", 65536), by_numpy.figures(before, after, EPSILON))


def test_a_small_change_of_large_weights(comparing: str) -> None:
    before = np.full(1 << 18, 1e6, np.float32)
    after = before.copy()
    after[::7] = np.nextafter(np.float32(1e6), np.float32(np.inf))
    agree(compared(before, after, "float32"), by_numpy.figures(before, after, EPSILON))


@pytest.mark.parametrize("scale", [1e300, 1e-300, 1e200])
def test_numbers_whose_squares_leave_float64(scale: float, comparing: str) -> None:
    random = np.random.default_rng(3)
    small, moved = random.standard_normal(9000), random.standard_normal(9000)
    found = compared(small * scale, moved * scale, "float64")
    expected = by_numpy.figures(small, moved, EPSILON)
    for name in ("l2", "max_abs", "mean_abs"):
        np.testing.assert_allclose(getattr(found, name), expected[name] * scale, 1e-12)
    for name in ("relative_l2", "cosine"):
        np.testing.assert_allclose(getattr(found, name), expected[name], 1e-12)


def test_two_types_are_compared_by_value(comparing: str) -> None:
    before = np.random.default_rng(4).standard_normal(3000).astype(np.float32)
    after = before.astype(np.float16)
    after[:100] = np.nan
    found = compared(before, after, "float32", other="float16")
    agree(found, by_numpy.figures(before, after, EPSILON))
    exact = np.arange(256, dtype=np.float32)
    assert compared(exact, exact.astype(np.float16), "float32", other="float16").l2 == 0


def test_real_beside_complex(comparing: str) -> None:
    before = np.array([1.0, 2.0, -3.0], np.float32)
    after = np.array([1, 2 + 1j, -3], np.complex64)
    found = compared(before, after, "float32", other="complex64")
    agree(found, by_numpy.figures(before, after, EPSILON))
    assert found.l2 == 1


def test_nothing_and_nothing_finite(comparing: str) -> None:
    empty = compared(np.empty(0, np.float32), np.empty(0, np.float32), "float32")
    assert (empty.l2, empty.relative_l2, empty.changed_fraction, empty.max_abs) == (0, 0, 0, 0)
    assert np.isnan(empty.cosine)
    odd = np.full(9, np.nan, np.float32)
    found = compared(odd, odd, "float32")
    assert found.changed_fraction == 0
    assert np.isnan([found.l2, found.cosine, found.max_abs, found.sign_flips]).all()


def test_a_nan_that_stays_has_not_changed_and_one_that_comes_has(comparing: str) -> None:
    before = np.array([np.nan, 1.0, 1.0, np.inf, 0.0], np.float32)
    after = np.array([np.nan, np.nan, 1.0, np.inf, -0.0], np.float32)
    found = compared(before, after, "float32")
    assert found.changed_fraction == 2 / 5  # the zero has another sign bit
    assert found.changed_beyond == 1 / 5
    assert (found.l2, found.sign_flips) == (0, 0)


def test_wide_integers_differ_beyond_what_floats_tell(comparing: str) -> None:
    before = np.array([2**62, 5], np.int64)
    found = compared(before, before + np.array([1, 0]), "int64")
    assert found.changed_fraction == 0.5
    assert found.l2 == 0  # 64-bit integers are compared as float64, which is documented


def test_strings_have_changed_fractions_only() -> None:
    pair = PairAccumulator(EPSILON)
    before = np.array([b"a", b"b", b"c", b""], object)
    pair.add_objects(before, np.array([b"a", b"x", b"c", b""], object))
    found = pair.figures()
    assert (found.changed_fraction, found.changed_beyond) == (0.25, 0.25)
    assert np.isnan([found.l2, found.cosine, found.sign_flips]).all()


@SLOW
@given(
    st.integers(0, 5000), st.integers(0, 2**32), st.integers(1, 3000),
    st.sampled_from(["float32", "bfloat16", "float64", "complex64", "int32", "float8_e5m2"]),
)  # fmt: skip
def test_blocks_may_be_cut_anywhere(
    comparing: str, size: int, seed: int, block: int, name: str
) -> None:
    before, after = nasty.any_bits(name, size, seed), nasty.any_bits(name, size, seed + 1)
    if name == "float64":
        before, after = _moderate(before), _moderate(after)
    agree(compared(before, after, name, block), by_numpy.figures(before, after, EPSILON))


@SLOW
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60), st.integers(0, 9))
def test_any_floats_at_all(comparing: str, values: list[float], cut: int) -> None:
    before = np.array(values)
    after = np.roll(before, 1) * 0.7
    whole = compared(before, after, "float64")
    first, second = PairAccumulator(EPSILON), PairAccumulator(EPSILON)
    first.add(decode(before[:cut], "float64"), decode(after[:cut], "float64"))
    second.add(decode(before[cut:], "float64"), decode(after[cut:], "float64"))
    first.merge(second)
    for one, other in zip(whole, first.figures(), strict=True):
        np.testing.assert_allclose(one, other, 1e-12)
    assert not whole.cosine > 1
    assert not whole.cosine < -1


def test_a_read_only_and_an_unaligned_block(comparing: str) -> None:
    raw = np.arange(4 * 50 + 1, dtype=np.uint8)
    odd = raw[1:].view(np.float32)
    assert not odd.flags.aligned
    frozen = np.ones(50, np.float32)
    frozen.flags.writeable = False
    found = compared(odd, frozen, "float32")
    agree(found, by_numpy.figures(odd.copy(), frozen, EPSILON))
