"""What a model was compiled with: losses, weights and metrics of each output, and the optimizer.

`"mse"`, `keras.losses.mean_squared_error` and `MeanSquaredError()` are one loss; likewise metrics.
One object, a list and a dict are one where Keras gives each output the same. Metrics that the
reference does not have are left alone: they change nothing that a model learns.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from exercises_check.comparison import Comparison, Demands, Difference, natural_order
from exercises_check.graph import Port
from exercises_check.language import _, filled, listed
from exercises_check.listing import literal
from exercises_check.read import compile_settings
from exercises_check.wording import quoted

SENTENCES = {
    "uncompiled": "The model is not compiled; expected `model.compile(...)` after it is made.",
    "refused": "`fit` cannot use what `compile` was given: {found}; expected losses, weights and "
    "metrics for {expected}.",
    "keys": "The losses are for {found}; expected the names of the outputs, {expected}.",
    "no loss": "{output} has no loss; expected {expected}.",
    "extra loss": "{output} has loss {found}; expected no loss.",
    "loss": "{output} has loss {found}; expected {expected}.",
    "loss setting": "The loss of {output} has {setting}={found}; expected {setting}={expected}.",
    "loss weight": "{output} has loss weight {found}; expected {expected}.",
    "metric": "{output} has {found}; expected {expected}.",
    "metric setting": "{metric} of {output} has {setting}={found}; expected {setting}={expected}.",
    "optimizer": "The optimizer is {found}; expected {expected}.",
    "learning rate": "The learning rate is {found}; expected {expected}.",
    "schedule setting": "The learning rate's {schedule} has {setting}={found}; expected "
    "{setting}={expected}.",
}
_SPARSE = "SparseCategoricalCrossentropy"


@dataclass(frozen=True)
class Part:
    """A loss or a metric in one writing: its class, and what it was made with."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Output:
    """What a model was compiled with for one output."""

    losses: tuple[Part, ...] = ()
    weights: tuple[float, ...] = ()
    metrics: tuple[Part, ...] = ()
    weighted_metrics: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Compiled:
    """What a model was compiled with.

    Attributes:
        optimizer: the optimizer's class.
        learning_rate: a number, or a schedule as plain data.
        outputs: for each output, in the order of the graph.
    """

    optimizer: str
    learning_rate: Any
    outputs: tuple[Output, ...]


@dataclass(frozen=True)
class CannotFit:
    """`compile` was given what `fit` cannot use.

    Attributes:
        text: what `fit` would raise.
        losses: the names in a dict of losses, `None` where there is no dict.
    """

    text: str
    losses: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Readings:
    """What a model was compiled with, read twice.

    What `"accuracy"` and `"crossentropy"` stand for depends on whether an output's targets are
    class numbers, which a model does not tell.
    """

    one_hot: Compiled | CannotFit
    class_numbers: Compiled | CannotFit


def readings(model: keras.Model) -> Readings | None:
    """What `model` was compiled with, as plain data; `None` if it was not."""
    if not model.compiled:
        return None
    every = range(len(model.outputs))
    return Readings(_reading(model, ()), _reading(model, every))


def _reading(model: keras.Model, sparse: Iterable[int]) -> Compiled | CannotFit:
    try:
        return read_compiled(model, sparse)
    except Exception as error:
        text = str(error).strip().split("\n")[0].rstrip(".")
        names = tuple(map(str, model.loss)) if isinstance(model.loss, dict) else None
        return CannotFit(f"`{type(error).__name__}`: {text}", names)


def read_compiled(model: keras.Model, sparse: Iterable[int] = ()) -> Compiled | None:
    """What `model` was compiled with, `None` if it was not.

    Args:
        model: a functional or Sequential model.
        sparse: the outputs whose targets are known to be class numbers.

    Raises:
        Exception: whatever `fit` would raise.
    """
    if not model.compiled:
        return None
    optimizer = model.optimizer
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # scaled for mixed precision
    return Compiled(
        type(optimizer).__name__,
        _learning_rate(optimizer),
        tuple(
            Output(
                tuple(_part(loss, keras.Loss) for loss, _ in entry["losses"]),
                tuple(1.0 if weight is None else float(weight) for _, weight in entry["losses"]),
                tuple(_part(metric, keras.Metric) for metric in entry["metrics"]),
                tuple(_part(metric, keras.Metric) for metric in entry["weighted_metrics"]),
            )
            for entry in compile_settings(model, sparse)
        ),
    )


