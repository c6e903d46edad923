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
    return max(_kilobytes(text, "VmHWM:"), 0)


def free_beside(interpreter: Interpreter | None) -> int:
    """Bytes that the worker could take now: what its machine has free, within the limit that it
    runs under; -1 where it can't be known.
    """
    if interpreter is None or interpreter.host not in ("", socket.gethostname()):
        return -1
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return -1
    free = _kilobytes(text, "MemAvailable:")
    allowed = _allowed(interpreter.pid)
    return min(free, allowed) if allowed >= 0 else free


def _allowed(pid: int) -> int:
    """What is left of the address space that the process may take (`ulimit -v`); -1 for no limit.

    The line of /proc/PID/limits: "Max address space  6144000000  6144000000  bytes".
    """
    try:
        limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii", errors="replace")
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return -1
    for line in limits.splitlines():
        if line.startswith("Max address space"):
            most = line.split()[3]
            taken = _kilobytes(status, "VmSize:")
            return max(int(most) - taken, 0) if most.isdigit() and taken >= 0 else -1
    return -1


def _kilobytes(text: str, name: str) -> int:
    """The bytes of "Name:  123 kB", -1 where there is no such line."""
    for line in text.splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return -1
