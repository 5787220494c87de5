"""A kernel provisioner for Jupyter: forks kernels where it can, starts them plainly elsewhere.

Jupyter finds it as `keras-course-warm`, an entry point of this package. A kernel's specification
names it in `metadata.kernel_provisioner`, or a server in
`KernelProvisionerFactory.default_provisioner_name`. It is the local provisioner in all but how a
kernel comes to be.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_client.launcher import launch_kernel
from jupyter_client.provisioning import LocalProvisioner

from exercises_check.language import _
from exercises_check.warm.awaited import PAUSE, AwaitedKernel, Process

NAME = "keras-course-warm"
SWITCH = "KERAS_COURSE_WARM"  # 0 in this variable: plain kernels
BRIEFLY = 1.0  # seconds to wait for a kernel before Jupyter is told that it is about to come
LAUNCHED = ["-m", "ipykernel_launcher"]
# What `launch_kernel` is known to be told; with anything else there is a plain kernel.
UNDERSTOOD = {
    "cwd", "env", "extra_arguments", "independent", "kernel_id", "stderr", "stdin", "stdout",
}  # fmt: skip


class WarmProvisioner(LocalProvisioner):
    """Gives a kernel that has imported TensorFlow and Keras already, where one can be had."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        if why := problem(cmd, kwargs):
            self.log.debug("A plain kernel: %s.", why)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = AwaitedKernel(self._maker(cmd, kwargs))
        self.pid = self.pgid = None
        self.cwd = kwargs.get("cwd", Path.cwd())
        # Mostly it is there at once. A server must go on where it is not.
        until = time.monotonic() + BRIEFLY
        while not self.process.is_made() and time.monotonic() < until:
            await asyncio.sleep(PAUSE)
        self._learn()
        return self.connection_info

    async def poll(self) -> int | None:
        self._learn()
        return await super().poll()

    async def send_signal(self, signum: int) -> None:
        self._learn()
        await super().send_signal(signum)

    def _learn(self) -> None:
        """Take note of the kernel's number, which is that of its group too, once it has one."""
        if isinstance(self.process, AwaitedKernel) and self.process.is_made():
            self.pid = self.pgid = self.process.pid

    def _maker(self, cmd: list[str], kwargs: Mapping[str, Any]) -> Callable[[], Process]:
        """What makes the kernel: called once, in a thread, perhaps some seconds later."""
        from exercises_check.warm import client

        environment = dict(kwargs.get("env") or os.environ)
        if not kwargs.get("independent"):
            environment["JPY_PARENT_PID"] = str(os.getpid())
        folder = os.path.abspath(kwargs.get("cwd") or os.getcwd())
        opened = contextlib.ExitStack()
        streams, owner = _descriptors(kwargs, opened)

        def make() -> Process:
            with opened:
                try:
                    return client.fork_kernel(cmd, environment, folder, streams, owner)
                except Exception as why:  # whatever it is, a plain kernel is better than none
                    self.log.debug("A plain kernel: %s.", why)
                    given = dict(zip(("stdin", "stdout", "stderr"), streams, strict=True))
                    arguments = self._scrub_kwargs({**kwargs, **given, "env": environment})
                    return launch_kernel(cmd, **arguments)

        return make


def unsupported() -> str:
    """Why this system, or this user, has no warm kernels; "" where it may have."""
    if not sys.platform.startswith("linux"):
        return _("it needs Linux")
    if os.environ.get(SWITCH) == "0":
        return _("{variable}=0 is set").format(variable=SWITCH)
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return _("it needs Linux 5.3 or newer")
    return ""


def no_place(environment: Mapping[str, str]) -> str:
    """Why this machine, or this user's folders, give no warm kernels; "" where they may."""
    from exercises_check.warm import freshness, key

    if freshness.has_gpu(environment):
        return _("there is a graphics card")
    try:
        key.socket_path(environment)
    except (key.NoFolder, OSError) as error:
        return str(error)
    return ""


def problem(command: Sequence[str], arguments: Mapping[str, Any]) -> str:
    """Why this kernel has to be a plain one, as far as it can be told from outside; or ""."""
    environment = arguments.get("env") or os.environ
    if why := unsupported():
        return why
    if environment.get(SWITCH) == "0":
        return f"{SWITCH}=0 is set"
    if not _is_this_python(command[0]):
        return "it is of another Python"
    if list(command[1:3]) != LAUNCHED:
        return "it is not started as ipykernel is"
    if strange := set(arguments) - UNDERSTOOD:
        return f"of {min(strange)} nothing is known"
    if subprocess.PIPE in (arguments.get("stdout"), arguments.get("stderr")):
        return "its output is asked for"
    folder = arguments.get("cwd") or os.getcwd()
    if os.path.exists(os.path.join(folder, "matplotlibrc")):
        return "its folder has settings of matplotlib"
    search = environment.get("PYTHONPATH")
    if search and not all(map(os.path.isabs, search.split(os.pathsep))):
        return "its PYTHONPATH depends on the folder"
    return ""


def _is_this_python(program: str) -> bool:
    """An environment has its program under several names, all of them links."""
    path = os.path.abspath(os.path.expanduser(program))
    here = os.path.abspath(sys.executable)
    return os.path.dirname(path) == os.path.dirname(here) and (
        os.path.realpath(path) == os.path.realpath(here)
    )


def _descriptors(
    arguments: Mapping[str, Any], opened: contextlib.ExitStack
) -> tuple[list[int], int | None]:
    """The streams that `Popen` would have made of these arguments, and a pidfd of this process.

    They are copies, closed with `opened`: the caller may close its own as soon as it likes.
    """

    def own(descriptor: int) -> int:
        opened.callback(os.close, descriptor)
        return descriptor

    def stream(name: str, default: int) -> int:
        given = arguments.get(name)
        if given is None:
            return own(os.dup(default))
        if given in (subprocess.DEVNULL, subprocess.PIPE):  # nobody writes to a kernel's input
            return own(os.open(os.devnull, os.O_RDWR))
        return own(os.dup(given if isinstance(given, int) else given.fileno()))

    nowhere = own(os.open(os.devnull, os.O_RDWR))
    streams = [stream("stdin", nowhere), stream("stdout", 1)]
    same = arguments.get("stderr") == subprocess.STDOUT
    streams.append(own(os.dup(streams[1])) if same else stream("stderr", 2))
    owner = None if arguments.get("independent") else own(os.pidfd_open(os.getpid()))
    return streams, owner
