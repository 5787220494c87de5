"""The explanation under the traceback of a notebook cell.

IPython shows the traceback while it runs the cell, and announces `post_run_cell` afterwards. A
listener to that event can add to what is shown, and cannot change or lose the traceback.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from typing import Any


def install(ipython: Any = None) -> None:
    """Show an explanation under the traceback of each cell that a known Keras error ends.

    Args:
        ipython: the shell; left out, the one that is running. Without a shell nothing happens.
            A second call changes nothing.
    """
    shell = ipython or _running_shell()
    if shell is not None:
        shell.events.register("post_run_cell", _AfterCell(shell))


def uninstall(ipython: Any = None) -> None:
    """Stop showing explanations. Without `install` before, nothing happens."""
    shell = ipython or _running_shell()
    if shell is not None:
        with contextlib.suppress(ValueError):
            shell.events.unregister("post_run_cell", _AfterCell(shell))


@dataclass(frozen=True)
class _AfterCell:
    """What IPython calls after a cell. Two for one shell are equal, so IPython keeps only one."""

    shell: Any

    def __call__(self, result: Any) -> None:
        try:
            error = getattr(result, "error_in_exec", None)
            if error is None:
                return
            from IPython.display import display

            from exercises_check.explain import explain

            explanation = explain(error, self.shell.user_ns)
            if explanation is not None:
                display(explanation)
        except Exception:
            # The cell has already failed with an error of its own; that one must stay the last.
            return


def _running_shell() -> Any:
    """The running IPython shell; IPython itself is not imported for the question."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
