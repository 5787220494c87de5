"""Whether what a process has imported is still what a new process would import."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

GPU = "/dev/nvidiactl"


class Snapshot:
    """The files behind this process, as they are now."""

    def __init__(self) -> None:
        ours = [os.fspath(path) for path in Path(__file__).parent.glob("*.py")]
        self._few = _stamps([sys.executable, *ours, *_packages()])
        modules = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        self._all = self._few | _stamps([*filter(None, modules), *_settings()])

    def is_current(self) -> bool:
        return _stamps(self._all) == self._all

    def is_probably_current(self) -> bool:
        """Looks only at the interpreter, this folder and those of packages: for looking often."""
        return _stamps(self._few) == self._few


def unfit() -> str:
    """Why no kernel should be forked from this process; "" where one may.

    TensorFlow on the processor is safe to fork before its first operation. Of graphics cards and
    of other backends nobody has shown it.
    """
    keras = sys.modules.get("keras")
    if keras is None:
        return "Keras is not installed"
    backend = keras.config.backend()
    if backend != "tensorflow":
        return f"Keras runs on {backend}"
    return "there is a graphics card" if has_gpu(os.environ) else ""


def has_gpu(environment: Mapping[str, str]) -> bool:
    """Whether TensorFlow may find a graphics card."""
    return os.path.exists(GPU) and environment.get("CUDA_VISIBLE_DEVICES") not in ("", "-1")


def _packages() -> list[str]:
    """Installing a package changes its folder: what was imported may find more by now."""
    return [*site.getsitepackages(), site.getusersitepackages()]


def _settings() -> list[str]:
    """Files that are read when their packages are imported."""
    keras = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    matplotlib = sys.modules.get("matplotlib")
    found = [os.path.join(keras, "keras.json")]
    if matplotlib is not None:
        # The file that was read, and the one that would be if it were there.
        own = os.path.join(matplotlib.get_configdir(), "matplotlibrc")
        found += [matplotlib.matplotlib_fname(), own]
    return found


def _stamps(paths: Iterable[str]) -> dict[str, tuple[int, int] | None]:
    stamps: dict[str, tuple[int, int] | None] = {}
    for path in paths:
        try:
            found = os.stat(path)
            stamps[path] = found.st_mtime_ns, found.st_size
        except OSError:
            stamps[path] = None
    return stamps
