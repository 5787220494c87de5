"""Frozen dataclasses of plain values as JSON and back, each field held against its annotation.

What comes back from a process that ran somebody's code may be anything. So nothing is taken on
trust: `decode` gives objects whose fields have the types that their classes say, or raises. This
module imports no Keras.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Iterable
from typing import Any

DEEPEST = 150  # of one JSON value in another; Python's own parser gives up at about 1,000


def parse(text: str) -> Any:
    """JSON text as Python's lists and dicts.

    Raises:
        ValueError: it is not JSON, or its lists and dicts stand too deep in one another.
    """
    _refuse_deep(text)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"This is not JSON: {error}.") from None


def decode(value: Any, cls: type, others: Iterable[type] = ()) -> Any:
    """The object of class `cls` that `encode` made `value` of.

    Args:
        value: what `parse` gave.
        cls: what it has to be.
        others: the dataclasses that may stand where a field is annotated `Any`.

    Raises:
        ValueError: it is something else; says what, and what was expected.
    """
    return _Decoding({c.__name__: c for c in (cls, *others)}).decode(value, cls)


def encode(value: Any) -> Any:
    """A dataclass, with all that it holds, as what JSON has: lists, dicts, numbers and strings."""
    if dataclasses.is_dataclass(value):
        fields = [encode(getattr(value, f)) for f in value.__dataclass_fields__]
        return {"@": type(value).__name__, "": fields}
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    return value


def _refuse_deep(text: str) -> None:
    """Raise where lists and dicts in JSON text stand too deep in one another to be parsed."""
    depth, quoted, escaped = 0, False, False
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    for sign in text:
        if quoted:
            if escaped:
                escaped = False
            elif sign == "\\":
                escaped = True
            elif sign == '"':
                quoted = False
        elif sign == '"':
            quoted = True
        elif sign in "[{":
            depth += 1
            if depth > DEEPEST:
                raise ValueError(f"This is not JSON of a model: over {DEEPEST} levels deep.")
        elif sign in "]}":
            depth -= 1


class _Decoding:
    """One decoding: `classes` are the dataclasses that may stand where anything may."""

    def __init__(self, classes: dict[str, type]):
        self._classes = classes

    def decode(self, value: Any, annotation: Any) -> Any:
        """`value` as `annotation` says, or `ValueError`."""
        if annotation is Any:
            return self._anything(value)
        origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (typing.Union, types.UnionType):
            return self._one_of(value, inside)
        if dataclasses.is_dataclass(annotation):
            return self._object(value, annotation)
        if origin is tuple:
            return self._tuple(value, inside)
        if origin is dict:
            if not isinstance(value, dict) or "@" in value:
                raise _wrong("a dict", value)
            return {key: self.decode(item, inside[1]) for key, item in value.items()}
        if annotation is float and type(value) is int:
            return float(value)
        if annotation in (str, int, float, bool) and type(value) is annotation:
            return value
        if annotation in (None, type(None)) and value is None:
            return None
        raise _wrong(getattr(annotation, "__name__", str(annotation)), value)

    def _one_of(self, value: Any, annotations: tuple) -> Any:
        # The class a value names decides; otherwise the first annotation that it fits.
        for annotation in annotations:
            named = isinstance(value, dict) and value.get("@")
            if named and getattr(annotation, "__name__", "") != named and annotation is not Any:
                continue
            try:
                return self.decode(value, annotation)
            except ValueError:
                if named:
                    raise
        raise _wrong(" or ".join(getattr(a, "__name__", str(a)) for a in annotations), value)

    def _tuple(self, value: Any, inside: tuple) -> tuple:
        if not isinstance(value, list):
            raise _wrong("a list", value)
        if len(inside) == 2 and inside[1] is ...:
            return tuple(self.decode(item, inside[0]) for item in value)
        if len(value) != len(inside):
            raise _wrong(f"a list of {len(inside)}", value)
        return tuple(self.decode(item, a) for item, a in zip(value, inside, strict=True))

    def _object(self, value: Any, cls: type) -> Any:
        annotations = _annotations(cls)
        if not isinstance(value, dict) or value.get("@") != cls.__name__ or set(value) != {"@", ""}:
            raise _wrong(f"a {cls.__name__}", value)
        fields = value[""]
        if not isinstance(fields, list) or len(fields) != len(annotations):
            raise _wrong(f"the {len(annotations)} fields of a {cls.__name__}", fields)
        decoded = []
        for (name, annotation), field in zip(annotations.items(), fields, strict=True):
            try:
                decoded.append(self.decode(field, annotation))
            except ValueError as error:
                raise ValueError(f"{cls.__name__}.{name}: {error}") from None
        return cls(*decoded)

    def _anything(self, value: Any) -> Any:
        if isinstance(value, list):
            return tuple(map(self._anything, value))
        if isinstance(value, dict):
            if "@" not in value:
                return {key: self._anything(item) for key, item in value.items()}
            cls = self._classes.get(str(value["@"]))
            if cls is None:
                raise _wrong(f"one of {', '.join(self._classes)}", value["@"])
            return self._object(value, cls)
        return value


@functools.cache
def _annotations(cls: type) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}


def _wrong(expected: str, found: Any) -> ValueError:
    text = repr(found) if isinstance(found, (str, int, float, bool, type(None))) else ""
    text = text or f"a {type(found).__name__}"
    return ValueError(f"expected {expected}; received {text[:80]}")
