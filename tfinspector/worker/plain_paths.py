"""Opens checkpoints whose paths TensorFlow takes for patterns (F04).

Before it reads one, `restore` looks for files that match the prefix (`get_matching_files`): of
`run[1]/ckpt-1` it finds none. So it gets links with a plain name, in a temporary directory. They
stay until the next call is done, for variables that are made only then are restored from there.
"""

import os
from typing import Any, List

_SPECIAL = frozenset("*?[\\")  # without these, TensorFlow only looks whether the file is there
_NAME = "checkpoint"
_kept: List[Any] = []


def plain(prefix: str) -> str:
    """The prefix itself, or that of links to its files; as it is where there are no such files."""
    forget()
    if not _SPECIAL.intersection(prefix) or "://" in prefix:
        return prefix
    import tempfile

    directory, base = os.path.split(os.path.abspath(prefix))
    try:
        names = [each for each in os.listdir(directory) if _belongs(each, base)]
    except OSError:  # TensorFlow has words for that
        names = []
    if not names:
        return prefix
    links = tempfile.TemporaryDirectory(prefix="tfinspector-")
    _kept.append(links)
    for name in names:
        _link(os.path.join(directory, name), os.path.join(links.name, _NAME + name[len(base) :]))
    return os.path.join(links.name, _NAME)


def forget() -> None:
    """Remove the links."""
    while _kept:
        _kept.pop().cleanup()


def _belongs(name: str, base: str) -> bool:
    return name == base + ".index" or name.startswith(base + ".data-")


def _link(file: str, link: str) -> None:
    try:
        os.symlink(file, link)
    except (OSError, NotImplementedError):  # a file system, or an account, without links
        import shutil

        shutil.copyfile(file, link)
