"""Writing a file whole or not at all: whoever reads it never finds half of it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write(path: Path, content: str | bytes) -> None:
    """Puts `content` at `path`, text as UTF-8, in place of what is there.

    Raises:
        OSError: the file can't be written. What was there is still there.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(beside, 0o666 & ~_mask())  # mkstemp lets nobody else read it
        os.replace(beside, path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(beside)


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
