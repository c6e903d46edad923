"""Children that user code forks: they must never speak on the protocol.

A forked child holds copies of our descriptors and returns from the factory as the parent does. Its
copies are turned into the null device at birth, and where it comes back into our code it ends.
"""

import os

_OWNER = os.getpid()


def mute_in_children(*descriptors: int) -> None:
    """In every child that Python forks from now on, these lead nowhere."""

    def mute() -> None:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in descriptors:
            os.dup2(null, descriptor, inheritable=False)
        os.close(null)

    os.register_at_fork(after_in_child=mute)


def end_if_forked() -> None:
    """End this process if it is a child that came back out of user code."""
    if os.getpid() != _OWNER:
        os._exit(0)
