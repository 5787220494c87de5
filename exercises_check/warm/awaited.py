"""A kernel that has been asked for: warm when it comes, or else plain."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Protocol

PAUSE = 0.02


class Process(Protocol):
    """What jupyter_client uses of `subprocess.Popen`."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int) -> None: ...


class AwaitedKernel:
    """Stands for a kernel before there is one.

    A warm process needs seconds to import TensorFlow. Meanwhile Jupyter has a kernel that is slow
    to answer, and keeps what a learner runs until it does. Ended before it came, it never comes.
    """

    stdin = stdout = stderr = None

    def __init__(self, make: Callable[[], Process]):
        self.kernel: Process | None = None
        self._made = threading.Event()
        self._ended: int | None = None
        self._lock = threading.Lock()
        # A daemon: who waits for a kernel does not keep its process from ending.
        threading.Thread(target=self._make, args=(make,), daemon=True).start()

    def _make(self, make: Callable[[], Process]) -> None:
        try:
            kernel = make()
        except Exception:
            kernel = None
        with self._lock:
            self.kernel = kernel
            if kernel is None and self._ended is None:
                self._ended = 1
            unwanted = kernel is not None and self._ended is not None
            self._made.set()
        if unwanted:
            with contextlib.suppress(OSError):
                os.killpg(kernel.pid, signal.SIGKILL)
            kernel.wait()

    def is_made(self) -> bool:
        """Whether it is known what kernel it is, or that there is none."""
        return self._made.is_set()

    @property
    def pid(self) -> int | None:
        return self.kernel.pid if self.kernel else None

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def poll(self) -> int | None:
        if self._ended is not None:
            return self._ended
        return self.kernel.poll() if self.kernel else None

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("the kernel", timeout)
            time.sleep(PAUSE)
        return status

    def send_signal(self, number: int) -> None:
        with self._lock:
            if self.kernel is None:
                # An interrupt has nothing to interrupt yet.
                if number != signal.SIGINT and self._ended is None:
                    self._ended = -number
                return
        self.kernel.send_signal(number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
