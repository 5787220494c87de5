"""Programs that change one file take turns."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

LONGEST = 5  # seconds to wait; a turn takes milliseconds


@contextlib.contextmanager
def turn(lock: Path) -> Iterator[None]:
    """Waits until no other program is within this block with the same file `lock`.

    The system ends the turn of a program that ends. Where nothing can be locked, as on some network
    drives, or after `LONGEST`, the block runs all the same.
    """
    handle = None
    with contextlib.suppress(OSError):
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        end = time.monotonic() + LONGEST
        while handle is not None and not _taken(handle) and time.monotonic() < end:
            time.sleep(0.002)
        yield
    finally:
        if handle is not None:
            os.close(handle)


try:
    import fcntl

    def _taken(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # no locks here
            return True
        return True

except ImportError:  # Windows
    import msvcrt

    def _taken(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
