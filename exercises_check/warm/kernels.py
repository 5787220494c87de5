"""The warm process: it has imported what is slow, and forks a Jupyter kernel for who asks.

    python exercises_check/warm/kernels.py SOCKET

It is run by its path, and knows the modules beside it by their bare names: the package
exercises_check is not imported here, so that a kernel imports it as it is by then.

One connection is one kernel. The other side sends a request (see `kernel.Request`) with the
descriptors that belong to it. The kernel answers `{"kernel": number}`; when it has ended, this
process sends `{"ended": status}`. `{"stale": true}` instead says that files have changed since they
were imported, so that another warm process is needed; `{"refused": why}`, that none will do.
"""

import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
sys.path[:] = [HERE, *(folder for folder in sys.path if folder != HERE)]

import contextlib  # noqa: E402
import fcntl  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import selectors  # noqa: E402
import socket  # noqa: E402
import time  # noqa: E402

import fork  # noqa: E402
import freshness  # noqa: E402
import kernel  # noqa: E402
import preload  # noqa: E402

for module in (fork, freshness, kernel, preload):
    del sys.modules[module.__name__]  # a learner's own `kernel.py` is another one
sys.path.remove(HERE)

IDLE = 300.0  # seconds without a kernel or a request, then it ends
TICK = 1.0  # seconds between two looks at whether it is still wanted
SLOWEST = 5.0  # seconds in which a request must be there
LARGEST = 1 << 24  # bytes
# ipykernel first: others ask it for its channels when they are imported.
IMPORTED = ("ipykernel.kernelapp", "ipykernel.zmqshell", *preload.SLOW, "jedi", "pygraphviz")


def main(path: Path) -> None:
    lock = locked(path.with_suffix(".lock"))
    if lock is None:  # another process is at it
        return
    listener = listening(path)
    if os.fork():  # who started this waits only until there is a socket
        os._exit(0)
    try:
        set_by_imports, refusal = imported(), freshness.unfit()
    except Exception as error:  # said to each who asks, instead of being tried for each
        set_by_imports, refusal = {}, f"imports fail: {type(error).__name__}: {error}"
    server = Server(path, lock, listener, set_by_imports, refusal)
    request = server.serve()
    if request is not None:
        del server
        kernel.run(request)


def locked(path: Path) -> int | None:
    """Hold the lock at `path` until this process ends; None if another one does."""
    while True:
        lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        with contextlib.suppress(FileNotFoundError):
            if os.fstat(lock).st_ino == os.stat(path).st_ino:
                return lock
        os.close(lock)  # who had it has ended in between, and its file with it


def listening(path: Path) -> socket.socket:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()  # of a process that was killed
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(os.fspath(path))
    listener.listen(64)
    return listener


def imported() -> dict[str, str]:
    """Import what is slow; returns the variables that importing it has set."""
    given = dict(os.environ)
    # What a kernel has before its first cell, and imports look at.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    before = dict(os.environ)
    sys.ps1 = "In : "
    preload.preload(IMPORTED)
    preload.keep_for_children()
    del sys.ps1
    after = dict(os.environ)
    os.environ.clear()
    os.environ.update(given)
    return {name: value for name, value in after.items() if before.get(name) != value}


