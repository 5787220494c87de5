"""What a cell that ended with an error was to make, and did not: its names still hold older things.

A chapter calls most answers `model`. When a learner's cell fails, `model` is that of an exercise
before, and a check of it would speak of another task. So the notebook's cells are watched: which
names a failed cell assigns in its text, and whether they still hold what they held before it.
"""

from __future__ import annotations

import ast
import contextlib
import sys
from dataclasses import dataclass, field
from typing import Any


@dataclass
class _Watch:
    """What is known of one shell's cells.

    Attributes:
        shell: the running IPython shell.
        before: what the names held when the cell that runs was started.
        left: what failed cells should have replaced: by name, the old object and the error's class.
    """

    shell: Any
    before: dict[str, Any] = field(default_factory=dict)
    left: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def start(self, info: Any) -> None:
        """Called by IPython before a cell."""
        with contextlib.suppress(Exception):
            names = assigned_names(info.raw_cell)
            space = self.shell.user_ns
            self.before = {name: space[name] for name in names if name in space}

    def end(self, result: Any) -> None:
        """Called by IPython after a cell."""
        with contextlib.suppress(Exception):
            error = result.error_before_exec or result.error_in_exec
            for name, old in self.before.items():
                self.left.pop(name, None)
                if error is not None and self.shell.user_ns.get(name) is old:
                    self.left[name] = old, type(error).__name__
            self.before = {}


_watch: _Watch | None = None


def install() -> None:
    """Watch the cells of the notebook that runs, if one does. A second call changes nothing."""
    global _watch
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and (_watch is None or _watch.shell is not shell):
        _watch = _Watch(shell)
        shell.events.register("pre_run_cell", _watch.start)
        shell.events.register("post_run_cell", _watch.end)


def leftover(answer: Any) -> tuple[str, str] | None:
    """The name under which `answer` was left by a failed cell, and the class of its error."""
    for name, (old, error) in (_watch.left if _watch else {}).items():
        if old is answer and _watch.shell.user_ns.get(name) is answer:
            return name, error
    return None


def assigned_names(source: str) -> set[str]:
    """The names that a cell assigns, or defines, outside functions; none if it does not parse."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
        try:
            tree = ast.parse("\n".join(lines))
        except SyntaxError:
            return {line.partition("=")[0].strip() for line in lines if "=" in line}
    names = {node.name for node in tree.body if hasattr(node, "name")}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names
