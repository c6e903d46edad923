"""URLs are no place to write to: refused in a sentence, before any work, and nothing appears."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tfinspector.contents.findings import Unreadable
from tfinspector.engine.exporting import write_csv
from tfinspector.engine.new_checkpoint import check_prefix
from tfinspector.engine.restoring import repairing
from tfinspector.engine.running import saving

WAYS: dict[str, Callable[[str], object]] = {
    "an export": lambda url: write_csv(url, ["a"], []),
    "what is salvaged": check_prefix,
    "a repaired checkpoint": repairing.check_place,
    "outputs": saving.check_place,
}


@pytest.mark.parametrize("url", ["memory://far/new.csv", "s3://bucket/new.keras"])
@pytest.mark.parametrize("way", WAYS)
def test_a_url_is_refused(
    way: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unreadable, match="writes to this machine only") as caught:
        WAYS[way](url)
    finding = caught.value.finding
    assert finding.id == "V03"
    assert finding.fix is not None
    assert url.rpartition("/")[0] in finding.fix.code
    assert os.listdir(tmp_path) == []
