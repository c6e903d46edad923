"""Findings about the worker, the process with TensorFlow: why it ended, why it can't work.

W01 ended by itself · W02 aborted or crashed · W03 killed by the system · W04 took too long ·
W05 can't be started · W06 Python too old · W07 TensorFlow missing · W08 TensorFlow broken ·
W09 spoke out of turn · W10 raised something nobody explains · W11 ended because it was asked to ·
W12 TensorFlow too old · W13 this program failed to listen · R01 memory ran out in it
"""

import re
import shlex
import signal

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.reports import EndReason, Interpreter, RelayedError, WorkerEnd

OLDEST_PYTHON = (3, 9)
OLDEST_TENSORFLOW = (2, 13)

_CRASHES = frozenset({signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE})
_NOT_FOUND = frozenset({126, 127, 255})  # not executable, not found (shells); no connection (ssh)
_TELLING = r"^(F\d{4} |.*Check failed|terminate called|.*what\(\): ).*"
_NO_MEMORY = r"bad_alloc|[Oo]ut of memory|[Cc]annot allocate memory"
_SHELLS_ADD = 128
_CONTAINERS = ("docker", "podman", "nerdctl", "kubectl")


def explain_end(end: WorkerEnd) -> Finding:
    """The finding for the end of the worker's process."""
    match end.reason:
        case EndReason.ASKED | EndReason.CANCELLED:
            return _asked(end)
        case EndReason.TIMEOUT | EndReason.START_TIMEOUT:
            return _too_slow(end)
        case EndReason.GARBAGE:
            return _garbage(end)
        case EndReason.BROKEN:
            return _broken(end)
    if end.python is not None and end.python < OLDEST_PYTHON:
        return _old_python(end)
    if end.start_error or end.python is None:
        return _not_started(end)
    number = _signal(end)
    if number == signal.SIGKILL:
        return _killed(end)
    return _crashed(end, number) if number in _CRASHES else _left(end)


def explain_missing(command: tuple[str, ...], interpreter: Interpreter, kind: str) -> Finding:
    """TensorFlow can't be imported; `kind` is the type of what the import raised."""
    evidence = {
        "command": shlex.join(command),
        "python": interpreter.python,
        "executable": interpreter.executable,
        "error": f"{kind}: {interpreter.problem}",
    }
    python = shlex.quote(interpreter.executable or "python3")
    missing = re.search(r"No module named '(tensorflow|numpy)'", interpreter.problem)
    if kind == "ModuleNotFoundError" and missing:
        return Finding(
            id="W07",
            severity=Severity.ERROR,
            title=f"TensorFlow is not installed in {interpreter.executable or 'this interpreter'}.",
            detail="Looking at files works without it; loading, restoring and running do not.",
            where=interpreter.executable,
            evidence=evidence,
            fix=Fix(
                "Install TensorFlow there, or choose an interpreter that has it.",
                f"{python} -m pip install tensorflow",
            ),
        )
    return Finding(
        id="W08",
        severity=Severity.ERROR,
        title=f"TensorFlow is installed in {interpreter.executable} but its import fails.",
        detail=f"{kind}: {interpreter.problem}",
        where=interpreter.executable,
        evidence=evidence,
        fix=Fix(
            "Import it once by hand to see all of the error; most often a package does not fit.",
            f"{python} -c 'import tensorflow'\n{python} -m pip check",
        ),
    )


def explain_versions(interpreter: Interpreter) -> list[Finding]:
    """A warning where TensorFlow is older than what the worker was made for."""
    numbers = re.match(r"(\d+)\.(\d+)", interpreter.tensorflow or "")
    if numbers is None or (int(numbers[1]), int(numbers[2])) >= OLDEST_TENSORFLOW:
        return []
    return [
        Finding(
            id="W12",
            severity=Severity.WARNING,
            title=f"TensorFlow {interpreter.tensorflow} is older than 2.13.",
            detail="Some answers may be missing or fail.",
            where=interpreter.executable,
            evidence={"tensorflow": interpreter.tensorflow},
            fix=Fix("Choose an interpreter with TensorFlow 2.13 or newer."),
        )
    ]


