"""The processes below another one, and what they use. Linux only: read from /proc."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path


def below(ancestor: int) -> list[int]:
    """The numbers of all living processes below `ancestor`, itself not included."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                # The name, in parentheses, may hold anything; what follows it does not.
                after = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
                if after[0] not in "ZX":
                    children[int(after[1])].append(int(entry))
    found, waiting = [], [ancestor]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            found.append(child)
            waiting.append(child)
    return found


def tasks_of_user() -> int:
    """How many threads run for this user, as far as they can be seen."""
    count = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{entry}").st_uid == os.getuid():
                    count += len(os.listdir(f"/proc/{entry}/task"))
    return count


def kill(numbers: Iterable[int]) -> None:
    """Kill these processes, stopped first, so that none makes others in the meantime."""
    numbers = list(numbers)
    for what in (signal.SIGSTOP, signal.SIGKILL):
        for number in numbers:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(number, what)


def memory(number: int) -> int:
    """The bytes of memory that a process has for itself alone; 0 if it is gone."""
    private = 0
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc", str(number), "smaps_rollup").read_text().splitlines():
            if line.startswith(("Private_Clean", "Private_Dirty")):
                private += int(line.split()[1]) * 1024
    return private
