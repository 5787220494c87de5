"""From a Keras model to a `Graph`: the only module that looks inside Keras.

`model.get_config()` would give the wiring through public API, but it loses which layer is which as
soon as one layer is used in two (nested) models, and it costs more than the whole comparison. So
the wiring is read from the tensors' history. The private attributes used, each with a test that
names it in `tests/test_read.py`:

- `KerasTensor._keras_history`: which operation and which of its calls made a tensor;
- `Operation._inbound_nodes`: an operation's calls, with their arguments and outputs;
- `KerasTensor._keras_mask`: to tell a mask that Keras passed on by itself from one that was given;
- the global attributes `object_name_uids` and `global_seed_generator`: Keras' name counters and
  the seeds of what has none of its own, put back by `untouched`;
- TensorFlow's `Context._seed` and `Context._rng`: where `tf.random` draws its seeds from, likewise.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import inspect
import itertools
import random
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state
from keras.src.losses.losses import LossFunctionWrapper
from keras.src.trainers.compile_utils import CompileLoss, CompileMetrics

from exercises_check.garbage import collection_paused
from exercises_check.graph import Array, Graph, Node, Operation, Port, Spec, Tensor, Weight
from exercises_check.language import N_, _, filled

SMALL_ARRAY = 16
_NOT_SETTINGS = frozenset({"name", "dtype", "trainable"})


class NotReadable(ValueError):
    """The object is not a model with a graph. `reason` is one word, the text a sentence.

    `reason` is one of `"type"`, `"unbuilt"`, `"subclassed"`.
    """

    def __init__(self, reason: str, text: str):
        super().__init__(text)
        self.reason = reason


@collection_paused()
def read(model: keras.Model) -> Graph:
    """The graph of a functional or Sequential model, nested models included.

    Args:
        model: a `keras.Model` made of inputs and outputs, or a built `keras.Sequential`.

    Raises:
        NotReadable: `model` is something else; the text says what, and what to do.
    """
    why = why_not_readable(model)
    if why is not None:
        raise why
    return _Reading().graph(model)


def layers_by_key(model: keras.Model) -> dict[str, keras.Operation]:
    """The operations of `model`, nested ones too, each by its key in `read(model)`."""
    reading = _Reading()
    reading.graph(model)
    return {reading.key(operation): operation for operation in reading.seen}


def calls_in_order(model: keras.Model) -> list:
    """The calls of `model` as Keras keeps them, in the order of the nodes of `read(model)`."""
    inputs, outputs = _structures(model)
    return _calls_in_order(_written(inputs), _written(outputs))


def why_not_readable(model: Any) -> NotReadable | None:
    """Why `read` would refuse `model`, or `None` if it would not."""
    if isinstance(model, keras.KerasTensor):
        return NotReadable(
            "type",
            _("This is a tensor, not a model. Expected `keras.Model(inputs, outputs)`."),
        )
    if not isinstance(model, keras.Model):
        what = _("a `{name}`").format(name=type(model).__name__)
        if isinstance(model, type):
            what = _("the class `{name}`").format(name=model.__name__)
        elif isinstance(model, keras.Layer):
            what = _("a layer (`{name}`)").format(name=type(model).__name__)
        text = N_("This is {what}, not a model. Expected a `keras.Model`.")
        return NotReadable("type", filled(text, what=what))
    if isinstance(model, keras.Sequential):
        try:
            built = bool(model.outputs)
        except AttributeError:
            built = False
        if not built:
            return NotReadable(
                "unbuilt",
                _(
                    "The Sequential model `{name}` does not know its input shape yet. Expected "
                    "`keras.Input(shape=...)` as its first entry."
                ).format(name=model.name),
            )
        return None
    if not isinstance(model, keras.Function):
        return NotReadable(
            "subclassed",
            _(
                "`{name}` is a subclassed model: its layers run inside `call`, so it has no graph "
                "to look at. Expected a model made with `keras.Model(inputs, outputs)`."
            ).format(name=type(model).__name__),
        )
    if not _keras_wrote(type(model).call):
        return NotReadable(
            "subclassed",
            _(
                "`{name}` has its own `call`, so its graph is not what it computes. Expected a "
                "model made with `keras.Model(inputs, outputs)`."
            ).format(name=type(model).__name__),
        )
    return None


def _keras_wrote(function: Callable) -> bool:
    return (getattr(function, "__module__", None) or "").split(".")[0] == "keras"


class _Reading:
    """One reading: gives each operation object one key, however often and deep it is used."""

    def __init__(self):
        self._operations: dict[int, Operation] = {}
        self._keys: set[str] = set()
        self.seen: list[keras.Operation] = []

    def key(self, operation: keras.Operation) -> str:
        return self._operations[id(operation)].key

    def graph(self, model: keras.Model) -> Graph:
        inputs, outputs = _structures(model)
        calls = _calls_in_order(_written(inputs), _written(outputs))
        place: dict[int, Tensor] = {}  # id(KerasTensor) -> where it is in the graph
        nodes, operations = [], {}
        for number, call in enumerate(calls):
            for index, tensor in enumerate(call.outputs):
                place[id(tensor)] = Tensor(number, index)
            operation = self._operation(call.operation)
            operations[operation.key] = operation
            nodes.append(
                Node(
                    operation.key,
                    _arguments(call, place),
                    tuple(Spec(tuple(t.shape), str(t.dtype)) for t in call.outputs),
                )
            )
        input_structure, input_ports = _ports(inputs, place)
        output_structure, output_ports = _ports(outputs, place)
        return Graph(
            model.name,
            type(model).__name__,
            tuple(nodes),
            operations,
            input_ports,
            output_ports,
            input_structure,
            output_structure,
        )

    def _operation(self, operation: keras.Operation) -> Operation:
        if id(operation) not in self._operations:
            self._operations[id(operation)] = self._describe(operation)
            self.seen.append(operation)
        return self._operations[id(operation)]

    def _describe(self, operation: keras.Operation) -> Operation:
        cls = type(operation)
        is_layer = isinstance(operation, keras.Layer)
        nested = isinstance(operation, keras.Model) and why_not_readable(operation) is None
        graph = self.graph(operation) if nested else None
        key = self._new_key(operation.name)
        settings: dict[str, Any] = {}
        if not nested and not isinstance(operation, keras.layers.InputLayer):
            settings = _settings(operation)
        weights = operation.weights if is_layer else ()
        filled_in = _filled_in(operation, settings)
        shown = tuple(
            name
            for name in _ordered(cls, settings)
            if not _is_default(cls, name, settings)
            and (name not in filled_in or settings[name] != filled_in[name])
        )
        return Operation(
            key=key,
            name=operation.name,
            class_name=_class_name(operation),
            is_layer=is_layer,
            settings=settings,
            shown=shown,
            weights=tuple(_weight(w) for w in weights),
            dtype=operation.dtype_policy.name if is_layer else None,
            supports_masking=bool(is_layer and operation.supports_masking),
            uses_mask=_uses_mask(cls) if is_layer and not nested else (),
            graph=graph,
        )

    def _new_key(self, name: str) -> str:
        key, again = name, 1
        while key in self._keys:
            again += 1
            key = f"{name}~{again}"
        self._keys.add(key)
        return key


def _class_name(operation: keras.Operation) -> str:
    """The name of its class; `custom Dense` for another class, or another `call`, of that name."""
    cls = type(operation)
    own = not _keras_wrote(cls) or "call" in vars(operation)
    return f"custom {cls.__name__}" if own and hasattr(keras.layers, cls.__name__) else cls.__name__


def _calls_in_order(inputs: list, outputs: list) -> list:
    """The calls between inputs and outputs, each after those whose tensors it receives.

    Keras orders by depth, which tears branches apart; here a branch stays together, in the order in
    which a person would write it. Nothing recurses: a graph may be deeper than Python's stack.
    """
    order: list = []
    seen: set[int] = set()
    stop = {id(tensor) for tensor in inputs}
    for tensor in inputs:
        call = _call_of(tensor)
        if id(call) not in seen:
            seen.add(id(call))
            order.append(call)
    for output in outputs:
        stack = [(_call_of(output), False)]
        while stack:
            call, ready = stack.pop()
            if ready:
                order.append(call)
                continue
            if id(call) in seen:
                continue
            seen.add(id(call))
            stack.append((call, True))
            for tensor in reversed(_received(call)):
                if id(tensor) not in stop:
                    stack.append((_call_of(tensor), False))
    return order


def _call_of(tensor):
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]


def _received(call) -> list:
    """The tensors a call receives, without the masks that Keras passed on by itself."""
    own = _own_masks(call)
    return [tensor for tensor in call.arguments.keras_tensors if id(tensor) not in own]


def _own_masks(call) -> set[int]:
    if not isinstance(call.operation, keras.Layer):
        return set()
    # An explicit `mask=` of the very tensor that Keras would pass on changes nothing.
    masks = (getattr(t, "_keras_mask", None) for t in call.arguments.keras_tensors)
    return {id(mask) for mask in masks if mask is not None}


def _arguments(call, place: dict[int, Tensor]) -> tuple[tuple[str, Any], ...]:
    names, defaults = _call_signature(type(call.operation))
    arguments: dict[str, Any] = {}
    for position, value in enumerate(call.arguments.args):
        arguments[names[position] if position < len(names) else f"argument_{position}"] = value
    arguments.update(call.arguments.kwargs)
    own = _own_masks(call)
    kept = []
    for name, value in arguments.items():
        if name == "training" or (name in defaults and _same(value, defaults[name])):
            continue
        if name == "mask" and all(
            mask is None or id(mask) in own for mask in keras.tree.flatten(value)
        ):
            continue
        kept.append((name, _plain(value, place)))
    return tuple(kept)


@functools.lru_cache(maxsize=1024)
def _call_signature(cls: type) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The positional names of `cls.call`, and the default of each argument that has one."""
    parameters = list(inspect.signature(cls.call).parameters.values())[1:]
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = tuple(p.name for p in parameters if p.kind in kinds)
    return names, {p.name: p.default for p in parameters if p.default is not p.empty}


