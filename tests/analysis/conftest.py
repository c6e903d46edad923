"""Both ways of counting: compiled, and with NumPy alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tfinspector.analysis import compiled, exact, finishing, histogram, tables


@pytest.fixture(params=["compiled", "numpy"])
def counting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Count with compiled kernels, then again without them."""
    if request.param == "compiled":
        assert compiled.warm_up().result() is not None
        assert compiled.kernels() is not None
    else:
        for module in (tables, exact, finishing, histogram):
            monkeypatch.setattr(module, "kernels", lambda: None)
    return request.param
