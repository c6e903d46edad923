"""Both ways of comparing: compiled, and with NumPy alone."""

from __future__ import annotations

import pytest

from tfinspector.analysis.drift import distances, pairs, ready


@pytest.fixture(params=["compiled", "numpy"])
def comparing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Compare with compiled kernels, then again without them."""
    if request.param == "compiled":
        assert ready.warm_up_pairs().result() is not None
        assert ready.pair_kernels() is not None
        assert ready.distance_kernel() is not None
    else:
        monkeypatch.setattr(pairs, "pair_kernels", lambda: None)
        monkeypatch.setattr(distances, "distance_kernel", lambda: None)
    return str(request.param)
