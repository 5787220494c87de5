"""Fork a process and begin in the child as if it were new."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import NoReturn

KEPT = 3  # descriptors 0, 1 and 2


def forked(run: Callable[[], object], descriptors: Iterable[int] = ()) -> int:
    """Run `run` in a new process of its own session; returns its number.

    The child has the standard streams and `descriptors` open, nothing else, no handlers of signals
    and other random numbers than its parent. It ends when `run` returns, with status 0; with 1 if
    `run` raised.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    _become(run, set(descriptors))


def _become(run: Callable[[], object], descriptors: set[int]) -> NoReturn:
    status = 1
    try:
        begin_anew(descriptors)
        run()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        # Not `sys.exit`: what the parent has registered to be done at its end is not the child's.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(status)


def begin_anew(descriptors: Iterable[int] = ()) -> None:
    """Leave behind what a process has from the one that it was forked from."""
    os.setsid()
    _close_others(set(descriptors))
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError, TypeError):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for ignored in ("SIGPIPE", "SIGXFSZ"):  # as Python does: writing fails with an error
        signal.signal(getattr(signal, ignored), signal.SIG_IGN)
    signal.set_wakeup_fd(-1)
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _close_others(descriptors: set[int]) -> None:
    start = KEPT
    for kept in sorted(n for n in descriptors if n >= KEPT):
        os.closerange(start, kept)
        start = kept + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))
