"""All findings about a drift table, the gravest first."""

from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.findings import Finding, gravest_first
from tfinspector.diagnosis.drifting.odd_values import (
    find_dead_units,
    find_first_odd_values,
    find_jumps,
    find_left_out_of_path,
)  # fmt: skip
from tfinspector.diagnosis.drifting.order import find_order_problems
from tfinspector.diagnosis.drifting.other_models import find_other_architectures, find_unread
from tfinspector.diagnosis.drifting.standing_still import (
    find_frozen,
    find_moving_statistics,
    find_same_snapshots,
)  # fmt: skip

_SEARCHES = (
    find_first_odd_values, find_unread, find_other_architectures, find_order_problems, find_jumps,
    find_moving_statistics, find_same_snapshots, find_frozen, find_dead_units,
    find_left_out_of_path,
)  # fmt: skip


def find_drift_problems(table: DriftTable) -> list[Finding]:
    """Every class once."""
    found = [finding for search in _SEARCHES for finding in search(table)]
    return gravest_first(found)
