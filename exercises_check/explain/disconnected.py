"""Why an output of a model is not connected to its inputs.

Keras says that an output is not connected, not which Input it lacks. Here the graph is walked back
from the outputs to the Inputs that they really come from, and the learner's variables tell how it
came to that.
"""

from __future__ import annotations

import re
from typing import Any

from exercises_check.explain.entry import Case, sentence
from exercises_check.explain.explanation import Explanation
from exercises_check.explain.handed import Handed, ends, joined, keras_name, made_before

_TEXT = re.compile(
    r"is not connected to `inputs`|`inputs` not connected to `outputs`"
    r"|Graph disconnected: cannot find parent"
)
# An Input with a name of its own that was made again meets its older self in the graph.
_ONE_NAME_TWICE = re.compile(r'The name "[^"]+" is used \d+ times in the model')
_AGAIN = "When a cell with `keras.Input` runs again, the cells after it have to run again, too."


def explanation_of(case: Case) -> Explanation | None:
    """Which Input the outputs come from, and why it is not listed; `None` for another error."""
    if type(case.error) is not ValueError or not case.trace.in_keras:
        return None
    disconnected = _TEXT.search(case.text) is not None
    if not disconnected and not _ONE_NAME_TWICE.search(case.text):
        return None
    handed = Handed.over(case)
    lacks_one = handed is not None and bool(handed.missing)
    if not disconnected and not (lacks_one and _made_anew(handed)):
        return None
    where = case.trace.learner.where if case.trace.learner else ""
    if not lacks_one:
        return Explanation(*_general(where))
    for reason in (_swapped, _inner_tensor, _output_of_base, _not_listed, _made_anew, _stale):
        said = reason(handed)
        if said is not None:
            break
    else:
        said = _unnamed(handed)
    what, more, try_this = said
    return Explanation(sentence(what), f"{where} {sentence(more)}".strip(), sentence(try_this))


def _general(where: str) -> tuple[str, str, str]:
    return (
        "An output of the model needs an Input that is not in `inputs`.",
        where,
        f"List every `keras.Input` that the outputs are computed from. {_AGAIN}",
    )


# The reasons, each as (what happened, where, what to try) -----------------------------------------


def _swapped(handed: Handed) -> tuple[str, str, str] | None:
    if not handed.swapped:
        return None
    first, second = handed.say_all(handed.inputs), handed.say_all(handed.outputs)
    return (
        f"Inputs and outputs are swapped: {first} stands first and is computed from {second}.",
        "",
        f"Write the inputs first: `{handed.call_with(handed.outputs, handed.inputs)}`.",
    )


def _inner_tensor(handed: Handed) -> tuple[str, str, str] | None:
    """A tensor from inside a model that was itself called on the inputs."""
    for begin in handed.missing:
        owner = handed.owner(begin)
        calls = handed.calls_of(owner) if owner is not None else []
        behind = {id(tensor) for received in calls for tensor in made_before(received)}
        if not behind & set(map(id, handed.inputs)):
            continue
        model, name = handed.say(owner), handed.case.names.of(owner) or "inner"
        also = "" if handed.case.names.of(owner) else f", where `inner` is the model {model}"
        return (
            f"{handed.subject} {handed.verb('belongs', 'belong')} to the inside of {model}. A "
            "nested model has a graph of its own, from an Input of its own. A call of the model "
            "does not join the two graphs.",
            f"Its own Input is `{keras_name(begin)}`.",
            f"Make a model of the inner tensors, `features = keras.Model({_input_of(owner, name)}, "
            f"...)`, and call it: `features({handed.first_input()})`{also}.",
        )
    return None


def _output_of_base(handed: Handed) -> tuple[str, str, str] | None:
    """`base.output` used together with a new Input: `base` was not called on it."""
    if len(handed.unused) < len(handed.inputs):
        return None
    for begin in handed.missing:
        owner = handed.owner(begin)
        if owner is None or not _goes_on_from(handed, owner):
            continue
        name = handed.case.names.of(owner) or "base"
        keep = handed.call_with(_input_of(owner, name))
        return (
            f"{handed.subject} {handed.verb('is', 'are')} computed from the own Input of "
            f"{handed.say(owner)}, because `{name}.output` belongs to that Input. The new Input "
            f"{handed.say_all(handed.inputs)} is not used.",
            handed.receiver(begin),
            f"Call the model on the new Input, `x = {name}({handed.first_input()})`, and go on "
            f"from `x` in place of `{name}.output`. Or keep the Input of the model: `{keep}`.",
        )
    return None


