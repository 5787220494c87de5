"""What a model was compiled with and what it has learned: one writing for each, no trace."""

from __future__ import annotations

import functools
import random

import keras
import numpy as np
import pytest
from keras import layers, losses, metrics

import exercises_check.exercise as registry_module
from exercises_check import check
from exercises_check.compiled import Part, read_compiled
from exercises_check.exercise import exercise, registry
from exercises_check.learned import Learned, measure
from exercises_check.read import compile_settings

numbers = np.random.default_rng(0)
X = numbers.normal(size=(300, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("int32")


def one_output(units=3, activation=None):
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(units, activation=activation)(inputs))


def router(names=("priority", "department"), as_dict=False):
    inputs = keras.Input((4,))
    first = layers.Dense(1, activation="sigmoid", name=names[0])(inputs)
    second = layers.Dense(4, name=names[1])(inputs)
    outputs = {"priority": first, "department": second} if as_dict else [first, second]
    return keras.Model(inputs, outputs)


cosine = functools.partial(keras.optimizers.schedules.CosineDecay, 0.01)
SPARSE = losses.SparseCategoricalCrossentropy(from_logits=True)


def compiled(model, optimizer="adam", **settings):
    model.compile(optimizer=optimizer, **settings)
    return model


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    registry()
    monkeypatch.setattr(registry_module, "_REGISTRY", dict(registry_module._REGISTRY))

    @exercise(hints={"compile": ["Look at `compile`."], "": ["One Dense layer."]})
    def classifier():
        loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        return compiled(one_output(), loss=loss, metrics=["accuracy"])

    @exercise(hints=["One Dense layer."], optimizer=True)
    def regression():
        adam = keras.optimizers.Adam(0.01)
        return compiled(one_output(1), adam, loss="mse", metrics=["mae"])

    @exercise(hints=["One Dense layer."], optimizer=True)
    def scheduled():
        return compiled(one_output(1), keras.optimizers.Adam(cosine(150)), loss="mse")

    @exercise(hints=["Two heads."])
    def two_heads():
        return compiled(
            router(),
            loss={"priority": "binary_crossentropy", "department": SPARSE},
            loss_weights={"priority": 1.0, "department": 0.2},
            metrics={"department": ["accuracy"]},
        )

    @exercise(hints=["Two heads."])
    def keyed():
        model = router(as_dict=True)
        return compiled(model, loss={"priority": "binary_crossentropy", "department": SPARSE})

    @exercise(
        hints=["Train longer."],
        learned=Learned("accuracy", lambda: (X, Y), at_least=0.9),
    )
    def trained():
        model = one_output(1, "sigmoid")
        return compiled(model, loss="binary_crossentropy")

    @exercise(
        hints=["Train it as you like."],
        learned=Learned("accuracy", lambda: (X, Y), at_least=0.9),
    )
    def trained_somehow():
        return one_output(1, "sigmoid")


def messages(name, model):
    report = check(name, model)
    assert report.status in ("passed", "failed"), repr(report)
    assert {d.kind for d in report.differences} <= {"compile", "value"}, repr(report)
    return [difference.message for difference in report.differences]


# Writings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "loss",
    [
        SPARSE,
        [SPARSE],
        losses.SparseCategoricalCrossentropy(from_logits=True, name="mine"),
        {"only": SPARSE},
    ],
)
def test_a_loss_alone_in_a_list_and_in_a_dict_is_the_same(loss):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(3, name="only")(inputs))
    assert messages("classifier", compiled(model, loss=loss, metrics=["accuracy"])) == []


@pytest.mark.parametrize(
    "loss",
    [
        "mse", "MSE", "mean_squared_error", "MeanSquaredError", losses.MeanSquaredError(),
        losses.mean_squared_error, losses.MeanSquaredError,
    ],
)  # fmt: skip
@pytest.mark.parametrize("metric", ["mae", losses.mean_absolute_error, "own name"])
def test_a_string_a_function_and_an_object_are_one_loss_and_one_metric(loss, metric):
    metric = metrics.MeanAbsoluteError(name="error") if metric == "own name" else metric
    adam = keras.optimizers.Adam(learning_rate=1e-2)
    model = compiled(one_output(1), adam, loss=loss, metrics=[metric])
    assert messages("regression", model) == []


