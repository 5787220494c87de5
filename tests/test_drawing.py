"""What a picture of a model shows. The graphs are written by hand: no Keras is imported."""

import html
import json
import os
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import unquote

import pytest
from chinese import english

from exercises_check import drawing, folding, picture
from exercises_check.drawing import Drawing, Mark, NoGraphviz, alternative_text, svg
from exercises_check.graph import Graph, Node, Operation, Port, Spec, Tensor, Weight
from exercises_check.language import using
from exercises_check.wrapping import columns

# Graphs by hand -----------------------------------------------------------------------------------


class Model:
    """A graph in the making: `call` adds a node and returns its first tensor."""

    def __init__(self, name="model"):
        self.name = name
        self.nodes, self.operations, self.inputs = [], {}, []

    def input(self, name, shape=(None, 16), dtype="float32"):
        tensor = self.call(operation("InputLayer", name), shape=shape, dtype=dtype)
        self.inputs.append(Port(tensor, name))
        return tensor

    def call(self, op, *received, shape=(None, 16), dtype="float32", outputs=1, **arguments):
        self.operations[op.key] = op
        if received:
            arguments = {"inputs": received[0] if len(received) == 1 else received, **arguments}
        spec = Spec(shape, dtype)
        self.nodes.append(Node(op.key, tuple(arguments.items()), (spec,) * outputs))
        return Tensor(len(self.nodes) - 1)

    def layer(self, class_name, name, *received, **more):
        return self.call(operation(class_name, name), *received, **more)

    def graph(self, *outputs, keys=None):
        ports = [
            Port(t, self.operations[self.nodes[t.node].operation].name, key)
            for t, key in zip(outputs, keys or [None] * len(outputs), strict=True)
        ]
        inputs = tuple(self.inputs)
        nodes, operations = tuple(self.nodes), self.operations
        return Graph(self.name, "Functional", nodes, operations, inputs, tuple(ports))


def operation(class_name, name, weights=0, trainable=True, graph=None, is_layer=True, **settings):
    found = (Weight("kernel", (weights,), "float32", trainable),) if weights else ()
    if graph is not None:
        found = tuple(w for op in graph.operations.values() for w in op.weights)
    return Operation(
        name, name, class_name, is_layer, settings, tuple(settings), found, graph=graph
    )


def residual_block(name="residual_block"):
    model = Model(name)
    features = model.input("features")
    x = model.call(operation("Dense", "dense", 272, units=16, activation="relu"), features)
    x = model.call(operation("Dense", "dense_1", 272, units=16), x)
    return model.graph(model.layer("Add", "add", features, x))


def tickets():
    """Two inputs through one embedding, two outputs."""
    model = Model("tickets")
    title, body = model.input("title", dtype="int64"), model.input("body", dtype="int64")
    embedding = operation("Embedding", "embedding", 128_000, input_dim=2000, output_dim=64)
    title, body = model.call(embedding, title), model.call(embedding, body)
    both = model.layer("Concatenate", "concatenate", title, body)
    priority = model.call(operation("Dense", "priority", 129, units=1), both)
    department = model.call(operation("Dense", "department", 516, units=4), both)
    return model.graph(priority, department, keys=["priority", "department"])


def encoder(trainable=True):
    model = Model("encoder")
    image = model.input("image", (None, 28, 28, 1))
    x = model.call(operation("Conv2D", "conv2d", 160, trainable, filters=16), image)
    x = model.layer("GlobalMaxPooling2D", "pooling", x)
    return model.graph(model.call(operation("Dense", "code", 272, trainable, units=16), x))


def siamese(trainable=True):
    model = Model("siamese")
    left, right = model.input("left"), model.input("right")
    nested = operation("Functional", "encoder", graph=encoder(trainable))
    left, right = model.call(nested, left), model.call(nested, right)
    return model.graph(model.layer("Subtract", "subtract", left, right))


def chain(blocks):
    """Many equal residual blocks between an input and a head."""
    model = Model("chain")
    x = model.input("features")
    for number in range(blocks):
        y = model.call(operation("Dense", f"dense_{number}", 272, units=16), x)
        y = model.layer("ReLU", f"relu_{number}", y)
        x = model.layer("Add", f"add_{number}", x, y)
    return model.graph(model.call(operation("Dense", "head", 17, units=1), x))


