"""Where an error comes from: the learner's line, and what was handed to Keras there.

Keras cuts its own frames out of most tracebacks. What stays is the frame of its wrapper
`error_handler`, whose `args` are the layer or model and what it was called on. Names of such local
variables are not part of Keras' interface: each look-up answers `None` where there is none, and the
sentences do without.
"""

from __future__ import annotations

import ast
import builtins
import dis
import linecache
import sysconfig
import traceback
from dataclasses import dataclass
from functools import cached_property
from types import FrameType, ModuleType
from typing import Any

from exercises_check.language import _

KERAS = frozenset({"keras", "tensorflow"})
LONGEST_CODE = 100
_INSTALLED = ("site-packages", "dist-packages")


@dataclass(frozen=True)
class Step:
    """One frame of a traceback. `owner` is `"keras"`, `"learner"` or `"other"`."""

    frame: FrameType
    instruction: int
    line: int
    owner: str

    @property
    def module(self) -> str:
        return self.frame.f_globals.get("__name__") or ""

    @property
    def raises(self) -> bool:
        """Whether this frame stands at a `raise` or an `assert` of its own."""
        return dis.opname[self.frame.f_code.co_code[self.instruction]] == "RAISE_VARARGS"

    @cached_property
    def text(self) -> str:
        """The source of the expression that failed; empty where there is no source."""
        positions = list(self.frame.f_code.co_positions())[self.instruction // 2]
        line, last_line, column, last_column = positions
        if None in positions:
            return ""
        lines = _source(self.frame)[line - 1 : last_line]
        if not lines:
            return ""
        encoded = [text.encode() for text in lines]  # columns count bytes
        encoded[-1] = encoded[-1][:last_column]
        encoded[0] = encoded[0][column:]
        return b"".join(encoded).decode(errors="replace").strip()

    @cached_property
    def expression(self) -> ast.expr | None:
        """The expression that failed, `None` where it is no expression or has no source."""
        try:
            return ast.parse(f"({self.text})", mode="eval").body if self.text else None
        except SyntaxError:
            return None

    @property
    def where(self) -> str:
        """The line as a sentence: its number in a cell or script, else the function it is in."""
        lines = _source(self.frame)[self.line - 1 : self.line]
        code = " ".join((self.text if "\n" in self.text else "".join(lines)).split())
        if len(code) > LONGEST_CODE:
            code = code[: LONGEST_CODE - 1] + "…"
        function = self.frame.f_code.co_qualname.rpartition("<locals>.")[2]
        code = code.replace("`", "'")
        if function.startswith("<"):
            said = _("Line {line}: `{code}`.") if code else _("Line {line}.")
        else:
            said = _("In `{function}`: `{code}`.") if code else _("In `{function}`.")
        return said.format(line=self.line, function=function, code=code)

    def resolve(self, node: ast.AST | None) -> Any:
        """What a name, or a name in a module, stands for in this frame. Runs nothing."""
        if isinstance(node, ast.Name):
            for names in (self.frame.f_locals, self.frame.f_globals, vars(builtins)):
                if node.id in names:
                    return names[node.id]
        if isinstance(node, ast.Attribute):
            owner = self.resolve(node.value)
            if isinstance(owner, ModuleType):
                return getattr(owner, node.attr, None)
            return getattr(owner, "__dict__", {}).get(node.attr)
        return None


@dataclass(frozen=True)
class Trace:
    """The frames of an error, the outermost first."""

    steps: tuple[Step, ...]

    @cached_property
    def learner(self) -> Step | None:
        """The innermost of the learner's own frames."""
        return next((step for step in reversed(self.steps) if step.owner == "learner"), None)

    @property
    def raised_by_learner(self) -> bool:
        return bool(self.steps) and self.steps[-1].owner == "learner" and self.steps[-1].raises

    @property
    def in_keras(self) -> bool:
        """Whether Keras or TensorFlow raised it, or their frames around it were cut out."""
        owners = [step.owner for step in self.steps]
        if "keras" not in owners:
            return False
        last = max((n for n, owner in enumerate(owners) if owner == "learner"), default=-1)
        return "keras" in owners[last + 1 :] or last == len(owners) - 1

    @property
    def last_module(self) -> str:
        return self.steps[-1].module if self.steps else ""

    @property
    def arguments(self) -> tuple:
        """What the learner's line called Keras with: the layer or model first, then the rest."""
        return self._call[0]

    @property
    def keywords(self) -> dict[str, Any]:
        """What it called Keras with by name."""
        return self._call[1]

    @cached_property
    def _call(self) -> tuple[tuple, dict[str, Any]]:
        after = self.steps[self.steps.index(self.learner) + 1 :] if self.learner else self.steps
        for step in after:
            arguments = step.frame.f_locals.get("args")
            keywords = step.frame.f_locals.get("kwargs")
            if step.owner == "keras" and isinstance(arguments, tuple) and arguments:
                return arguments, keywords if isinstance(keywords, dict) else {}
        return (), {}

    def local(self, *names: str) -> Any:
        """The value of a local variable in a frame of Keras, the innermost first."""
        for step in reversed(self.steps):
            if step.owner == "keras":
                for name in names:
                    if name in step.frame.f_locals:
                        return step.frame.f_locals[name]
        return None

    def scope(self, *names: str) -> dict[str, Any] | None:
        """The local variables of the outermost frame of Keras that has all of `names`."""
        for step in self.steps:
            if step.owner == "keras" and all(name in step.frame.f_locals for name in names):
                return step.frame.f_locals
        return None


def trace_of(error: BaseException) -> Trace:
    """The frames that an error passed through."""
    steps, entry = [], error.__traceback__
    for frame, line in traceback.walk_tb(entry):
        steps.append(Step(frame, entry.tb_lasti, line, _owner(frame)))
        entry = entry.tb_next
    return Trace(tuple(steps))


def _owner(frame: FrameType) -> str:
    top = (frame.f_globals.get("__name__") or "").partition(".")[0]
    if top in KERAS:
        return "keras"
    file = frame.f_code.co_filename
    installed = any(part in file for part in _INSTALLED) or file.endswith(".pyx")
    standard = file.startswith(("<frozen", sysconfig.get_path("stdlib")))
    return "other" if installed or standard or top == "exercises_check" else "learner"


def _source(frame: FrameType) -> list[str]:
    return linecache.getlines(frame.f_code.co_filename, frame.f_globals)
