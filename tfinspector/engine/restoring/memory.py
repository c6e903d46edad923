"""How much memory a worker on this machine took at its peak, and how much is left for it."""

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


def free_beside(interpreter: Interpreter | None) -> int:
    """Bytes that a program on the worker's machine could take now; -1 where it can't be known."""
    if interpreter is None or interpreter.host not in ("", socket.gethostname()):
        return -1
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return -1
    for line in text.splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return -1