def wired_at_random(seed, nodes=150):
    dice, model = random.Random(seed), Model("random")
    tensors = [model.input("a"), model.input("b")]
    for number in range(nodes):
        received = dice.choices(tensors[-dice.choice([1, 1, 2, 3, 40]) :], k=dice.choice([1, 1, 2]))
        class_name = dice.choice(["Dense", "ReLU"]) if len(received) == 1 else "Add"
        tensors.append(model.layer(class_name, f"layer_{number}", *received))
    return model.graph(tensors[-1], tensors[nodes // 2])


# Looking at pictures ------------------------------------------------------------------------------

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text):
    return ElementTree.fromstring(text)


def words(text):
    """All that is written in a picture, the style and the hidden texts aside."""
    return ["".join(node.itertext()) for node in parsed(text).iter(f"{SVG}text")]


def count(text, style):
    return sum(style in node.get("class", "").split() for node in parsed(text).iter())


def arrows(graph, marks=()):
    """The arrows of a picture as pairs of names."""
    found = picture.picture_of(graph, dict(marks))

    def name(this):
        box = found.boxes[this]
        return box.name if box.kind != "output" else f"output {box.name}"

    return [(name(arrow.source), name(arrow.target)) for arrow in found.arrows]


def in_another_process(program, **environment):
    root = Path(__file__).parents[1]
    path = os.pathsep.join([str(root), str(root / "tests")])
    environment = {**os.environ, "PYTHONPATH": path, **environment}
    run = [sys.executable, "-c", program]
    return subprocess.check_output(run, env=environment, text=True)


# What the picture shows ---------------------------------------------------------------------------


def test_a_box_has_the_class_the_name_the_settings_and_the_shape():
    found = words(svg(residual_block()))
    assert "Dense" in found
    assert "dense" in found
    assert "units=16, activation='relu'" in found
    assert "(None, 16)" in found


def test_a_dtype_other_than_float32_stands_next_to_the_shape():
    assert "(None, 16) int64" in words(svg(tickets()))


def test_inputs_and_outputs_say_what_they_are_and_their_names():
    found = words(svg(tickets()))
    assert found.count("Input") == 2
    assert found.count("Output") == 2
    assert {"title", "body", "priority", "department"} <= set(found)


def test_a_key_that_is_not_the_name_of_the_input_is_shown():
    model = Model()
    x = model.input("input_1")
    model.inputs = [Port(x, "input_1", "title")]
    assert "input_1, key 'title'" in words(svg(model.graph(x)))


def test_what_a_call_receives_besides_tensors_is_among_its_settings():
    model = Model()
    x = model.input("x")
    part = {"slice": (None, 4, None)}
    x = model.call(operation("GetItem", "get_item", is_layer=False), x=x, key=(part, 0))
    x = model.call(operation("Multiply", "multiply", is_layer=False), x1=2.0, x2=x)
    found = words(svg(model.graph(x)))
    assert "[:4, 0]" in found
    assert "x1=2" in found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        ((3, 3), "3"),
        ("relu", "'relu'"),
        ({"class_name": "L2", "config": {"l2": 0.01}}, "L2(l2=0.01)"),
        ({"function": "shift.<locals>.inner"}, "shift.<locals>.inner"),
    ],
)
def test_a_setting_is_written_as_in_the_listing(value, text):
    model = Model()
    graph = model.graph(model.call(operation("Layer", "layer", value=value), model.input("x")))
    assert f"value={text}" in words(svg(graph))


def test_a_structure_without_end_does_not_break_the_picture():
    value = ()
    for _ in range(300):
        value = (value,)
    model = Model()
    graph = model.graph(model.call(operation("Layer", "layer", value=value), model.input("x")))
    assert "…" in svg(graph)


def test_parallel_edges_are_drawn_separately():
    model = Model()
    x = model.layer("Dense", "dense", model.input("x"))
    graph = model.graph(model.layer("Add", "add", x, x))
    assert arrows(graph).count(("dense", "add")) == 2
    paths = parsed(svg(graph)).iter(f"{SVG}path")
    curves = [path.get("d") for path in paths if path.get("class") in ("e", "a")]
    assert len(set(curves)) == len(curves) == 2 * 4


