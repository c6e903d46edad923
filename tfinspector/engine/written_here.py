"""Whatever is written is written to this machine: a URL is refused before any work is done.

Only here can a file appear complete or not at all, and never over one that is there.
"""

import os

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.passwords import masked
from tfinspector.formats.places.files import is_remote

_COPYING = """import fsspec
there, _ = fsspec.core.url_to_fs({url!r})
there.put({here!r}, {url!r}, recursive=True)"""


def check_here(path: str) -> None:
    """Raises `Unreadable` (V03) where a URL is to be written."""
    if not is_remote(path):
        return
    path = masked(path)
    directory, _, _ = path.rstrip("/").rpartition("/")
    raise Unreadable(
        Finding(
            "V03",
            Severity.ERROR,
            f"{path} can't be written: this program writes to this machine only.",
            "A file there could neither appear whole at once nor be proved before it is seen.",
            path,
            {"path": path},
            Fix(
                "Write it here, in a directory of its own, and copy that when it is proved.",
                _COPYING.format(here=os.path.join("written", ""), url=f"{directory}/"),
            ),
        )
    )
