"""Names without room: what names that end alike share gives way, what tells them apart stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_DOTS = "…"
_REACH = 200  # so many names above and below: farther ones are not seen together


def short_name(names: Sequence[str], at: int, fits: Callable[[str], bool]) -> str:
    """The name at that place in a list, or as much of it as fits.

    Its last part stays. Of the parts before, those give way to dots, the first ones first, that
    are the same wherever a name near it ends with the same part: of
    `encoder/layer_1/attention/query` in an encoder of many layers stays `…/layer_1/…/query`. What
    is too long even so loses its beginning.
    """
    name = names[at]
    if fits(name):
        return name
    parts = name.split("/")
    near = names[max(0, at - _REACH) : at + _REACH]
    rivals = [each.split("/") for each in near if each.endswith(f"/{parts[-1]}")]
    shared = [at for at in range(len(parts) - 1) if _is_shared(parts, rivals, at)]
    shown = name
    for count in range(1, len(shared) + 1):
        shown = _dotted(parts, frozenset(shared[:count]))
        if fits(shown):
            return shown
    return _end_of(shown, fits)


def _is_shared(parts: Sequence[str], rivals: Sequence[Sequence[str]], at: int) -> bool:
    return all(at < len(each) and each[at] == parts[at] for each in rivals)


def _dotted(parts: Sequence[str], left_out: frozenset[int]) -> str:
    """The name with dots for each run of parts that are left out."""
    return "/".join(
        _DOTS if at in left_out else part
        for at, part in enumerate(parts)
        if at not in left_out or at - 1 not in left_out
    )


def _end_of(name: str, fits: Callable[[str], bool]) -> str:
    """The longest end that fits, with dots before it."""
    whole = name.lstrip(f"{_DOTS}/")
    least, most = 0, len(whole)
    while least < most:
        length = (least + most + 1) // 2
        if fits(_DOTS + whole[-length:]):
            least = length
        else:
            most = length - 1
    return _DOTS + whole[len(whole) - least :]
