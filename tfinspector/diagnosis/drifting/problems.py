"""All findings about a drift table, the gravest first."""

from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.findings import Finding, Severity
from tfinspector.diagnosis.drifting.order import find_order_problems

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def find_drift_problems(table: DriftTable) -> list[Finding]:
    """Every class once."""
    found = [*find_order_problems(table)]
    return sorted(found, key=lambda finding: _RANK[finding.severity])
