"""One known mistake: how to recognise its error, and three sentences about it."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from exercises_check.explain.explanation import Explanation
from exercises_check.explain.names import Names
from exercises_check.explain.trace import Trace
from exercises_check.language import _, pgettext, spaced

LONGEST_VALUE = 160
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_REFUSING = re.compile(r"""of layer ['"](?P<name>[^'"]+)['"] is incompatible""")


@dataclass(frozen=True)
class Case:
    """An error, with what its traceback and the learner's variables tell about it."""

    error: BaseException
    text: str
    trace: Trace
    names: Names
    match: re.Match | None = None

    def __getitem__(self, group: str) -> str:
        """A part of the message; empty where the message has no such part."""
        return (self.match.group(group) or "") if group in self.match.re.groupindex else ""

    @cached_property
    def called(self) -> Any:
        """The layer or model that the learner's line called, `None` where it is not known."""
        import keras

        first = self.trace.arguments[0] if self.trace.arguments else None
        return first if isinstance(first, keras.Layer) else None

    @cached_property
    def refusing(self) -> Any:
        """The layer that the error is about: the called one, or one inside it that Keras names.

        `None` where it is not known.
        """
        from exercises_check.read import layers_inside

        named = _REFUSING.search(self.text)
        if named is None or getattr(self.called, "name", None) == named["name"]:
            return self.called
        holders = [self.called] if self.called is not None else self.names.values()
        inside = (layer for holder in holders for layer in layers_inside(holder))
        return next((layer for layer in inside if layer.name == named["name"]), self.called)

    @property
    def layer(self) -> str:
        """That layer in a sentence, with the model it is inside of; empty where it is not known."""
        if self.refusing is None:
            named = _REFUSING.search(self.text)
            return f"`{named['name']}`" if named else ""
        name = self.names.say(self.refusing)
        if self.called is None or self.refusing is self.called:
            return name
        return _("{layer} in {model}").format(layer=name, model=self.names.say(self.called))

    @cached_property
    def tensors(self) -> list:
        """The tensors that it was called on."""
        import keras

        flat = keras.tree.flatten([self.trace.arguments[1:], self.trace.keywords])
        return [value for value in flat if isinstance(value, keras.KerasTensor)]

    def argument(self, position: int, name: str) -> Any:
        """What `fit` or `predict` received at a position, from 1, or by a name."""
        given = self.trace.arguments[position : position + 1]
        return given[0] if given else self.trace.keywords.get(name)

    @property
    def shapes(self) -> str:
        """The tensors with their shapes as a sentence, empty where there are none."""
        return sentence(self.say_shapes(self.tensors))

    def say_shapes(self, tensors: Iterable) -> str:
        """A sentence with the shapes of some tensors, empty where there are none."""
        has = _("{tensor} has shape `{shape}`")
        facts = [has.format(tensor=self.names.say(t), shape=tuple(t.shape)) for t in tensors]
        return _("{facts}.").format(facts=pgettext("facts", ", ").join(facts)) if facts else ""


@dataclass(frozen=True)
class Entry:
    """A mistake, recognised by the type and the stable part of the text of its error.

    Attributes:
        mistake: what was done, in words.
        errors: the names of the error's types.
        pattern: a regular expression; its named groups are values for the sentences.
        what, where, try_this: the sentences, with `{values}`. `{line}` is the learner's line,
            `{layer}` the layer or model called there, or one inside it that Keras names,
            `{named}` a sentence that names it, `{the_model}` the model called there, `{shapes}` a
            sentence with the shapes of its tensors.
        facts: further values, from the traceback; `None` if it is another mistake after all.
        anywhere: whether it may come without a frame of Keras, as Python's own errors do. Then
            `facts` has to make sure that it is about Keras.
    """

    mistake: str
    errors: str
    pattern: str
    what: str
    try_this: str
    where: str = "{line}"
    facts: Callable[[Case], Mapping[str, Any] | None] | None = None
    anywhere: bool = False

    def explain(self, case: Case) -> Explanation | None:
        """The explanation of `case`, or `None` if it is not this mistake."""
        if not (self.anywhere or case.trace.in_keras):
            return None
        if not {cls.__name__ for cls in type(case.error).__mro__} & set(self.errors.split()):
            return None
        match = re.search(self.pattern, case.text, re.DOTALL)
        if match is None:
            return None
        case = Case(case.error, case.text, case.trace, case.names, match)
        facts = self.facts(case) if self.facts else {}
        if facts is None:
            return None
        step = case.trace.learner
        called = case.names.say(case.called) if case.called is not None else ""
        values = {
            "line": step.where if step else "",
            "layer": case.layer or _("the layer"),
            "named": _("The layer is {layer}.").format(layer=case.layer) if case.layer else "",
            "the_model": _("the model {name}").format(name=called) if called else _("the model"),
            "shapes": case.shapes if "{shapes}" in self.where else "",
            **{name: shown(value or "") for name, value in match.groupdict().items()},
            **facts,
        }
        parts = (self.what, self.where, self.try_this)
        return Explanation(*(sentence(_(part).format(**values)) for part in parts))


def text_of(error: BaseException) -> str:
    """The text of an error, without the colours that Keras puts in."""
    if isinstance(error, KeyError) and len(error.args) == 1:
        return str(error.args[0])  # `str` would add quotes
    return _ANSI.sub("", str(error))


def shown(value: str) -> str:
    """A value from a message, fit to stand in a sentence."""
    value = " ".join(value.split()).replace("`", "'")
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"


def sentence(text: str) -> str:
    """Text that starts with a capital letter and has single spaces."""
    text = spaced(" ".join(text.split()))
    return text[:1].upper() + text[1:]


def shape_in(text: str) -> tuple | None:
    """A shape as it stands in a message, `None` if it cannot be read."""
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return None
    return value if isinstance(value, tuple) else None


def layer_of_node(node: str) -> str:
    """The layer behind a name in TensorFlow's graph, where each call of it has a number."""
    return re.sub(r"_\d+$", "", node)


def nearest(name: str, known: Iterable) -> str:
    """A question with the known names that look like `name`, empty if there are none."""
    near = similar(name, known)
    return _("Did you mean {names}?").format(names=near) if near else ""


def similar(name: str, known: Iterable) -> str:
    """The known names that look like `name`, at most two, empty if there are none."""
    near = [f"`{other}`" for other in difflib.get_close_matches(name, map(str, known), 2, 0.6)]
    if len(near) == 2:
        return _("{one} or {other}").format(one=near[0], other=near[1])
    return "".join(near)
