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
from exercises_check.explain.handed import Handed, ends, keras_name, made_before
from exercises_check.language import N_, _, listed, ngettext

_TEXT = re.compile(
    r"is not connected to `inputs`|`inputs` not connected to `outputs`"
    r"|Graph disconnected: cannot find parent"
)
# An Input with a name of its own that was made again meets its older self in the graph.
_ONE_NAME_TWICE = re.compile(r'The name "[^"]+" is used \d+ times in the model')
_AGAIN = N_("When a cell with `keras.Input` runs again, the cells after it have to run again, too.")


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
        return Explanation(*map(sentence, _general(where)))
    for reason in (_swapped, _inner_tensor, _output_of_base, _not_listed, _made_anew, _stale):
        said = reason(handed)
        if said is not None:
            break
    else:
        said = _unnamed(handed)
    what, more, try_this = said
    return Explanation(sentence(what), sentence(f"{where} {sentence(more)}"), sentence(try_this))


def _general(where: str) -> tuple[str, str, str]:
    return (
        _("An output of the model needs an Input that is not in `inputs`."),
        where,
        _("List every `keras.Input` that the outputs are computed from.") + f" {_(_AGAIN)}",
    )


# The reasons, each as (what happened, where, what to try) -----------------------------------------


def _swapped(handed: Handed) -> tuple[str, str, str] | None:
    if not handed.swapped:
        return None
    first, second = handed.say_all(handed.inputs), handed.say_all(handed.outputs)
    what = _("Inputs and outputs are swapped: {first} stands first and is computed from {second}.")
    try_this = _("Write the inputs first: `{call}`.")
    call = handed.call_with(handed.outputs, handed.inputs)
    return what.format(first=first, second=second), "", try_this.format(call=call)


