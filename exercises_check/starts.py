"""The same training from several random starts, compiled once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def several_starts(
    model: keras.Model, x: Any, y: Any, score: Callable, starts: int = 3, **fit: Any
) -> list:
    """What `score(model)` gives after each of several trainings, every one from new weights.

    It is as if the model were built and compiled anew each time; but what takes seconds is done
    once. The model keeps the weights of the last training.

    Args:
        model: a compiled model.
        x, y: what to train on.
        score: a function of the trained model.
        starts: how many; start number n has the random seed n.
        fit: further arguments of `model.fit`.
    """
    results = []
    for start in range(starts):
        restart(model, start)
        model.fit(x, y, verbose=0, **fit)
        results.append(score(model))
    return results


def restart(model: keras.Model, seed: int) -> None:
    """Give a compiled model the weights and the optimizer of a model that is new.

    Args:
        model: a compiled model.
        seed: of the random numbers for the weights.
    """
    import keras

    keras.utils.set_random_seed(seed)
    _assign(model.variables, keras.models.clone_model(model).variables)
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    new = type(optimizer).from_config(optimizer.get_config())
    new.build(model.trainable_variables)
    _assign(optimizer.variables, new.variables)


def _assign(variables, others) -> None:
    for variable, other in zip(variables, others, strict=True):
        variable.assign(other.value)
