"""The worker's life: take over the streams, say hello, import TensorFlow, serve, leave."""

import faulthandler
import os
import sys
import time
from contextlib import suppress

from . import plain_paths
from .framework import about
from .methods import METHODS
from .serving import Server
from .streams import Answers, take_over

_STARTED = time.monotonic()


def main() -> None:
    """Serve until the other side hangs up; does not return."""
    requests, descriptor = take_over()
    faulthandler.enable(file=2, all_threads=False)  # an abort then says where
    answers = Answers(descriptor)
    server = Server(requests, answers, METHODS)
    server.listen()
    answers.send(
        {
            "event": "hello",
            "python": list(sys.version_info[:3]),
            "executable": sys.executable,
            "pid": os.getpid(),
        }
    )
    answers.send({"event": "ready", "about": about(), "seconds": time.monotonic() - _STARTED})
    with suppress(OSError):  # the other side may be gone in the middle of an answer
        server.serve()
    plain_paths.forget()
    # No clean-up by libraries: it can hang, and whoever waits for us is in a hurry.
    os._exit(0)
