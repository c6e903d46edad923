"""The verdict of a verification, for all that can come of it."""

from __future__ import annotations

import pytest

from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.verifications import OutputMatch, VerifyReport
from tfinspector.viewmodels.verify.words import compared_words, rows_of, text_of, verdict_of


def match(name: str, away: float, equal: bool, close: bool, **more: object) -> OutputMatch:
    return OutputMatch(name, name, "", "float32", (2, 3), away, away, equal, close, **more)  # type: ignore[arg-type]


def report(*outputs: OutputMatch, equal: bool = False, **more: object) -> VerifyReport:
    return VerifyReport("/m", "the signature s of m", "the model", outputs, equal, (), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "role", "words"),
    [
        (report(match("a", 0, True, True), equal=True), "proved",
         "Equal, element by element: 1 output. tf.reduce_all(tf.equal(a, b)) is True."),
        (report(match("a", 0, True, True, nans=2), equal=True), "proved",
         "Equal, element by element: 1 output. "
         "2 elements NaN on both sides, for which tf.equal is False."),
        (report(match("a", 1e-6, True, True), equal=True, tolerance=1e-5), "proved",
         "Equal within 1e-05: 1 output differs by up to 1e-06. "
         "tf.reduce_all(tf.equal(a, b)) is False."),
        (report(match("a", 1e-7, False, True), match("b", 0, True, True)), "attention",
         "Equal up to rounding only: 2 outputs differ by up to 1e-07. "
         "tf.reduce_all(tf.equal(a, b)) is False."),
        (report(match("a", 0.5, False, False), match("b", 0, True, True)), "wrong",
         "Not equal: 1 of 2 outputs equal; the rest differ by up to 0.5."),
        (report(match("a", float("inf"), False, False)), "wrong",
         "Not equal: 1 output differs in type, shape or NaN."),
        (report(), "wrong", "Nothing could be compared."),
        (Finding("S06", Severity.ERROR, "x has no input y."), "wrong", "x has no input y."),
    ],
)  # fmt: skip
def test_verdicts(answer: VerifyReport | Finding, role: str, words: str) -> None:
    told = verdict_of(answer)
    assert (told.role, told.words) == (role, words)
    assert text_of(answer).startswith(words)


def test_rows_say_where_the_counterpart_was_computed() -> None:
    on = match("a", 0.5, False, False)._replace(device="GPU:0")
    devices = report(on, devices=("CPU:0", "GPU:0"))
    assert rows_of(devices)[0][:4] == ("a on GPU:0", "no", "0.5", "0.5")
    assert compared_words(devices) == "The signature s of m against GPU:0."
    assert rows_of(report(on._replace(other="b")))[0][0] == "a (b)"
    assert rows_of(report(on._replace(other="")))[0][0] == "a (nothing)"
