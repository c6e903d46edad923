"""How much memory another process of this machine took at its peak."""

import socket
from pathlib import Path

from tfinspector.contents.reports import Interpreter


def peak_of(interpreter: Interpreter | None) -> int:
    """Peak resident size of the worker in bytes; 0 where it can't be known."""
    if interpreter is None or interpreter.host not in ("", socket.gethostname()):
        return 0
    try:
        text = Path(f"/proc/{interpreter.pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    for line in text.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
