"""What a class of layers did when it was tried, as plain data.

A transcript is made of dicts with the fields of the classes below, of tuples, strings, numbers and
NumPy arrays. It may come from a process that ran a learner's code, so `read` takes nothing on
trust: each field is held against its annotation, and all that can grow has a bound.

A `Part` is a sequence of steps. Where the learner's code raises, that step and those after it are
`None`. What is asked of a part by its judge is in the order of its steps.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from dataclasses import dataclass
from typing import Any

import numpy as np

FORMAT = 1
MOST_NUMBERS = 4_000_000  # in the arrays of one transcript
MOST_RETURNED = 50_000  # numbers by one call
MOST_ENTRIES = 1_000  # in one tuple or dict
MOST_VALUES = 100_000  # of any type, in one transcript
LONGEST_TEXT = 20_000  # an exception's message may tell a long story
LONGEST_NAME = 200
MOST_AXES = 32
BIGGEST = 2**63  # of an int
DTYPES = frozenset(
    [f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)]
    + ["bool", "float16", "float32", "float64", "complex64", "complex128"]
)

_LONG = frozenset(
    {"text", "during", "config"}
)  # the fields that may hold a longer text than a name

Arrays = tuple[np.ndarray, ...]
Shape = tuple[int, ...]
OpenShape = tuple[int | None, ...]


class BadTranscript(ValueError):
    """It is not what `probe` gives; the text says where and why."""


@dataclass(frozen=True)
class Raised:
    """The learner's code raised: the exception's class, its text, and when, in words."""

    error: str
    text: str
    during: str = ""


@dataclass(frozen=True)
class Part:
    """Steps that were taken one after the other; `raised` is what ended them early."""

    raised: Raised | None = None


@dataclass(frozen=True)
class Class(Part):
    """What was handed over.

    Attributes:
        kind: `"layer"` for a class of layers, `"object"` for a layer, `"no layer"` for another
            class, `"no class"` for anything else.
        name: the name of the class, or of the object's.
        routine: whether it is a function.
        stubs: its methods whose body is still `...`.
    """

    kind: str | None = None
    name: str | None = None
    routine: bool | None = None
    stubs: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Weight:
    """A weight of a layer.

    Attributes:
        name: its own.
        owner: the attribute of the layer whose sublayer it belongs to, or `""`.
        own: the attribute of the layer that it is, or `""`.
        shape, dtype, trainable: the weight's.
    """

    name: str
    owner: str
    own: str
    shape: Shape
    dtype: str
    trainable: bool

    @property
    def floating(self) -> bool:
        """Whether it holds floating-point numbers."""
        return self.dtype.startswith(("float", "bfloat"))


@dataclass(frozen=True)
class Untracked:
    """A tensor that is an attribute of a layer, and not among its weights."""

    name: str
    variable: bool
    shape: Shape


@dataclass(frozen=True)
class Output:
    """One thing that `call` returned: the shape of a tensor, or what it is instead, as text."""

    shape: Shape | None
    text: str = ""


@dataclass(frozen=True)
class Computation(Part):
    """A layer on random data.

    Attributes:
        weights, untracked: after the first call.
        outputs: what the first call returned; if that is no tensor, the last step.
        first, again: two calls with training=False and the first weights.
        inference: a call with drawn weights.
        training_again, training: two calls with training=True and drawn weights.
        state: the weights after the latter; `None` for one that has its drawn value.
        spread: how far training=True moves the output; 0 where it is not random.
    """

    weights: tuple[Weight, ...] | None = None
    untracked: tuple[Untracked, ...] | None = None
    outputs: tuple[Output, ...] | None = None
    first: Arrays | None = None
    again: Arrays | None = None
    inference: Arrays | None = None
    training_again: Arrays | None = None
    training: Arrays | None = None
    state: tuple[np.ndarray | None, ...] | None = None
    spread: float | None = None


@dataclass(frozen=True)
class Changes(Part):
    """For one weight after the other, what a layer returns when only that is changed.

    Attributes:
        outputs: `None` for a weight that cannot be changed in this way.
    """

    outputs: tuple[Arrays | None, ...] = ()


@dataclass(frozen=True)
class Symbolic(Part):
    """A layer on `keras.Input`.

    Attributes:
        shapes: of what it returns; `None` for what has none.
        declared: whether the class has a `compute_output_shape` of its own.
    """

    shapes: tuple[OpenShape | None, ...] | None = None
    declared: bool | None = None


@dataclass(frozen=True)
class Copy(Part):
    """`get_config` and `from_config` of a layer that was given a name.

    Attributes:
        takes_name: whether `__init__` takes a `name`; if not, the last step.
        name: the layer's.
        config: what `get_config` returned, as text; `""` for a dict.
        kept: of the settings that are in its dict the simple values; `None` for others.
        by_keras: whether `from_config` is Keras' own.
        failed: what kept a copy from being made; if anything, the last step.
        copied_name: the copy's.
        shapes, copied_shapes: of the weights of the layer and of the copy.
        copied_outputs, outputs: of calls with the same weights.
        first, again: two more calls of the layer.
    """

    takes_name: bool | None = None
    name: str | None = None
    config: str | None = None
    kept: dict[str, str | int | float | bool | None] | None = None
    by_keras: bool | None = None
    failed: Raised | None = None
    copied_name: str | None = None
    shapes: tuple[Shape, ...] | None = None
    copied_shapes: tuple[Shape, ...] | None = None
    copied_outputs: Arrays | None = None
    outputs: Arrays | None = None
    first: Arrays | None = None
    again: Arrays | None = None


@dataclass(frozen=True)
class Saving(Part):
    """A model with the layer, saved and loaded.

    Attributes:
        failed: what kept it from being saved and loaded; if anything, the last step.
        found: whether the loaded model has a layer of the class; if not, the last step.
        name: that layer's.
        before, after: what the two models return.
        first, again: two calls of the loaded layer.
    """

    failed: Raised | None = None
    found: bool | None = None
    name: str | None = None
    before: Arrays | None = None
    after: Arrays | None = None
    first: Arrays | None = None
    again: Arrays | None = None


@dataclass(frozen=True)
class Sharing(Part):
    """A layer that is called twice in a functional model.

    Attributes:
        shapes: of the model's weights.
        apart: what the layer returns.
        together: what the model returns that gets the same data twice.
        first, again: two more calls of the layer.
    """

    shapes: tuple[Shape, ...] | None = None
    apart: Arrays | None = None
    together: Arrays | None = None
    first: Arrays | None = None
    again: Arrays | None = None


@dataclass(frozen=True)
class Tried:
    """What came of one trial; a part is `None` where one before it ended all."""

    computation: Computation
    plus_one: Changes | None = None
    transposed: Changes | None = None
    symbolic: Symbolic | None = None
    copy: Copy | None = None


@dataclass(frozen=True)
class Transcript:
    """All that was tried.

    Attributes:
        format: of the transcript itself.
        seed: what data and weights were drawn from.
        answer: what was handed over; nothing but a class of layers is tried.
        trials: what came of each; fewer where one ended all.
        saving, sharing: on the first trial.
    """

    format: int
    seed: int
    answer: Class
    trials: tuple[Tried, ...] = ()
    saving: Saving | None = None
    sharing: Sharing | None = None


def plain(value: Any) -> Any:
    """A transcript as dicts, tuples, strings, numbers and arrays."""
    if dataclasses.is_dataclass(value):
        return {field: plain(getattr(value, field)) for field in value.__dataclass_fields__}
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return value


def read(value: Any) -> Transcript:
    """The transcript that `plain` made `value` of.

    Raises:
        BadTranscript: it is something else, or larger than `probe` makes it.
    """
    transcript = _Reading().read(value, Transcript, "transcript")
    if transcript.format != FORMAT:
        raise BadTranscript(f"The transcript has format {transcript.format}; expected {FORMAT}.")
    return transcript


class _Reading:
    """One reading: counts what it has met."""

    def __init__(self):
        self._values = self._numbers = 0

    def read(self, value: Any, annotation: Any, at: str) -> Any:
        """`value` as `annotation` says; `at` is where it stands."""
        self._values += 1
        if self._values > MOST_VALUES:
            raise BadTranscript(f"The transcript has over {MOST_VALUES} values.")
        origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (typing.Union, types.UnionType):
            return self._one_of(value, inside, at)
        if origin is tuple:
            self._entries(value, tuple, at)
            entries = enumerate(value)
            return tuple(self.read(each, inside[0], f"{at}[{n}]") for n, each in entries)
        if origin is dict:
            self._entries(value, dict, at)
            return {
                self.read(key, str, f"a key of {at}"): self.read(each, inside[1], f"{at}[{key!r}]")
                for key, each in value.items()
            }
        if annotation is np.ndarray:
            return self._array(value, at)
        if dataclasses.is_dataclass(annotation):
            return self._object(value, annotation, at)
        if annotation is type(None) and value is None:
            return None
        if type(value) is not annotation:
            raise _wrong(annotation.__name__, value, at)
        if annotation is str and (len(value) > LONGEST_TEXT or not _encodes(value)):
            raise BadTranscript(f"{at}: expected text of at most {LONGEST_TEXT} characters.")
        if annotation is int and abs(value) >= BIGGEST:
            raise BadTranscript(f"{at}: expected an int of less than 64 bits.")
        return value

    def _one_of(self, value: Any, annotations: tuple, at: str) -> Any:
        if value is None and type(None) in annotations:
            return None
        others = [each for each in annotations if each is not type(None)]
        # Either one annotation and `None`, or simple types.
        return self.read(value, others[0] if len(others) == 1 else _fitting(value, others, at), at)

    def _entries(self, value: Any, kind: type, at: str) -> None:
        if type(value) is not kind:
            raise _wrong(f"a {kind.__name__}", value, at)
        if len(value) > MOST_ENTRIES:
            raise BadTranscript(f"{at}: expected at most {MOST_ENTRIES}; received {len(value)}.")

    def _array(self, value: Any, at: str) -> np.ndarray:
        if type(value) is not np.ndarray:
            raise _wrong("an array", value, at)
        if value.dtype.name not in DTYPES or value.ndim > MOST_AXES:
            raise BadTranscript(f"{at}: expected an array of numbers.")
        self._numbers += value.size
        if self._numbers > MOST_NUMBERS:
            raise BadTranscript(f"The arrays of the transcript have over {MOST_NUMBERS} numbers.")
        return value

    def _object(self, value: Any, cls: type, at: str) -> Any:
        fields = _annotations(cls)
        if type(value) is not dict:
            raise _wrong("a dict", value, at)
        if len(value) != len(fields) or any(type(key) is not str for key in value):
            raise BadTranscript(f"{at}: expected a dict of {', '.join(fields)}.")
        if missing := [field for field in fields if field not in value]:
            raise BadTranscript(f"{at}: no {missing[0]}.")
        found = {f: self.read(value[f], fields[f], f"{at}.{f}") for f in fields}
        for field, text in found.items():
            if type(text) is str and len(text) > LONGEST_NAME and field not in _LONG:
                raise BadTranscript(
                    f"{at}.{field}: expected text of at most {LONGEST_NAME} characters."
                )
        if cls is Raised and not found["error"].isidentifier():
            raise BadTranscript(f"{at}.error: expected the name of an exception.")
        return cls(**found)


def _fitting(value: Any, types_: list, at: str) -> type:
    if type(value) not in types_:
        raise _wrong(" or ".join(each.__name__ for each in types_), value, at)
    return type(value)


def _encodes(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


@functools.cache
def _annotations(cls: type) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}


def _wrong(expected: str, found: Any, at: str) -> BadTranscript:
    return BadTranscript(f"{at}: expected {expected}; received a {type(found).__name__}.")