@functools.lru_cache(maxsize=1024)
def _uses_mask(cls: type) -> tuple[str, ...]:
    names, _ = _call_signature(cls)
    given = {f"{name}_mask" for name in names}
    return tuple(name for name in names if name == "mask" or name in given)


def _structures(model: keras.Model) -> tuple[Any, Any]:
    """The inputs and the outputs as they were handed to `keras.Model`: tensor, list, dict, nested.

    A Sequential that was called like a layer answers `.output` with the caller's tensor; its
    `.outputs` are its own.
    """
    if isinstance(model, keras.Sequential):
        return list(model.inputs), list(model.outputs)
    return model.input, model.output


def _written(structure: Any) -> list:
    """The tensors of a structure in the order in which they were written."""
    if isinstance(structure, dict):
        structure = list(structure.values())
    if isinstance(structure, (list, tuple)):
        return [tensor for item in structure for tensor in _written(item)]
    return [structure]


def _ports(structure: Any, place: dict[int, Tensor]) -> tuple[str, tuple[Port, ...]]:
    """How inputs or outputs were handed over, and the ports in the order they were written."""

    def port(tensor, key=None) -> Port:
        return Port(place[id(tensor)], tensor._keras_history.operation.name, key)

    if isinstance(structure, dict) and not any(map(_is_structure, structure.values())):
        return "dict", tuple(port(tensor, str(key)) for key, tensor in structure.items())
    ports = tuple(port(tensor) for tensor in _written(structure))
    if not _is_structure(structure):
        return "tensor", ports
    if isinstance(structure, (list, tuple)) and not any(map(_is_structure, structure)):
        return ("tensor" if len(ports) == 1 else "list"), ports
    return "nested", ports