def explain_raised(error: RelayedError, doing: str) -> Finding:
    """An exception in the worker that no other class explains."""
    first = error.message.strip().splitlines()
    innermost = error.frames[-1] if error.frames else None
    return Finding(
        id="W10",
        severity=Severity.ERROR,
        title=f"{_capital(doing) or 'The request'} failed: {first[0] if first else error.type}",
        detail=error.message if len(first) > 1 else "",
        where=f"{innermost.file}:{innermost.line}" if innermost else "",
        evidence={
            "type": error.type,
            "cause": error.cause,
            "traceback": [f"{f.file}:{f.line} in {f.function}: {f.code}" for f in error.frames],
        },
        fix=Fix("Read the last line of the traceback; it is the one that failed."),
    )


def _asked(end: WorkerEnd) -> Finding:
    why = "did not stop when asked, so it was ended" if end.doing else "was ended"
    return Finding(
        id="W11",
        severity=Severity.INFO,
        title=f"The worker {why}{_while(end)}; the next request starts a new one.",
        evidence=_evidence(end),
    )


def _too_slow(end: WorkerEnd) -> Finding:
    starting = end.reason is EndReason.START_TIMEOUT
    what = "starting" if starting else end.doing or "its work"
    return Finding(
        id="W04",
        severity=Severity.ERROR,
        title=f"The worker was ended because {what} took longer than {end.waited_s:g} s.",
        detail=_last_words(end),
        evidence=_evidence(end),
        fix=Fix(
            "Run the command by hand and see whether it waits for something, such as a password."
            if starting
            else "Try again with a longer limit, or look at the log for what it is waiting for.",
            shlex.join((*end.command, "-c", "import tensorflow")) if starting else "",
        ),
    )


def _garbage(end: WorkerEnd) -> Finding:
    return Finding(
        id="W09",
        severity=Severity.ERROR,
        title=f"Something else wrote into the worker's channel{_while(end)}.",
        detail="Only the worker may write to the standard output of the command that starts it.",
        evidence=_evidence(end) | {"bytes": end.garbage},
        fix=Fix(
            "Let the command that starts the interpreter print to standard error only.",
            f"{shlex.join(end.command)} -c 'pass'   # must print nothing",
        ),
    )


def _broken(end: WorkerEnd) -> Finding:
    return Finding(
        id="W13",
        severity=Severity.ERROR,
        title=f"The worker was ended{_while(end)}: this program failed to handle what it said.",
        detail="The worker did nothing wrong; the traceback is in this program's own log.",
        evidence=_evidence(end),
        fix=Fix("Try again; the next request starts a new worker. Please report the traceback."),
    )


def _old_python(end: WorkerEnd) -> Finding:
    version = ".".join(map(str, end.python or ()))
    return Finding(
        id="W06",
        severity=Severity.ERROR,
        title=f"The worker needs Python 3.9 or newer, and {_command(end)} is Python {version}.",
        evidence=_evidence(end) | {"python": version},
        fix=Fix("Choose another interpreter for the worker in the settings."),
    )


def _not_started(end: WorkerEnd) -> Finding:
    if end.start_error or end.status in _NOT_FOUND:
        reason = end.start_error or _first_line(end) or "the command was not found"
        title = f"The worker can't be started: {_command(end)}: {reason}."
    else:
        title = f"{_command(end)} ended before it became a worker ({_status(end)})."
    advice = "Check the interpreter in the settings; this must print a version:"
    if any(word.rpartition("/")[2] in _CONTAINERS for word in end.command[:2]) and not any(
        word.startswith("-") and "i" in word for word in end.command
    ):
        advice = "Add -i, so that the container's process gets our standard input; and check that"
    return Finding(
        id="W05",
        severity=Severity.ERROR,
        title=title.replace("..", "."),
        detail=_last_words(end),
        evidence=_evidence(end),
        fix=Fix(advice, shlex.join((*end.command, "--version"))),
    )


