"""Lists the snapshots of a run, whatever kind of files they are."""

from tfinspector.contents.checkpoints import RunListing
from tfinspector.formats.checkpoints.run import list_run, snapshot_paths
from tfinspector.formats.v1.v1_run import list_v1_run, v1_snapshot_paths


def list_snapshots(directory: str) -> RunListing:
    """The snapshots in a run's directory, oldest first. Raises `OSError`.

    Files of Keras make a run only where no checkpoint of TensorFlow is beside them, and those of
    the old format (V1) only where none of today's is.
    """
    listing = list_run(directory)
    listing = listing if listing.snapshots else list_v1_run(directory)
    if listing.snapshots:
        return listing
    from tfinspector.formats.keras.run import list_keras_run  # not needed by what is listed above

    return list_keras_run(directory)


def paths_of_snapshots(directory: str) -> set[str]:
    """The paths of what `list_snapshots` would list, from the names alone. Raises `OSError`."""
    paths = snapshot_paths(directory) or v1_snapshot_paths(directory)
    if paths:
        return paths
    from tfinspector.formats.keras.run import keras_snapshot_paths

    return keras_snapshot_paths(directory)