def _is_structure(value: Any) -> bool:
    return isinstance(value, (dict, list, tuple))


def _weight(variable) -> Weight:
    return Weight(
        variable.name, tuple(variable.shape), str(variable.dtype), bool(variable.trainable)
    )


# Settings -----------------------------------------------------------------------------------------


def _settings(operation: keras.Operation) -> dict[str, Any]:
    try:
        config = operation.get_config()
    except Exception:
        # A layer without a usable `get_config` is judged by its class, weights and wiring.
        return {}
    settings = {
        str(name): _plain(value, {}) for name, value in config.items() if name not in _NOT_SETTINGS
    }
    for name, value in settings.items():
        # Keras writes a learner's own function `relu` and its own one alike, by the name alone.
        function = getattr(operation, name, None)
        if name.endswith("activation") and isinstance(value, str) and not _keras_wrote(function):
            settings[name] = {"class_name": "function", "config": value}
    return settings


@functools.lru_cache(maxsize=1024)
def _constructor(cls: type) -> dict[str, Any]:
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    return {p.name: p.default for p in parameters}


def _ordered(cls: type, settings: dict[str, Any]) -> list[str]:
    known = [name for name in _constructor(cls) if name in settings]
    return known + [name for name in settings if name not in known]


def _is_default(cls: type, name: str, settings: dict[str, Any]) -> bool:
    value = settings[name]
    if name not in _constructor(cls):
        return value in (None, False)  # taken by a parent class through **kwargs
    default = _constructor(cls)[name]
    if default is inspect.Parameter.empty:
        return False
    if name == "activation" and value == "linear":
        return default in (None, "linear")
    if isinstance(value, dict) and isinstance(default, str):
        # `"glorot_uniform"` is written back as an object of the class `GlorotUniform`, and
        # `"uniform"` as one of the class `RandomUniform`.
        default = default.replace("_", "").lower()
        return str(value.get("class_name", "")).lower().endswith(default)
    if isinstance(value, tuple) and isinstance(default, int):
        return all(item == default for item in value)
    if isinstance(default, tuple) and value == tuple((side, side) for side in default):
        return True  # a padding is written back with both sides of each axis
    if name == "backward_layer":  # without one, Bidirectional mirrors its layer
        return _mirrors(value, settings["layer"])
    if name == "strides" and default is None:  # a pooling steps by its own size
        return value == settings.get("pool_size")
    if name == "data_format":
        return value in (None, keras.config.image_data_format())
    return _same(value, _plain(default, {}))


