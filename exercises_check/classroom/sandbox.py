"""What keeps submissions from the rest of the machine: bubblewrap, where it is there and allowed.

Inside there is no network, no other process and no file of the machine but the programs, read-only:
the interpreter, the installed packages and the checker without its references. The work folder is
in memory, empty at the start of each submission, and bounded.
"""

from __future__ import annotations

import functools
import os
import shutil
import site
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from exercises_check.language import VARIABLE, language

PACKAGE = Path(__file__).resolve().parent.parent
HIDDEN = PACKAGE / "references"
SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/fonts",
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/passwd",
    "/nix/store",
)  # fmt: skip
WORK = Path("/tmp/work")
MB = 2**20


@dataclass(frozen=True)
class Sandbox:
    """How submissions are kept apart.

    Attributes:
        program: the bubblewrap program, `None` where there are only the limits.
        sentence: what to say of it at the start.
    """

    program: str | None
    sentence: str


@functools.cache
def sandbox() -> Sandbox:
    """What there is on this machine."""
    program = shutil.which("bwrap")
    if program is None:
        why = "bubblewrap is not installed" if sys.platform == "linux" else "this is not Linux"
        return Sandbox(None, _limits_only(why))
    command = [program, *_walls(WORK, 1), "true"]
    try:
        tried = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Sandbox(None, _limits_only(f"bubblewrap does not run ({error})"))
    if tried.returncode:
        why = tried.stderr.strip().split("\n")[-1] or f"status {tried.returncode}"
        return Sandbox(None, _limits_only(f"bubblewrap is not allowed here ({why})"))
    return Sandbox(
        program, "Sandbox: bubblewrap. No network, no files but the programs, read-only."
    )


def _limits_only(why: str) -> str:
    return (
        f"No sandbox: {why}. Submissions are held by limits on time, memory, processes and output "
        "only; they can read, write and end what you can. Grade people you trust, or use "
        "--require-sandbox."
    )


def command(own: Sandbox, arguments: list[str], work: Path, file_size: int) -> list[str]:
    """The command that runs `python ARGUMENTS` in the sandbox, or without one.

    Args:
        own: what there is.
        arguments: of the interpreter.
        work: the work folder, outside a sandbox.
        file_size: megabytes that files may take together.
    """
    python = [sys.executable, *arguments]
    if own.program is None:
        return python
    return [own.program, *_walls(work, file_size), *python]


def _walls(work: Path, file_size: int) -> list[str]:
    walls = ["--unshare-all", "--unshare-user", "--cap-drop", "ALL", "--die-with-parent"]
    walls += ["--new-session", "--clearenv"]
    for folder in _programs():
        walls += ["--ro-bind", str(folder), str(folder)]
    walls += ["--tmpfs", str(HIDDEN), "--remount-ro", str(HIDDEN)]
    walls += ["--proc", "/proc", "--dev", "/dev", "--size", str(16 * MB), "--tmpfs", "/dev/shm"]
    walls += ["--remount-ro", "/dev", "--size", str(file_size * MB), "--tmpfs", str(work)]
    walls += ["--chdir", "/", "--remount-ro", "/"]
    for name, value in (environment() | {"HOME": str(work), "TMPDIR": str(work)}).items():
        walls += ["--setenv", name, value]
    return walls


def _programs() -> list[Path]:
    """The folders with programs, none inside another one; links as what they are."""
    own = [sys.prefix, sys.base_prefix, PACKAGE, *site.getsitepackages()]
    wanted = [Path(folder) for folder in SYSTEM] + [Path(folder) for folder in own]
    wanted += [Path(sys.executable).resolve().parent.parent]
    found: list[Path] = []
    for folder in sorted({p for p in wanted if p.exists()}, key=lambda p: len(p.parts)):
        if not any(folder.is_relative_to(other) for other in found):
            found.append(folder)
    return found


def environment() -> dict[str, str]:
    """The environment of a submission: nothing of the instructor's but the language."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ") if name in os.environ}
    return kept | {
        VARIABLE: language(),
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(PACKAGE.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "PYTHONNOUSERSITE": "1",
        "KERAS_BACKEND": "tensorflow",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        "HOME": "/tmp",
        "TMPDIR": "/tmp",
    }
