"""What to call things that may have the same name: as editors name their tabs."""

from __future__ import annotations

from collections.abc import Sequence

_LEFT_OUT = "…"


def telling_names(paths: Sequence[str]) -> list[str]:
    """The last part of each path; of those that end alike, with the nearest folder that differs.

    `/runs/a/ckpt-1` and `/runs/b/ckpt-1` are `a/ckpt-1` and `b/ckpt-1`; what lies between the
    telling folder and the name is left out.
    """
    parts = [[part for part in path.split("/") if part] or [path] for path in paths]
    return [_name(own, [each for each in parts if each != own]) for own in parts]


def _name(own: list[str], others: list[list[str]]) -> str:
    rivals = [each for each in others if each[-1] == own[-1]]
    depth = 1
    while rivals and depth < len(own):
        depth += 1
        rivals = [each for each in rivals if each[-depth:] == own[-depth:]]
    if depth > 2:
        return "/".join([own[-depth], _LEFT_OUT, own[-1]])
    return "/".join(own[-depth:])
