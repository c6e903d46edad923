"""Fixtures of the room's tests."""

from tests.diagnosis.restoring_evidence import judge, run_fix

__all__ = ["judge", "run_fix"]
