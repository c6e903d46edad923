"""The first thing that runs over there; it is sent as text, never imported.

`python -u -c 'exec(open(0,"rb",0,closefd=False).readline())'` reads this file as one line, and
this file reads the rest of the package: eight digits of length, then a JSON object of module
name to source. Nothing is written to disk over there, and tracebacks still show our lines. Kept to
what every Python 3 can parse, so that one that is too old can say so itself.
"""

import sys

# With -c the current directory comes first on the path: a stray `json.py` there must not run.
sys.path[:] = [entry for entry in sys.path if entry]

import json  # noqa: E402
import os  # noqa: E402
import struct  # noqa: E402
from importlib.abc import InspectLoader, MetaPathFinder  # noqa: E402
from importlib.util import spec_from_loader  # noqa: E402
from typing import Any  # noqa: E402


def _exactly(count: int) -> bytes:
    parts = []
    while count:
        part = os.read(0, min(count, 65536))
        if not part:
            sys.exit("tfinspector's worker: the other side hung up")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


class _Sources(MetaPathFinder, InspectLoader):
    """Finds and loads the modules that were sent."""

    def __init__(self, sources: dict) -> None:  # type: ignore[type-arg]
        self.sources = sources

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name not in self.sources:
            return None
        return spec_from_loader(name, self, is_package="." not in name)

    def exec_module(self, module: Any) -> None:
        name = module.__name__
        code = compile(self.sources[name], name.replace(".", "/") + ".py", "exec")
        exec(code, module.__dict__)

    def get_source(self, name: str) -> str:
        return str(self.sources[name])


def _refuse() -> None:
    hello = {"event": "hello", "python": list(sys.version_info[:3]), "executable": sys.executable}
    text = json.dumps(hello).encode("ascii")
    os.write(1, struct.pack(">4sI", b"\x93TFI", len(text)) + text)
    sys.exit("tfinspector's worker: Python 3.9 or newer is needed")


_bundle = json.loads(_exactly(int(_exactly(8))).decode("ascii"))
if sys.version_info < (3, 9):
    _refuse()
sys.meta_path.insert(0, _Sources(_bundle))

from tfinspector_worker.main import main  # type: ignore[import-not-found]  # noqa: E402

main()
