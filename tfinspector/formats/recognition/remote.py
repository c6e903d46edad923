"""What a URL is: a checkpoint by any of its files or its prefix, or a directory of them.

Everything else that this program reads needs its files on this machine, and is refused with the
way to copy it.
"""

from tfinspector.contents.findings import Unreadable
from tfinspector.contents.sources import GivenAs, Recognised, SourceKind
from tfinspector.formats.checkpoints.state_file import STATE_FILE_NAME
from tfinspector.formats.faults import unreadable
from tfinspector.formats.places.files import absolute, is_file, names_in
from tfinspector.formats.recognition.faults import cannot_look, remote
from tfinspector.formats.recognition.file_names import INDEX, META, natural_key, shard_name

_PROTOS = ("saved_model.pb", "saved_model.pbtxt", "saved_model.cpb")


def recognise_remote(given: str) -> Recognised:
    """What the URL `given` is; raises `Unreadable`."""
    url = absolute(given.strip())
    try:
        return _checkpoint(url, given) or _directory(url, given)
    except OSError as error:
        raise cannot_look(url, error) from error


def _checkpoint(url: str, given: str) -> Recognised | None:
    directory, _, name = url.rpartition("/")
    shard = shard_name(name)
    prefix, given_as = url, GivenAs.ITSELF
    if shard is not None:
        prefix, given_as = f"{directory}/{shard.prefix}", GivenAs.SHARD
    elif name.endswith(INDEX):
        prefix, given_as = url[: -len(INDEX)], GivenAs.INDEX
    elif name.endswith(META):
        prefix, given_as = url[: -len(META)], GivenAs.META
    if not is_file(prefix + INDEX):
        return None
    words = f"the checkpoint {prefix.rpartition('/')[2]}, read from another machine"
    return Recognised(SourceKind.CHECKPOINT, prefix, given, given_as, words)


def _directory(url: str, given: str) -> Recognised:
    directory, _, name = url.rpartition("/")
    if name == STATE_FILE_NAME:
        url, given_as = directory, GivenAs.STATE_FILE
    else:
        given_as = GivenAs.DIRECTORY
    try:
        names = names_in(url)
    except (FileNotFoundError, NotADirectoryError):
        raise _nothing_there(url, given) from None
    if any((one.endswith(INDEX) and one != INDEX) or shard_name(one) for one in names):
        words = f"the run {url.rpartition('/')[2]}, read from another machine"
        return Recognised(SourceKind.RUN, url, given, given_as, words)
    if any(proto in names for proto in _PROTOS):
        values = f"{url}/variables/variables"
        if is_file(values + INDEX):
            words = f"the variables of {url.rpartition('/')[2]}, a SavedModel on another machine"
            return Recognised(SourceKind.CHECKPOINT, values, given, GivenAs.WITHOUT_GRAPH, words)
    if names == [name] or not names:
        raise remote(url, url.partition("://")[0])
    raise _nothing_inside(url, names)


def _nothing_there(url: str, given: str) -> Unreadable:
    return unreadable(
        "F03",
        f"There is no {url}, and no checkpoint that begins so.",
        url,
        "Look at the spelling of the URL, and whether you may list what is there.",
        evidence={"given": given},
    )


def _nothing_inside(url: str, names: list[str]) -> Unreadable:
    found = remote(url, url.partition("://")[0])
    shown = sorted(names, key=natural_key)[:8]
    return unreadable(
        "F13",
        f"{url.rpartition('/')[2]} holds no checkpoint of TensorFlow; other files are opened on "
        "this machine only.",
        url,
        found.finding.fix or "Copy it here.",
        evidence={"names": shown},
    )