def _crashed(end: WorkerEnd, number: int) -> Finding:
    verb = "aborted" if number == signal.SIGABRT else "crashed"
    if re.search(_NO_MEMORY, end.last_words):
        return _out_of_memory(end)
    telling = re.search(_TELLING, end.last_words, re.MULTILINE)
    said = f"It said: {telling[0]}\n" if telling else ""
    of_user = "building" in end.doing and not telling
    who = "The code" if of_user else "TensorFlow"
    advice = (
        "os.abort(), or a compiled library that the factory uses, does this. Run the factory by "
        "itself to see where; the next request starts a new worker."
        if of_user else
        "A damaged file or a fault of TensorFlow does this. Check the file with our own "
        "reader; the next request starts a new worker."
    )  # fmt: skip
    return Finding(
        id="W02",
        severity=Severity.ERROR,
        title=f"{who} {verb}{_while(end)} and took its process with it ({_status(end)}).",
        detail=said + _last_words(end),
        evidence=_evidence(end),
        fix=Fix(advice, "" if of_user else "tfinspector check PATH"),
    )


def _out_of_memory(end: WorkerEnd) -> Finding:
    return Finding(
        id="R01",
        severity=Severity.ERROR,
        title=f"Memory ran out{_while(end)}, and TensorFlow ended its process ({_status(end)}).",
        detail=_last_words(end),
        evidence=_evidence(end),
        fix=Fix(
            "Close other programs, lift the limit that the worker runs under, or choose a machine "
            "with more memory. This shows the limit:",
            "ulimit -v; free -h",
        ),
    )


def _killed(end: WorkerEnd) -> Finding:
    proof = (
        "the system ran out of memory at that time"
        if end.oom_kills
        else "most often because memory ran out"
    )
    return Finding(
        id="W03",
        severity=Severity.ERROR,
        title=f"The worker was killed from outside{_while(end)}; {proof}.",
        detail=_last_words(end),
        evidence=_evidence(end) | {"processes_killed_for_memory_meanwhile": end.oom_kills},
        fix=Fix(
            "Close other programs or choose a machine with more memory.",
            "dmesg | grep -i 'killed process'",
        ),
    )


def _left(end: WorkerEnd) -> Finding:
    return Finding(
        id="W01",
        severity=Severity.ERROR,
        title=f"The worker ended{_while(end)} ({_status(end)}).",
        detail=_last_words(end),
        evidence=_evidence(end),
        fix=Fix(
            "If code of yours calls os._exit or closes descriptors, remove that; its last words "
            "are in the log. The next request starts a new worker."
        ),
    )


def _evidence(end: WorkerEnd) -> dict[str, object]:
    facts: dict[str, object] = {"command": shlex.join(end.command)}
    if end.status is not None:
        facts["status"] = end.status
    if end.last_words:
        facts["last_words"] = end.last_words
    return facts


def _signal(end: WorkerEnd) -> int:
    """The signal that ended it, 0 for none; shells and containers add 128 to tell of one."""
    if end.status is None or end.reason is EndReason.SILENT:
        return 0
    number = -end.status if end.status < 0 else end.status - _SHELLS_ADD
    return number if number in set(signal.Signals) else 0


def _status(end: WorkerEnd) -> str:
    if end.reason is EndReason.SILENT:
        return "it closed its channel and had to be killed"
    if end.status is None:
        return "no exit status"
    number = _signal(end)
    return signal.Signals(number).name if number else f"exit status {end.status}"


def _while(end: WorkerEnd) -> str:
    if end.doing:
        return f" while {end.doing}"
    return "" if end.ready else " while starting"


def _last_words(end: WorkerEnd) -> str:
    return f"Its last words:\n{end.last_words}" if end.last_words else "It said nothing."


def _first_line(end: WorkerEnd) -> str:
    return end.last_words.strip().splitlines()[-1] if end.last_words.strip() else ""


def _command(end: WorkerEnd) -> str:
    return shlex.join(end.command)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