def _filled_in(operation: keras.Operation, settings: dict[str, Any]) -> dict[str, Any]:
    """What Keras writes in place of settings that are not given, from others and from the input."""
    if not isinstance(operation, keras.layers.MultiHeadAttention):
        return {}
    query = operation._inbound_nodes[0].arguments.keras_tensors[0]
    return {
        "value_dim": settings.get("key_dim"),
        "attention_axes": tuple(range(1, len(query.shape) - 1)),
    }


def _mirrors(backward: Any, forward: Any) -> bool:
    own, other = ({**layer["config"], "name": ""} for layer in (backward, forward))
    own["go_backwards"] = not own.get("go_backwards")
    return backward["class_name"] == forward["class_name"] and own == other


def _same(value: Any, other: Any) -> bool:
    if value is None or other is None or isinstance(value, bool) or isinstance(other, bool):
        return value is other
    if isinstance(value, (int, float, str, tuple)) and isinstance(other, (int, float, str, tuple)):
        return type(value) is type(other) and value == other
    return value is other


def _plain(value: Any, place: dict[int, Tensor]) -> Any:
    """`value` as plain data; tensors of the graph become references."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, keras.KerasTensor):
        return place[id(value)]
    if isinstance(value, (list, tuple)):
        return tuple(_plain(item, place) for item in value)
    if isinstance(value, dict):
        return _plain_dict(value, place)
    if isinstance(value, slice):
        return {"slice": tuple(_plain(v, place) for v in (value.start, value.stop, value.step))}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, keras.DTypePolicy):
        return value.name
    if isinstance(value, np.ndarray) or keras.ops.is_tensor(value):
        return _array(value)
    if callable(value):
        return {"function": getattr(value, "__qualname__", type(value).__name__)}
    return {"object": type(value).__name__}


def _plain_dict(value: dict, place: dict[int, Tensor]) -> Any:
    if "class_name" in value and "config" in value:
        config = value["config"]
        if value["class_name"] in ("DTypePolicy", "DTypePolicyMap"):
            return config.get("name")
        described = {"class_name": str(value["class_name"]), "config": _plain(config, place)}
        cls = getattr(keras.layers, described["class_name"], None)
        if cls is not None and isinstance(config, dict):  # a wrapped layer: what to show of it
            own = {k: v for k, v in described["config"].items() if k not in _NOT_SETTINGS}
            shown = [n for n in _ordered(cls, own) if not _is_default(cls, n, own)]
            described["shown"] = tuple(n for n in shown if n in _constructor(cls))
        return described
    return {str(key): _plain(item, place) for key, item in value.items()}


def _array(value: Any) -> Any:
    array = keras.ops.convert_to_numpy(value)
    if array.ndim == 0:
        return array.item()
    digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:16]
    values = tuple(array.ravel().tolist()) if array.size <= SMALL_ARRAY else None
    return Array(tuple(array.shape), str(array.dtype), digest, values)


# Leaving no trace ---------------------------------------------------------------------------------


@contextlib.contextmanager
def untouched(values: bool = False) -> Iterator[None]:
    """Build models inside without a trace: names, random states and policy are as before.

    Args:
        values: weights made inside get their values, so that what is built can compute. Without
            them building is fast and draws no random numbers, but nothing can be compiled.
    """
    names = global_state.get_global_attribute("object_name_uids")
    saved_names = None if names is None else names.copy()
    seeds = global_state.get_global_attribute("global_seed_generator")
    python_state, numpy_state = random.getstate(), np.random.get_state()
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    for attribute in ("object_name_uids", "global_seed_generator"):
        global_state.set_global_attribute(attribute, None)
    no_values = keras.StatelessScope(initialize_variables=False)
    try:
        with _tensorflow_seeds_kept(), contextlib.nullcontext() if values else no_values:
            yield
    finally:
        global_state.set_global_attribute("object_name_uids", saved_names)
        global_state.set_global_attribute("global_seed_generator", seeds)
        keras.config.set_dtype_policy(policy)
        random.setstate(python_state)
        np.random.set_state(numpy_state)


@contextlib.contextmanager
def _tensorflow_seeds_kept() -> Iterator[None]:
    """What a learner's own `tf.random` draws inside does not move what it draws afterwards."""
    if keras.backend.backend() != "tensorflow":
        yield
        return
    from tensorflow.python.eager import context

    now = context.context()
    seed, drawn = now._seed, getattr(now, "_rng", None)
    state = drawn.getstate() if drawn else None
    try:
        yield
    finally:
        if (now._seed, getattr(now, "_rng", None)) != (seed, drawn):
            now._seed, now._rng = seed, drawn
        if drawn and drawn.getstate() != state:
            drawn.setstate(state)
            # A kernel that has drawn goes on from there, and is found again by its seed.
            now.clear_kernel_cache()


