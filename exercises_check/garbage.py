"""Pause Python's search for reference cycles while much plain data is made."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def collection_paused() -> Iterator[None]:
    """No cyclic garbage collection inside; also a decorator.

    A graph is thousands of small objects without cycles. Each few hundred of them make Python
    search all that TensorFlow and Keras hold for cycles, which costs more than the work itself and
    grows faster than the graph.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
