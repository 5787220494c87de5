"""The warm process of one place at which submissions run: it forks a child for each, one at a time.

    python -m exercises_check.classroom.server DESCRIPTOR WORK_FOLDER

It never runs a line of a submission. It answers over a socket: `{"run": ...}`, with the child's
descriptor beside it, forks; `{"end": true}` ends the child and all that it left, empties the work
folder and says how it ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exercises_check.classroom import processes
from exercises_check.classroom.limits import MB
from exercises_check.warm.fork import forked
from exercises_check.warm.preload import SLOW, keep_for_children, preload

NICER = 10  # than whoever watches: a bomb of processes must not starve it
PATIENCE = 5.0  # seconds in which whatever a child left must be gone
THREADS = 256  # that TensorFlow and its like may start
OURS = (
    "exercises_check", "exercises_check.classroom.child", "exercises_check.classroom.challenge",
    "exercises_check.checking", "exercises_check.compiled", "exercises_check.contract",
    "exercises_check.datasets", "exercises_check.plots", "exercises_check.read",
    "exercises_check.silent", "exercises_check.widgets", "exercises_check.drawing",
)  # fmt: skip
ADDRESSES, RESIDENT = 0, 1  # fields of /proc/self/statm
_SET_DUMPABLE, _SET_NO_NEW_PRIVILEGES, _SET_CHILD_SUBREAPER = 4, 38, 36


def main(descriptor: int, work: Path) -> None:
    """Serve until the other side is gone."""
    control = socket.socket(fileno=descriptor)
    preload([*SLOW, *OURS])
    keep_for_children()
    _prctl(_SET_DUMPABLE, 0)  # no child may look into this process, or write to it
    _prctl(_SET_CHILD_SUBREAPER, 1)  # what a child leaves behind is handed to this process
    alone = os.getpid() < 10  # in a sandbox there is nothing else
    control.send(json.dumps({"ready": os.getpid(), "cpu": time.process_time()}).encode())
    child = None
    while True:
        message, descriptors, *_ = socket.recv_fds(control, 1 << 16, 1)
        if not message:
            break
        request = json.loads(message)
        if "run" in request:
            child = forked(_child(descriptors[0], request["run"], work), descriptors)
            os.close(descriptors[0])
            control.send(json.dumps({"started": child}).encode())
        elif "end" in request:
            control.send(json.dumps(_end(child, work, alone)).encode())
    if child is not None:
        _end(child, work, alone)


def _child(descriptor: int, limits: dict[str, Any], work: Path):
    def begin() -> None:
        from exercises_check.classroom.child import run

        _prctl(_SET_DUMPABLE, 1)
        _prctl(_SET_NO_NEW_PRIVILEGES, 1)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        home = work / "home"
        home.mkdir(parents=True, exist_ok=True)
        os.environ.update(HOME=str(home), TMPDIR=str(work), KERAS_HOME=str(home / "keras"))
        os.chdir(work)
        os.nice(NICER)
        _limit(limits)
        run(socket.socket(fileno=descriptor))

    return begin


def _limit(limits: dict[str, Any]) -> None:
    cpu, files = int(limits["cpu"]), int(limits["file_size"] * MB)
    wanted = {
        resource.RLIMIT_CPU: (cpu, cpu + 5),
        resource.RLIMIT_AS: (_here(ADDRESSES) + limits["memory"] * MB,) * 2,
        resource.RLIMIT_FSIZE: (files, files),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NOFILE: (256, 256),
        # Counts the threads of everything that this user runs, and nothing of root's.
        resource.RLIMIT_NPROC: (processes.tasks_of_user() + limits["processes"] + THREADS,) * 2,
    }
    for which, (soft, hard) in wanted.items():
        _, most = resource.getrlimit(which)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(which, (soft, hard))


def _here(which: int) -> int:
    """Bytes of this process: of addresses, or resident."""
    return int(Path("/proc/self/statm").read_text().split()[which]) * resource.getpagesize()


def _end(child: int | None, work: Path, alone: bool) -> dict[str, Any]:
    """End the child and all that came of it; how it ended, and whether nothing is left."""
    status, seconds, grown = None, 0.0, 0
    until = time.monotonic() + PATIENCE
    while True:
        # First what has ended by itself: how it did must not be taken for a kill.
        for number, ended, used in _reaped():
            seconds += used.ru_utime + used.ru_stime
            if number == child:
                status, grown = ended, used.ru_maxrss // 1024 - _here(RESIDENT) // MB
        left = processes.below(os.getpid())
        if not left and (child is None or status is not None):
            break
        if time.monotonic() > until:
            return {"ended": status, "cpu": seconds, "grown": grown, "clean": False}
        if alone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)  # all but this process and the sandbox's first
        else:
            processes.kill(left)
        time.sleep(0.005)
    folders = (work, Path("/dev/shm")) if alone else (work,)
    clean = all(map(_emptied, folders))
    return {"ended": status, "cpu": seconds, "grown": grown, "clean": clean}


def _reaped() -> Iterator[tuple[int, int, resource.struct_rusage]]:
    """What has ended: its number, its wait status and what it used."""
    with contextlib.suppress(ChildProcessError):
        while True:
            number, ended, usage = os.wait4(-1, os.WNOHANG)
            if not number:
                return
            yield number, ended, usage


def _emptied(folder: Path) -> bool:
    for entry in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(OSError):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink()
    return not folder.is_dir() or not any(folder.iterdir())


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
