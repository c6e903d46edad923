"""Opens a checkpoint in the format of TensorFlow 1 (V1)."""

import os

from tfinspector.contents.sources import Recognised, Source, SourceKind
from tfinspector.diagnosis.files import find_file_problems
from tfinspector.diagnosis.v1_checkpoints import find_old_format
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.openers.opened import Opened, snapshot_of, stamp
from tfinspector.formats.v1.v1_checkpoint import read_v1


def open_v1(recognised: Recognised, ticket: Ticket) -> Opened:
    """The V1 checkpoint that was recognised; raises `Unreadable`."""
    ticket.report(0, 0, f"Reading {os.path.basename(recognised.path)}")
    loaded = read_v1(recognised.path)
    checkpoint = loaded[0]
    source = Source(
        SourceKind.CHECKPOINT_V1,
        checkpoint.prefix,
        recognised.given,
        recognised.taken_for,
        (snapshot_of(checkpoint),),
        checkpoint,
        findings=(*find_file_problems(checkpoint), *find_old_format(checkpoint)),
    )
    return Opened(source, [loaded], stamp([shard.path for shard in checkpoint.shards]))
