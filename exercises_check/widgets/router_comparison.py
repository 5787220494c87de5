"""What the attention of chapter 12 is worth: the router against one that takes a mean instead."""

from __future__ import annotations

from collections.abc import Sequence


def router_accuracies(look: str, seeds: Sequence[int] = (0, 1, 2), epochs: int = 5) -> list[float]:
    """The mean accuracy of both outputs on held-out tickets, once for each seed.

    Args:
        look: `"attention"` for the task's model, `"mean"` for one that takes the mean of the body's
            words where the task has `Attention`.
        seeds: one training for each. Keras' random state is left at the last one.
        epochs: of each training.
    """
    import keras

    from exercises_check.datasets import load_tickets
    from exercises_check.references import chapter_12

    train, _ = load_tickets()
    inputs = {**train.inputs, "metadata": train.metadata}
    found = []
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        model = chapter_12.ticket_attention_router()
        if look == "mean":
            model = _without_attention(model)
        model.compile(
            keras.optimizers.Adam(0.003),
            {"priority": "binary_crossentropy", "department": "sparse_categorical_crossentropy"},
        )
        model.fit(inputs, train.targets, epochs=epochs, batch_size=64, verbose=0)
        found.append(float(chapter_12.mean_accuracy_of_both_outputs(model)))
    return found


def _without_attention(model):
    """The same layers, but the pooling after the attention takes the body's words themselves."""
    import keras
    from keras import activations, layers

    title, body, tags, metadata = model.inputs
    (embedding,) = (x for x in model.layers if isinstance(x, layers.Embedding))
    hidden = next(x for x in model.layers if getattr(x, "activation", None) is activations.relu)
    pooled = [layers.GlobalAveragePooling1D()(embedding(words)) for words in (title, body)]
    x = hidden(layers.Concatenate()([*pooled, tags, metadata]))
    heads = [model.get_layer(name)(x) for name in ("priority", "department")]
    return keras.Model(model.inputs, heads)