@pytest.mark.parametrize(
    "metric", ["accuracy", "acc", "sparse_categorical_accuracy", "SparseCategoricalAccuracy"]
)
def test_accuracy_is_the_one_that_fits_the_loss(metric):
    assert messages("classifier", compiled(one_output(), loss=SPARSE, metrics=[metric])) == []


def test_crossentropy_is_the_one_that_fits_the_targets():
    model = one_output(1, "sigmoid")
    assert (
        read_compiled(compiled(model, loss="crossentropy")).outputs[0].losses[0]
        == (read_compiled(compiled(model, loss="binary_crossentropy")).outputs[0].losses[0])
    )
    compiled(one := one_output(), loss="crossentropy")
    assert read_compiled(one, [0]).outputs[0].losses[0].name == "SparseCategoricalCrossentropy"


def test_further_metrics_are_left_alone():
    model = compiled(one_output(), loss=SPARSE, metrics=["mae", "accuracy"])
    assert messages("classifier", model) == []


BINARY = "binary_crossentropy"


@pytest.mark.parametrize(
    "settings",
    [
        {"loss": [BINARY, SPARSE], "loss_weights": [1.0, 0.2], "metrics": [None, "accuracy"]},
        {
            "loss": {"department": SPARSE, "priority": losses.BinaryCrossentropy()},
            "loss_weights": [1, 0.2],
            "metrics": [[], ["accuracy"]],
        },
        {
            "loss": [BINARY, SPARSE],
            # Keras takes a dict beside a list in the order of the alphabet.
            "loss_weights": {"department": 1.0, "priority": 0.2},
            "metrics": {"department": "accuracy"},
        },
    ],
)
def test_lists_and_dicts_are_one_where_keras_gives_each_output_the_same(settings):
    assert messages("two_heads", compiled(router(), **settings)) == []


def test_outputs_of_other_names_are_paired_by_position():
    model = router(("urgency", "team"))
    weights = {"urgency": 1.0, "team": 0.2}
    loss = {"urgency": BINARY, "team": SPARSE}
    compiled(model, loss=loss, loss_weights=weights, metrics={"team": ["acc"]})
    assert messages("two_heads", model) == []


# What differs -------------------------------------------------------------------------------------


def test_a_model_that_is_not_compiled_is_told_so_and_nothing_else():
    assert messages("two_heads", router()) == [
        "The model is not compiled; expected `model.compile(...)` after it is made."
    ]


def test_an_optimizer_alone_has_no_loss():
    assert messages("classifier", compiled(one_output())) == [
        "The model has no loss; expected `SparseCategoricalCrossentropy`.",
        "The model has no metric; expected `SparseCategoricalAccuracy`.",
    ]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
            "The loss of the model has from_logits=False; expected from_logits=True.",
        ),
        (
            {"loss": losses.CategoricalCrossentropy(from_logits=True), "metrics": ["accuracy"]},
            "The model has loss `CategoricalCrossentropy`; expected "
            "`SparseCategoricalCrossentropy`.",
        ),
        (
            {"loss": SPARSE, "metrics": ["mse"]},
            "The model has the metric `MeanSquaredError`; expected `SparseCategoricalAccuracy`.",
        ),
        ({"loss": SPARSE, "metrics": ["accuracy"], "loss_weights": 0.5},
            "The model has loss weight 0.5; expected 1."),
        (
            {"optimizer": "sgd", "loss": SPARSE, "metrics": ["accuracy"]},
            "The optimizer is `SGD`; expected `Adam`.",
        ),
    ],
)  # fmt: skip
def test_each_setting_that_differs_is_said(settings, message):
    assert messages("classifier", compiled(one_output(), **settings)) == [message]


