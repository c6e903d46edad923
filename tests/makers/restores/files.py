"""F01 to F10: the path or the files are not what TensorFlow needs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import tensorflow as tf

from tests.makers.restores.cases import Place, case, fill

FACTORY = """
    import keras

    def build():
        return keras.Sequential([
            keras.Input((3,)), keras.layers.Dense(8), keras.layers.Dense(2)
        ])
"""
MODULE = """
    import tensorflow as tf

    class Net(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable(tf.zeros([20, 10]), name="w")
            self.b = tf.Variable(tf.zeros([10]), name="b")

    def build():
        return Net()
"""
INDEX = ".index"
DATA = ".data-00000-of-00001"


def _save(at: Place, directory: str = "", text: str = FACTORY, seed: int = 0) -> Path:
    """One checkpoint, `ckpt-1`, in the case's directory or below; gives its prefix."""
    built = at.factory(text).build()
    fill(built.variables, seed)
    place = at.directory / directory
    place.mkdir(exist_ok=True)
    at.right(built)
    return Path(tf.train.Checkpoint(built).save(str(place / "ckpt")))


@case("F01", {"restored": 5}, "names 0/4", given="ckpt-1.index")
def index_of_a_checkpoint(at: Place) -> None:
    """TensorFlow takes the index for an old checkpoint and restores nothing, without a word."""
    _save(at)


@case("F01", {"restored": 3}, "names 0/2", given="epochs/ckpt-1.index")
def index_in_a_run(at: Place) -> None:
    """The same of a module, two checkpoints in the directory."""
    _save(at, "epochs", MODULE)


@case("F02", {"restored": 5}, "DataLossError 0/4", given=f"ckpt-1{DATA}")
def data_file(at: Place) -> None:
    _save(at)


@case("F02", {"restored": 3}, "DataLossError 0/2", given="checkpoint")
def state_file(at: Place) -> None:
    _save(at, text=MODULE)


@case("F03", {"restored": 5}, "DataLossError 0/4", given="run")
def directory(at: Place) -> None:
    _save(at, "run")


@case("F03", {"restored": 3}, "NotFoundError 0/2", given="run/ckpt")
def without_number(at: Place) -> None:
    _save(at, "run", MODULE)


@case("F03", {}, "NotFoundError 0/4", given="elsewhere/ckpt-1")
def nothing_there(at: Place) -> None:
    """The parent directory does not exist."""
    _save(at)


@case("F04", {"restored": 5}, "NotFoundError 0/4", given="lr[0.1]/ckpt-1")
def brackets(at: Place) -> None:
    """TensorFlow takes the path for a pattern and finds no file."""
    _save(at)
    _move(at.directory / "lr[0.1]", at.directory)


@case("F04", {"restored": 3}, "NotFoundError 0/2", given="ckpt[best]-1")
def brackets_in_the_name(at: Place) -> None:
    _save(at, text=MODULE)
    for file in at.directory.glob("ckpt-1.*"):
        file.rename(file.with_name(file.name.replace("ckpt", "ckpt[best]")))


@case("", {"restored": 3}, "consumed 2/2", also=("F04",), given="what{now}?/ckpt-1")
def braces_and_question_mark(at: Place) -> None:
    """These are no trouble: the pattern that TensorFlow takes them for matches the path itself."""
    _save(at, text=MODULE)
    _move(at.directory / "what{now}?", at.directory)


def _move(target: Path, source: Path) -> None:
    target.mkdir()
    for file in [*source.glob("ckpt-1.*"), source / "checkpoint"]:
        shutil.move(file, target / file.name)


def _state(directory: Path, text: str) -> None:
    (directory / "checkpoint").write_text(text, encoding="utf-8")


@case("F05", {"restored": 5}, "DataLossError 0/4", also=("F03",), given="moved")
def moved_run(at: Place) -> None:
    """The state file has the absolute paths of another computer."""
    _save(at, "moved")
    old = "/home/someone/runs/7/ckpt-1"
    _state(
        at.directory / "moved",
        f'model_checkpoint_path: "{old}"\nall_model_checkpoint_paths: "{old}"\n',
    )


@case("F05", {"restored": 3}, "DataLossError 0/2", also=("F03",), given="broken")
def broken_state_file(at: Place) -> None:
    """The state file is no text of that kind."""
    _save(at, "broken", MODULE)
    _state(at.directory / "broken", "latest = ckpt-1\n")


@case("F06", {}, "NotFoundError 0/4")
def index_missing(at: Place) -> None:
    prefix = _save(at)
    os.remove(f"{prefix}{INDEX}")


@case("F06", {"restored": 1, "not_assigned": 2}, "NotFoundError 0/2")
def shard_missing(at: Place) -> None:
    """Two data files belong to it, one of them is gone."""
    built = at.factory(MODULE).build()
    fill(built.variables)
    policy = tf.train.experimental.MaxShardSizePolicy(810)
    options = tf.train.CheckpointOptions(experimental_sharding_callback=policy)
    tf.train.Checkpoint(built).save(str(at.directory / "ckpt"), options)
    shards = sorted(at.directory.glob("ckpt-1.data-*"))
    assert len(shards) == 2, shards
    weight = tf.convert_to_tensor(built.w).numpy().tobytes()
    for shard in shards:
        if weight in shard.read_bytes():
            shard.unlink()


@case("F07", {}, "IndexError 0/2")
def data_cut_off(at: Place) -> None:
    """The copy stopped half-way."""
    prefix = _save(at, text=MODULE)
    os.truncate(f"{prefix}{DATA}", 300)


@case("F07", {}, "OpError 0/4")
def pointer_of_git_lfs(at: Place) -> None:
    """git clone without git lfs pull."""
    prefix = _save(at)
    Path(f"{prefix}{INDEX}").write_text(
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{'5b' * 32}\nsize 912\n",
        encoding="utf-8",
    )  # fmt: skip


@case("F07", {}, "IndexError 0/4")
def page_instead_of_data(at: Place) -> None:
    """What was downloaded is the page about the file."""
    prefix = _save(at)
    Path(f"{prefix}{DATA}").write_text("<!DOCTYPE html>\n<html>Sign in</html>\n", encoding="utf-8")


@case("F08", {}, "DataLossError 0/2", dry={"restored": 3})
def flipped_byte(at: Place) -> None:
    prefix = _save(at, text=MODULE)
    data = Path(f"{prefix}{DATA}")
    content = bytearray(data.read_bytes())
    weight = tf.train.load_variable(str(prefix), "w/.ATTRIBUTES/VARIABLE_VALUE")
    content[content.find(weight.tobytes()) + 5] ^= 0x10
    data.write_bytes(content)


@case("F08", {}, "OpError 0/4")
def data_of_another_save(at: Place) -> None:
    """The sizes are right; index and data are of two saves."""
    prefix = _save(at)
    other = _save(at, "other", seed=1)
    shutil.copy(f"{other}{DATA}", f"{prefix}{DATA}")
    shutil.rmtree(other.parent)


@case("F09", {"restored": 5}, "NotFoundError 0/4")
def parts_of_a_save(at: Place) -> None:
    """The program ended between writing the parts and joining them."""
    prefix = _save(at)
    parts = at.directory / "ckpt-1_temp"
    parts.mkdir()
    for suffix in (INDEX, DATA):
        shutil.move(f"{prefix}{suffix}", parts / f"part-00000-of-00001{suffix}")


@case("F09", {"restored": 3}, "DataLossError 0/2", also=("F03",), given="run")
def temporary_files(at: Place) -> None:
    """A directory with an older checkpoint, and the leftovers of a newer one."""
    _save(at, "run", MODULE)
    (at.directory / "run" / f"ckpt-2{DATA}.tempstate5591").write_bytes(b"\0" * 99)
    (at.directory / "run" / "ckpt-2_temp").mkdir()


@case("F10", {"restored": 5}, "consumed 4/4", given="ckpt-1-2")
def numbered_twice(at: Place) -> None:
    """checkpoint.save(manager.save()): two saves, and the manager knows only the first."""
    built = at.factory(FACTORY).build()
    fill(built.variables)
    checkpoint = tf.train.Checkpoint(built)
    manager = tf.train.CheckpointManager(checkpoint, str(at.directory), max_to_keep=2)
    checkpoint.save(manager.save())
    at.right(built)


@case("F10", {"restored": 3}, "DataLossError 0/2", also=("F03",), given="run")
def saved_twice_in_a_loop(at: Place) -> None:
    """The same over two epochs, given as a run: ckpt-1, ckpt-1-2, ckpt-3, ckpt-3-4."""
    built = at.factory(MODULE).build()
    fill(built.variables)
    checkpoint = tf.train.Checkpoint(built)
    manager = tf.train.CheckpointManager(checkpoint, str(at.directory / "run"), max_to_keep=5)
    for _ in range(2):
        checkpoint.save(manager.save())
    at.right(built)


@case("", {"restored": 2}, "partial 2/2", also=("F10",))
def written_without_count(at: Place) -> None:
    """write() keeps no save_counter: restore() misses it, and read() is the right call."""
    built = at.factory(MODULE).build()
    fill(built.variables)
    tf.train.Checkpoint(built).write(str(at.directory / "ckpt-1"))
    at.right(built)
