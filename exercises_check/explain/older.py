"""Names and arguments that this Keras does not have, as in code for an older one."""

from __future__ import annotations

import inspect
import re
from types import ModuleType
from typing import Any

from exercises_check.explain.entry import Case, Entry, nearest
from exercises_check.explain.trace import KERAS
from exercises_check.language import N_, _

# What stands where an older name stood.
_TODAY = {
    "merge": N_("There is one layer for each way to merge: `layers.Add`, `layers.Concatenate`."),
    "CuDNNLSTM": N_("`layers.LSTM` uses the fast GPU code by itself."),
    "CuDNNGRU": N_("`layers.GRU` uses the fast GPU code by itself."),
    "experimental": N_("Layers are in `keras.layers`, schedules in `keras.optimizers.schedules`."),
    "np_utils": N_("Use `keras.utils.to_categorical`."),
    "vis_utils": N_("Use `keras.utils.plot_model`."),
    "text": N_("Use `keras.layers.TextVectorization`."),
    "sequence": N_("Use `keras.utils.pad_sequences`."),
    "scikit_learn": N_("Use `keras.wrappers.SKLearnClassifier`."),
    "image": N_(
        "Use `keras.utils.image_dataset_from_directory`, and layers as `layers.RandomFlip`."
    ),
    "ThresholdedReLU": N_("Use `layers.ReLU(threshold=...)`."),
    "legacy": N_("Use the class in the module itself, as `keras.optimizers.Adam`."),
}
_OLD_MODULES = ("core", "convolutional", "recurrent", "embeddings", "normalization", "pooling")
_OLD_OR_MISSPELT = N_("Check the spelling. Names in code for an older Keras may be gone today.")

# Old names of arguments.
_RENAMED = {
    "init": "kernel_initializer", "W_regularizer": "kernel_regularizer", "bias": "use_bias",
    "b_regularizer": "bias_regularizer", "border_mode": "padding", "subsample": "strides",
    "nb_filter": "filters", "output_dim": "units", "nb_epoch": "epochs", "lr": "learning_rate",
}  # fmt: skip


def _of_keras(name: str) -> bool:
    return name.partition(".")[0] in KERAS and "keras" in name.split(".")


def _public(name: str) -> str:
    """A module's name as a learner writes it."""
    return name.replace("keras._tf_keras.keras", "tensorflow.keras").replace("keras.api.", "keras.")


def _attribute(case: Case) -> dict[str, Any] | None:
    module = getattr(case.error, "obj", None)
    if not isinstance(module, ModuleType) or not _of_keras(module.__name__):
        return None
    return _absent(module, case["name"])


def _imported_name(case: Case) -> dict[str, Any] | None:
    import sys

    name = getattr(case.error, "name", None) or ""
    return _absent(sys.modules.get(name), case["name"], name) if _of_keras(name) else None


def _imported_module(case: Case) -> dict[str, Any] | None:
    name = getattr(case.error, "name", None) or ""
    module, _dot, last = name.rpartition(".")
    return _absent(None, last, module) if module and _of_keras(name) else None


def _absent(module: ModuleType | None, name: str, called: str = "") -> dict[str, Any]:
    import keras

    called = _public(called or module.__name__)
    advice = _(_TODAY.get(name, ""))
    if not advice and called.endswith("backend") and hasattr(keras.ops, name):
        advice = _("Use `keras.ops.{name}`.").format(name=name)
    if not advice and name in _OLD_MODULES:
        advice = _("Every layer is in `keras.layers` itself: `from keras.layers import Dense`.")
    if not advice and module is not None:
        advice = nearest(name, dir(module))
    return {"module": called, "advice": advice or _(_OLD_OR_MISSPELT)}


def _argument_of_layer(case: Case) -> dict[str, Any]:
    import keras

    cls = getattr(keras.layers, case["cls"], None)
    known = list(inspect.signature(cls.__init__).parameters)[1:] if cls else []
    if case["key"] == "weights":
        return {"advice": _("Make the layer, build it, and call `layer.set_weights(...)`.")}
    if not known:
        return {"advice": _("Check the spelling.")}
    first = _(", ").join(f"`{name}`" for name in known[:6] if name != "kwargs")
    takes = _("`{cls}` takes {arguments}.").format(cls=case["cls"], arguments=first)
    return {"advice": _today(case["key"], known) or takes}


def _today(key: str, known: list[str]) -> str:
    """The argument that stands for an old or misspelt one, empty if there is none."""
    if _RENAMED.get(key) in known:
        return _("Today the argument is `{name}`.").format(name=_RENAMED[key])
    return nearest(key, known)


def _argument_of_method(case: Case) -> dict[str, Any]:
    import keras

    method = getattr(keras.Model, case["method"], None)
    known = list(inspect.signature(method).parameters)[1:] if method else []
    advice = _today(case["key"], known)
    return {"advice": advice or _("Leave it out: this Keras has no such argument.")}


def _argument_of_optimizer(case: Case) -> dict[str, Any]:
    keys = re.findall(r"'(\w+)':", case["given"])
    today = _("`{old}` is `{new}` today.")
    advice = " ".join(today.format(old=k, new=_RENAMED[k]) for k in keys if k in _RENAMED)
    names = _(", ").join(f"`{key}`" for key in keys)
    return {"keys": names, "advice": advice or _("Check the spelling of the argument.")}


ENTRIES = (
    Entry(
        "an old argument of an optimizer",
        "ValueError",
        r"Argument\(s\) not recognized: (?P<given>\{.*\})",
        what="The optimizer has no argument {keys}.",
        try_this="{advice}",
        facts=_argument_of_optimizer,
    ),
    Entry(
        "an optimizer of keras.optimizers.legacy",
        "ImportError",
        r"`keras\.optimizers\.legacy` is not supported in Keras 3",
        what="`keras.optimizers.legacy` is not part of Keras 3.",
        try_this="Use the optimizer itself: `keras.optimizers.Adam(learning_rate=0.001)`.",
    ),
    Entry(
        "a name that a module of Keras does not have",
        "AttributeError",
        r"^module '[^']+' has no attribute '(?P<name>\w+)'",
        what="`{module}` has no `{name}`.",
        try_this="{advice}",
        facts=_attribute,
        anywhere=True,
    ),
    Entry(
        "an imported name that a module of Keras does not have",
        "ImportError",
        r"^cannot import name '(?P<name>\w+)' from '",
        what="`{module}` has no `{name}`.",
        try_this="{advice}",
        facts=_imported_name,
        anywhere=True,
    ),
    Entry(
        "an imported module that Keras does not have",
        "ModuleNotFoundError",
        r"^No module named '(?:[\w.]*\.)?(?P<name>\w+)'",
        what="`{module}` has no module `{name}`.",
        try_this="{advice}",
        facts=_imported_module,
        anywhere=True,
    ),
    Entry(
        "an argument that a layer does not have",
        "ValueError TypeError",
        r"Unrecognized keyword arguments? passed to (?P<cls>\w+): \{'(?P<key>\w+)'",
        what="`{cls}` has no argument `{key}`.",
        try_this="{advice}",
        facts=_argument_of_layer,
    ),
    Entry(
        "an argument that fit does not have",
        "TypeError",
        r"^\w*Trainer\.(?P<method>\w+)\(\) got an unexpected keyword argument '(?P<key>\w+)'",
        what="`{method}` has no argument `{key}`.",
        try_this="{advice}",
        facts=_argument_of_method,
    ),
)
