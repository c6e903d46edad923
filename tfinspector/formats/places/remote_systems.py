"""The file system of fsspec for a URL, or why there is none.

https://filesystem-spec.readthedocs.io . Who may read what is settled by fsspec and its
implementations: their environment variables and configuration files, and what the URL itself says.
"""

from typing import Any

from tfinspector.contents.findings import Fix, Unreadable
from tfinspector.contents.passwords import masked
from tfinspector.formats.faults import unreadable

_PACKAGES = {
    "gs": "gcsfs", "gcs": "gcsfs", "s3": "s3fs", "s3a": "s3fs", "sftp": "paramiko",
    "ssh": "paramiko", "http": "aiohttp", "https": "aiohttp", "abfs": "adlfs", "az": "adlfs",
    "hf": "huggingface_hub", "smb": "smbprotocol", "hdfs": "pyarrow",
}  # fmt: skip


def file_system(root: str) -> Any:
    """The file system of a URL's beginning ("s3://bucket", "sftp://user@host:22").

    Raises `Unreadable` where a package is missing for it, or the place is not to be reached.
    """
    scheme = root.partition("://")[0]
    try:
        import fsspec
    except ImportError:
        raise _missing(scheme, "tfinspector[remote]") from None
    try:
        found, _ = fsspec.core.url_to_fs(root)
    except ImportError:
        raise _missing(scheme, _PACKAGES.get(scheme, f"fsspec[{scheme}]")) from None
    except ValueError:
        raise unreadable(
            "F13",
            f"{scheme}:// is no place that fsspec knows.",
            f"{scheme}://",
            "Look at the spelling of the URL; `fsspec.available_protocols()` lists those it knows.",
        ) from None
    except Exception as error:
        raise unreadable(
            "F13",
            f"{scheme}:// can't be reached: {masked(str(error))}.",
            f"{scheme}://",
            "See the documentation of fsspec for how this place is told who you are.",
        ) from error
    return found


def _missing(scheme: str, package: str) -> Unreadable:
    return unreadable(
        "F13",
        f"Reading {scheme}:// needs a package that is not installed.",
        f"{scheme}://",
        Fix(
            "Install it beside this program, or copy the files here first.",
            f"pip install '{package}'",
        ),
    )