def _inner_tensor(handed: Handed) -> tuple[str, str, str] | None:
    """A tensor from inside a model that was itself called on the inputs."""
    for begin in handed.missing:
        owner = handed.owner(begin)
        calls = handed.calls_of(owner) if owner is not None else []
        behind = {id(tensor) for received in calls for tensor in made_before(received)}
        if not behind & set(map(id, handed.inputs)):
            continue
        model, name = handed.say(owner), handed.case.names.of(owner)
        belongs = ngettext(
            "{tensors} belongs to the inside of {model}.",
            "{tensors} belong to the inside of {model}.",
            len(handed.lacking),
        ).format(tensors=handed.subject, model=model)
        apart = _(
            "A nested model has a graph of its own, from an Input of its own. A call of the model "
            "does not join the two graphs."
        )
        make = _(
            "Make a model of the inner tensors, `features = keras.Model({input}, ...)`, and call "
            "it: `features({given})`."
        )
        if not name:
            make = _(
                "Make a model of the inner tensors, `features = keras.Model({input}, ...)`, and "
                "call it: `features({given})`, where `inner` is the model {model}."
            )
        inner = _input_of(owner, name or "inner")
        return (
            f"{belongs} {apart}",
            _("Its own Input is `{name}`.").format(name=keras_name(begin)),
            make.format(input=inner, given=handed.first_input(), model=model),
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
        what = ngettext(
            "{tensors} is computed from the own Input of {model}, because `{name}.output` belongs "
            "to that Input. The new Input {new} is not used.",
            "{tensors} are computed from the own Input of {model}, because `{name}.output` belongs "
            "to that Input. The new Input {new} is not used.",
            len(handed.lacking),
        )
        new = handed.say_all(handed.inputs)
        try_this = _(
            "Call the model on the new Input, `x = {name}({given})`, and go on from `x` in place "
            "of `{name}.output`. Or keep the Input of the model: `{call}`."
        )
        return (
            what.format(tensors=handed.subject, model=handed.say(owner), name=name, new=new),
            handed.receiver(begin),
            try_this.format(name=name, given=handed.first_input(), call=keep),
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
        what = _("The output {name} is itself a `keras.Input`, and it is not among the inputs.")
        try_this = _("Hand over what the last layer returns: `keras.Model(inputs, x)`.")
        return what.format(name=names), place, try_this
    if len(handed.unused) == len(handed.inputs):
        what = ngettext(
            "{tensors} is computed from {names}, not from {given}.",
            "{tensors} are computed from {names}, not from {given}.",
            len(handed.lacking),
        ).format(tensors=handed.subject, names=names, given=given)
        try_this = _(
            "To use {names}, write `{call}`. To use {given}, compute the outputs from it."
        ).format(names=names, given=given, call=handed.call_with(handed.missing))
        return what, place, try_this
    needs = ngettext(
        "{tensors} needs {names} too,", "{tensors} need {names} too,", len(handed.lacking)
    ).format(tensors=handed.subject, names=names)
    unlisted = ngettext(
        "and {names} is not among the inputs.", "and {names} are not among the inputs.", len(named)
    ).format(names=names)
    try_this = _("List every Input that is used: `{call}`.")
    call = handed.call_with([*handed.inputs, *handed.missing])
    return f"{needs} {unlisted}", place, try_this.format(call=call)


def _made_anew(handed: Handed) -> tuple[str, str, str] | None:
    """An Input whose variable holds a newer Input by now, which nothing uses yet."""
    old = handed.missing[0]
    if handed.case.names.of(old):
        return None
    new = next((tensor for tensor in handed.unused if _alike(tensor, old)), None)
    if new is None or not handed.case.names.of(new) or handed.named_after(new):
        return None
    what = ngettext(
        "{tensors} is computed from an earlier {name}. The variable now holds a newer Input, and "
        "nothing is computed from that.",
        "{tensors} are computed from an earlier {name}. The variable now holds a newer Input, and "
        "nothing is computed from that.",
        len(handed.lacking),
    )
    run = _("Run them in order, from the cell that makes {name} to this one.")
    name = handed.say(new)
    return (
        what.format(tensors=handed.subject, name=name),
        _two_names(keras_name(old), keras_name(new)),
        f"{_(_AGAIN)} {run.format(name=name)}",
    )


def _stale(handed: Handed) -> tuple[str, str, str] | None:
    """Outputs of an earlier cell, and other tensors that do come from the inputs."""
    for given in handed.unused:
        newer = handed.named_after(given)
        if not newer or not handed.case.names.of(given):
            continue
        what = ngettext(
            "{tensors} was made earlier, from an Input that no variable holds any more. It does "
            "not come from {name}.",
            "{tensors} were made earlier, from an Input that no variable holds any more. They do "
            "not come from {name}.",
            len(handed.lacking),
        )
        where = _("Computed from {name}: {tensors}.")
        try_this = _(
            "Run the cells that make {tensors} again, or hand over the tensor that is computed "
            "from {name}, as in `{call}`."
        )
        name, call = handed.say(given), handed.call_with(handed.inputs, newer[-1])
        return (
            what.format(tensors=handed.subject, name=name),
            where.format(name=name, tensors=listed(f"`{tensor}`" for tensor in newer)),
            try_this.format(tensors=handed.subject, name=name, call=call),
        )
    return None


def _unnamed(handed: Handed) -> tuple[str, str, str]:
    """An Input made in an expression or a function, or one that was overwritten."""
    begin = handed.missing[0]
    what = ngettext(
        "{tensors} needs an Input that Keras calls `{name}`, of shape `{shape}`. It is not among "
        "the inputs, and no variable holds it.",
        "{tensors} need an Input that Keras calls `{name}`, of shape `{shape}`. It is not among "
        "the inputs, and no variable holds it.",
        len(handed.lacking),
    )
    keep = _("Keep each `keras.Input` in a variable of its own and list it in `inputs`.")
    name, shape = keras_name(begin), tuple(begin.shape)
    return (
        what.format(tensors=handed.subject, name=name, shape=shape),
        handed.receiver(begin),
        f"{keep} {_(_AGAIN)}",
    )


def _goes_on_from(handed: Handed, model: Any) -> bool:
    """Whether the outputs use what the model returns, as `base.output`."""
    last = {id(tensor) for tensor in ends(model, "outputs")}
    received = [tensor for _call, given, _made in handed.calls for tensor in given]
    used = any(id(tensor) in last for tensor in received)
    return used or ".output" in handed.written("outputs")


def _input_of(model: Any, name: str) -> str:
    import keras

    # A Sequential answers `.input` with what it was called on.
    return f"{name}.inputs[0]" if isinstance(model, keras.Sequential) else f"{name}.input"


def _two_names(old: str, new: str) -> str:
    if old == new:
        return _("Both have the name `{name}`.").format(name=old)
    said = _("Keras calls the earlier one `{old}`, the newer one `{new}`.")
    return said.format(old=old, new=new)


def _alike(tensor: Any, other: Any) -> bool:
    return tuple(tensor.shape) == tuple(other.shape) and tensor.dtype == other.dtype
