"""What came of a verification in words: the verdict, the rows of its table, and their copy."""

from __future__ import annotations

import math

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.verifications import OutputMatch, VerifyReport
from tfinspector.viewmodels.restore.words import Verdict

HEADINGS = ("Output", "Equal", "Max abs", "Max rel", "Shape")
_CHECK = "tf.reduce_all(tf.equal(a, b))"


def verdict_of(report: VerifyReport | Finding) -> Verdict:
    """Equal, or by how much not, with the tolerance; and what the check of a tutorial says."""
    if isinstance(report, Finding):
        return Verdict("error", "wrong", report.title)
    both = [each for each in report.outputs if each.other]
    if not both:
        return Verdict("error", "wrong", "Nothing could be compared.")
    much = max(each.max_abs for each in both)
    count = numbers.counted(len(both), "output")
    differ = "differs" if len(both) == 1 else "differ"
    by = f"by up to {numbers.four(much)}" if math.isfinite(much) else "in type, shape or NaN"
    nans = sum(each.nans for each in both)
    if report.equal and not much:
        check = f"{_CHECK} is True." if not nans else (
            f"{numbers.counted(nans, 'element')} NaN on both sides, for which tf.equal is False."
        )  # fmt: skip
        return Verdict("proved", "proved", f"Equal, element by element: {count}. {check}")
    if report.equal:
        return Verdict(
            "proved", "proved",
            f"Equal{_within(report)}: {count} {differ} {by}. {_CHECK} is False.",
        )  # fmt: skip
    if len(both) == len(report.outputs) and all(each.close for each in both) and _is_whole(report):
        return Verdict(
            "info", "attention",
            f"Equal up to rounding only: {count} {differ} {by}. {_CHECK} is False.",
        )  # fmt: skip
    good = sum(each.equal for each in both)
    some = f"{good} of {count} equal{_within(report)}; the rest" if good else count
    return Verdict("error", "wrong", f"Not equal: {some} {differ} {by}.")


def _is_whole(report: VerifyReport) -> bool:
    return not any(finding.severity is Severity.ERROR for finding in report.findings)


def _within(report: VerifyReport) -> str:
    return "" if report.tolerance is None else f" within {report.tolerance:g}"


def compared_words(report: VerifyReport) -> str:
    """ "The signature x of a against the model restored from b, paired by name. Input: ..."."""
    against = " and ".join(report.devices[1:]) if report.devices else report.second
    words = f"{report.first[:1].upper()}{report.first[1:]}"
    if against:
        words += f" against {against}"
    if report.paired:
        words += f", outputs paired {report.paired}"
    given = ", ".join(f"{one.name} ({one.origin})" for one in report.given)
    return f"{words}. Input: {given}." if given else f"{words}."


def rows_of(report: VerifyReport) -> list[tuple[str, ...]]:
    """As the table shows them, the largest difference first."""
    return [
        (
            _name(each, report), word_of(each), numbers.four(each.max_abs),
            numbers.four(each.max_rel), numbers.shape(each.shape),
        )
        for each in report.outputs
    ]  # fmt: skip


def word_of(match: OutputMatch) -> str:
    """ "yes", "rounding" or "no"."""
    return "yes" if match.equal else "rounding" if match.close else "no"


def text_of(report: VerifyReport | Finding) -> str:
    """Verdict, what was compared, and the table with exact numbers, cells apart by tabs."""
    lines = [verdict_of(report).words]
    if isinstance(report, VerifyReport):
        lines += [compared_words(report), "\t".join(HEADINGS)]
        lines += [
            "\t".join([
                _name(each, report), word_of(each), numbers.exact(each.max_abs),
                numbers.exact(each.max_rel), numbers.shape(each.shape),
            ])
            for each in report.outputs
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _name(match: OutputMatch, report: VerifyReport) -> str:
    """With its counterpart's where that has another, and the device where several were used."""
    if not match.other:
        return f"{match.name} (nothing)"
    name = match.name if match.other == match.name else f"{match.name} ({match.other})"
    return f"{name} on {match.device}" if report.devices else name
