"""Import Keras without the log lines that TensorFlow writes past Python."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator


def import_keras_in_a_notebook() -> None:
    """In a notebook that has not used Keras yet, import it without its log lines.

    TensorFlow writes ten lines or so straight to file descriptor 2, at its import and at its first
    operation, whatever its log level. In a notebook they are a red wall above a learner's first
    cell. Warnings and errors that Python raises are not affected.
    """
    if not _in_a_notebook() or _used():
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _descriptor_2_closed():
        import keras

        keras.ops.zeros(())  # the first operation looks for devices, and says so


def _in_a_notebook() -> bool:
    """Jupyter's server imports parts of IPython too, and must not import TensorFlow."""
    ipython = sys.modules.get("IPython")
    return hasattr(ipython and ipython.get_ipython(), "kernel")


def _used() -> bool:
    """A warm kernel begins with Keras imported; the log lines of the first operation are ahead."""
    if "keras" not in sys.modules:
        return False
    context = sys.modules.get("tensorflow.python.eager.context")
    return getattr(context, "_context", None) is not None


@contextlib.contextmanager
def _descriptor_2_closed() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