def test_what_a_layer_receives_is_told_apart_where_the_order_matters():
    model = Model()
    x, y = model.input("x"), model.input("y")
    x = model.layer("Concatenate", "concatenate", x, y)
    x = model.call(operation("LSTM", "lstm"), sequence=x, initial_state=(x, y))
    x = model.layer("Add", "add", x, y)
    found = words(svg(model.graph(x)))
    assert {"[0]", "[1]", "sequence", "initial_state[0]", "initial_state[1]"} <= set(found)
    assert len([word for word in found if word.startswith("[")]) == 2  # none for Add


def test_several_outputs_of_a_node_are_told_apart():
    model = Model()
    lstm = model.layer("LSTM", "lstm", model.input("x"), outputs=3)
    graph = model.graph(Tensor(lstm.node, 2), Tensor(lstm.node, 0))
    found = picture.picture_of(graph, {})
    assert [arrow.tab for arrow in found.arrows] == [0, 2, 0]
    assert {"[0] (None, 16)", "[1] (None, 16)", "[2] (None, 16)"} <= set(words(svg(graph)))


def test_calls_of_one_layer_side_by_side_have_one_frame():
    found = words(svg(tickets()))
    assert "one layer, called 2 times: 128,000 weights" in found
    assert {"call 1 of 2", "call 2 of 2"} <= set(found)


def test_calls_of_one_layer_one_after_another_are_linked():
    model = Model()
    x, step = model.input("x"), operation("Dense", "step", 272)
    for number in range(3):
        x = model.layer("ReLU", f"relu_{number}", model.call(step, x))
    text = svg(model.graph(x))
    assert count(text, "l") == 2 + 1  # and one in the legend
    assert "the same layer" in words(text)
    assert "call 3 of 3" in words(text)


def test_a_layer_used_in_a_nested_model_and_outside_is_linked():
    inner = encoder()
    model = Model()
    x = model.call(operation("Functional", "encoder", graph=inner), model.input("x"))
    graph = model.graph(model.call(inner.operations["code"], x))
    found = picture.picture_of(graph, {})
    assert found.links == [("call1_3", "call2")]
    assert found.boxes["call2"].tags == ("call 2 of 2",)


def test_separate_layers_are_not_drawn_as_shared():
    text = svg(residual_block())
    assert not any("call 1" in word for word in words(text))
    assert count(text, "l") == 0


def test_a_nested_model_is_a_frame_around_its_layers():
    found = picture.picture_of(siamese(), {})
    assert found.frames["frame2"].name == "encoder"
    assert found.inside["call2_1"] == "frame2"
    assert ("left", "image") in arrows(siamese())
    assert ("code", "subtract") in arrows(siamese())


def test_a_nested_model_called_twice_is_opened_once():
    found = words(svg(siamese()))
    assert found.count("conv2d") == 1
    assert "one model, called 2 times: 432 weights" in found
    assert "again, with the same weights" in found


def test_a_dict_reaches_the_inputs_of_a_nested_model_by_name():
    inner = Model("inner")
    first, second = inner.input("first"), inner.input("second")
    difference = inner.layer("Subtract", "subtract", first, second)
    both = inner.graph(difference, first, keys=["z", "a"])
    both = Graph(**{**vars(both), "output_structure": "dict"})
    model = Model()
    x, y = model.input("x"), model.input("y")
    nested = operation("Functional", "inner", graph=both)
    called = model.call(nested, {"second": x, "first": y}, outputs=2)
    graph = model.graph(Tensor(called.node, 0), Tensor(called.node, 1))
    found = arrows(graph)
    assert {("x", "second"), ("y", "first")} <= set(found)
    # Output 0 is the one whose key comes first: "a".
    assert [source for source, target in found if target.startswith("output")] == [
        "first",
        "subtract",
    ]


def test_a_frozen_layer_says_so_and_has_a_pattern():
    text = svg(siamese(trainable=False))
    assert words(text).count("frozen") == 2 + 2  # two layers, two calls of their model
    assert count(text, "z") == 2 + 1
    assert "frozen" not in words(svg(siamese()))


