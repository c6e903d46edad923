"""Devices that a model can be built on, and how much memory the build may take."""

import os
import sys
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional

from .failures import Explained, NoSuchDevice
from .framework import tensorflow


class TooLate(Explained):
    """The devices of this process can't be changed any more: TensorFlow has begun to use them."""


def split_cpu(count: int) -> None:
    """Make `count` logical CPUs of the one; before TensorFlow does anything. Raises TooLate."""
    tf = tensorflow()
    cpu = tf.config.list_physical_devices("CPU")[0]
    parts = [tf.config.LogicalDeviceConfiguration() for _ in range(count)]
    try:
        tf.config.set_logical_device_configuration(cpu, parts)
    except RuntimeError as error:
        raise TooLate("The CPU can't be split any more: %s" % error) from error


def scope(device: Optional[str]) -> Any:
    """`tf.device` of a device given as "GPU:0"; of none, TensorFlow's own choice.

    Raises NoSuchDevice where TensorFlow itself would silently take the CPU instead.
    """
    tf = tensorflow()
    if not device:
        return tf.device(None)
    short = device.upper().rpartition("/DEVICE:")[2].lstrip("/")
    short = short if ":" in short else short + ":0"
    here = _logical_devices(tf)
    if short not in here:
        raise NoSuchDevice("There is no %s here; there is %s." % (short, ", ".join(here)))
    return tf.device("/device:" + short)


def _logical_devices(tf: Any) -> List[str]:
    return [
        device.name.rpartition("/device:")[2] or device.name
        for device in tf.config.list_logical_devices()
    ]


@contextmanager
def memory_limit(nbytes: Optional[int]) -> Iterator[None]:
    """Within it the process can't take more than `nbytes` on top of what it has now.

    Address space is what the system can limit: on a GPU, whose driver reserves much of it without
    using it, leave it at None.
    """
    if not nbytes:
        yield
        return
    import resource  # not on every system; only needed for this

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm", encoding="ascii") as file:
        taken = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (taken + int(nbytes), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def peak_memory(device: Optional[str]) -> Dict[str, Optional[int]]:
    """`peak_nbytes` of this process, and `device_peak_nbytes` of the GPU that it works on."""
    answer: Dict[str, Optional[int]] = {"peak_nbytes": 0, "device_peak_nbytes": None}
    try:
        import resource
    except ImportError:  # not on every system
        return answer
    unit = 1 if sys.platform == "darwin" else 1024
    answer["peak_nbytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    if device and "GPU" in device.upper():
        info = tensorflow().config.experimental.get_memory_info(device.upper().lstrip("/"))
        answer["device_peak_nbytes"] = int(info["peak"])
    return answer
