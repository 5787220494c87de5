"""What a forked process does to be a Jupyter kernel like one that was started anew."""

from __future__ import annotations

import importlib
import json
import logging
import os
import select
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass

LAUNCHER = "ipykernel_launcher"
STREAMS = 3
MOST_DESCRIPTORS = STREAMS + 1


@dataclass(frozen=True)
class Request:
    """A kernel that is wanted.

    Attributes:
        command: as it would be started: `[python, "-m", "ipykernel_launcher", ...]`.
        environment: all its variables.
        folder: where it runs.
        umask: the permissions that its files do not get.
        streams: descriptors that become its 0, 1 and 2.
        owner: a pidfd of the process with which the kernel ends; None if it is to outlive it.
    """

    command: Sequence[str]
    environment: dict[str, str]
    folder: str
    umask: int
    streams: Sequence[int]
    owner: int | None

    @classmethod
    def of(cls, content: bytes, descriptors: Sequence[int]) -> Request:
        """Read a request as it came.

        Raises:
            ValueError, KeyError, TypeError: it is none.
        """
        told = json.loads(content)
        streams, rest = descriptors[:STREAMS], descriptors[STREAMS:]
        if len(streams) != STREAMS or told["command"][1:3] != ["-m", LAUNCHER]:
            raise ValueError
        return cls(
            told["command"],
            told["environment"],
            told["folder"],
            int(told["umask"]),
            streams,
            rest[0] if rest else None,
        )

    @property
    def descriptors(self) -> list[int]:
        return [*self.streams, *([] if self.owner is None else [self.owner])]


def settle(request: Request) -> None:
    """Take the place that was asked for: streams, folder, variables, arguments."""
    for number, stream in enumerate(request.streams):
        os.dup2(stream, number)
    for stream in request.streams:
        os.close(stream)
    os.umask(request.umask)
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    launcher = importlib.util.find_spec(LAUNCHER)
    sys.argv = [launcher.origin, *request.command[3:]]
    sys.orig_argv = list(request.command)
    if "multiprocessing.process" in sys.modules:
        sys.modules["multiprocessing.process"].ORIGINAL_DIR = request.folder
    importlib.invalidate_caches()


def run(request: Request) -> None:
    """Be the kernel until it is shut down."""
    from ipykernel import kernelapp
    from traitlets import Integer

    handlers = _handlers()

    class IPKernelApp(kernelapp.IPKernelApp):
        """Ends with the process that asked for it, whose child it is not."""

        # ipykernel has read it when it was imported.
        parent_handle = Integer(int(os.environ.get("JPY_PARENT_PID") or 0)).tag(config=True)

        def init_poller(self) -> None:
            if request.owner is not None:
                self.poller = _Watch(request.owner)

        def init_io(self) -> None:
            super().init_io()
            for handler, stream in handlers:
                handler.stream = getattr(sys, stream)

        def init_extensions(self) -> None:
            super().init_extensions()
            # Imported where there was no notebook, it has not told this one of its channels.
            if "ipywidgets" in sys.modules:
                sys.modules["ipywidgets"].load_ipython_extension(self.shell)

    IPKernelApp.launch_instance()


def _handlers() -> list[tuple[logging.StreamHandler, str]]:
    """Who logs to the streams that Python began with, and the names of these.

    Packages that are imported in a notebook get the notebook's streams instead.
    """
    found = []
    for reference in list(logging._handlerList):
        handler = reference()
        for stream in ("stdout", "stderr"):
            # Not those that look for the stream anew each time.
            if handler and vars(handler).get("stream") is getattr(sys, stream):
                found.append((handler, stream))
    return found


class _Watch(threading.Thread):
    """Ends this process when another one has ended, as ipykernel does when its parent has."""

    def __init__(self, pidfd: int):
        super().__init__(daemon=True)
        self._pidfd = pidfd

    def run(self) -> None:
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        poll.poll()
        logging.getLogger(__name__).warning("Parent appears to have exited, shutting down.")
        os._exit(1)
