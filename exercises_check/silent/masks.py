"""Traps of Keras masks: dropped between the layer that makes one and the layer that needs it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from exercises_check.graph import Tensor
from exercises_check.language import _
from exercises_check.rules import mask_of
from exercises_check.silent.subject import Flat, Placed, Subject
from exercises_check.silent.trap import Trap

_MERGES = frozenset({"Add", "Subtract", "Multiply", "Maximum", "Minimum", "Concatenate"})
# They take a mask, but do the same without one, or take it for something else.
_NOT_IN_NEED = frozenset({"Softmax", "BatchNormalization", "TimeDistributed", "Lambda"})


def lost_masks(subject: Subject) -> Iterator[Trap]:
    """`Embedding(mask_zero=True)`, then `+` or a layer that knows no masks, then `LSTM`."""
    if not any(map(_makes_a_mask, subject.flat.calls)):
        return
    told: set[int] = set()
    for maker, loser, user in _losses(subject.flat):
        if loser.number in told:
            continue
        told.add(loser.number)
        names = [subject.name(call) for call in (loser, maker, user)]
        drops = _("`{loser}` drops the mask of `{maker}`, and `{user}` works without it.")
        yield Trap(
            "mask",
            drops.format(loser=names[0], maker=names[1], user=names[2]),
            _instead(loser).format(user=names[2], kind=_kind(loser)),
            names[0],
            loser.path,
        )


def _instead(loser: Placed) -> str:
    if not loser.operation.is_layer:
        return _(
            "`{user}` then reads the padding as if it were data; operators and `keras.ops` drop "
            "masks, so use a layer like `{kind}()`, or hand the mask over: "
            "`layer(x, mask=embedding_layer.compute_mask(tokens))`."
        )
    if len(loser.inputs) > 1:
        return _(
            "`{user}` then reads the padding as if it were data; a merge layer hands on a mask "
            "only if all its inputs have one, so hand the mask over: "
            "`layer(x, mask=embedding_layer.compute_mask(tokens))`."
        )
    return _(
        "`{user}` then reads the padding as if it were data; a `{kind}` does not hand on masks, "
        "so hand the mask over: `layer(x, mask=embedding_layer.compute_mask(tokens))`."
    )


def _kind(loser: Placed) -> str:
    """The class of a layer; for an operator that of the layer that does the same."""
    merge = loser.operation.is_layer or loser.class_name in _MERGES
    return loser.class_name if merge else "Add"


def _makes_a_mask(call: Placed) -> bool:
    return call.class_name == "Masking" or bool(
        call.class_name == "Embedding" and call.setting("mask_zero")
    )


def _losses(flat: Flat) -> Iterator[tuple[Placed, Placed, Placed]]:
    """`(maker, loser, user)`: who made a mask, who dropped it, and who would have used it."""
    masks: dict[Tensor, Tensor] = {}
    makers: dict[Tensor, Placed] = {}  # of the mask that a tensor has, or had
    losers: dict[Tensor, Placed] = {}
    numbers = itertools.count(1)

    def emit(*_given, **_named) -> Tensor:
        return Tensor(-next(numbers))

    for call in flat.calls:
        touched = [tensor for tensor in call.inputs if tensor in makers]
        if not touched and not _makes_a_mask(call):
            continue
        mask = mask_of(replace(call, masks={t: masks.get(t) for t in call.inputs}), emit)
        if mask is not None:
            for tensor in call.tensors:
                masks[tensor] = mask
                makers[tensor] = makers[touched[0]] if touched else call
            continue
        lost = [tensor for tensor in touched if tensor in losers]
        if lost and _needs_a_mask(call):
            yield makers[lost[0]], losers[lost[0]], call
        if not touched or _needs_a_mask(call) or len(call.outputs[0].shape) < 3:
            continue  # the steps are gone, and with them what a mask is about
        for tensor in call.tensors:
            makers[tensor] = makers[(lost or touched)[0]]
            losers[tensor] = losers[lost[0]] if lost else call


def _needs_a_mask(call: Placed) -> bool:
    if not call.operation.uses_mask or call.class_name in _NOT_IN_NEED:
        return False
    return not any("mask" in name for name in call.arguments)