def test_a_model_that_is_called_first_inside_another_is_opened_there():
    model = Model("outer")
    nested = operation("Functional", "encoder", graph=encoder())
    outer = model.graph(model.call(nested, model.input("x")))
    model = Model()
    x = model.call(operation("Functional", "outer", graph=outer), model.input("y"))
    graph = model.graph(x, model.call(nested, model.inputs[0].tensor))
    found = picture.picture_of(graph, {})
    assert list(found.frames) == ["frame1", "frame1_1"]
    assert found.boxes["call2"].lines == ("again, with the same weights",)
    assert found.links == [("frame1_1", "call2")]


def test_a_layer_without_weights_is_not_frozen():
    assert not picture.is_frozen(operation("ReLU", "relu"))
    assert not picture.is_frozen(operation("Normalization", "normalization", 3, trainable=False))


@pytest.mark.parametrize(
    ("class_name", "kind"),
    [
        ("InputLayer", "input"),
        ("Dense", "dense"),
        ("DepthwiseConv2D", "convolution"),
        ("GlobalAveragePooling1D", "pooling"),
        ("Bidirectional", "recurrent"),
        ("AdditiveAttention", "attention"),
        ("Average", "merge"),
        ("BatchNormalization", "normalization"),
        ("ZeroPadding2D", "reshape"),
        ("LeakyReLU", "activation"),
        ("Embedding", "embedding"),
        ("TimeDistributed", "other"),
    ],
)
def test_layers_are_told_apart_by_kind(class_name, kind):
    assert picture.kind_of(operation(class_name, "layer")) == kind
    assert kind in drawing._COLOURS


def test_nested_models_and_operations_have_kinds_of_their_own():
    assert picture.kind_of(operation("Functional", "model", graph=encoder())) == "nested"
    assert picture.kind_of(operation("Add", "add", is_layer=False)) == "operation"


def test_a_legend_is_there_from_four_kinds_on():
    assert "merge" not in words(svg(residual_block()))
    assert "merge" in words(svg(siamese()))


# Marks --------------------------------------------------------------------------------------------


def test_a_mark_has_a_border_and_words():
    text = svg(residual_block(), {(3,): Mark("wiring", "receives `dense`; expected `features`")})
    assert count(text, "r") == 1
    assert "▶ receives `dense`; expected" in words(text)
    assert "`features`" in words(text)


def test_a_long_mark_is_wrapped_and_trimmed():
    text = svg(residual_block(), {(1,): Mark("setting", "units: 32, expected 64; " * 1000)})
    assert count(text, "w") == 4
    assert max(map(len, words(text))) <= picture.LONGEST_LINE


def test_a_mark_without_words_shows_its_kind():
    assert "▶ frozen" in words(svg(residual_block(), {(1,): Mark("frozen", " ")}))


def test_layers_in_a_nested_model_and_the_model_itself_can_be_marked():
    marks = {(2,): Mark("nesting", "the model"), (2, 1): Mark("setting", "the layer")}
    text = svg(siamese(), marks)
    assert count(text, "r") == 2
    assert {"▶ the model", "▶ the layer"} <= set(words(text))


def test_a_mark_in_a_later_call_appears_in_the_model_that_is_shown():
    text = svg(siamese(), {(3, 1): Mark("setting", "filters: 16"), (2, 1): Mark("x", "unseen")})
    assert "▶ filters: 16" in words(text)
    assert count(text, "r") == 1


@pytest.mark.parametrize("path", [(), (99,), (-1,), (0, 1), (2, 99), (2, 1, 0)])
def test_a_mark_at_no_place_is_left_out(path):
    assert count(svg(siamese(), {path: Mark("setting", "label")}), "r") == 0


# Big models ---------------------------------------------------------------------------------------


def test_a_model_of_forty_boxes_is_drawn_as_it_is():
    graph = chain(12)
    assert folding.fold(graph) == folding.Folding()


def test_blocks_that_repeat_themselves_are_one_box():
    found = words(svg(chain(50)))
    assert "50 × 3 layers" in found
    assert "Dense, ReLU, Add" in found
    assert "dense_0 … add_49" in found
    assert arrows(chain(50)) == [
        ("features", "dense_0 … add_49"),
        ("dense_0 … add_49", "head"),
        ("head", "output head"),
    ]