# What made a tensor -------------------------------------------------------------------------------


def history(tensors: Iterable[keras.KerasTensor], stop: Iterable[keras.KerasTensor] = ()) -> list:
    """The calls that `tensors` come from, each after those whose tensors it receives.

    For `explain`, which follows an output of a model that Keras refused back to its inputs.

    Args:
        tensors: where the walk back starts.
        stop: tensors it does not go behind; the calls that made these come first.

    Returns:
        For each call its operation, the tensors it receives, and the tensors it makes.
    """
    calls = _calls_in_order(list(stop), list(tensors))
    return [(call.operation, _received(call), list(call.outputs)) for call in calls]


def made_by(operation: keras.Operation) -> list[list[keras.KerasTensor]]:
    """The tensors that each call of `operation` on symbolic tensors returned, the first first."""
    return [list(call.outputs) for call in operation._inbound_nodes]


def layers_inside(holder: Any) -> list[keras.Layer]:
    """The layers that a model or a layer is made of, at any depth; none of anything else."""
    if not isinstance(holder, keras.Layer):
        return []
    return list(holder._flatten_layers(include_self=False))


# What a graph leaves out --------------------------------------------------------------------------

# For `exercises_check.silent`, with tests in `tests/test_traps.py` that name the attributes:
# `Operation._outbound_nodes`, the calls that receive what an operation returns, in any model; and
# `Model._compiled_trainable_state`, the `trainable` of each layer when `compile` was called.


