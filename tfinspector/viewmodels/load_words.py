"""What loading a model said, as lines: how it went, and whether it holds the file's values."""

from __future__ import annotations

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.reports import LoadReport

_SIGNS = {
    Severity.ERROR: ("error", "wrong"),
    Severity.WARNING: ("warning", "attention"),
    Severity.INFO: ("info", "muted"),
}


def report_lines(report: LoadReport | Finding) -> list[tuple[str, str, str]]:
    """What loading said, as lines of (icon, colour role, words)."""
    if isinstance(report, Finding):
        return [("error", "wrong", report.title)]
    if not report.loaded:
        why = report.findings[0].title if report.findings else "TensorFlow could not load it."
        return [("error", "wrong", why)]
    device = f" on {report.device}" if report.device else ""
    way = f" {report.way}" if report.way else ""
    told = f"Loaded{way} in {numbers.duration(report.seconds)}{device}"
    lines = [("proved", "proved", told), *_proof_lines(report)]
    call = "can be called" if report.callable else "can't be called"
    names = ", ".join(signature.name for signature in report.signatures) or "none"
    trainable = sum(each.trainable for each in report.variables)
    lines.append(
        ("info", "muted", f"The object itself {call}. Signatures: {names}. "
         f"{numbers.counted(len(report.variables), 'variable')}, {trainable} of them trainable.")
    )  # fmt: skip
    lines += [(*_SIGNS[finding.severity], finding.title) for finding in report.findings]
    return lines


def _proof_lines(report: LoadReport) -> list[tuple[str, str, str]]:
    """Whether what was loaded holds the values of the file."""
    count, proved = len(report.variables), report.proved
    if report.differing:
        differing = numbers.counted(len(report.differing), "variable")
        return [("error", "wrong", f"{differing} of {count} not as in the file.")]
    if not proved:
        return []
    if proved < count:
        words = f"{proved} of {count} variables hold the file's values, bit for bit; the others"
        return [("info", "muted", f"{words} have no counterpart in the file.")]
    all_of_them = "The one variable holds" if count == 1 else f"All {count} variables hold"
    return [("proved", "proved", f"{all_of_them} the file's values, bit for bit.")]
