"""The learner's own names for layers, models and tensors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exercises_check.language import _

_NOT_THE_LEARNERS = frozenset({"In", "Out", "exit", "quit", "get_ipython"})
LONGEST_CONTAINER = 100


class Names:
    """Names of objects, from the innermost scope to the outermost."""

    def __init__(self, scopes: Iterable[Mapping[str, Any]], code: str = ""):
        """Of several names for one object, one that stands in `code` is taken."""
        preferred = set(re.findall(r"\w+", code))
        self._names: dict[int, str] = {}
        self._values: list[Any] = []
        inside: dict[int, str] = {}
        for scope in scopes:
            variables = [(n, v) for n, v in list(scope.items()) if _is_the_learners(n)]
            for name, value in sorted(variables, key=lambda item: item[0] not in preferred):
                self._names.setdefault(id(value), name)
                self._values.append(value)
                for key, item in _items(value):
                    inside.setdefault(id(item), f"{name}[{key!r}]")
                    self._values.append(item)
        self._names = inside | self._names

    def of(self, thing: Any) -> str | None:
        """The variable that holds `thing`, as `x` or `inputs[0]`."""
        return self._names.get(id(thing))

    def values(self) -> list[Any]:
        """Everything that has a name."""
        return self._values

    def say(self, thing: Any) -> str:
        """`thing` in a sentence: its variable, else what Keras calls it."""
        import keras

        name = self.of(thing)
        if name is not None:
            return f"`{name}`"
        if isinstance(thing, keras.KerasTensor):
            return _unnamed_tensor(thing)
        if isinstance(thing, keras.Layer):
            return f"`{getattr(thing, 'name', type(thing).__name__)}`"
        return _("a `{kind}`").format(kind=type(thing).__name__)


def _unnamed_tensor(tensor: Any) -> str:
    from exercises_check.read import history

    operation, received, _made = history([tensor])[-1]
    if received:
        return _("the output of `{layer}`").format(layer=operation.name)
    return _("the Input `{name}`").format(name=operation.name)


def _is_the_learners(name: str) -> bool:
    return not name.startswith("_") and name not in _NOT_THE_LEARNERS


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, (list, tuple)) and len(value) <= LONGEST_CONTAINER:
        yield from enumerate(value)
    elif type(value) is dict and len(value) <= LONGEST_CONTAINER:
        yield from value.items()
