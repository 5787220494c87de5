"""Traps of weights that Keras does not know, and of layers that do not come back from a file."""

from __future__ import annotations

import dis
import functools
import inspect
import sys
import types
from collections.abc import Iterator
from typing import Any

import keras

from exercises_check.language import N_, _, ngettext
from exercises_check.silent.subject import Path, Subject, quoted
from exercises_check.silent.trap import Trap

_DEEPEST = 3  # function in a function, list in an object
_LARGEST = 1000  # a longer list or dict holds data, not layers
_LIBRARIES = frozenset({"keras", "tensorflow", "numpy", "builtins"})
_WHY = N_(
    "`fit` does not train them and `model.save` does not keep them; call it on a tensor of the "
    "model, or make it an attribute of a `Layer` in its `__init__`."
)


def weights_in_a_function(subject: Subject) -> Iterator[Trap]:
    """`Lambda(lambda x: dense(x))`: the weights of `dense` are in no list of Keras."""
    for path, live in _layers(subject):
        if isinstance(live, keras.layers.Lambda):
            held = {**_in_function(live.function), **_in_value("arguments", live.arguments)}
            yield from _untracked(subject, path, live, held)


def weights_in_a_custom_layer(subject: Subject) -> Iterator[Trap]:
    """A layer of the learner's own that uses a global layer, or holds a `tf.Variable`."""
    for path, live in _layers(subject):
        if _by_keras(type(live)) or isinstance(live, keras.Model):
            continue
        held: dict[str, Any] = {}
        for cls in type(live).__mro__:
            if _by_keras(cls) or cls is object:
                break
            for function in vars(cls).values():
                if isinstance(function, types.FunctionType):
                    held.update(_in_function(function))
        for name, value in vars(live).items():
            if _is_tf_variable(value) or _is_plain_object(value):
                held.update(_in_value(name, value))
        yield from _untracked(subject, path, live, held)


def lambdas(subject: Subject) -> Iterator[Trap]:
    """A `Lambda` of a Python lambda: `keras.saving.load_model` refuses it."""
    for path, live in _layers(subject):
        if not isinstance(live, keras.layers.Lambda):
            continue
        if getattr(live.function, "__name__", "") != "<lambda>":
            continue
        name = subject.name(path)
        yield Trap(
            "lambda",
            _("`{name}` is a `Lambda` with a Python lambda.").format(name=name),
            _(
                "A saved model with one does not load again in Keras' safe mode; use `keras.ops` "
                "on the tensor, or write a `Layer`."
            ),
            name,
            path,
        )


def settings_not_saved(subject: Subject) -> Iterator[Trap]:
    """A `get_config` that leaves out an argument: after loading it has its default."""
    for path, live in _layers(subject):
        cls = type(live)
        if _by_keras(cls) or isinstance(live, keras.Model) or _by_keras(_owner(cls, "get_config")):
            continue
        if not _by_keras(_owner(cls, "from_config")):
            continue  # it may put them together in its own way
        saved = _saved(live)
        for name, parameter in inspect.signature(cls.__init__).parameters.items():
            default = parameter.default
            if name in saved or name in ("name", "dtype", "trainable", "activity_regularizer"):
                continue
            if default is inspect.Parameter.empty or _equal(getattr(live, name, None), default):
                continue
            yield Trap(
                "config",
                _("`{cls}.get_config` does not save `{name}`.").format(cls=cls.__name__, name=name),
                _(
                    "After `model.save` and loading, `{layer}` has the default `{name}={default}`; "
                    "add it to the dict that `get_config` returns."
                ).format(layer=subject.name(path), name=name, default=repr(default)),
                subject.name(path),
                path,
            )


# Where weights hide -------------------------------------------------------------------------------


def _layers(subject: Subject) -> Iterator[tuple[Path, keras.Layer]]:
    """The layers of the model that Keras did not write, and `Lambda`s; each once."""
    seen: set[int] = set()
    for path, live, _training in subject.live:
        layer = getattr(live, "layer", live) if isinstance(live, keras.layers.Wrapper) else live
        if id(layer) in seen or not isinstance(layer, keras.Layer):
            continue
        seen.add(id(layer))
        if isinstance(layer, keras.layers.Lambda) or not _by_keras(type(layer)):
            yield path, layer


