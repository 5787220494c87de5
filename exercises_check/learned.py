"""What a trained model has learned, measured on data it was not trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from exercises_check.comparison import Comparison, Demands, natural_order
from exercises_check.language import N_, _, filled, together

if TYPE_CHECKING:
    import keras

    from exercises_check.compiled import Compiled

BATCH = 256
SENTENCE = N_(
    "The graph is right. On held-out data the model reaches {metric} {found}; expected {expected}."
)
STEPS = N_("The optimizer has taken {found} steps; expected {expected}.")
UNTRAINED = N_(
    "It has not been trained since it was compiled: the optimizer has taken no step. Call `fit`."
)
NOT_COMPILED = N_("It has not been trained: it is not compiled. Call `compile`, then `fit`.")


@dataclass(frozen=True)
class Learned:
    """What a model has to reach. One of `at_least` and `at_most` is given.

    Attributes:
        metric: `"accuracy"`, the name of another Keras metric, or a function of a model that
            returns a number. The function is called with a model of the same layers that is not
            compiled, and may predict with it.
        data: a function that returns held-out `(x, y)`; `x` as the reference takes it, and of
            several outputs, `y` is that of `output`.
        at_least: the lowest value that passes.
        at_most: the highest value that passes.
        output: of several outputs, the number of the reference's that is measured.
        label: what the metric is called in the report; its name if left empty.
        steps: the number of steps that the optimizer has to have taken, such as those before the
            model was saved and those after it was loaded. A new optimizer begins at 0.
    """

    metric: str | Callable[[keras.Model], float] = "accuracy"
    data: Callable[[], tuple[Any, Any]] | None = None
    at_least: float | None = None
    at_most: float | None = None
    output: int = 0
    label: str = ""
    steps: int = 0

    def __post_init__(self):
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(
                f"Learned(at_least={self.at_least}, at_most={self.at_most}): expected one of them."
            )
        if isinstance(self.metric, str) and self.data is None:
            raise ValueError(f"Learned(metric={self.metric!r}) has no data to measure it on.")

    def reached(self, found: float) -> bool:
        """Whether this value passes. A NaN does not."""
        return found >= self.at_least if self.at_least is not None else found <= self.at_most

    def sentence(self, found: float, remark: str = "") -> dict[str, str]:
        """The fields of the `Difference` for a value that does not pass, and why if it is known."""
        label = _(self.label) or (self.metric if isinstance(self.metric, str) else "")
        label = label or getattr(self.metric, "__name__", _("a value of")).replace("_", " ")
        expected = _at_least(self.at_least)
        if self.at_most is not None:
            expected = _("at most {number}").format(number=f"{self.at_most:g}")
        # 0.8996 is less than 0.9, and must not be rounded to it.
        text = next((t for t in (f"{found:.{n}g}" for n in (3, 4, 6)) if self._fails(t)), None)
        text = text or repr(found)
        message = filled(SENTENCE, metric=label, found=text, expected=expected)
        message = together(message, _(remark))
        return {"message": message, "expected": expected, "found": text}

    def too_few_steps(self, found: int) -> dict[str, str] | None:
        """The fields of the `Difference` for a model that was trained for `found` steps only."""
        if found >= self.steps:
            return None
        expected = _at_least(self.steps)
        message = filled(STEPS, found=found, expected=expected)
        return {"message": message, "expected": expected, "found": str(found)}

    def _fails(self, text: str) -> bool:
        return not self.reached(float(text))


def _at_least(number: float | None) -> str:
    return "" if number is None else _("at least {number}").format(number=f"{number:g}")


def placed(learned: Learned, comparison: Comparison, demands: Demands) -> Learned:
    """`learned` for a model whose inputs and outputs have other names, or another order.

    Args:
        learned: for the reference.
        comparison: of the model and the reference.
        demands: what the task asks for: whether inputs and outputs are paired by their names.
    """
    mine, other = comparison.mine, comparison.other
    output = natural_order(mine.outputs, other.outputs, demands)[learned.output]
    if learned.data is None:
        return replace(learned, output=output)
    order = natural_order(mine.inputs, other.inputs, demands)

    def data() -> tuple[Any, Any]:
        x, y = learned.data()
        if not isinstance(x, (dict, list, tuple)):
            return x, y
        if isinstance(x, dict):
            x = [x[port.key if port.key in x else port.name] for port in other.inputs]
        fed = dict(zip(order, x, strict=True))
        if mine.input_structure == "dict":
            return {port.key: fed[number] for number, port in enumerate(mine.inputs)}, y
        return [fed[number] for number in range(len(fed))] if len(fed) > 1 else x[0], y

    return replace(learned, output=output, data=data)


def steps_taken(model: keras.Model) -> int:
    """The steps that a model's optimizer has taken, 0 where it has none."""
    optimizer = getattr(model, "optimizer", None)
    return int(optimizer.iterations) if optimizer is not None else 0


