"""What TensorFlow makes of paths with characters of patterns. Runs in a TensorFlow process."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import tensorflow as tf

VALUE = [3.0, 4.0]


def asked(directory: str, places: list[str]) -> list[dict[str, Any]]:
    """Write a checkpoint at each place below the directory, and look what TensorFlow finds again.

    `path`, `restored` (the values came), `latest` (`latest_checkpoint` finds it), `loaded` (a
    SavedModel whose directory is called so).
    """
    logging.getLogger("tensorflow").setLevel(logging.CRITICAL)
    return [_at(Path(directory, str(at), place)) for at, place in enumerate(places)]


def follow(fix: str) -> list[float]:
    """Run the code of a finding's fix, with the names that it takes for granted."""
    net = _net()
    space: dict[str, Any] = {"tf": tf, "checkpoint": tf.train.Checkpoint(net)}
    exec(compile(fix, "fix", "exec"), space)
    net = space.get("loaded", net)
    return [float(each) for each in net.w.numpy()]


def _at(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True)
    saved = _net()
    saved.w.assign(VALUE)
    tf.train.Checkpoint(saved).write(str(path))
    tf.compat.v1.train.update_checkpoint_state(str(path.parent), str(path))
    tf.saved_model.save(saved, f"{path}.saved")
    answer: dict[str, Any] = {"path": str(path), "saved": f"{path}.saved", "loaded": True}
    net = _net()
    with suppress(tf.errors.NotFoundError):
        tf.train.Checkpoint(net).restore(str(path))
    answer["restored"] = net.w.numpy().tolist() == VALUE
    answer["latest"] = tf.train.latest_checkpoint(str(path.parent)) == str(path)
    try:
        tf.saved_model.load(answer["saved"])
    except FileNotFoundError:
        answer["loaded"] = False
    return answer


def _net() -> Any:
    net = tf.Module()
    net.w = tf.Variable(tf.zeros([2]))
    return net
