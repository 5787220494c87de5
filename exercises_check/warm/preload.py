"""Import what takes seconds, and use none of it.

A process that has used TensorFlow has threads that a fork does not take along, and hangs in them. A
process that has only imported it can be forked: each child makes its own.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Iterable, Iterator

# What a chapter imports in its first cells, and what runs them.
SLOW = (
    "tensorflow",
    "keras",
    "IPython.core.interactiveshell",
    "ipywidgets",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "pandas",
)


def preload(modules: Iterable[str] = SLOW) -> None:
    """Import these modules where they are installed, without TensorFlow's log lines."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _stderr_closed():
        for module in modules:
            with contextlib.suppress(ImportError):
                importlib.import_module(module)


def keep_for_children() -> None:
    """Leave what is there out of the garbage collector, so that children share its memory.

    Only for a process that forks: what is left out cannot be asked who refers to it, either.
    """
    gc.collect()
    gc.freeze()


@contextlib.contextmanager
def _stderr_closed() -> Iterator[None]:
    """TensorFlow writes past Python, straight to file descriptor 2."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
