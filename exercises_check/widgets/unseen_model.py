"""A model that chapter 03 shows in pictures only, to be built again from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def unseen_model() -> keras.Model:
    """The model of the exercise `model_from_pictures`."""
    import keras
    from keras import layers

    image = keras.Input((8, 8, 1), name="image")
    edges = layers.Conv2D(8, 3, padding="same", activation="relu", name="edges")(image)
    energy = layers.Multiply(name="energy")([edges, edges])
    joined = layers.Concatenate(name="joined")([edges, energy])
    pooled = layers.GlobalAveragePooling2D(name="means")(joined)
    return keras.Model(image, layers.Dense(10, name="digit")(pooled), name="unseen")