def live_calls(model: keras.Model) -> list[tuple[keras.Operation, Any]]:
    """`(operation, training)` for each node of `read(model)`, in its order.

    `training` is what is written into the call, `None` where nothing but the default is.
    """
    inputs, outputs = _structures(model)
    found = []
    for call in _calls_in_order(_written(inputs), _written(outputs)):
        training = call.arguments.kwargs.get("training")
        if training is not None:
            _, defaults = _call_signature(type(call.operation))
            training = None if training is defaults.get("training") else training
        found.append((call.operation, training))
    return found


def dead_ends(
    model: keras.Model,
) -> list[tuple[list[list[keras.Operation]], list[keras.Operation]]]:
    """Calls made on the model's tensors, before the model was complete, that nothing uses.

    For each tensor with any `(branches, others)`: in a branch the operations from that tensor to
    the one whose result is not used, and what the model itself calls on that tensor. A result that
    anything but a variable holds, such as another model or a list, counts as used.
    """
    inputs, outputs = _structures(model)
    calls = _calls_in_order(_written(inputs), _written(outputs))
    alive = {id(call) for call in calls}
    operations = {id(call.operation): call.operation for call in calls}
    tensors = {id(tensor): tensor for call in calls for tensor in call.outputs}
    masks = {id(getattr(tensor, "_keras_mask", None)) for tensor in tensors.values()}
    users: dict[int, list] = {}
    receivers = {id(n): n for operation in operations.values() for n in operation._outbound_nodes}
    for node in receivers.values():
        for tensor in node.arguments.keras_tensors:
            if id(tensor) in tensors:
                users.setdefault(id(tensor), []).append(node)
    newest = max((_age(tensor) or 0 for tensor in tensors.values()), default=0)
    ends, seen = [], set()
    for used in users.values():
        branches = []
        waiting = [[node] for node in reversed(used) if id(node) not in alive]
        while waiting:
            branch = waiting.pop()
            last = branch[-1]
            if id(last) in seen or id(last.operation) in operations:
                continue  # seen, or a further call of a layer that the model has
            seen.add(id(last))
            ages = [_age(tensor) for tensor in last.outputs]
            if None in ages or max(ages, default=newest) >= newest:
                continue  # made after the model
            if any(id(tensor) in masks for tensor in last.outputs):
                continue
            masks.update(id(getattr(tensor, "_keras_mask", None)) for tensor in last.outputs)
            made = {id(tensor) for tensor in last.outputs}
            after = [
                node
                for node in last.operation._outbound_nodes
                if any(id(tensor) in made for tensor in node.arguments.keras_tensors)
            ]
            waiting += [[*branch, node] for node in after]
            if not after:
                branches.append(branch)
        if branches:
            others = [node.operation for node in used if id(node) in alive]
            ends.append((branches, others))
    held = _held([branch[-1] for branches, _ in ends for branch in branches])
    found = []
    for branches, others in ends:
        loose = [branch for branch in branches if id(branch[-1]) not in held]
        if loose:
            found.append(([[node.operation for node in branch] for branch in loose], others))
    return found


