"""What the values that a model returns are: probabilities, logits, or not known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from exercises_check.graph import Tensor
from exercises_check.silent.subject import (
    DROPOUTS,
    PASSING,
    WITH_ACTIVATION,
    Placed,
    Subject,
    activation_of,
)

# What keeps values between 0 and 1, but hides from Keras that they come from a softmax.
_REARRANGING = frozenset(
    {"Reshape", "Flatten", "Permute", "Transpose", "ExpandDims", "Squeeze", "GetItem"}
    | {"Cropping1D", "Cropping2D", "RepeatVector"}
)
_BLENDING = frozenset({"Average", "Maximum", "Minimum"})
_SUMS = frozenset({"Add", "Subtract", "Concatenate"})
_SAME = PASSING | {"Cast"}
_DEEPEST = 30  # how many calls back from an output its activation is looked for


@dataclass(frozen=True)
class Ending:
    """What the values of a tensor are.

    Attributes:
        kind: the activation that made them, `"linear"` for none.
        call: the call that applies it.
        seen: Keras still sees it, and then repairs a loss that expects logits.
    """

    kind: str
    call: Placed
    seen: bool = True


def ending(subject: Subject, tensor: Tensor) -> Ending | None:
    """What the values of `tensor` surely are, `None` where that is not sure."""
    return _Search(subject).ending(tensor, 0)


class _Search:
    """Goes back from a tensor; each tensor is looked at once."""

    def __init__(self, subject: Subject):
        self._flat = subject.flat
        self._known: dict[Tensor, Ending | None] = {}

    def ending(self, tensor: Tensor, depth: int) -> Ending | None:
        if tensor not in self._known:
            call = self._flat.maker(tensor)
            sure = depth < _DEEPEST and len(call.outputs) == 1 and call.inputs
            self._known[tensor] = self._of_call(call, depth + 1) if sure else None
        return self._known[tensor]

    def _of_call(self, call: Placed, depth: int) -> Ending | None:
        activation = activation_of(call)
        if call.class_name in WITH_ACTIVATION:
            return Ending(activation or "linear", call)
        if call.class_name == "TimeDistributed":
            return _repeated_for_steps(call)
        if call.class_name in ("TrueDivide", "Divide"):
            return self._by_hand(call, depth)
        if activation not in (None, "?"):
            return Ending(activation, call) if _on_last_axis(call) else None
        inner = [self.ending(source, depth) for source in dict.fromkeys(call.inputs)]
        if None in inner or len({end.kind for end in inner}) != 1:
            return None
        drops = call.class_name in DROPOUTS and call.setting("rate", call.setting("stddev"))
        same = call.class_name in _SAME or (call.class_name in DROPOUTS and not drops)
        if activation is None or (same and len(inner) == 1):
            return inner[0]
        hides = call.class_name in _REARRANGING | DROPOUTS | _BLENDING
        if hides or (inner[0].kind == "linear" and call.class_name in _SUMS):
            return replace(inner[0], seen=False)
        return None

    def _by_hand(self, call: Placed, depth: int) -> Ending | None:
        """`e / ops.sum(e)` is a softmax, `1 / (1 + ops.exp(-x))` a sigmoid."""
        top, bottom = call.arguments.get("x1"), call.arguments.get("x2")
        if isinstance(top, Tensor) and isinstance(bottom, (int, float)):
            total = self._flat.maker(top)
            terms = [self.ending(term, depth) for term in total.inputs]
            if total.class_name != "Add" or len(terms) != bottom or None in terms:
                return None
            alike = len({term.kind for term in terms}) == 1
            return replace(terms[0], seen=False) if alike else None
        if not isinstance(bottom, Tensor):
            return None
        below = self._flat.maker(bottom)
        if below.class_name == "Sum" and below.inputs == (top,):
            exp = self._flat.maker(top).class_name == "Exp"
            return Ending("softmax", call, seen=False) if exp else None
        if top == 1 and below.class_name == "Add" and len(below.inputs) == 1:
            exp = self._flat.maker(below.inputs[0]).class_name == "Exp"
            return Ending("sigmoid", call, seen=False) if exp else None
        return None


def _on_last_axis(call: Placed) -> bool:
    axis = call.setting("axis", -1)
    return "Softmax" not in call.class_name or axis in (-1, (-1,), len(call.spec.shape) - 1)


def _repeated_for_steps(call: Placed) -> Ending | None:
    """A `TimeDistributed(Dense(...))` puts steps together anew: Keras no longer sees a softmax."""
    inner = call.setting("layer")
    if not isinstance(inner, dict) or inner.get("class_name") != "Dense":
        return None
    activation = inner["config"].get("activation")
    if not isinstance(activation, str):
        return None
    return Ending(activation, call, seen=False)
