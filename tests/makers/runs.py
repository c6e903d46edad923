"""Runs as people leave them: moved, saved twice over, one directory per snapshot, sharded."""

from __future__ import annotations

from pathlib import Path


def moved(directory: Path) -> None:
    """A TF1 run with absolute paths in its state file; the fixture renames the directory."""
    import tensorflow as tf

    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable("w", (2, 2))
        session.run(v1.global_variables_initializer())
        saver = v1.train.Saver()
        for step in (1, 9, 10):
            saver.save(session, str(directory / "model.ckpt"), global_step=step)


def saved_twice(directory: Path) -> None:
    """`checkpoint.save(manager.save())`: both count with one counter (F10)."""
    import tensorflow as tf

    checkpoint = tf.train.Checkpoint(w=tf.Variable([1.0, 2.0]))
    manager = tf.train.CheckpointManager(checkpoint, str(directory), 5, checkpoint_name="x")
    for _ in range(2):
        checkpoint.save(manager.save())


def ten_steps(directory: Path) -> None:
    """Eleven snapshots, so that 9 and 10 must be told apart from text order; none deleted."""
    import tensorflow as tf

    w = tf.Variable(tf.zeros((3,)))
    checkpoint = tf.train.Checkpoint(w=w)
    manager = tf.train.CheckpointManager(checkpoint, str(directory), None)
    for _ in range(11):
        w.assign_add([1.0, 2.0, 3.0])
        manager.save()


def directory_per_step(directory: Path) -> None:
    """step_5/weights, step_10/weights, ...: the number is in the directory's name."""
    import tensorflow as tf

    for step in (5, 10, 100):
        below = directory / f"step_{step}"
        below.mkdir()
        tf.train.Checkpoint(w=tf.Variable(float(step))).write(str(below / "weights"))


def unnumbered(directory: Path) -> None:
    """Names without numbers; only the counters inside tell the order."""
    import tensorflow as tf

    step = tf.Variable(0, dtype=tf.int64)
    for name, value in (("best", 40), ("last", 90), ("first", 10)):
        step.assign(value)
        tf.train.Checkpoint(step=step, w=tf.Variable(1.0)).write(str(directory / name))


def shards(directory: Path) -> None:
    """A checkpoint in four data files, and one in one, of the same variables."""
    import tensorflow as tf

    parts = {f"v{i}": tf.Variable(tf.fill((50, i + 1), float(i))) for i in range(8)}
    checkpoint = tf.train.Checkpoint(**parts)
    options = tf.train.CheckpointOptions(
        experimental_sharding_callback=tf.train.experimental.MaxShardSizePolicy(2000)
    )
    checkpoint.write(str(directory / "many"), options=options)
    checkpoint.write(str(directory / "one"))


def old_format(directory: Path) -> None:
    """V1: one table file per checkpoint, and one in shards."""
    import tensorflow as tf

    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable("w", (2, 2))
        session.run(v1.global_variables_initializer())
        version = v1.train.SaverDef.V1
        v1.train.Saver(write_version=version).save(session, str(directory / "old.ckpt"))
        v1.train.Saver(write_version=version, sharded=True).save(
            session, str(directory / "sharded.ckpt")
        )


def keras_files(directory: Path) -> None:
    """A .keras, a .weights.h5 and a legacy .h5 file, a TFLite model and a frozen graph."""
    import keras
    import tensorflow as tf

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.save(directory / "model.keras")
    model.save_weights(directory / "model.weights.h5")
    model.save(directory / "legacy.h5")
    graph = tf.Graph()
    with graph.as_default():
        tf.constant([1.0, 2.0], name="c")
    (directory / "frozen.pb").write_bytes(graph.as_graph_def().SerializeToString())


def parse_state(data: bytes) -> tuple[str, list[str], list[float]]:
    """A state file as TensorFlow's protobuf reads it."""
    from google.protobuf import text_format
    from tensorflow.python.training.checkpoint_state_pb2 import CheckpointState

    state = text_format.Parse(data, CheckpointState(), allow_unknown_field=True)
    return (
        state.model_checkpoint_path,
        list(state.all_model_checkpoint_paths),
        list(state.all_model_checkpoint_timestamps),
    )


def parse_graph(prefix: str) -> list[tuple[list, list, list, str]]:
    """The object graph as TensorFlow's protobuf reads it: children, attributes, slots, saver."""
    import tensorflow as tf
    from tensorflow.core.protobuf import trackable_object_graph_pb2 as proto

    reader = tf.train.load_checkpoint(prefix)
    graph = proto.TrackableObjectGraph.FromString(reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"))
    return [
        (
            [(child.local_name, child.node_id) for child in node.children],
            [(one.name, one.full_name, one.checkpoint_key) for one in node.attributes],
            [
                (one.original_variable_node_id, one.slot_name, one.slot_variable_node_id)
                for one in node.slot_variables
            ],
            node.registered_saver.name,
        )
        for node in graph.nodes
    ]
