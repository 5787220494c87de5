"""Mistakes in the data that a model is given."""

from __future__ import annotations

import math
import re
from typing import Any

from exercises_check.explain.entry import Case, Entry, layer_of_node, shape_in
from exercises_check.language import _, listed, ngettext, pgettext

_WRONG_SHAPE = (
    r"(?:expected shape=|Expected shape )(?P<wanted>\([^()]*\)),? (?:found shape=|but input has "
    r"incompatible shape )(?P<found>\([^()]*\))"
)


def _shapes(case: Case) -> tuple[tuple, tuple] | None:
    wanted, found = shape_in(case["wanted"]), shape_in(case["found"])
    return (wanted, found) if wanted and found is not None else None


def _data(case: Case) -> str:
    """The learner's variable with the data, `x` where it has none."""
    return case.names.of(case.argument(1, "x")) or "x"


def _unbatched_dataset(case: Case) -> dict[str, Any] | None:
    data = case.argument(1, "x")
    if not type(data).__name__.endswith("Dataset"):
        return None
    return {"data": case.names.of(data) or "dataset"}


def _one_sample(case: Case) -> dict[str, Any] | None:
    """An image of 28 × 28 for a model of 784 values: the data is one sample, not flattened."""
    shapes = _shapes(case)
    if not shapes or None in shapes[1] or None in shapes[0][1:] or not shapes[1]:
        return None
    (_batch, *wanted), found = shapes
    if list(found) == wanted or math.prod(found) != math.prod(wanted):
        return None
    return {"data": _data(case), "reshaped": ", ".join(map(str, (1, *wanted)))}


def _one_axis_less(case: Case) -> dict[str, Any] | None:
    shapes = _shapes(case)
    if not shapes or len(shapes[1]) != len(shapes[0]) - 1:
        return None
    return {"data": _data(case)}


def _other_shape(case: Case) -> dict[str, Any]:
    return {"data": _data(case)}


def _keys(case: Case) -> dict[str, Any]:
    return {"keys": ", ".join(f'"{key}": ...' for key in re.findall(r"'([^']*)'", case["names"]))}


def _sizes(case: Case) -> dict[str, Any]:
    parts = re.findall(r"'(\w+)' sizes: ([\d, ]+)", case.text)
    texts = [
        _("`{name}` has {sizes}").format(name=name, sizes=listed(re.findall(r"[0-9]+", sizes)))
        for name, sizes in parts
    ]
    return {"sizes": pgettext("facts", ", ").join(texts)}


def _labels_as_batch_size(case: Case) -> dict[str, Any] | None:
    size = case.argument(3, "batch_size")
    if not hasattr(size, "shape"):
        return None
    name = case.names.of(size)
    return {"third": f"`{name}`" if name else pgettext("array", "the third")}


def _embedding(case: Case) -> dict[str, Any]:
    made = re.search(r"\S+/([\w.]+)/Gather", case.text)
    named = _("An `Embedding` named `{name}`") if made else _("An `Embedding`")
    name = layer_of_node(made.group(1)) if made else ""
    return {"embedding": named.format(name=name), "last": int(case["size"]) - 1}


def _inputs_given(case: Case) -> dict[str, Any]:
    names = re.findall(r"'([^']*)'", case["names"])
    count = int(case["wanted"])
    inputs = ngettext("{count} input", "{count} inputs", count).format(count=count)
    if names:
        every = _(", ").join(f"`{name}`" for name in names)
        inputs = _("{inputs}: {names}").format(inputs=inputs, names=every)
    wanted = ", ".join(f"{name}_data" for name in names) or "a, b"
    advice = _("Give one array for each input, in this order: `[{arrays}]`.").format(arrays=wanted)
    if count == 1:
        advice = _("For one input, put all samples into one array: `np.array(samples)`.")
    return {"inputs": inputs, "advice": advice}


