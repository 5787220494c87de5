"""What Keras accepts in silence and a learner would regret: `find_traps(model)`.

Each trap is one small function: it receives a `Subject` (the graph, with nested models inline, and
where a graph does not say enough the live model) and yields a `Trap` for each place where it is
surely there. What cannot be seen surely is left out: a warning that is often wrong is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import keras

from exercises_check.graph import Graph
from exercises_check.language import spaced
from exercises_check.read import read
from exercises_check.silent import (
    hidden,
    layout,
    losses,
    masks,
    merging,
    openings,
    rows,
    training,
)
from exercises_check.silent.subject import Subject
from exercises_check.silent.trap import Trap, Traps

__all__ = ["FINDERS", "Trap", "Traps", "find_traps"]

# From what spoils the result to what only surprises later; traps are listed in this order.
FINDERS: tuple[Callable[[Subject], Iterator[Trap]], ...] = (
    losses.softmax_then_logits_loss,
    losses.logits_then_probability_loss,
    losses.weights_by_the_alphabet,
    losses.lists_by_the_alphabet,
    losses.too_few_losses,
    losses.weights_of_no_output,
    merging.joined_on_the_batch,
    merging.joined_on_a_spatial_axis,
    merging.samples_lined_up_with_an_axis,
    merging.repeated_size_one,
    openings.dropped_on_the_way,
    layout.softmax_of_one,
    rows.rows_apart,
    layout.channels_first,
    hidden.weights_in_a_function,
    hidden.weights_in_a_custom_layer,
    masks.lost_masks,
    training.child_of_a_frozen_parent,
    training.changed_since_compile_was_called,
    training.baked_into_a_call,
    losses.accuracy_of_logits,
    layout.dropout_last,
    layout.no_activation_between,
    openings.same_output_names,
    openings.unused_inputs,
    openings.left_out,
    merging.nothing_to_merge,
    layout.embedding_of_floats,
    merging.turned_float64,
    hidden.settings_not_saved,
    hidden.lambdas,
)


def find_traps(model: keras.Model, graph: Graph | None = None) -> tuple[Trap, ...]:
    """What Keras accepts in `model` without a word, the most harmful first.

    Args:
        model: a functional or Sequential model.
        graph: `read(model)`, if it is known already.

    Raises:
        NotReadable: the model has no graph; a `ValueError` whose text says why.
    """
    subject = Subject(model, read(model) if graph is None else graph)
    found: dict[tuple[str, str], Trap] = {}
    for finder in FINDERS:
        for trap in map(_spaced, finder(subject)):
            # A nested model that is called twice has its traps once.
            found.setdefault((trap.kind, trap.message), trap)
    return tuple(found.values())


def _spaced(trap: Trap) -> Trap:
    return replace(trap, message=spaced(trap.message), why=spaced(trap.why))
