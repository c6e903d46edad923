"""The consent to code in a file: a word that belongs to its content and to no other."""

import hashlib
import os

from tfinspector.contents.trust import CodeInFile
from tfinspector.diagnosis.trust.code_in_files import names_in_code, sentences_of
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource

_BLOCK = 1 << 20
_DIGITS = 16


def code_in(opened: OpenSource, ticket: Ticket | None = None) -> CodeInFile | None:
    """What loading this model of Keras would run of its own, and the word that allows it.

    None where it brings no code. Reads every byte of the file; nothing of it is executed. Raises
    OSError and Cancelled.
    """
    checkpoint = opened.source.checkpoint
    keras = checkpoint.keras if checkpoint else None
    could_do = sentences_of(keras) if keras else ()
    if keras is None or not could_do:
        return None
    consent = _digest(opened.source.path, ticket or Ticket())
    return CodeInFile(opened.source.path, consent, could_do, names_in_code(keras))


def _digest(path: str, ticket: Ticket) -> str:
    """The first digits of the SHA-256 of the file; of an unpacked one, of all files and names."""
    digest = hashlib.sha256()
    for name in sorted(_files(path)):
        digest.update(os.path.relpath(name, path).encode("utf-8", "surrogateescape") + b"\0")
        with open(name, "rb") as file:
            while block := file.read(_BLOCK):
                ticket.check()
                digest.update(block)
    return digest.hexdigest()[:_DIGITS]


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    return [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
