"""Passwords in URLs (`sftp://user:secret@host`), which are shown nowhere and written nowhere."""

import re

MASK = "***"
_PASSWORD = re.compile(r"(://[^/:@\s]*):[^/\s]*@")


def masked(text: str) -> str:
    """A text without the passwords of the URLs in it."""
    return _PASSWORD.sub(rf"\1:{MASK}@", text) if "@" in text else text
