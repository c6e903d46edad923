"""What a file can turn out to be, in words."""

from typing import NamedTuple

from tfinspector.contents.sources import SourceKind


class FileKind(NamedTuple):
    """What a file is: its kind where this program knows one, words for it, what to do with it.

    `kind` is None for what is no model file of TensorFlow's. `code` does what `todo` says; the
    path stands in it as `{path!r}`. `noun` stands before the name of a file that can be opened.
    """

    kind: SourceKind | None
    words: str
    todo: str = ""
    code: str = ""
    id: str = "F12"
    noun: str = ""