def named_blocks(count):
    """Residual blocks whose layers tell them, every third one without a ReLU."""
    model = Model()
    x = model.input("features")
    for number in range(1, count + 1):
        y = model.call(operation("Dense", f"block{number}_dense", 272), x)
        y = y if number % 3 == 0 else model.layer("ReLU", f"block{number}_relu", y)
        y = model.call(operation("Dense", f"block{number}_out", 272), y)
        x = model.layer("Add", f"block{number}_add", x, y)
    return model.graph(x)


def test_the_first_block_of_a_kind_is_whole_and_the_others_are_like_it():
    found = words(svg(named_blocks(12)))
    assert {"block1", "block1_relu", "block3", "block3_out"} <= set(found)
    assert {"block4 … block5", "2 × 4 layers", "each as block1"} <= set(found)
    assert {"block12", "3 layers", "each as block3"} <= set(found)
    assert "block4_relu" not in found
    made = picture.picture_of(named_blocks(12), {})
    frames = {this: frame.name for this, frame in made.frames.items() if frame.kind == "block"}
    assert set(frames.values()) == {"block1", "block3"}
    inside = [made.boxes[box].name for box, frame in made.inside.items() if frame in frames]
    assert len(inside) == 4 + 3
    assert all(name.startswith(("block1_", "block3_")) for name in inside)


def test_a_block_with_a_mark_is_whole():
    graph = named_blocks(12)
    number = next(n for n in range(40) if graph.operation(n).name == "block7_out")
    found = words(svg(graph, {(number,): Mark("setting", "here")}))
    assert {"▶ here", "block7", "block7_relu", "each as block7"} <= set(found)
    assert "block1_relu" not in found


def test_names_that_tell_no_blocks_are_not_followed():
    model = Model()
    x = model.input("features")
    for number in range(60):  # data goes out of each block and into it again
        x = model.layer("Dense", f"block{number % 2}_{number}", x)
    found = words(svg(model.graph(x)))
    assert not {"block0", "block1"} & set(found)


def test_a_long_row_of_different_layers_is_several_boxes():
    model = Model()
    x = model.input("x")
    for number in range(60):
        x = model.layer(f"Layer{number}", f"layer_{number}", x)
    rows = folding.fold(model.graph(x)).folds[()]
    assert [len(row.nodes) for row in rows] == [7, 8] * 4


def test_folding_keeps_marked_nodes():
    for seed in range(5):
        graph = wired_at_random(seed)
        marks = {(node,): Mark("setting", f"label {node}.") for node in (7, 70, 120)}
        found = words(svg(graph, marks))
        assert {"▶ label 7.", "▶ label 70.", "▶ label 120."} <= set(found)
    found = words(svg(chain(50), {(74,): Mark("setting", "here")}))
    assert {"▶ here", "24 × 3 layers", "25 × 3 layers"} <= set(found)


def test_inputs_and_intermediate_outputs_are_not_folded_away():
    graph = wired_at_random(1)
    found = words(svg(graph))
    assert {"a", "b"} <= set(found)
    assert found.count("Output") == 2


@pytest.mark.parametrize("seed", range(20))
def test_folding_makes_no_circle_and_few_boxes(seed):
    graph = wired_at_random(seed)
    made = picture.picture_of(graph, {})
    waiting = {box: set() for box in made.boxes}
    for arrow in made.arrows:
        waiting[arrow.target].add(arrow.source)
    assert len(waiting) <= folding.TOO_MANY + 2
    while waiting:
        ready = {box for box, sources in waiting.items() if not sources & waiting.keys()}
        assert ready
        waiting = {box: sources for box, sources in waiting.items() if box not in ready}


def test_a_model_with_more_long_arrows_than_can_be_read_is_told_in_words():
    model = Model("tangle")
    sums = [model.input("features")]
    for number in range(60):
        sums.append(model.layer("Add", f"add_{number}", *sums))
    graph = model.graph(sums[-1])
    with pytest.raises(drawing.TooTangled, match=r"1,831 arrows would cross \d+,\d+ rows"):
        svg(graph)
    page = Drawing(graph)._repr_html_()
    assert "Model tangle. The input is features. features goes to add_0" in page
    assert "Draw a part of it" in page