ENTRIES = (
    Entry(
        "a dataset without batches",
        "ValueError",
        _WRONG_SHAPE + "|as_list\\(\\) is not defined on an unknown TensorShape",
        what="The dataset gives single samples, and the model expects batches of them.",
        try_this="Write `{data}.batch(32)`.",
        facts=_unbatched_dataset,
    ),
    Entry(
        "one sample that is not flattened",
        "ValueError",
        _WRONG_SHAPE,
        what="The model expects data of shape `{wanted}`, where the first axis counts the samples. "
        "The data has shape `{found}`, as many values as one sample.",
        try_this="If it is one sample, write `{data}.reshape({reshaped})`.",
        facts=_one_sample,
    ),
    Entry(
        "the batch size in the shape of an Input, or one sample without a batch axis",
        "ValueError",
        _WRONG_SHAPE,
        what="The model expects data of shape `{wanted}`, where the first axis counts the samples. "
        "The data has shape `{found}`: one axis less.",
        try_this="`shape` in `keras.Input` is the shape of one sample. If the number of samples "
        "stands in it, take it out. If the data is one sample, add the axis: `{data}[None]`.",
        facts=_one_axis_less,
    ),
    Entry(
        "data of another shape",
        "ValueError",
        _WRONG_SHAPE,
        what="The model expects data of shape `{wanted}`, where `None` means any size. The data "
        "has shape `{found}`.",
        try_this="Print `{data}.shape` and compare it with `model.input_shape`. The sizes after "
        "the first must agree.",
        facts=_other_shape,
    ),
    Entry(
        "a list of numbers as data",
        "ValueError",
        r"Unrecognized data type: (?P<name>\w+)=(?P<value>.*?) \(of type <class '(?P<type>[^']+)'",
        what="`{name}` is a `{type}`, and Keras takes arrays, tensors and datasets.",
        try_this="Make an array of it, with the samples along the first axis: "
        "`np.array([[1.0, 2.0, 3.0]])`.",
    ),
    Entry(
        "another number of arrays than inputs",
        "ValueError",
        r'Layer "(?P<model>[^"]+)" expects (?P<wanted>\d+) (?:named )?input\(s\)'
        r"(?: with keys \[(?P<names>[^\]]*)\])?, but it received (?P<found>\d+) input tensors",
        what="The model has {inputs}. It receives {found}.",
        try_this="{advice}",
        facts=_inputs_given,
    ),
    Entry(
        "a wrong key in a dict of inputs",
        "ValueError",
        r'Missing data for input "(?P<name>[^"]+)"\. You passed a data dictionary with keys '
        r"\[(?P<found>[^\]]*)\]\. Expected the following keys: \[(?P<names>[^\]]*)\]",
        what="The dict of data has no key `{name}`. Its keys are `{found}`; the inputs of the "
        "model are `{names}`.",
        try_this="Use the names of the inputs as keys: `{{{keys}}}`.",
        facts=_keys,
    ),
    Entry(
        "a list for a model with a dict of inputs",
        "ValueError",
        r"structure of `inputs` doesn't match the expected structure\.?\s*Expected:? "
        r"(?P<wanted>.*?)\s*Received:? (?:inputs=)?(?P<found>.*?)(?:\n|$)",
        what="The data does not have the structure of the model's inputs. The model expects "
        "`{wanted}`.",
        try_this="A model made with a dict of inputs takes a dict with the same keys. A list "
        "belongs to a model made with a list.",
    ),
    Entry(
        "arrays with different numbers of samples",
        "ValueError",
        r"Data cardinality is ambiguous",
        what="The arrays have different numbers of samples: {sizes}.",
        try_this="The first axis counts the samples, and it must be the same for all inputs and "
        "targets. Print the `.shape` of each array.",
        facts=_sizes,
    ),
    Entry(
        "fit(a, b, y)",
        "ValueError",
        r"truth value of an array with more than one element is ambiguous",
        what="`fit` receives three arrays in a row. It takes them as `x`, `y` and `batch_size`, so "
        "{third} is read as the batch size.",
        try_this="Put the inputs into one list: `model.fit([a, b], y)`.",
        facts=_labels_as_batch_size,
    ),
    Entry(
        "strings or objects as data",
        "ValueError",
        r"Invalid dtype: (?P<dtype>str\d*|string|object|bytes\d*)",
        what="The data has dtype `{dtype}`. A model computes with numbers.",
        try_this="Make numbers of the texts first: `keras.layers.StringLookup` for categories, "
        "`keras.layers.TextVectorization` for sentences. A column of dtype `object` often holds "
        "`None` or lists of unequal length.",
    ),
    Entry(
        "an Embedding asked for a number beyond its table",
        "InvalidArgumentError",
        r"indices\[(?P<place>[\d,]*)\] = (?P<value>-?\d+) is not in \[0, (?P<size>\d+)\)",
        what="{embedding} with {size} rows is asked for row {value}. Its rows are 0 to {last}.",
        where="{line} In the batch, the value stands at `[{place}]`.",
        try_this="`input_dim` of the `Embedding` must be larger than the largest number in the "
        "data: `data.max() + 1`, at least.",
        facts=_embedding,
    ),
)
