"""The rows of `list --json`, made as text: there may be 100,000 and somebody waits."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from json.encoder import encode_basestring_ascii

from tfinspector.cli.documents import BETWEEN_ROWS, Rows, encode
from tfinspector.cli.plain_text import is_plain
from tfinspector.contents.variable_columns import OnePathEach, Paths, Traits, VariableColumns

_ROWS_AT_ONCE = 1000
"""So many texts still lie in the processor's caches when they are joined: half the time."""


def variable_rows(variables: VariableColumns) -> Rows:
    """The rows of the document's `variables`. What a kind shares is encoded once."""
    return Rows(_texts(variables))


def _texts(variables: VariableColumns) -> Iterator[str]:
    """The text of some rows after the other."""
    endings = list(map(_ending, variables.traits.samples))
    starts, ends = zip(*endings, strict=True) if endings else ((), ())
    kinds, owners, every_path = variables.traits.of.tolist(), _owners(variables), variables.paths
    for first in range(0, len(variables), _ROWS_AT_ONCE):
        part = slice(first, first + _ROWS_AT_ONCE)
        lists, opening, closing = _lists(every_path[part])
        columns = zip(
            _inside(variables.names[part]), _inside(variables.keys[part]), lists,
            kinds[part], owners[part] or repeat("null"), strict=False,
        )  # fmt: skip
        yield BETWEEN_ROWS.join([
            f'{{"name": "{name}", "key": "{key}", "paths": {opening}{paths}{closing}, '
            f"{starts[kind]}{owner}{ends[kind]}"
            for name, key, paths, kind, owner in columns
        ])  # fmt: skip


def _owners(variables: VariableColumns) -> list[str]:
    """The values of `slot_of`; empty where all are null."""
    owners = ["null"] * len(variables) if variables.slots else []
    for place, slot in variables.slots.items():
        owners[place] = encode(slot.slot_of or None)
    return owners


def _inside(texts: Sequence[str]) -> Sequence[str]:
    """What stands between the quotes. Names rarely need an escape: one look at all of them."""
    together = "".join(texts)
    if is_plain(together) and '"' not in together and "\\" not in together:
        return texts
    return [encode_basestring_ascii(text)[1:-1] for text in texts]


def _lists(lists: Paths) -> tuple[Iterable[str], str, str]:
    """JSON's lists of texts: what differs from row to row, what opens and what closes each."""
    if isinstance(lists, OnePathEach) and not lists.others:
        return _inside(lists.paths), '["', '"]'
    if not any(lists):
        return repeat(""), "[", "]"
    rest = iter(_inside(list(chain.from_iterable(lists))))
    joined = ['", "'.join(islice(rest, len(texts))) for texts in lists]
    quoted = [f'"{text}"' if texts else "" for texts, text in zip(lists, joined, strict=True)]
    return quoted, "[", "]"


def _ending(sample: Traits) -> tuple[str, str]:
    """The rest of a row, from `dtype` on: what is before and after the value of `slot_of`."""
    shared = {
        "dtype": sample.dtype.name,
        "shape": list(sample.shape),
        "nbytes": sample.nbytes,
        "role": sample.role,
        "trainable": sample.trainable,
    }
    return (
        f'{encode(shared)[1:-1]}, "slot_of": ',
        f', "problem": {encode(sample.problem or None)}}}',
    )
