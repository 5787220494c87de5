"""What flows through a model when one sample goes in: the value of every tensor of its graph."""

from __future__ import annotations

import inspect
from typing import Any

import keras
import numpy as np

from exercises_check.folding import Path
from exercises_check.graph import Graph, Port, Spec
from exercises_check.language import _, listed, ngettext
from exercises_check.picture import calls_of, handed_over
from exercises_check.read import calls_in_order, untouched

Values = dict[tuple[Path, int], np.ndarray]


class DoesNotFit(ValueError):
    """The sample cannot go through the model; the text says why and what to do."""


def activations(model: keras.Model, graph: Graph, sample: Any) -> Values:
    """What each call returns for one sample, as at inference, by its path and number of output.

    Inside of a nested model, the values are those of its first call. The model stays as it is.

    Args:
        model: a functional or Sequential model.
        graph: `read(model)`.
        sample: an array, a list or a dict, as the model takes it; of several rows the first.

    Raises:
        DoesNotFit: the sample has another shape than the model takes, or a layer fails on it.
    """
    arrays = _first_rows(graph, sample)
    kept = [(v, keras.ops.convert_to_numpy(v).copy()) for v in model.non_trainable_variables]
    try:
        with untouched(values=True):
            run = _Run(graph)
            run.through(model, graph, [_tensor(a, spec) for a, spec in arrays], ())
    finally:
        for variable, value in kept:  # such as the states of a stateful LSTM
            variable.assign(value)
    return run.values


class _Run:
    def __init__(self, graph: Graph):
        self.values: Values = {}
        self._calls = calls_of(graph)

    def through(self, model: keras.Model, graph: Graph, given: list, path: Path) -> None:
        calls = calls_in_order(model)
        known: dict[int, Any] = {}  # id(KerasTensor) -> its value
        results: list[list] = [[] for _call in calls]
        for port, value in zip(graph.inputs, given, strict=True):
            results[port.tensor.node] = [value]
        for number, call in enumerate(calls):
            place = (*path, number)
            if not results[number]:
                results[number] = _called(call, known)
                inner = graph.operation(number).graph
                if inner is not None and self._calls[graph.nodes[number].operation][0] == place:
                    pairs = handed_over(graph.nodes[number], inner)
                    taken = [results[tensor.node][tensor.index] for _port, tensor in pairs]
                    specs = [inner.spec(port.tensor) for port, _tensor in pairs]
                    by_port = {
                        port: _adjusted(*pair)
                        for (port, _t), *pair in zip(pairs, taken, specs, strict=True)
                    }
                    inputs = [by_port[port] for port in inner.inputs]
                    self.through(call.operation, inner, inputs, place)
            for index, (tensor, value) in enumerate(
                zip(call.outputs, results[number], strict=False)
            ):
                known[id(tensor)] = value
                self._keep(place, index, value)

    def _keep(self, place: Path, index: int, value: Any) -> None:
        try:
            array = keras.ops.convert_to_numpy(value)
        except Exception:
            return  # of a ragged or sparse tensor there is no picture
        self.values[place, index] = array[0] if array.ndim else array


def _called(call: Any, known: dict[int, Any]) -> list:
    """What a call returns for values that are known, flat."""
    operation = call.operation
    arguments, named = call.arguments.fill_in(known)
    # As `predict` does, also where the graph says `training=True`.
    if isinstance(operation, keras.Layer):
        parameters = list(inspect.signature(operation.call).parameters)
        if "training" in parameters[len(arguments) :]:
            named["training"] = False
    try:
        return keras.tree.flatten(operation(*arguments, **named))
    except Exception as error:
        first = str(error).strip().splitlines() or [type(error).__name__]
        raise DoesNotFit(
            _(
                "The sample goes in and does not come out: `{layer}` fails on it. Keras says: "
                "{error} Try `model.predict(...)` on the same sample."
            ).format(layer=operation.name, error=first[0])
        ) from None


