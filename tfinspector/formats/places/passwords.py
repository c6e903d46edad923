"""Passwords in URLs (`sftp://user:secret@host`): kept here, and told nowhere.

What is given is told with asterisks, on every page and in every file that is written; only where
the place is asked for something does the password come back.
"""

import re

_MASK = "***"
_PASSWORD = re.compile(r"(://[^/:@\s]*):[^/\s]*@")
_real_roots: dict[str, str] = {}
"""The beginning of a URL as it is told -> as it was given; of this process, never written down."""


def masked(text: str) -> str:
    """A text without the passwords of the URLs in it."""
    return _PASSWORD.sub(rf"\1:{_MASK}@", text) if "@" in text else text


def taken(url: str) -> str:
    """The URL as it is told; its password is kept for `real_root`."""
    told = masked(url)
    if told != url:
        _real_roots[root_of(told)] = root_of(url)
    return told


def root_of(url: str) -> str:
    """The beginning of a URL: its scheme, in small letters, and the host or bucket behind it."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.lower()}://{rest.partition('/')[0]}"


def real_root(told: str) -> str:
    """The root with its password; without any where it is not known, as after a new start."""
    return _real_roots.get(told, told.replace(f":{_MASK}@", "@"))