def _not_listed(handed: Handed) -> tuple[str, str, str] | None:
    """An Input that the learner has a name for."""
    named = [begin for begin in handed.missing if handed.case.names.of(begin)]
    if not named:
        return None
    names, given = handed.say_all(named), handed.say_all(handed.inputs)
    place = handed.receiver(named[0])
    if any(begin is output for begin in named for output in handed.outputs):
        return (
            f"The output {names} is itself a `keras.Input`, and it is not among the inputs.",
            place,
            "Hand over what the last layer returns: `keras.Model(inputs, x)`.",
        )
    if len(handed.unused) == len(handed.inputs):
        return (
            f"{handed.subject} {handed.verb('is', 'are')} computed from {names}, not from {given}.",
            place,
            f"To use {names}, write `{handed.call_with(handed.missing)}`. To use {given}, compute "
            "the outputs from it.",
        )
    verb = "are" if len(named) > 1 else "is"
    return (
        f"{handed.subject} {handed.verb('needs', 'need')} {names} too, and {names} {verb} not "
        "among the inputs.",
        place,
        f"List every Input that is used: `{handed.call_with([*handed.inputs, *handed.missing])}`.",
    )


def _made_anew(handed: Handed) -> tuple[str, str, str] | None:
    """An Input whose variable holds a newer Input by now, which nothing uses yet."""
    old = handed.missing[0]
    if handed.case.names.of(old):
        return None
    new = next((tensor for tensor in handed.unused if _alike(tensor, old)), None)
    if new is None or not handed.case.names.of(new) or handed.named_after(new):
        return None
    return (
        f"{handed.subject} {handed.verb('is', 'are')} computed from an earlier {handed.say(new)}. "
        "The variable now holds a newer Input, and nothing is computed from that.",
        _two_names(keras_name(old), keras_name(new)),
        f"{_AGAIN} Run them in order, from the cell that makes {handed.say(new)} to this one.",
    )


def _stale(handed: Handed) -> tuple[str, str, str] | None:
    """Outputs of an earlier cell, and other tensors that do come from the inputs."""
    for given in handed.unused:
        newer = handed.named_after(given)
        if not newer or not handed.case.names.of(given):
            continue
        name = handed.say(given)
        return (
            f"{handed.subject} {handed.verb('was', 'were')} made earlier, from an Input that no "
            f"variable holds any more. {handed.verb('It does', 'They do')} not come from {name}.",
            f"Computed from {name}: {joined(f'`{tensor}`' for tensor in newer)}.",
            f"Run the cells that make {handed.subject} again, or hand over the tensor that is "
            f"computed from {name}, as in `{handed.call_with(handed.inputs, newer[-1])}`.",
        )
    return None


def _unnamed(handed: Handed) -> tuple[str, str, str]:
    """An Input made in an expression or a function, or one that was overwritten."""
    begin = handed.missing[0]
    return (
        f"{handed.subject} {handed.verb('needs', 'need')} an Input that Keras calls "
        f"`{keras_name(begin)}`, of shape `{tuple(begin.shape)}`. It is not among the inputs, and "
        "no variable holds it.",
        handed.receiver(begin),
        f"Keep each `keras.Input` in a variable of its own and list it in `inputs`. {_AGAIN}",
    )


def _goes_on_from(handed: Handed, model: Any) -> bool:
    """Whether the outputs use what the model returns, as `base.output`."""
    last = {id(tensor) for tensor in ends(model, "outputs")}
    used = any(id(tensor) in last for _, received, _ in handed.calls for tensor in received)
    return used or ".output" in handed.written("outputs")


def _input_of(model: Any, name: str) -> str:
    import keras

    # A Sequential answers `.input` with what it was called on.
    return f"{name}.inputs[0]" if isinstance(model, keras.Sequential) else f"{name}.input"


def _two_names(old: str, new: str) -> str:
    if old == new:
        return f"Both have the name `{old}`."
    return f"Keras calls the earlier one `{old}`, the newer one `{new}`."


def _alike(tensor: Any, other: Any) -> bool:
    return tuple(tensor.shape) == tuple(other.shape) and tensor.dtype == other.dtype