def test_the_learning_rate_counts_only_where_the_task_says_so():
    fast = keras.optimizers.Adam(0.1)
    model = compiled(one_output(1), fast, loss="mse", metrics=["mae"])
    assert messages("regression", model) == ["The learning rate is 0.1; expected 0.01."]
    model = compiled(one_output(), fast, loss=SPARSE, metrics=["acc"])
    assert messages("classifier", model) == []


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        (0.01, "The learning rate is 0.01; expected the schedule `CosineDecay`."),
        (
            cosine(10),
            "The learning rate's `CosineDecay` has decay_steps=10; expected decay_steps=150.",
        ),
        (
            keras.optimizers.schedules.ExponentialDecay(0.01, 150, 0.9),
            "The learning rate is the schedule `ExponentialDecay`; "
            "expected the schedule `CosineDecay`.",
        ),
    ],
)
def test_a_schedule_is_compared_by_its_settings(rate, message):
    assert messages("scheduled", compiled(one_output(1), loss="mse"))
    model = compiled(one_output(1), keras.optimizers.Adam(rate), loss="mse")
    assert messages("scheduled", model) == [message]
    model = compiled(one_output(1), keras.optimizers.Adam(cosine(150.0)), loss="mse")
    assert messages("scheduled", model) == []


def test_losses_in_the_wrong_order_are_told_by_output():
    model = compiled(router(), loss=[SPARSE, BINARY], loss_weights=[1.0, 0.2],
                     metrics=[None, "accuracy"])  # fmt: skip
    report = check("two_heads", model)
    assert [d.name for d in report.differences[:2]] == ["priority", "department"]
    assert report.differences[0].message == (
        "Output `priority` has loss `SparseCategoricalCrossentropy`; expected `BinaryCrossentropy`."
    )
    assert "▶ priority" in repr(report)


def test_a_list_beside_a_dict_of_outputs_goes_by_the_alphabet_as_in_keras():
    model = compiled(router(as_dict=True), loss=[BINARY, SPARSE])
    assert messages("keyed", model)[0] == (
        "Output `priority` has loss `SparseCategoricalCrossentropy`; expected `BinaryCrossentropy`."
    )
    assert messages("keyed", compiled(router(as_dict=True), loss=[SPARSE, BINARY])) == []


def test_a_list_of_one_loss_leaves_the_second_output_without():
    found = messages("keyed", compiled(router(as_dict=True), loss={"priority": BINARY}))
    assert found == ["Output `department` has no loss; expected `SparseCategoricalCrossentropy`."]


def test_swapped_loss_weights_are_told():
    model = compiled(router(), loss=[BINARY, SPARSE], loss_weights=[0.2, 1.0],
                     metrics=[None, "accuracy"])  # fmt: skip
    assert messages("two_heads", model) == [
        "Output `priority` has loss weight 0.2; expected 1.",
        "Output `department` has loss weight 1; expected 0.2.",
    ]


def test_losses_for_names_that_no_output_has_are_told_before_fit_does():
    model = compiled(router(), loss={"urgency": BINARY, "team": SPARSE})
    assert messages("two_heads", model) == [
        "The losses are for `urgency` and `team`; expected the names of the outputs, `priority` "
        "and `department`."
    ]


def test_settings_that_fit_would_refuse_are_told():
    (message,) = messages("classifier", compiled(one_output(), loss="mean_square_error"))
    assert "Could not interpret loss identifier: mean_square_error" in message
    assert "expected losses, weights and metrics for" in message


def test_a_wrong_graph_is_told_before_what_it_was_compiled_with():
    report = check("classifier", compiled(one_output(5), loss="mse"))
    assert [difference.kind for difference in report.differences] == ["setting"]


def test_a_function_of_a_learner_is_not_the_keras_function_of_its_name():
    def mean_squared_error(y, p):
        return keras.ops.mean(keras.ops.abs(y - p))

    adam = keras.optimizers.Adam(0.01)
    model = compiled(one_output(1), adam, loss=mean_squared_error, metrics=["mae"])
    assert "has loss `mean_squared_error`; expected `MeanSquaredError`" in str(
        messages("regression", model)
    )


def test_the_private_parts_of_keras_that_tell_the_compile_settings():
    model = compiled(router(), loss=[BINARY, "mse"], metrics=[None, losses.mean_squared_error])
    assert model._compile_loss._user_loss_weights is None
    assert model._compile_metrics._user_metrics[0] is None
    assert model._compile_metrics._user_weighted_metrics is None
    priority, department = compile_settings(model)
    assert priority["losses"] == [(losses.binary_crossentropy, None)]
    assert department["metrics"] == [losses.mean_squared_error]
    assert read_compiled(model).outputs[1].metrics == (Part("MeanSquaredError"),)


