"""Mistakes in saving a model, or in loading it."""

from __future__ import annotations

from typing import Any

from exercises_check.explain.entry import Case, Entry


def _unmakeable(case: Case) -> dict[str, Any]:
    names = case["path"].rpartition("<locals>.")[2].split(".")[-2:]
    return {"cls": names[0]}


ENTRIES = (
    Entry(
        "a Lambda layer loaded",
        "ValueError TypeError",
        r"[Dd]eserializ\w* of a `?Lambda`? layer|`Lambda` layer (?:whose `function` )?is a Python",
        what="The saved model contains a `Lambda` layer with Python code. Keras does not run code "
        "from a file without being asked.",
        try_this="If the file is your own, load it with `safe_mode=False`. Better, write the step "
        "with `keras.ops` or as a layer of its own, which needs no code in the file.",
    ),
    Entry(
        "a class that Keras does not know while loading",
        "TypeError ValueError",
        r"Could not locate (?P<kind>class|function|object) '(?P<name>[^']+)'",
        what="The saved model uses `{name}`, and Keras does not know where to find it.",
        try_this="Write `@keras.saving.register_keras_serializable()` above `{name}` and run that "
        'cell before loading, or load with `custom_objects={{"{name}": {name}}}`.',
    ),
    Entry(
        "a layer that cannot be made again from its config",
        "TypeError",
        r"Exception encountered: (?P<path>\S+?)\.__init__\(\) (?:got an unexpected keyword "
        r"argument|missing)[^\n]*?(?P<key>'\w+')",
        what="The file was read, but `{cls}` could not be made again from its settings: "
        "`{cls}.__init__` and the settings in the file differ in {key}.",
        try_this="Let `{cls}.__init__` take `**kwargs` and hand them on: "
        "`super().__init__(**kwargs)`. Let `get_config` return each argument of `__init__`.",
        facts=_unmakeable,
    ),
    Entry(
        "a layer inside get_config",
        "TypeError",
        r"could not be deserialized properly.*returned by `get_config\(\)` are explicitly "
        r"deserialized",
        what="The file was read, but one of its layers could not be made again from its settings. "
        "One setting may be a layer or another object.",
        try_this="In the class, write a classmethod `from_config(cls, config)` that calls "
        '`keras.saving.deserialize_keras_object(config["inner"])` for that setting.',
    ),
    Entry(
        "a layer with an argument that cannot be written down",
        "NotImplementedError",
        r"Object (?P<cls>\w+) was created by passing\s+non-serializable argument values",
        what="`{cls}` was made with an argument that cannot be written to a file, as a function "
        "or a layer.",
        try_this="Write `get_config` in `{cls}`: it returns the arguments of `__init__` as plain "
        "values. A named function with `@keras.saving.register_keras_serializable()` works "
        "where a lambda does not.",
    ),
    Entry(
        "weights that do not fit the model",
        "ValueError",
        r"A total of (?P<count>\d+) objects could not be loaded"
        r"|Layer count mismatch|expected \d+ variables, but received \d+ variables during loading",
        what="The weights in the file do not fit the layers of this model.",
        try_this="Make the model with the same layers and the same settings as when the weights "
        "were saved. A `.keras` file from `model.save` keeps the layers too.",
    ),
    Entry(
        "a file name without an ending",
        "ValueError",
        r"Invalid filepath extension for saving.*Received: filepath=(?P<path>.*?)\.?$",
        what="`{path}` does not say which format to save in.",
        try_this='Write a name that ends in `.keras`: `model.save("model.keras")`.',
    ),
    Entry(
        "a file name for weights without .weights.h5",
        "ValueError",
        r"must end in `\.weights\.h5`.*filepath=(?P<path>\S+)",
        what="`{path}` does not end in `.weights.h5`. Files with weights alone must.",
        try_this="Write a name such as `model.weights.h5`.",
    ),
    Entry(
        "a checkpoint without .keras",
        "ValueError",
        r"filepath provided must end in `\.keras`.*filepath=(?P<path>\S+)",
        what="`{path}` does not end in `.keras`. Files with a whole model must.",
        try_this='Write `keras.callbacks.ModelCheckpoint("best.keras")`.',
    ),
    Entry(
        "a file that is not there",
        "ValueError FileNotFoundError",
        r"File not found: filepath=(?P<path>.*?)\. Please ensure",
        what="There is no file `{path}`.",
        try_this="Check the name and the folder: `import os; os.getcwd(), os.listdir()`. A file is "
        "there only after `model.save` has run.",
    ),
    Entry(
        "a folder loaded as a model",
        "ValueError",
        r"File format not supported: filepath=(?P<path>.*?)\. Keras 3 only supports",
        what="`{path}` is not a file that Keras 3 loads. It loads `.keras` and `.h5` files.",
        try_this="Save the model again with a name that ends in `.keras`. A SavedModel folder can "
        "be used as a layer: `keras.layers.TFSMLayer`.",
    ),
)
