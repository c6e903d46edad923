# ruff: noqa: T201
"""Faults for the worker, put into a real worker through PYTHONPATH.

Python imports this file when it starts. When the worker first asks for TensorFlow, methods that
misbehave are added to its table; unless STAND_IN is "0" in the environment, a stand-in answers for
TensorFlow, so that tests of the *process* need not wait for the real one.
"""

import ctypes
import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
import types


def hang(params, context):
    context.report(0, 0, "hanging")
    while True:
        time.sleep(3600)


def stubborn(params, context):
    """Swallows the polite cancel."""
    context.report(0, 0, "hanging")
    while True:
        try:
            time.sleep(3600)
        except KeyboardInterrupt:
            print("no, I stay", flush=True)


def stuck_in_c(params, context):
    """Holds the interpreter's lock for ever, so that not even the listener runs."""
    context.report(0, 0, "hanging")
    ctypes.PyDLL(None).pause()
    ctypes.PyDLL(None).sleep(3600)


def print_much(params, context):
    line = params.get("line", "x" * 79 + "\n") * 1000
    for _ in range(params["nbytes"] // len(line)):
        sys.stdout.write(line)
    print("the last line", flush=True)
    return {}


def write_everywhere(params, context):
    """Print, C's standard output, a child's output, and input that must be at its end."""
    print("printed")
    sys.stdout.flush()
    os.write(1, b"from C\n")
    subprocess.run(["echo", "from a child"], check=True)
    return {"read": sys.stdin.read(), "child": subprocess.check_output(["cat"]).decode()}


def leave(params, context):
    print("goodbye", flush=True)
    os._exit(params["status"])


def give_up(params, context):
    sys.exit("user code wanted to exit")


def abort(params, context):
    print("F something is wrong in C++", file=sys.stderr, flush=True)
    os.abort()


def die(params, context):
    os.kill(os.getpid(), signal.SIGKILL)


class Odd(Exception):
    def __str__(self):
        raise RuntimeError("even its text is broken")


def complain(params, context):
    raise {"value": ValueError("no such thing\nsecond line"), "odd": Odd()}[params["kind"]]


def babble(params, context):
    """Writes what is no frame over the protocol's channel."""
    os.write(context._answers._descriptor, b"this is no frame")
    time.sleep(3600)


def close_channel(params, context):
    os.close(context._answers._descriptor)
    time.sleep(3600)


def leave_child(params, context):
    """A child in a session of its own keeps the log open after the worker's end."""
    child = subprocess.Popen(["sleep", "600"], start_new_session=params["own_session"])
    return {"pid": child.pid}


def echo(params, context):
    for payload in context.payloads:
        context.attach(payload)
    return params


def count(params, context):
    for number in range(params["to"]):
        context._next = 0.0
        context.report(number, params["to"], "counting")
    return {"counted": params["to"]}


def chatter(params, context):
    """Progress without end, faster than anybody looks."""
    while True:
        context._next = 0.0
        context.report(0, 0, "hanging")


def eat(params, context):
    return {"length": len(b"x" * (1 << 62))}


def answer_late(params, context):
    """Answers although it was cancelled: the answer and the cancel cross on their way."""
    context.report(0, 0, "hanging")
    cancelled = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: cancelled.set())
    while not cancelled.is_set():
        signal.pause()
    return {"late": True}


METHODS = [
    hang, stubborn, stuck_in_c, print_much, write_everywhere, leave, give_up, abort, die, complain,
    babble, close_channel, leave_child, echo, count, chatter, eat, answer_late,
]  # fmt: skip


class Door:
    """Stands before the real finders."""

    def find_spec(self, name, path=None, target=None):
        if name != "tensorflow":
            return None
        table = sys.modules["tfinspector_worker.methods"].METHODS
        table.update({method.__name__: method for method in METHODS})
        if os.environ.get("STAND_IN") == "0":
            return None
        return importlib.util.spec_from_loader("tensorflow", self)

    def create_module(self, spec):
        module = types.ModuleType("tensorflow")
        module.__version__ = "2.21.0"
        module.config = types.SimpleNamespace(list_physical_devices=lambda kind: [])
        return module

    def exec_module(self, module):
        if "START" in os.environ:
            exec(os.environ["START"], {"os": os, "time": time, "sys": sys})


sys.meta_path.insert(0, Door())
