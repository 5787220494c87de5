"""What was handed to `keras.Model`, and what the outputs among it are computed from."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from exercises_check.explain.entry import Case
from exercises_check.language import _, listed

MOST_NAMED = 3  # outputs named one by one
LONGEST_ARGUMENT = 60


@dataclass(frozen=True)
class Handed:
    """The inputs and outputs handed over, in the case of an error about them."""

    case: Case
    inputs: list
    outputs: list

    @classmethod
    def over(cls, case: Case) -> Handed | None:
        """What Keras received, `None` where its frames do not tell."""
        import keras

        # `flat_inputs` are those of the learner; `inputs` may be copies that Keras has made.
        for names in (("flat_inputs", "flat_outputs"), ("inputs", "outputs")):
            scope = case.trace.scope(*names)
            if scope is not None:
                return cls(case, *(keras.tree.flatten(scope[name]) for name in names))
        return None

    # The graph ------------------------------------------------------------------------------------

    @cached_property
    def calls(self) -> list:
        """The calls that the outputs come from, back to the inputs."""
        return _history(self.outputs, self.inputs)

    @cached_property
    def missing(self) -> list:
        """The Inputs that outputs come from and that are not listed."""
        return without(_begins(self.calls), self.inputs)

    @cached_property
    def lacking(self) -> list:
        """The outputs that come from a missing Input."""
        backs = [(output, _begins(_history([output], self.inputs))) for output in self.outputs]
        return [output for output, begins in backs if without(begins, self.inputs)]

    @cached_property
    def unused(self) -> list:
        """The inputs that no output comes from."""
        used = [tensor for _call, received, _made in self.calls for tensor in received]
        return without(self.inputs, used + self.outputs)

    @cached_property
    def swapped(self) -> bool:
        """Whether the inputs are computed from the outputs."""
        outputs = without(self.outputs, self.inputs)
        return bool(outputs) and not without(outputs, made_before(self.inputs))

    def receiver(self, tensor: Any) -> str:
        """A sentence that says which layer receives a tensor, empty if none does."""
        for operation, received, _made in self.calls:
            if any(tensor is other for other in received):
                said = _("The layer `{layer}` receives {tensor}.")
                return said.format(layer=operation.name, tensor=self.say(tensor))
        return ""

    # What else the learner has --------------------------------------------------------------------

    @cached_property
    def models(self) -> list:
        """The models that the learner has, and those nested in them."""
        import keras

        found, waiting = [], list(self.case.names.values())
        while waiting:
            model = waiting.pop(0)
            if isinstance(model, keras.Model) and not any(model is m for m in found):
                found.append(model)
                waiting += model.layers
        return found

    @cached_property
    def known(self) -> list:
        """The tensors that the learner has, and the outputs of the models."""
        import keras

        tensors = [v for v in self.case.names.values() if isinstance(v, keras.KerasTensor)]
        return tensors + [tensor for model in self.models for tensor in ends(model, "outputs")]

    def owner(self, begin: Any) -> Any:
        """The model that has this Input as its own, `None` if there is none."""
        owners = (m for m in self.models if any(begin is t for t in ends(m, "inputs")))
        return next(owners, None)

    def named_after(self, begin: Any) -> list[str]:
        """The learner's names of tensors that are computed from `begin`."""
        reached = {id(begin)}
        for _call, received, made in _history(self.known):
            if any(id(tensor) in reached for tensor in received):
                reached |= {id(tensor) for tensor in made}
        after = [tensor for tensor in self.known if id(tensor) in reached and tensor is not begin]
        return [name for name in dict.fromkeys(map(self.case.names.of, after)) if name]

    def calls_of(self, model: Any) -> list:
        """For each call of a model, the tensors that it was called on."""
        calls = _history(self.known, self.inputs)
        return [received for operation, received, _made in calls if operation is model]

    # Words ----------------------------------------------------------------------------------------

    def say(self, thing: Any) -> str:
        return self.case.names.say(thing)

    def say_all(self, things: Iterable) -> str:
        return listed(map(self.say, things))

    @property
    def subject(self) -> str:
        """The outputs that lack an Input."""
        return self.say_all(self.lacking) if len(self.lacking) <= MOST_NAMED else _("the outputs")

    def first_input(self) -> str:
        return self.case.names.of(self.inputs[0]) or "inputs"

    def call_with(self, inputs: list | str, outputs: list | str | None = None) -> str:
        """The learner's call as code, with other inputs, and perhaps other outputs."""
        call = self._call
        func = "keras.Model" if call is None else ast.unparse(call.func)
        second = self.written("outputs")
        if outputs is not None:
            second = self._code(outputs)
        elif call is None:
            second = self._code(self.outputs)
        elif not second or len(second) > LONGEST_ARGUMENT:
            second = "outputs"
        return f"{func}({self._code(inputs)}, {second})"

    def written(self, argument: str) -> str:
        """The code of the argument `inputs` or `outputs`, empty where there is none."""
        node = self._argument(argument)
        return "" if node is None else ast.unparse(node)

    def _code(self, tensors: list | str) -> str:
        if isinstance(tensors, str):
            return tensors
        names = [self.case.names.of(tensor) or "..." for tensor in tensors]
        if isinstance(self._argument("inputs"), ast.Dict):
            pairs = zip(tensors, names, strict=True)
            return f"{{{', '.join(f'{keras_name(t)!r}: {name}' for t, name in pairs)}}}"
        return names[0] if len(names) == 1 else f"[{', '.join(names)}]"

    @property
    def _call(self) -> ast.Call | None:
        step = self.case.trace.learner
        return step.expression if step and isinstance(step.expression, ast.Call) else None

    def _argument(self, name: str) -> ast.expr | None:
        if self._call is None:
            return None
        for keyword in self._call.keywords:
            if keyword.arg == name:
                return keyword.value
        position = ("inputs", "outputs").index(name)
        return self._call.args[position] if len(self._call.args) > position else None


# Small questions about tensors and models ---------------------------------------------------------


def without(tensors: Iterable, others: Iterable) -> list:
    """The tensors that are not among the others."""
    other = {id(tensor) for tensor in others}
    return [tensor for tensor in tensors if id(tensor) not in other]


def come_from(tensors: Iterable, inputs: Iterable) -> bool:
    """Whether `tensors` are computed from no Input but `inputs`."""
    inputs = list(inputs)
    return not without(_begins(_history(tensors, inputs)), inputs)


def made_before(tensors: Iterable) -> list:
    """Everything that `tensors` come from, themselves included."""
    return [tensor for _call, _received, made in _history(tensors) for tensor in made]


def ends(model: Any, which: str) -> list:
    """The inputs or outputs of a model, none where it has no graph."""
    try:
        return list(getattr(model, which) or ())
    except (AttributeError, ValueError):
        return []


def keras_name(begin: Any) -> str:
    """What Keras calls an Input."""
    return _history([begin])[-1][0].name


def _begins(calls: list) -> list:
    """The Inputs among what some calls made."""
    return [tensor for _call, received, made in calls if not received for tensor in made]


def _history(tensors: Iterable, stop: Iterable = ()) -> list:
    from exercises_check.read import history

    return history(tensors, stop)