def _adjusted(value: Any, spec: Spec) -> Any:
    """As a nested model takes it: with an axis of size 1 more or less, and of its dtype."""
    if len(value.shape) == len(spec.shape) - 1 and spec.shape[-1] == 1:
        value = keras.ops.expand_dims(value, -1)
    elif len(value.shape) == len(spec.shape) + 1 and value.shape[-1] == 1:
        value = keras.ops.squeeze(value, -1)
    return value if str(value.dtype) == spec.dtype else keras.ops.cast(value, spec.dtype)


# The sample ---------------------------------------------------------------------------------------


def _first_rows(graph: Graph, sample: Any) -> list[tuple[np.ndarray, Spec]]:
    """For each input a batch of one sample, and what the input takes."""
    rows = []
    for port, value in zip(graph.inputs, _by_input(graph, sample), strict=True):
        spec = graph.spec(port.tensor)
        rows.append((_batch(port, spec, value), spec))
    return rows


def _by_input(graph: Graph, sample: Any) -> list:
    names = [port.key or port.name for port in graph.inputs]
    if isinstance(sample, dict):
        missing = [name for name in names if name not in sample]
        if missing:
            raise DoesNotFit(
                _(
                    "The sample lacks a value for {missing}. Expected a dict with the keys "
                    "{expected}. Received the keys {received}."
                ).format(
                    missing=_quoted(missing), expected=_quoted(names), received=_quoted(sample)
                )
            )
        return [sample[name] for name in names]
    if graph.input_structure == "nested":
        sample = keras.tree.flatten(sample)
    is_list = isinstance(sample, (list, tuple))
    if len(names) == 1:
        return [
            sample[0] if is_list and len(sample) == 1 and hasattr(sample[0], "shape") else sample
        ]
    if not is_list or len(sample) != len(names):
        what = (
            ngettext("a list of {count} value", "a list of {count} values", len(sample)).format(
                count=len(sample)
            )
            if is_list
            else _a(sample)
        )
        raise DoesNotFit(
            _(
                "The model has {count} inputs. Expected a list with a value for each, in this "
                "order: {names}. Received {what}."
            ).format(count=len(names), names=_quoted(names), what=what)
        )
    return list(sample)


def _batch(port: Port, spec: Spec, value: Any) -> np.ndarray:
    """The first row of `value` as a batch. A row alone and a missing last axis of 1 are taken."""
    is_text = spec.dtype == "string"
    try:
        array = np.asarray(value)
        usable = not isinstance(value, keras.KerasTensor) and (
            is_text or array.dtype.kind in "biuf" or str(array.dtype) == "bfloat16"
        )
    except Exception:
        usable = False
    if not usable:
        raise DoesNotFit(
            _(
                "The value for the input `{name}` is {what}. Expected an array of numbers, such as "
                "`x_test[:1]`."
            ).format(name=port.name, what=_a(value))
        )
    _size, *one = spec.shape
    for found in (array, array[None], array[..., None], array[None, ..., None]):
        if found.ndim == len(one) + 1 and all(
            wanted in (None, size) for wanted, size in zip(one, found.shape[1:], strict=True)
        ):
            if not len(found):
                break
            return np.repeat(found[:1], spec.shape[0] or 1, axis=0)
    raise DoesNotFit(
        _(
            "The sample does not fit the input `{name}`. Expected shape {expected} or a batch of "
            "such, {batch}. Received shape {received}. Compare with `model.input_shape`."
        ).format(
            name=port.name,
            expected=tuple(one),
            batch=spec.shape,
            received=array.shape,
        )
    )


def _tensor(array: np.ndarray, spec: Spec) -> Any:
    return keras.ops.convert_to_tensor(array, dtype=spec.dtype)


def _a(value: Any) -> str:
    shape = getattr(value, "shape", None)
    if shape is None or isinstance(value, keras.KerasTensor):
        return f"`{type(value).__name__}`"
    return _("`{kind}` of shape {shape}").format(kind=type(value).__name__, shape=tuple(shape))


def _quoted(names: Any) -> str:
    return listed(f"`{name}`" for name in names)