class Server:
    """Forks kernels, and hands on how they ended."""

    def __init__(
        self,
        path: Path,
        lock: int,
        listener: socket.socket,
        set_by_imports: dict[str, str],
        refusal: str,
    ):
        self._path, self._lock, self._listener = path, lock, listener
        self._set_by_imports, self._refusal = set_by_imports, refusal
        # By the pidfd of each: its number, and the connection to who asked for it.
        self._kernels: dict[int, tuple[int, socket.socket]] = {}
        self._snapshot = freshness.Snapshot()
        # Polling has no descriptor of its own, which a fork would share.
        self._events = selectors.PollSelector()
        self._events.register(listener, selectors.EVENT_READ)
        self._inode = path.stat().st_ino if path.exists() else 0

    def serve(self) -> kernel.Request | None:
        """Fork a kernel for each request, until there was none for a while.

        Returns:
            In the process of a kernel, its request; in this one, when all is over, None.
        """
        idle = float(os.environ.get("KERAS_COURSE_WARM_IDLE") or IDLE)
        used = time.monotonic()
        while self._listener or self._kernels:
            for event, _ in self._events.select(TICK):
                used = time.monotonic()
                if event.fileobj is not self._listener:
                    self._reap(event.fd)
                elif request := self._accept():
                    return request
            unused = not self._kernels and time.monotonic() - used > idle
            if self._listener and (unused or not self._is_wanted()):
                self._close()
        return None

    def _accept(self) -> kernel.Request | None:
        connection, _ = self._listener.accept()
        connection.settimeout(SLOWEST)
        try:
            content, descriptors = received(connection)
        except OSError:  # whoever it was has gone
            connection.close()
            return None
        try:
            request = kernel.Request.of(content, descriptors)
        except (ValueError, KeyError, TypeError):
            self._decline(connection, refused="the request cannot be read")
        else:
            if not self._snapshot.is_current():
                self._close()
                self._decline(connection, stale=True)
            elif self._refusal:
                self._decline(connection, refused=self._refusal)
            elif self._fork(request, connection):
                return request
        for descriptor in descriptors:
            os.close(descriptor)
        return None

    def _decline(self, connection: socket.socket, **answer: object) -> None:
        with connection, contextlib.suppress(OSError):
            connection.sendall(line(**answer))

    def _fork(self, request: kernel.Request, connection: socket.socket) -> bool:
        """Returns whether this is the new process."""
        number = os.fork()
        if number:
            pidfd = os.pidfd_open(number)
            self._kernels[pidfd] = number, connection
            self._events.register(pidfd, selectors.EVENT_READ)
            return False
        # These descriptors are closed at once, so that no object may close them again later.
        for other in (self._listener, *(held for _, held in self._kernels.values())):
            if other is not None:
                other.detach()
        fork.begin_anew([connection.fileno(), *request.descriptors])
        request.environment.update(
            {**self._set_by_imports, **request.environment}  # what was asked for goes first
        )
        kernel.settle(request)
        with connection:
            connection.sendall(line(kernel=os.getpid()))
        return True

    def _reap(self, pidfd: int) -> None:
        number, connection = self._kernels.pop(pidfd)
        self._events.unregister(pidfd)
        os.close(pidfd)
        _, status = os.waitpid(number, 0)
        with connection, contextlib.suppress(OSError):
            connection.sendall(line(ended=os.waitstatus_to_exitcode(status)))

    def _is_wanted(self) -> bool:
        """Whether a kernel can still find this process, and it what it was made from."""
        with contextlib.suppress(OSError):
            return (
                os.stat(self._path).st_ino == self._inode and self._snapshot.is_probably_current()
            )
        return False

    def _close(self) -> None:
        """Take no more requests."""
        self._events.unregister(self._listener)
        with contextlib.suppress(OSError):
            if os.stat(self._path).st_ino == self._inode:
                self._path.unlink()
            self._path.with_suffix(".lock").unlink()
        self._listener.close()
        self._listener = None
        os.close(self._lock)


def received(connection: socket.socket) -> tuple[bytes, list[int]]:
    """A request, and the descriptors that came with it.

    Raises:
        OSError: it came too slowly, or is too large.
    """
    content, descriptors, _, _ = socket.recv_fds(
        connection, 1 << 16, kernel.MOST_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC
    )
    parts, size, until = [content], len(content), time.monotonic() + SLOWEST
    try:
        while content := connection.recv(1 << 16):
            parts.append(content)
            size += len(content)
            if size > LARGEST or time.monotonic() > until:
                raise OSError
    except OSError:
        for descriptor in descriptors:
            os.close(descriptor)
        raise
    return b"".join(parts), descriptors


def line(**answer: object) -> bytes:
    return json.dumps(answer).encode() + b"\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
