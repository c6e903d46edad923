"""The passwords of URLs that were given: kept here, for what is asked of their places.

Everywhere else a URL goes by its told form, with asterisks: on pages, in documents, in what is
written.
"""

from tfinspector.contents.passwords import MASK, masked

_real_roots: dict[str, str] = {}
"""The beginning of a URL as it is told -> as it was given; of this process, never written down."""


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
    return _real_roots.get(told, told.replace(f":{MASK}@", "@"))
