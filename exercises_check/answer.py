"""What a learner hands over, as code: whether it is still the stub, and that it may raise."""

from __future__ import annotations

import dis
import inspect
from typing import Any


class AnswerError(Exception):
    """The learner's own code raised; `cause` is what it raised, `during` when, in words."""

    def __init__(self, cause: BaseException, during: str = ""):
        super().__init__(str(cause))
        self.cause = cause
        self.during = during


def not_attempted(answer: Any) -> bool:
    """Whether an answer is still the stub of the chapter: `...`, `None`, or a body of `...`.

    Of a class, all methods have to be stubs; `__init__` may be given by the chapter.
    """
    if answer is None or answer is Ellipsis:
        return True
    if inspect.isclass(answer):
        methods = _methods(answer)
        # A subclass of another layer may be right without a line of its own.
        derived = any(base.__name__ not in ("Layer", "object") for base in answer.__bases__)
        asked = [method for name, method in methods.items() if name != "__init__"]
        return all(map(_is_stub, asked or methods.values())) and (bool(asked) or not derived)
    return _is_stub(answer)


def stubs(cls: type) -> list[str]:
    """The methods of a class whose body is still `...`. A `build` may rightly do nothing."""
    methods = _methods(cls).items()
    return [name for name, method in methods if name != "build" and _is_stub(method)]


def _methods(cls: type) -> dict[str, Any]:
    return {name: member for name, member in vars(cls).items() if inspect.isfunction(member)}


def _is_stub(function: Any) -> bool:
    """Whether a function does nothing but hand `...` or nothing from name to name."""
    if not inspect.isfunction(function):
        return False
    given = inspect.signature(function).parameters
    return all(
        step.opname in _QUIET
        or ("CONST" in step.opname and step.argval in (None, ...))
        or ("FAST" in step.opname and not _names(step.argval) & set(given))
        for step in dis.get_instructions(function)
    )


_QUIET = frozenset({"RESUME", "NOP", "POP_TOP", "RETURN_VALUE", "COPY_FREE_VARS"})


def _names(argument: Any) -> set[str]:
    """The names in an instruction's argument; newer Pythons store and load two at a time."""
    return set(argument) if isinstance(argument, tuple) else {argument}