@pytest.mark.parametrize("loss", [SPARSE, [SPARSE], "mse"])
def test_a_compiled_sequential_model_is_told_like_a_functional_one(loss):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    found = messages("classifier", compiled(model, loss=loss, metrics=["accuracy"]))
    assert found == messages("classifier", compiled(one_output(), loss=loss, metrics=["accuracy"]))
    assert bool(found) == (loss == "mse")


# What it has learned ------------------------------------------------------------------------------


def fitted(epochs):
    keras.utils.set_random_seed(1)
    adam = keras.optimizers.Adam(0.1)
    model = compiled(one_output(1, "sigmoid"), adam, loss=BINARY)
    model.layers[1].set_weights([np.zeros((4, 1)) - 1, np.zeros(1)])
    model.fit(X, Y, epochs=epochs, verbose=0)
    return model


def test_a_trained_model_passes_and_one_that_has_not_learned_is_told_the_figures():
    assert messages("trained", fitted(20)) == []
    report = check("trained", fitted(1))
    (difference,) = report.differences
    assert (difference.kind, difference.expected) == ("value", "at least 0.9")
    found = f"{float(difference.found):.3g}"
    assert difference.message == (
        f"The graph is right. On held-out data the model reaches accuracy {found}; "
        "expected at least 0.9."
    )


def test_a_model_that_misses_a_threshold_is_told_that_it_was_not_trained():
    untrained = one_output(1, "sigmoid")
    untrained.layers[1].set_weights([np.zeros((4, 1)) - 1, np.zeros(1)])
    (message,) = messages("trained_somehow", untrained)
    assert message.endswith(
        "expected at least 0.9. It has not been trained: it is not compiled. Call `compile`, then "
        "`fit`."
    )
    (message,) = messages("trained", fitted(0))
    assert message.endswith(
        "expected at least 0.9. It has not been trained since it was compiled: the optimizer has "
        "taken no step. Call `fit`."
    )


def test_a_model_that_passes_may_have_been_trained_before_it_was_compiled():
    model = fitted(20)
    model.compile("adam", loss=BINARY)
    assert messages("trained", model) == messages("trained_somehow", model) == []


def test_a_model_that_did_not_go_on_where_it_was_saved_is_told_its_steps():
    @exercise(
        hints=["Load it as it was compiled."],
        learned=Learned("accuracy", lambda: (X, Y), at_least=0.0, steps=4),
    )
    def resumed():
        return compiled(one_output(1, "sigmoid"), loss="binary_crossentropy")

    model = compiled(one_output(1, "sigmoid"), loss="binary_crossentropy")
    assert messages("resumed", model) == ["The optimizer has taken 0 steps; expected at least 4."]
    model.fit(X, Y, batch_size=150, epochs=2, verbose=0)
    assert messages("resumed", model) == []
    model.compile("adam", loss="binary_crossentropy")
    model.fit(X, Y, batch_size=150, verbose=0)
    assert messages("resumed", model) == ["The optimizer has taken 2 steps; expected at least 4."]


def test_a_yes_of_logits_is_more_than_zero():
    model = one_output(1)
    model.layers[1].set_weights([np.eye(4, 1), np.zeros(1)])
    loss = losses.BinaryCrossentropy(from_logits=True)
    asked = Learned("accuracy", lambda: (X, Y), at_least=1)
    assert measure(compiled(model, loss=loss), asked) == 1
    assert measure(compiled(model, loss=BINARY), asked) < 1


def test_accuracy_takes_class_numbers_and_one_hot_rows():
    model = one_output(3)
    right = model.predict(X, verbose=0).argmax(-1)
    for y in (right, right[:, None], np.eye(3)[right]):
        assert measure(model, Learned("accuracy", lambda y=y: (X, y), at_least=1)) == 1


