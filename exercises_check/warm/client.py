"""Ask the warm process for a kernel; start it where there is none."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from exercises_check.warm import key

SERVER = Path(__file__).with_name("kernels.py")
PATIENCE = 40.0  # seconds in which there must be a kernel; Jupyter gives up after 60
ASKED = 2  # warm processes, for one kernel: the first may be about to end
CONNECTED = 5  # times it is tried to reach one
BIND = 20.0  # seconds in which a warm process must listen
REAPED = 1.0  # seconds in which the status of a kernel that has ended must be there
PAUSE = 0.05


class NotWarm(Exception):
    """No warm kernel can be had. The text says why."""


class ForkedKernel:
    """A kernel that is another process's child, with what jupyter_client uses of `Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, connection: socket.socket):
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection
        try:
            self._pidfd: int | None = os.pidfd_open(pid)
        except ProcessLookupError:
            self._pidfd = None  # it has ended already

    def poll(self) -> int | None:
        """The exit status once it has ended, -N for signal N; 1 where nobody is left to tell."""
        if self.returncode is None and self._has_ended(0):
            self.returncode = self._status()
            self._close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None and not self._has_ended(timeout):
            raise subprocess.TimeoutExpired("the kernel", timeout)
        return self.poll()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _has_ended(self, timeout: float | None) -> bool:
        if self._pidfd is None:
            return True
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(None if timeout is None else timeout * 1000))

    def _status(self) -> int:
        try:
            return int(_answer(self._connection, REAPED)["ended"])
        except (NotWarm, KeyError):
            return 1

    def _close(self) -> None:
        self._connection.close()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None

    def __del__(self) -> None:
        self._close()


def fork_kernel(
    command: Sequence[str], environment: Mapping[str, str], folder: str, streams: Sequence[int],
    ends_with: int | None,
) -> ForkedKernel:  # fmt: skip
    """Have the warm process fork a kernel.

    Args:
        command: as it would be started: `[python, "-m", "ipykernel_launcher", ...]`.
        environment: all its variables.
        folder: where it runs.
        streams: descriptors for its input, output and errors.
        ends_with: a pidfd; the kernel ends when that process does.

    Raises:
        NotWarm: it cannot be done.
    """
    try:
        path = key.socket_path(environment)
        request = {
            "command": list(command),
            "environment": dict(environment),
            "folder": folder,
            "umask": _umask(),
        }
        content = json.dumps(request).encode()
        descriptors = [*streams, *([] if ends_with is None else [ends_with])]
        until = time.monotonic() + PATIENCE
        for _ in range(ASKED):
            connection = _connected(path, environment)
            try:
                kernel = _requested(connection, content, descriptors, until - time.monotonic())
            except (NotWarm, OSError):
                connection.close()
                raise
            if kernel is not None:
                return kernel
            connection.close()
    except (key.NoFolder, OSError, subprocess.SubprocessError) as error:
        raise NotWarm(str(error)) from error
    raise NotWarm("warm processes end as soon as they are asked")


def _requested(
    connection: socket.socket, content: bytes, descriptors: Sequence[int], timeout: float
) -> ForkedKernel | None:
    """The kernel; None where another warm process may have one."""
    connection.settimeout(timeout)
    try:
        sent = socket.send_fds(connection, [content], descriptors)
        connection.sendall(content[sent:])
        connection.shutdown(socket.SHUT_WR)
    except (BrokenPipeError, ConnectionResetError):
        return None
    answer = _answer(connection, timeout)
    if "kernel" in answer:
        return ForkedKernel(answer["kernel"], connection)
    if "refused" in answer:
        raise NotWarm(answer["refused"])
    if "ended" in answer:
        raise NotWarm(f"the kernel ended with status {answer['ended']} before it began")
    return None


def _answer(connection: socket.socket, timeout: float) -> dict:
    """One line from the other side; empty where it has closed."""
    until = time.monotonic() + timeout
    content = b""
    try:
        while not content.endswith(b"\n"):
            connection.settimeout(max(until - time.monotonic(), 0.001))
            # The kernel's line may be followed by that of its end.
            byte = connection.recv(1)
            if not byte:
                return {}
            content += byte
    except TimeoutError as error:
        raise NotWarm(f"the warm process did not answer within {timeout:.0f} s") from error
    except ConnectionError:
        return {}
    return json.loads(content)


def _connected(path: Path, environment: Mapping[str, str]) -> socket.socket:
    for tried in range(CONNECTED):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(os.fspath(path))
            return connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
        except BaseException:
            connection.close()
            raise
        if tried:
            time.sleep(PAUSE * tried)  # another one was about to listen, or to end
        _start(path, environment)
    raise NotWarm("no warm process comes up")


def _start(path: Path, environment: Mapping[str, str]) -> None:
    """Start a warm process; it listens when this returns, or another one does."""
    subprocess.run(
        [sys.executable, os.fspath(SERVER), os.fspath(path)],
        env=key.common(environment),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        timeout=BIND,
        check=False,
    )


def _umask() -> int:
    """Asking with `os.umask` would change it for a moment, for all threads."""
    with open("/proc/self/status", encoding="utf-8") as status:
        for line in status:
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    raise NotWarm("this system does not tell the umask")