def _untracked(subject: Subject, path: Path, live: keras.Layer, held: dict) -> Iterator[Trap]:
    known = {id(variable) for variable in subject.model.variables} if held else set()
    for name, value in held.items():
        variables = value.variables if isinstance(value, keras.Layer) else [value]
        waits = isinstance(value, keras.Layer) and not value.built and _will_have_weights(value)
        if all(id(variable) in known for variable in variables) and not waits:
            continue
        count = len(variables)
        if not isinstance(value, keras.Layer):
            uses = _(
                "`{holder}` ({kind}) uses the variable {name}, which the model does not contain."
            )
        elif waits:
            uses = _(
                "`{holder}` ({kind}) uses the layer {name}, whose weights the model does not "
                "contain."
            )
        else:
            uses = ngettext(
                "`{holder}` ({kind}) uses the layer {name}, whose {count} weight the model does "
                "not contain.",
                "`{holder}` ({kind}) uses the layer {name}, whose {count} weights the model does "
                "not contain.",
                count,
            )
        holder, kind = subject.name(path), type(live).__name__
        yield Trap(
            "hidden weights",
            uses.format(holder=holder, kind=kind, name=quoted(name), count=count),
            _(_WHY if isinstance(value, keras.Layer) else _WHY_VARIABLE),
            holder,
            path,
        )


_WHY_VARIABLE = N_(
    "`fit` does not train it and `model.save` does not keep it; make it with "
    "`self.add_weight(...)` in a `Layer`."
)


def _will_have_weights(layer: keras.Layer) -> bool:
    return any(name.endswith("_initializer") for name in _saved(layer))


def _in_function(function: Any, depth: int = 0) -> dict[str, Any]:
    """The layers and variables that a function uses without receiving them, by name."""
    if isinstance(function, keras.Layer):
        return {function.name: function}
    if isinstance(function, functools.partial):
        held = _in_function(function.func, depth)
        for number, value in enumerate(function.args):
            held.update(_in_value(f"argument {number + 1}", value, depth))
        return {**held, **_in_value("arguments", dict(function.keywords), depth)}
    if isinstance(function, types.MethodType):
        held = _in_value(type(function.__self__).__name__, function.__self__, depth)
        return {**held, **_in_function(function.__func__, depth)}
    if not isinstance(function, types.FunctionType) or depth > _DEEPEST:
        return {}
    if _library(function) in _LIBRARIES:
        return {}
    held: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        held.update(_in_value(name, _content(cell), depth))
    parameters = inspect.signature(function).parameters.values()
    for parameter in parameters:
        held.update(_in_value(parameter.name, parameter.default, depth))
    for name in _global_names(function.__code__):
        held.update(_in_value(name, function.__globals__.get(name), depth))
    return held


def _in_value(name: str, value: Any, depth: int = 0) -> dict[str, Any]:
    if isinstance(value, (keras.Layer, keras.Variable)) or _is_tf_variable(value):
        label = value.name if isinstance(value, keras.Layer) else name
        return {label: value}
    if depth >= _DEEPEST:
        return {}
    if isinstance(value, (types.FunctionType, types.MethodType, functools.partial)):
        return _in_function(value, depth + 1)
    inside: dict[Any, Any] = {}
    if isinstance(value, dict):
        inside = value
    elif isinstance(value, (list, tuple, set)):
        inside = dict(enumerate(value))
    elif _is_plain_object(value):
        inside = vars(value)
    held: dict[str, Any] = {}
    for key, item in inside.items() if len(inside) <= _LARGEST else ():
        held.update(_in_value(f"{name}[{key!r}]", item, depth + 1))
    return held


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return None


@functools.lru_cache(maxsize=256)
def _global_names(code: types.CodeType) -> tuple[str, ...]:
    """The global names that code reads; `co_names` holds the names of attributes too."""
    names = [
        step.argval
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    ]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names += _global_names(constant)
    return tuple(dict.fromkeys(names))


def _is_tf_variable(value: Any) -> bool:
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and isinstance(value, tensorflow.Variable)


def _is_plain_object(value: Any) -> bool:
    """An instance of a class that a person wrote, in which Keras does not look for layers."""
    if isinstance(value, (type, types.ModuleType, types.FunctionType, keras.Layer)):
        return False
    return hasattr(value, "__dict__") and _library(type(value)) not in _LIBRARIES


def _by_keras(thing: Any) -> bool:
    return _library(thing) == "keras"


def _library(thing: Any) -> str:
    return (getattr(thing, "__module__", None) or "").split(".")[0]


def _saved(layer: keras.Layer) -> dict[str, Any]:
    try:
        return layer.get_config()
    except Exception:
        return dict(inspect.signature(type(layer).__init__).parameters)  # judged elsewhere


def _owner(cls: type, method: str) -> type:
    """The class in which `method` of `cls` is written."""
    return next(parent for parent in cls.__mro__ if method in vars(parent))


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:
        return False