def test_other_metrics_functions_and_one_of_several_outputs_can_be_asked_for():
    model = router(as_dict=True)
    predicted = model.predict(X, verbose=0)
    off = Learned("mae", lambda: (X, predicted["priority"] + 1), at_most=0.5)
    assert measure(model, off) == pytest.approx(1)
    data = (X, predicted["department"].argmax(-1))
    assert measure(model, Learned("accuracy", lambda: data, at_least=1, output=1)) == 1

    def mean_prediction(model):
        return model.predict(X, verbose=0)["priority"].mean()

    asked = Learned(mean_prediction, at_least=2)
    found = measure(model, asked)
    assert found == pytest.approx(float(predicted["priority"].mean()), rel=1e-5)
    assert "reaches mean prediction 0." in asked.sentence(found)["message"]


def test_data_goes_to_the_inputs_and_outputs_of_a_model_that_names_them_otherwise():
    def model(names, keyed, turned=False):
        a, b = keras.Input((4,), name=names[0]), keras.Input((4,), name=names[1])
        outputs = {"sum": layers.Dense(1)(layers.Add()([a, b])), "b": layers.Dense(1)(b)}
        inputs = {names[0]: a, names[1]: b} if keyed else [a, b]
        if turned:
            outputs = dict(reversed(outputs.items()))
            inputs = dict(reversed(inputs.items())) if keyed else inputs
        made = keras.Model(inputs, outputs)
        made.set_weights([np.full(w.shape, 1.0) for w in made.get_weights()])
        return made

    data = {"title": X, "body": 10 * X}, 10 * X.sum(1, keepdims=True) + 1

    @exercise(hints=["x"], learned=Learned("mae", lambda: data, at_most=0.01, output=1))
    def two_inputs():
        return model(["title", "body"], keyed=False)

    for answer in (
        model(["title", "body"], keyed=False),
        model(["left", "right"], keyed=False, turned=True),
        model(["z", "a"], keyed=True),
    ):
        assert messages("two_inputs", answer) == []


def test_a_value_that_misses_is_not_rounded_to_the_one_asked_for():
    asked = Learned("accuracy", lambda: (X, Y), at_least=0.9)
    assert asked.sentence(0.89996)["found"] == "0.89996"
    assert not asked.reached(float("nan"))
    assert asked.sentence(float("nan"))["found"] == "nan"
    with pytest.raises(ValueError, match="expected one of them"):
        Learned("accuracy", lambda: (X, Y))
    with pytest.raises(ValueError, match="no data"):
        Learned("accuracy", at_least=1)


# No trace -----------------------------------------------------------------------------------------


def state_of(model):
    return (
        [keras.ops.copy(variable.value).numpy().tolist() for variable in model.variables],
        [keras.ops.copy(variable.value).numpy().tolist() for variable in model.optimizer.variables],
        [layer.trainable for layer in model.layers],
        model.get_compile_config(),
        model.predict_function,
        model._compile_metrics.built if model._compile_metrics else None,
    )


def test_a_check_changes_nothing_of_a_trained_model_and_no_random_state(capfd, tmp_path):
    def meddler(model):
        model.layers[1].trainable = False
        model.layers[1].set_weights([np.zeros((4, 1)), np.zeros(1)])
        return model.predict(X, verbose=0).mean()

    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.Dropout(0.5)(inputs)))
    model.compile("adam", loss=BINARY, metrics=["accuracy"])
    model.fit(X, Y, verbose=0)
    before = state_of(model)
    number = int(layers.Dense(1).name.partition("_")[2] or 0)
    states = random.getstate(), np.random.get_state()[1].tolist()
    capfd.readouterr()
    measure(model, Learned("accuracy", lambda: (X, Y), at_least=0))
    measure(router_twin := one_output(1), Learned(meddler, at_least=0))
    assert capfd.readouterr() == ("", "")
    assert state_of(model) == before
    assert router_twin.predict_function is None
    assert router_twin.layers[1].trainable
    assert np.abs(router_twin.get_weights()[0]).sum() > 0
    assert (random.getstate(), np.random.get_state()[1].tolist()) != states  # one_output drew
    states = random.getstate(), np.random.get_state()[1].tolist()
    for name in ("classifier", "two_heads", "trained"):
        check(name, model)
    model = fitted(1)
    states, before = (random.getstate(), np.random.get_state()[1].tolist()), state_of(model)
    check("trained", model)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == states
    assert state_of(model) == before
    assert int(layers.Dense(1).name.partition("_")[2]) == number + 3