def test_a_big_nested_model_is_closed_unless_something_in_it_is_marked():
    model = Model()
    nested = operation("Functional", "backbone", graph=chain(50))
    graph = model.graph(model.layer("Dense", "head", model.call(nested, model.input("x"))))
    assert "152 calls inside" in words(svg(graph))
    found = words(svg(graph, {(1, 5): Mark("setting", "here")}))
    assert {"▶ here", "backbone", "48 × 3 layers"} <= set(found)


def test_two_blocks_are_only_equal_if_they_are_wired_alike_and_train_alike():
    model = Model()
    x = model.input("x")
    for number in range(30):
        y = model.call(operation("Dense", f"dense_{number}", 16, trainable=number >= 10), x)
        y = model.layer("ReLU", f"relu_{number}", y)
        x = model.layer("Add", f"add_{number}", *((x, y) if number < 20 else (y, x)))
    folds = folding.fold(model.graph(x)).folds[()]
    assert [one.times for one in folds] == [10, 10, 10]


# In words -----------------------------------------------------------------------------------------


def test_the_text_says_what_goes_where():
    assert alternative_text(residual_block()) == (
        "Model residual_block. The input is features. features goes to dense, dense goes to "
        "dense_1, add receives features and dense_1. The output is add."
    )


def test_the_text_tells_calls_of_one_layer_apart():
    assert alternative_text(tickets()) == (
        "Model tickets. The inputs are title and body. title goes to embedding (call 1), body goes "
        "to embedding (call 2), concatenate receives embedding (call 1) and embedding (call 2), "
        "concatenate goes to priority, concatenate goes to department. The outputs are priority "
        "and department. embedding is one layer, called 2 times."
    )


def test_the_text_goes_into_nested_models_and_says_what_is_frozen():
    text = alternative_text(siamese(trainable=False))
    assert "Inside encoder: The input is image. image goes to conv2d, conv2d goes to" in text
    assert text.count("Inside") == 1
    assert text.endswith("encoder is one model, called 2 times. Frozen: encoder.")


def test_the_text_names_outputs_and_keys():
    model = Model()
    lstm = model.layer("LSTM", "lstm", model.input("x"), outputs=2)
    text = alternative_text(model.graph(lstm, Tensor(lstm.node, 1), keys=["h", "c"]))
    assert text.endswith("The outputs are output 0 of lstm as h and output 1 of lstm as c.")


def test_the_text_has_the_marks_however_big_the_model():
    marks = {(5,): Mark("setting", "units: 32, expected 64.")}
    for graph in (residual_block(), chain(1000)):
        text = alternative_text(graph, {(1,): marks[5,]})
        assert ", units: 32, expected 64." in text
        assert len(text) <= 4001


def test_a_title_stands_above_the_picture_and_names_it():
    text = svg(residual_block(), title="Yours <b>")
    assert "Yours <b>" in words(text)
    assert parsed(text).find(f"{SVG}title").text == "Yours <b>"


# Safe and steady ----------------------------------------------------------------------------------

NASTY = [
    'a"b',
    "</text><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&amp;&lt;",
    "back\\slash \\n \\N{BEL}",
    "two\nlines\r\n and\ttabs",
    "nul\0 and \x1b[31m control",
    "\u202eright to left\u202c \u2066isolated\u2069",
    "lone \ud800 surrogate and \ufffe nothing",
    "]]><!-- -->",
    "}; digraph{a->b} //",
    "中文的名字" * 20,
    "שכבה",
    "e\u0301" * 50,
    "x" * 1_000_000,
    "",
]


@pytest.mark.parametrize("name", NASTY, ids=lambda name: ascii(name[:20]))
def test_no_text_of_a_model_can_break_the_picture(name):
    model = Model(name)
    x = model.input(name)
    x = model.call(operation(name or "Layer", f"{name}.", text=name, **{name: 1}), x, **{name: "y"})
    model.inputs = [Port(Tensor(0), name, name)]
    graph = model.graph(x, keys=[name])
    text = svg(graph, {(1,): Mark(name, name)}, title=name)
    parsed(text)
    text.encode()
    assert len(text) < 12_000
    assert not set(text) & {"\0", "\x1b", "\u202e", "\u2066"}
    assert "<script" not in text
    assert "<img" not in text
    assert max(map(len, words(text))) < 120
    alternative_text(graph).encode()


