"""Names that tell same-named paths apart."""

from __future__ import annotations

import pytest

from tfinspector.viewmodels.sources.names import telling_names


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["/runs/a/ckpt-1"], ["ckpt-1"]),
        (["/runs/a/ckpt-1", "/runs/a/ckpt-2"], ["ckpt-1", "ckpt-2"]),
        (["/runs/a/ckpt-1", "/runs/b/ckpt-1"], ["a/ckpt-1", "b/ckpt-1"]),
        (
            ["/runs/a/ckpt-1", "/runs/b/ckpt-1", "/runs/b/ckpt-2"],
            ["a/ckpt-1", "b/ckpt-1", "ckpt-2"],
        ),
        (
            ["/a/variables/variables", "/b/variables/variables"],
            ["a/…/variables", "b/…/variables"],
        ),
        (["/x/run", "/run"], ["x/run", "run"]),
        (["/"], ["/"]),
        (["/run/", "/other/run"], ["run", "other/run"]),
    ],
)
def test_the_nearest_folder_that_differs_is_told(paths: list[str], names: list[str]) -> None:
    assert telling_names(paths) == names