def _age(tensor) -> int | None:
    """The number of a tensor, in the order in which Keras made them; `None` if it has none."""
    base, _, number = tensor.name.rpartition("_")
    if tensor.name == "keras_tensor":
        return 0
    return int(number) if base == "keras_tensor" and number.isdigit() else None


def _held(calls: list) -> set[int]:
    """Those of `calls` whose outputs something holds that is neither a variable nor the call."""
    doubtful = [call for call in calls if not _surely_free(call.outputs)]
    if not doubtful:
        return set()
    held = set()
    variables = (types.FrameType, types.CellType)
    own = {id(call.outputs) for call in doubtful}
    by_tensor = {id(tensor): call for call in doubtful for tensor in call.outputs}
    # This looks through all objects in memory, which takes 50 ms and more.
    for holder in gc.get_referrers(*(tensor for call in doubtful for tensor in call.outputs)):
        if id(holder) in own or isinstance(holder, variables) or _is_namespace(holder):
            continue
        held.update(id(by_tensor[id(t)]) for t in gc.get_referents(holder) if id(t) in by_tensor)
    return held


def _surely_free(outputs: list) -> bool:
    """Whether nothing but the list `outputs` and variables of the notebook hold its tensors."""
    others = [_references(outputs, number) - _ALONE for number in range(len(outputs))]
    if not any(others):
        return True
    notebook = list(vars(sys.modules["__main__"]).values())
    named = [sum(value is tensor for value in notebook) for tensor in outputs]
    return all(other <= names for other, names in zip(others, named, strict=True))


def _references(values: list, number: int) -> int:
    return sys.getrefcount(values[number])


_ALONE = _references([object()], 0)


def _is_namespace(holder: Any) -> bool:
    return isinstance(holder, dict) and "__name__" in holder and "__builtins__" in holder


def dropped_operations(
    model: keras.Sequential,
) -> list[tuple[keras.Operation, list[keras.Operation], keras.Operation]]:
    """Where two layers of `model` have an operation between them in a model they come from.

    Each is `(layer, operations, next layer)`; the operations are those of `keras.ops`, which are no
    layers and so not in the `layers` of that other model.
    """
    inputs, outputs = _structures(model)
    calls = _calls_in_order(_written(inputs), _written(outputs))
    found = []
    for before, call in itertools.pairwise(calls):
        for other in call.operation._inbound_nodes:
            between: dict[int, Any] = {}
            makers = {id(node): node for node in map(_call_of, _received(other))}
            waiting = list(makers.values())
            while waiting:
                node = waiting.pop()
                if isinstance(node.operation, keras.Layer) or id(node) in between:
                    continue
                between[id(node)] = node
                after = [_call_of(tensor) for tensor in _received(node)]
                makers.update((id(maker), maker) for maker in after)
                waiting += after
            if between and any(node.operation is before.operation for node in makers.values()):
                operations = [node.operation for node in between.values()]
                found.append((before.operation, operations[::-1], call.operation))
                break
    return found


def changed_since_compile(model: keras.Model) -> list[tuple[keras.Layer, bool]]:
    """`(layer, trainable)` of the layers frozen or unfrozen since `compile`, the outermost alone.

    `trainable` is as it was when `compile` was called.
    """
    before = getattr(model, "_compiled_trainable_state", None)
    if not model.compiled or not before:
        return []
    changed, inside = [], set()
    for layer in model._flatten_layers():
        was = before.get(layer)
        if was is None or was == layer.trainable or id(layer) in inside:
            continue
        changed.append((layer, was))
        inside.update(id(child) for child in layer._flatten_layers(include_self=False))
    return changed


# What a model was compiled with -------------------------------------------------------------------

