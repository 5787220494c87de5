"""What two kernels must have in common to be forked from the same warm process, and where it is.

A warm process has what it was started with: environment variables that TensorFlow, Keras and
matplotlib read when they are imported, limits, a cgroup. So kernels that differ in any of these
come from different processes. Linux only.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from exercises_check.language import _

FOLDER = "KERAS_COURSE_WARM_FOLDER"  # variables that users and tests may set
IDLE = "KERAS_COURSE_WARM_IDLE"

# Variables that tell one notebook, terminal or test from the next, and that no import reads.
NEUTRAL_BEGINNINGS = ("JPY_", "PYTEST_", "SSH_", "VSCODE_", "TERM_", "MAKE")
NEUTRAL = {
    "_", "COLUMNS", "GPG_TTY", "INVOCATION_ID", "JOURNAL_STREAM", "LINES", "MFLAGS", "OLDPWD",
    "PWD", "SHLVL", "STY", "TMUX", "TMUX_PANE", "WINDOWID", "XDG_SESSION_ID",
}  # fmt: skip
NAMESPACES = ("ipc", "mnt", "net", "pid", "user", "uts")


class NoFolder(Exception):
    """There is no folder for the socket that belongs to this user alone. The text says which."""


def common(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that a kernel shares with its warm process."""
    return {
        name: value
        for name, value in environment.items()
        if name not in NEUTRAL and not name.startswith(NEUTRAL_BEGINNINGS)
    }


def key(environment: Mapping[str, str]) -> str:
    """A name for all that matters of this Python, this process and these variables."""
    limits = [
        resource.getrlimit(getattr(resource, name))
        for name in sorted(dir(resource))
        if name.startswith("RLIMIT_")
    ]
    parts = [
        sys.executable,
        sys.version,
        os.stat(sys.executable).st_mtime_ns,
        [path.stat().st_mtime_ns for path in sorted(Path(__file__).parent.glob("*.py"))],
        sorted(common(environment).items()),
        limits,
        os.getpriority(os.PRIO_PROCESS, 0),
        sorted(os.sched_getaffinity(0)),
        [os.getuid(), os.getgid(), sorted(os.getgroups())],
        Path("/proc/self/cgroup").read_text(),
        [os.readlink(f"/proc/self/ns/{name}") for name in NAMESPACES],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def socket_path(environment: Mapping[str, str]) -> Path:
    """Where the warm process for these variables listens, or would.

    Raises:
        NoFolder: no folder can be had that others cannot enter.
    """
    return _folder(environment) / f"{key(environment)}.socket"


def _folder(environment: Mapping[str, str]) -> Path:
    chosen = environment.get(FOLDER)
    runtime = environment.get("XDG_RUNTIME_DIR")
    if chosen:
        folder = Path(chosen)
    elif runtime and Path(runtime).is_dir():
        folder = Path(runtime, "keras-course")
    else:
        folder = Path(tempfile.gettempdir(), f"keras-course-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        reason = _("{folder} cannot be made: {error}")
        raise NoFolder(reason.format(folder=folder, error=error.strerror)) from error
    # In a folder for everybody somebody else may have been there first.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        reason = _("{folder} is not a folder that belongs to this user alone")
        raise NoFolder(reason.format(folder=folder))
    return folder