def test_graphviz_is_handed_no_text_of_the_model():
    model = Model("secret")
    graph = model.graph(model.layer("Secret", "secret_1", model.input("secret_2")))
    dot = drawing._dot(picture.picture_of(graph, {(1,): Mark("x", "secret")}))
    assert "secret" not in dot.lower()


def test_a_long_name_keeps_its_beginning_and_its_end():
    name = picture.clean("conv2_block1_preactivation_of_the_first_kind_1")
    assert name == "conv2_block1_preact…rst_kind_1"
    assert len(name) == picture.LONGEST_NAME


@pytest.mark.parametrize("graph", [residual_block(), siamese(), tickets(), chain(50)])
def test_the_same_graph_gives_the_same_bytes(graph):
    marks = {(1,): Mark("setting", "label")}
    assert svg(graph, marks) == svg(graph, dict(marks))


def test_the_same_graph_gives_the_same_bytes_in_another_process():
    program = "import test_drawing as t; print(ascii(t.svg(t.siamese())))"
    for seed in ("1", "2"):
        assert in_another_process(program, PYTHONHASHSEED=seed).strip() == ascii(svg(siamese()))


def test_the_picture_is_plain_svg_without_script_or_anything_from_outside():
    for graph in (residual_block(), siamese(trainable=False), tickets(), chain(50)):
        text = svg(graph, {(1,): Mark("setting", "label")}, title="title")
        root = parsed(text)
        assert root.tag == f"{SVG}svg"
        assert not text.startswith("<?xml")
        assert "<!" not in text
        tags = {node.tag.removeprefix(SVG) for node in root.iter()}
        assert tags <= {"svg", "title", "desc", "style", "g", "rect", "path", "text"}
        attributes = {name for node in root.iter() for name in node.attrib}
        assert not any(name.startswith("on") or "href" in name for name in attributes)
        assert not re.search(r"url\(|@import|@font-face|https?://(?!www\.w3\.org/2000/svg)", text)


def test_it_brings_its_own_ground_and_takes_its_size_from_the_room():
    text = svg(residual_block())
    assert "background:#fff" in text
    assert "var(--" not in text
    assert parsed(text).get("viewBox")
    page = Drawing(residual_block())._repr_html_()
    width = int(re.search(r'width="(\d+)"', page)[1])
    assert f"max-width:100%;min-width:{round(width * 0.8)}px" in page


def test_an_arrow_starts_in_the_middle_of_its_tab_and_ends_on_its_box():
    model = Model()
    name = "a_name_that_makes_it_wide"
    split = model.layer("Split", name, model.input("x"), outputs=6)
    parts = [Tensor(split.node, index) for index in range(6)]
    found = picture.picture_of(model.graph(model.layer("Concatenate", name, *parts)), {})
    layout = drawing._Layout(found, json.loads(drawing.render(drawing._dot(found), "json0")))
    for arrow, (points, tip) in zip(found.arrows, layout.arrows, strict=True):
        box, (middle, top) = found.boxes[arrow.source], layout.boxes[arrow.source]
        width, height = drawing._body(box)
        widths = drawing._tab_widths(box)
        x = middle - width / 2 + drawing._tabs_left(box) + sum(widths[: arrow.tab])
        x += drawing._GAP * arrow.tab + widths[arrow.tab] / 2
        assert points[0] == pytest.approx((x, top + height + drawing._STRIP), abs=2)
        assert tip[1] == pytest.approx(layout.boxes[arrow.target][1], abs=2)


def test_words_fit_into_their_boxes():
    found = picture.picture_of(siamese(), {})
    for box in found.boxes.values():
        width, _ = drawing._body(box)
        assert all(drawing._wide(line) + 13 <= width for line in box.lines)
        assert drawing._tabs_width(box) <= width + 6


def test_an_arrow_does_not_run_through_the_title_of_a_frame():
    straight = [(10.0, 0.0), (10.0, 30.0), (10.0, 60.0), (10.0, 90.0)]
    path = drawing._path(straight, [(0, 40, 20, 50)])
    numbers = [float(n) for n in re.findall(r"[\d.]+", path)]
    ys = numbers[1::2]
    assert path.count("M") == 2
    assert (ys[0], ys[-1]) == (0, 90)
    assert 35 <= ys[3] <= 40
    assert 50 <= ys[4] <= 55
    assert drawing._path(straight, [(30, 40, 50, 50)]) == "M10 0C10 30 10 60 10 90"


