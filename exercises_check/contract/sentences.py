"""What is said of a layer that differs. The fact first, then what is expected."""

from __future__ import annotations

from typing import Any

from exercises_check.comparison import Difference
from exercises_check.language import filled
from exercises_check.wording import quoted

SENTENCES = {
    "object": "This is a layer (`{found}`), not a class; expected the class itself, without a "
    "call.",
    "no class": "This is a {found}, not a class; expected a subclass of `keras.Layer`.",
    "no layer": "{name} is not a subclass of `keras.Layer`; expected `class {found}(keras.Layer)`.",
    "stub": "{name} is still `...`; expected a body.",
    "no super": "`__init__` does not call `super().__init__(**kwargs)`; expected it as its first "
    "line.",
    "weights": "The layer has {found} after its first call; expected {expected}.",
    "untracked": "{name} is a `{what}`, which Keras does not track, so the layer has {found}; "
    "expected {expected}, made with `self.add_weight`.",
    "made in call": "Each call makes new weights, so the layer has {found} of its own; expected "
    "{expected}, made in `__init__` or `build`.",
    "weight shape": "The weight {name}{owner} has shape {found}; expected {expected}.",
    "trainable": "The weight {name}{owner} is {found}; expected {expected}.",
    "no return": "`call` returns {found}; expected `return` and a tensor.",
    "outputs": "`call` returns {found}; expected {expected}.",
    "shape": "On data of shape {data}, `call` returns shape {found}; expected {expected}.",
    "unsteady": "Two calls on the same data with training=False give different values; expected "
    "the same values.",
    "other mode": "With training=False the layer computes what is expected with training=True.",
    "unused": "The weight {name}{owner} does not change what the layer returns; expected that it "
    "does.",
    "transposed": "The layer multiplies by {name}{owner} transposed; expected {name} as it is.",
    "values": "On random data, value {place} of the output is {found}; expected {expected} with "
    "the same weights.",
    "training values": "With training=True, value {place} of the output is {found}; expected "
    "{expected}.",
    "training ignored": "With training=True the layer computes the same as with training=False; "
    "expected other values.",
    "training differs": "With training=True the layer computes other values than with "
    "training=False; expected the same values.",
    "random": "With training=True two calls on the same data give {found}; expected {expected}.",
    "spread": "With training=True the output moves by {found} on average; expected {expected}.",
    "state": "After a call with training=True the weight {name}{owner} is {found}; expected "
    "{expected}.",
    "symbolic shape": "For `{data}` the layer returns shape {found}; expected {expected}.",
    "declared shape": "`compute_output_shape` gives {found} for `{data}`; expected {expected}.",
    "no name": "`__init__` takes no `name`; expected `**kwargs`, handed on to "
    "`super().__init__(**kwargs)`.",
    "name ignored": "A layer made with name={expected} is named {found}; expected `**kwargs`, "
    "handed on to `super().__init__(**kwargs)`.",
    "no config": "`get_config` returns {found}; expected a dict.",
    "lost": "`get_config` does not keep {name}; expected {name}: {expected} in its dict.",
    "wrong setting": "`get_config` keeps {name}: {found}; expected {name}: {expected}.",
    "no copy": "A copy made by `from_config(get_config())` fails with {error}; expected a copy "
    "with the same settings.",
    "name lost": "The copy made by `from_config(get_config())` is named {found}; expected "
    "{expected}, which `super().get_config()` keeps.",
    "copy weights": "The copy made by `from_config(get_config())` has {found}; expected "
    "{expected}.",
    "copy values": "The copy made by `from_config(get_config())` computes other values with the "
    "same weights; expected the same values.",
    "not saved": "A model with the layer cannot be saved and loaded: {error}; expected that it "
    "can.",
    "saved name": "After saving and loading, the layer is named {found}; expected {expected}.",
    "saved values": "After saving and loading, the layer computes other values; expected the same "
    "values.",
    "shared": "Called twice in a functional model, the layer has {found}; expected {expected}, "
    "used by both calls.",
    "functional values": "In a functional model the layer computes other values than on data; "
    "expected the same values.",
}
VALUES = frozenset({"values", "training values", "other mode", "unused", "transposed", "spread"})


def difference(
    sentence: str, name: str = "", found: Any = "", expected: Any = "", **words: str
) -> Difference:
    """What differs, said with one of `SENTENCES`."""
    message = filled(
        SENTENCES[sentence], name=quoted(name), found=found, expected=expected, **words
    )
    kind = "value" if sentence in VALUES else "contract"
    plain = [str(text).replace("`", "") for text in (expected, found)]
    return Difference(kind, message[:1].upper() + message[1:], name, *plain)
