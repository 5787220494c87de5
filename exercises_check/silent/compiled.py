"""What a model was compiled with, for each of its outputs."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any

import keras

from exercises_check.graph import Graph


@dataclass(frozen=True)
class Compiled:
    """What `compile` was called with, as it was written; `None` where that is not known.

    Attributes:
        names: the name by which `compile` knows each output, in the order they are written in.
        structure: how the outputs were handed over: `"tensor"`, `"list"`, `"dict"`, `"nested"`.
        loss: the losses.
        weights: the loss weights.
        metrics: the metrics, those that are not strings as Keras describes them.
    """

    names: tuple[str, ...]
    structure: str
    loss: Any = None
    weights: Any = None
    metrics: Any = None

    def for_output(self, value: Any, number: int) -> Any:
        """What of losses, weights or metrics is for output `number`, `None` if nothing is."""
        if isinstance(value, dict):
            return value.get(self.names[number])
        if not isinstance(value, (list, tuple)):
            return value
        if self.structure == "dict":  # Keras sorts a dict of outputs by its keys
            number = sorted(self.names).index(self.names[number])
        return value[number] if number < len(value) else None

    def loss_of(self, number: int) -> Any:
        """The loss of output `number` as it was written, `None` if it has none."""
        return self.for_output(self.loss, number)

    def metrics_of(self, number: int) -> list[Any]:
        """The metrics of output `number`, flat; none where it is not sure whose they are."""
        metrics = self.metrics
        if len(self.names) > 1:
            if isinstance(metrics, (list, tuple)) and len(metrics) != len(self.names):
                return []
            metrics = self.for_output(metrics, number)
        elif isinstance(metrics, dict):
            metrics = list(metrics.values())
        found, waiting = [], [metrics]
        while waiting:
            metric = waiting.pop()
            if isinstance(metric, (list, tuple)):
                waiting.extend(reversed(metric))
            elif metric is not None:
                found.append(metric)
        return found


def compiled(model: keras.Model, graph: Graph) -> Compiled:
    """What `model`, whose graph is `graph`, was compiled with; nothing if it was not."""
    names = tuple(port.name if port.key is None else port.key for port in graph.outputs)
    if not model.compiled or graph.output_structure == "nested":
        return Compiled(names, graph.output_structure)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a lambda, which cannot be saved
        try:
            config = model.get_compile_config()
        except Exception:
            # A loss or a metric of the learner's own that cannot be described.
            config = {}
    weights, metrics = config.get("loss_weights"), config.get("metrics")
    return Compiled(names, graph.output_structure, model.loss, weights, metrics)


@dataclass(frozen=True)
class Loss:
    """A loss: its name in lower case, whether it expects logits, and how it is written."""

    name: str
    from_logits: bool
    text: str


def described(loss: Any) -> Loss | None:
    """A loss of Keras in words; `None` for what is not one, or does not say what it expects."""
    if isinstance(loss, str):
        return Loss(_snake(loss), False, f'"{loss}"')
    made_by = type(loss) if isinstance(loss, keras.losses.Loss) else loss
    if (getattr(made_by, "__module__", None) or "").split(".")[0] != "keras":
        return None
    if isinstance(loss, keras.losses.Loss):
        from_logits = getattr(loss, "from_logits", None)
        name = type(loss).__name__
        written = f"{name}(from_logits=True)" if from_logits else f"{name}()"
        return Loss(_snake(name), from_logits, written) if isinstance(from_logits, bool) else None
    return Loss(loss.__name__, False, loss.__name__) if hasattr(loss, "__name__") else None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