def _learning_rate(optimizer: keras.optimizers.Optimizer) -> Any:
    rate = optimizer.get_config().get("learning_rate")
    if isinstance(rate, Mapping):
        return Part(rate["class_name"], _plain(rate["config"], without=("name",)))
    return rate


def _part(made: Any, base: type) -> Part:
    """A loss or a metric, an object of class `base` or a function, in one writing."""
    if not isinstance(made, base):
        cls = _classes_of_functions(base).get(made)
        if cls is None:
            return Part(getattr(made, "__name__", type(made).__name__))
        made = cls()
    config = made.get_config()
    return Part(type(made).__name__, _plain(config, without=("name", "dtype", "fn")))


def _plain(config: Mapping[str, Any], without: Sequence[str]) -> dict[str, Any]:
    """Settings as numbers, strings, tuples and dicts."""

    def plain(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return tuple(map(plain, value))
        if isinstance(value, Mapping):
            return {str(key): plain(item) for key, item in value.items()}
        known = value is None or isinstance(value, (bool, int, float, str))
        return value if known else f"{type(value).__name__}"

    return {name: plain(value) for name, value in config.items() if name not in without}


@functools.cache
def _classes_of_functions(base: type) -> dict[Any, type]:
    """Keras' functions that are losses or metrics, each with the class that does the same."""
    found = {}
    for cls in vars(keras.losses if base is keras.Loss else keras.metrics).values():
        if isinstance(cls, type) and issubclass(cls, base) and cls is not base:
            try:
                made = cls()
            except TypeError:
                continue  # it needs settings, which a function does not have
            function = getattr(made, "fn", None) or getattr(made, "_fn", None)
            if function is not None:
                found[function] = cls
    return found


# Comparing ----------------------------------------------------------------------------------------


def compile_differences(
    found: Readings | None,
    wanted: Compiled,
    comparison: Comparison,
    demands: Demands,
    learning_rate: bool = False,
) -> tuple[Difference, ...]:
    """What stands between what a model was compiled with and `wanted`.

    Args:
        found: of the learner's model, whose graph is the reference's.
        wanted: what the reference was compiled with.
        comparison: of the two graphs.
        demands: what the task asks for; names pair outputs where they count.
        learning_rate: the learning rate counts.
    """
    if found is None:
        return (_difference("uncompiled"),)
    ports = comparison.mine.outputs
    order = natural_order(ports, comparison.other.outputs, demands)
    sparse = _sparse_outputs(wanted)
    needed = [found.class_numbers if n in sparse else found.one_hot for n in range(len(order))]
    for reading in needed:
        if isinstance(reading, CannotFit):
            return (_refused(reading, ports),)
    differences = []
    for number, output, reading in zip(order, wanted.outputs, needed, strict=True):
        name = ports[number].key or ports[number].name
        place = {"name": name, "path": (ports[number].tensor.node,)}
        title = _("output {name}").format(name=quoted(name)) if len(ports) > 1 else _("the model")
        differences += _output_differences(reading.outputs[number], output, title, place)
    differences += _optimizer_differences(needed[0], wanted, learning_rate)
    return tuple(differences)


def _sparse_outputs(compiled: Compiled) -> list[int]:
    """The outputs whose loss takes class numbers."""
    every = enumerate(compiled.outputs)
    return [n for n, output in every if any(loss.name == _SPARSE for loss in output.losses)]


def _refused(found: CannotFit, ports: Sequence[Port]) -> Difference:
    """What to say where `fit` would raise: the names of a dict of losses, or what Keras says."""
    asked = [port.key or port.name for port in ports]
    names = listed(map(quoted, asked))
    if found.losses is not None and set(found.losses) != set(asked):
        return _difference("keys", listed(map(quoted, found.losses)), names)
    return _difference("refused", found.text, names)


def _difference(sentence: str, found: str = "", expected: str = "", **words) -> Difference:
    place = {key: words.pop(key) for key in ("name", "path") if key in words}
    setting = words.get("setting", "")
    message = filled(SENTENCES[sentence], found=found, expected=expected, **words)
    return Difference(
        "compile",
        message[:1].upper() + message[1:],
        expected=expected.replace("`", ""),
        found=found.replace("`", ""),
        setting=setting,
        **place,
    )


def _output_differences(
    found: Output, wanted: Output, title: str, place: Mapping[str, Any]
) -> Iterator[Difference]:
    words = {"output": title, **place}
    if not found.losses and wanted.losses:
        yield _difference("no loss", "", _names(wanted.losses), **words)
    elif found.losses and not wanted.losses:
        yield _difference("extra loss", _names(found.losses), "", **words)
    elif [loss.name for loss in found.losses] != [loss.name for loss in wanted.losses]:
        yield _difference("loss", _names(found.losses), _names(wanted.losses), **words)
    else:
        for mine, other in zip(found.losses, wanted.losses, strict=True):
            for setting, own, asked in _settings_that_differ(mine, other):
                yield _difference("loss setting", own, asked, setting=setting, **words)
    if len(found.weights) == len(wanted.weights):
        for own, asked in zip(found.weights, wanted.weights, strict=True):
            if not _equal(own, asked):
                yield _difference("loss weight", literal(own), literal(asked), **words)
    for own, asked, weighted in (
        (found.metrics, wanted.metrics, False),
        (found.weighted_metrics, wanted.weighted_metrics, True),
    ):
        yield from _metric_differences(own, asked, weighted, words)


def _metric_differences(
    found: Sequence[Part], wanted: Sequence[Part], weighted: bool, words: Mapping[str, Any]
) -> Iterator[Difference]:
    rest = list(found)
    for metric in wanted:
        fits = [one for one in rest if one.name == metric.name]
        same = [one for one in fits if not list(_settings_that_differ(one, metric))]
        if same:
            rest.remove(same[0])
        elif fits:
            rest.remove(fits[0])
            for setting, own, asked in _settings_that_differ(fits[0], metric):
                named = {"setting": setting, "metric": quoted(metric.name), **words}
                yield _difference("metric setting", own, asked, **named)
        else:
            has = _("the weighted metric {names}") if weighted else _("the metric {names}")
            none = _("no weighted metric") if weighted else _("no metric")
            has = has.format(names=_names(found)) if found else none
            yield _difference("metric", has, quoted(metric.name), **words)


def _optimizer_differences(
    found: Compiled, wanted: Compiled, learning_rate: bool
) -> Iterator[Difference]:
    if found.optimizer != wanted.optimizer:
        yield _difference("optimizer", quoted(found.optimizer), quoted(wanted.optimizer))
    elif learning_rate:
        yield from _rate_differences(found.learning_rate, wanted.learning_rate)


def _rate_differences(found: Any, wanted: Any) -> Iterator[Difference]:
    """Between two learning rates; of two schedules of one kind, between their settings."""
    schedules = isinstance(found, Part) and isinstance(wanted, Part)
    if schedules and found.name == wanted.name:
        for setting, own, asked in _settings_that_differ(found, wanted):
            words = {"setting": setting, "schedule": quoted(wanted.name)}
            yield _difference("schedule setting", own, asked, **words)
    elif not _equal(found, wanted):
        yield _difference("learning rate", _rate_text(found), _rate_text(wanted))


def _rate_text(rate: Any) -> str:
    if isinstance(rate, Part):
        return _("the schedule {name}").format(name=quoted(rate.name))
    return literal(rate)


def _names(parts: Sequence[Part]) -> str:
    return listed(quoted(part.name) for part in parts)


def _settings_that_differ(found: Part, wanted: Part) -> Iterator[tuple[str, str, str]]:
    for name in dict.fromkeys([*wanted.settings, *found.settings]):
        own, asked = found.settings.get(name), wanted.settings.get(name)
        if not _equal(own, asked):
            yield name, literal(own), literal(asked)


def _equal(found: Any, wanted: Any) -> bool:
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (found, wanted))
    if numbers:  # a learning rate is kept in 32 bits
        return abs(found - wanted) <= 1e-6 * max(abs(found), abs(wanted))
    return found == wanted