# For `compiled`, with tests in `tests/test_compiled.py` that name the attributes. Which loss,
# weight and metric an output gets is decided by Keras when `fit` begins, from one object, a list or
# a dict, with rules of its own. So Keras decides it here too, on new `CompileLoss` and
# `CompileMetrics` (`_flat_losses`, `_flat_metrics`, `_flat_weighted_metrics`,
# `_resolved_output_names`), made of what the model keeps (`_compile_loss`, `_compile_metrics`, and
# in them `_user_loss_weights`, `_user_metrics`, `_user_weighted_metrics`). `LossFunctionWrapper`
# and `MeanMetricWrapper._fn` are what Keras puts around a function.


def compile_settings(model: keras.Model, sparse: Iterable[int] = ()) -> list[dict[str, list]]:
    """What a compiled model has for each output, in the order of `read(model).outputs`.

    Args:
        model: a compiled functional or Sequential model.
        sparse: the outputs whose targets are known to be class numbers, as `"accuracy"` and
            `"crossentropy"` ask; a sparse loss tells it too.

    Returns:
        For each output `losses`, pairs of a loss and its weight; `metrics` and `weighted_metrics`,
        each a list of metrics. A function is given as it is, without what Keras puts around it.

    Raises:
        Exception: whatever `fit` would raise, where the settings do not fit the outputs.
    """
    _, outputs = _structures(model)
    if isinstance(model, keras.Sequential) and len(outputs) == 1:
        (outputs,) = outputs
    paths = _paths(outputs)
    class_numbers = {paths[number] for number in sparse}
    found: list[dict[str, list]] = [
        {"losses": [], "metrics": [], "weighted_metrics": []} for _ in paths
    ]
    loss, metrics = model._compile_loss, model._compile_metrics
    names = getattr(model, "output_names", None)  # `compile` does the same: a Sequential has none
    if loss is not None:
        losses = CompileLoss(model.loss, loss._user_loss_weights, output_names=names)
        losses.build(_targets(outputs, class_numbers), outputs)
        for path, made, weight, *_rest in losses._flat_losses:
            plain = made.fn if type(made) is LossFunctionWrapper else made
            found[paths.index(tuple(path))]["losses"].append((plain, weight))
            if getattr(made, "fn", None) is keras.losses.sparse_categorical_crossentropy:
                class_numbers.add(tuple(path))
    if metrics is not None:
        own = (metrics._user_metrics, metrics._user_weighted_metrics)
        every = CompileMetrics(*own, output_names=names)
        every.build(_targets(outputs, class_numbers), outputs)
        order = [tuple(path) for path, _ in keras.tree.flatten_with_path(outputs)]
        if isinstance(outputs, dict) and every._resolved_output_names is not None:
            order = [(name,) for name in every._resolved_output_names]
        for what in ("metrics", "weighted_metrics"):
            for path, some in zip(order, getattr(every, f"_flat_{what}"), strict=True):
                for made in some.metrics if some is not None else ():
                    wrapped = type(made) is keras.metrics.MeanMetricWrapper
                    found[paths.index(path)][what].append(made._fn if wrapped else made)
    return found


def _paths(structure: Any, above: tuple = ()) -> list[tuple]:
    """Where each tensor of a structure is, in the order in which they were written."""
    if not _is_structure(structure):
        return [above]
    items = structure.items() if isinstance(structure, dict) else enumerate(structure)
    return [path for key, item in items for path in _paths(item, (*above, key))]


def _targets(structure: Any, sparse: set[tuple], above: tuple = ()) -> Any:
    """Tensors as `fit` would get them for these outputs."""
    if isinstance(structure, dict):
        return {key: _targets(item, sparse, (*above, key)) for key, item in structure.items()}
    if isinstance(structure, (list, tuple)):
        items = (_targets(item, sparse, (*above, n)) for n, item in enumerate(structure))
        return type(structure)(items)
    shape = structure.shape[:-1] if above in sparse else structure.shape
    return keras.KerasTensor(shape, structure.dtype)