def measure(model: keras.Model, learned: Learned, from_logits: bool | None = None) -> float:
    """What `model` reaches. Nothing of it changes: neither weights nor what it was compiled with.

    Args:
        model: a built functional or Sequential model.
        learned: what to measure.
        from_logits: whether the output is trained as logits; what the model is compiled with tells
            it if left out.
    """
    from exercises_check.read import untouched

    with untouched(values=True):
        if not isinstance(learned.metric, str):
            return _measured_by_author(model, learned.metric)
        x, y = learned.data()
        predicted = _predict(model, x, learned.output)
        if learned.metric == "accuracy":
            if from_logits is None:
                from_logits = _from_logits(model, learned.output)
            return _accuracy(y, predicted, from_logits)
        import keras

        metric = keras.metrics.get(learned.metric)
        metric.update_state(y, predicted)
        return float(metric.result())


def _measured_by_author(model: keras.Model, function: Callable) -> float:
    """`model.predict` would leave a compiled function in the model: hand over a twin of it."""
    import keras

    inputs, outputs = model.inputs, model.outputs
    if not isinstance(model, keras.Sequential):
        inputs, outputs = model.input, model.output
    elif len(outputs) == 1:
        (outputs,) = outputs
    values = [keras.ops.copy(variable.value) for variable in model.variables]
    trainable = [layer.trainable for layer in model.layers]
    try:
        return float(function(keras.Model(inputs, outputs)))
    finally:
        for variable, value in zip(model.variables, values, strict=True):
            variable.assign(value)
        for layer, was in zip(model.layers, trainable, strict=True):
            if layer.trainable != was:
                layer.trainable = was


def _predict(model: keras.Model, x: Any, output: int):
    """One output for all rows of `x`, with no trace in the model's variables."""
    import keras
    import numpy as np

    rows = len(keras.tree.flatten(x)[0])
    trainable = [variable.value for variable in model.trainable_variables]
    others = [variable.value for variable in model.non_trainable_variables]
    parts = []
    for start in range(0, rows, BATCH):
        batch = keras.tree.map_structure(
            lambda array, start=start: keras.ops.convert_to_tensor(array[start : start + BATCH]), x
        )
        outputs, _ = model.stateless_call(trainable, others, batch, training=False)
        if isinstance(outputs, dict):  # in the order in which they were written
            outputs = [outputs[key] for key in model.output]
        parts.append(keras.ops.convert_to_numpy(keras.tree.flatten(outputs)[output]))
    return np.concatenate(parts)


def _from_logits(model: keras.Model, output: int) -> bool:
    """Whether an output is trained as logits; then a yes is more than 0, not more than a half."""
    from exercises_check.compiled import read_compiled

    return trained_as_logits(read_compiled(model), output)


def trained_as_logits(compiled: Compiled | None, output: int) -> bool:
    """Whether a loss of an output is one for logits."""
    losses = compiled.outputs[output].losses if compiled is not None else ()
    return any(loss.settings.get("from_logits") for loss in losses)


def _accuracy(y: Any, predicted: Any, from_logits: bool) -> float:
    import numpy as np

    y = np.asarray(y)
    if predicted.shape[-1] == 1:
        said = predicted[..., 0] > (0.0 if from_logits else 0.5)
        right = said == (y.reshape(said.shape) > 0.5)
    else:
        said = predicted.argmax(-1)
        hot = y.shape == predicted.shape
        right = said == (y.argmax(-1) if hot else y.reshape(said.shape))
    return float(right.mean())