def test_an_arrow_is_pale_under_a_title_and_does_not_end_there():
    straight = [(10.0, 0.0), (10.0, 30.0), (10.0, 60.0), (10.0, 90.0)]
    gaps = [(0, 40, 20, 50)]
    under, seen, *_ = drawing._arrow(straight, (10, 95), gaps).split("/>")
    assert drawing._UNDER in under
    assert 'd="M10 0C10 30 10 60 10 90"' in under
    assert drawing._UNDER not in seen
    assert f'd="{drawing._path(straight, gaps)}"' in seen
    assert drawing._UNDER not in drawing._arrow(straight, (10, 95), [])


def test_the_arrow_to_the_first_call_of_a_model_called_three_times_is_not_broken():
    inner, model = Model("member"), Model()
    answer = inner.call(operation("Dense", "answer", 129, units=1), inner.input("x"))
    member = operation("Functional", "member", graph=inner.graph(answer))
    x = model.input("features")
    calls = [model.call(member, x) for _ in range(3)]
    text = svg(model.graph(model.layer("Average", "average", *calls)))
    assert "one model, called 3 times: 129 weights" in words(text)
    under = [node.get("d") for node in parsed(text).iter() if node.get("style") == drawing._UNDER]
    assert under
    assert all(path.count("M") == 1 for path in under)


def test_thirty_nodes_take_less_than_forty_kilobytes():
    assert 30 <= len(chain(10).nodes) <= 40
    assert len(svg(chain(10)).encode()) < 40_000
    assert len(svg(chain(1000)).encode()) < 40_000


# In a notebook ------------------------------------------------------------------------------------


def test_a_drawing_shows_itself_as_an_image_that_an_untrusted_notebook_keeps_and_as_words():
    shown = Drawing(residual_block(), {(1,): Mark("setting", "label")})
    page = shown._repr_html_()
    assert "<svg" not in page
    assert f'alt="{html.escape(repr(shown))}"' in page
    source = re.search(r'src="data:image/svg\+xml;charset=utf-8,([^"]+)"', page)[1]
    assert not re.search(r"[<>#&\n]", source)
    assert unquote(source) == svg(shown.graph, shown.marks).replace('"', "'")
    assert "▶ label" in source
    assert repr(shown) == alternative_text(shown.graph, shown.marks)


def test_without_graphviz_a_drawing_gives_the_words_and_says_how_to_get_pictures(monkeypatch):
    def no_graphviz(source, format):
        raise NoGraphviz("`pip install pygraphviz` brings pictures.")

    monkeypatch.setattr(drawing, "render", no_graphviz)
    with pytest.raises(NoGraphviz):
        svg(residual_block())
    shown = Drawing(residual_block("a<b"))._repr_html_()
    assert shown.startswith("<pre")
    assert "Model a&lt;b. The input is features." in shown
    assert "`pip install pygraphviz` brings pictures." in shown


def test_drawing_needs_no_keras():
    program = "import sys, exercises_check.drawing; print('keras' in sys.modules)"
    assert in_another_process(program).strip() == "False"


# In another language ------------------------------------------------------------------------------


def test_a_picture_in_chinese_has_no_english_words_but_names():
    label = "这一层的 units 是 16，应为 32；这一句话很长，所以要换行才放得下，不能超出方框。"
    graph = siamese(trainable=False)
    with using("zh"):
        text = alternative_text(graph)
        found = words(svg(graph))
        marked = words(svg(residual_block(), {(1,): Mark("setting", label)}))
    assert text.startswith("模型 siamese。输入是 left 和 right。left 进入 encoder（第 1 次调用）")
    assert "encoder 是同一个模型，调用 2 次。冻结：encoder。" in text
    assert {"冻结", "第 1/2 次调用", "再次调用，权重相同"} <= set(found)
    assert not english(text.replace("siamese", ""))
    lines = [line for line in marked if "▶" in line or "，" in line]
    assert len(lines) > 1
    assert all(columns(line) <= picture.LONGEST_LINE for line in lines)
