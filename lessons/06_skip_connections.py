# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 Skip connections
#
# You will be able to:
# - write a block of layers as a function and call it many times;
# - build residual blocks, also where shapes differ, and say what they change in a deep network;
# - set branches side by side, and use batch normalisation without being misled by it.
#
# Time: 80 minutes. Needed: chapter [05](05_shared_layers.ipynb). Words: [glossary](glossary.ipynb).

# %%
from exercises_check import check, compare, draw, plots, progress, widgets
from exercises_check.datasets import load_cifar10, load_digits
from exercises_check.figures import show

import keras
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interactive
from keras import layers, ops

plt.style.use("exercises_check.course")
(x_train, y_train), (x_test, y_test) = load_digits(shape=(64,))
x_train, x_test = x_train / 255, x_test / 255
progress(6)

# %% [markdown]
# ## A block is a function
#
# A **block** is a function that takes a tensor, calls some layers, and returns a tensor. `network`
# calls it as often as you like.
#
# **Predict**: `plain` has 2 × (32 × 32 + 32) = 2,112 parameters. How many has the network with ten
# blocks, if it has 2,410 without any?

# %% tags=["nbval-check-output"]
def plain(x):
    x = layers.Dense(32, activation="relu")(x)
    return layers.Dense(32, activation="relu")(x)


def network(block, blocks):
    inputs = keras.Input(shape=(64,))
    x = layers.Dense(32, activation="relu")(inputs)
    for _ in range(blocks):
        x = block(x)
    return keras.Model(inputs, layers.Dense(10)(x))


print(network(plain, 0).count_params(), network(plain, 10).count_params())

# %% [markdown]
# 2,410 + 10 × 2,112 = 23,530: each call of the function makes new layers.
#
# ## Trap: a layer made outside
#
# Here somebody makes the layer before the function, to save time.
#
# **Predict**: ten blocks again, two calls in each. How many parameters now?

# %% tags=["nbval-check-output"]
outside = layers.Dense(32, activation="relu")
def careless(x):
    return outside(outside(x))

print(network(careless, 10).count_params())

# %% [markdown]
# 2,410 + 1,056: all twenty calls share one layer. Make a block's layers inside its function.
#
# If you name layers in a block, the names must differ from call to call: no two layers of a model may have
# one name. Give the function an argument `name`, and write `name=f"{name}_conv"`.
#
# ## One block, or ten
#
# `accuracies` trains a model four times and measures it on other digits.
#
# **Predict**: one block or ten, which reads more digits? Guessing gets one in ten.

# %%
def accuracies(model, seeds=4):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05), loss)
    reached = []
    for seed in range(seeds):
        keras.utils.set_random_seed(seed)
        fresh = keras.models.clone_model(model)  # the same layers, new random weights
        model.set_weights(fresh.get_weights())
        model.fit(x_train, y_train, batch_size=64, epochs=6, verbose=0)
        reached.append(np.mean(ops.argmax(model(x_test), axis=-1) == y_test))
    return reached


depth = {f"{n} plain": accuracies(network(plain, n)) for n in (1, 10)}
plots.seeds(depth, alt="Ten plain blocks read about one digit in ten.")

# %% [markdown]
# Ten blocks only guess. That is not over-fitting: they read the digits of the training just as badly.
#
# ## A skip connection
#
# A **skip connection** leads a tensor past some layers and adds it to what comes out of them.
#
# **Predict**: the layer below starts with weights of zero. What does the model return? How many
# parameters has `Add`?

# %%
inputs = keras.Input(shape=(4,), name="features")
x = layers.Dense(4, kernel_initializer="zeros", name="change")(inputs)
skipping = keras.Model(inputs, layers.Add(name="sum")([inputs, x]))
print(skipping(np.array([[1, 2, 3, 4]])).numpy(), skipping.count_params())
draw(skipping)

# %% [markdown]
# What came in: while the layer knows nothing, the skip connection hands the numbers on. `Add` takes a
# list of tensors, adds them number by number, and has no parameters: all 20 are those of `Dense`.
#
# A **residual block** has a skip connection from its input to its end.
#
# ### Exercise: `residual_block` · ●○○ · 5 minutes
# The input of shape `(16,)` goes through `Dense(16)` with `relu`, then `Dense(16)` without activation.
# `Add` adds the input to that; `relu` follows after the addition.

# %%
inputs = keras.Input(shape=(16,), name="features")
# BEGIN SOLUTION
x = layers.Dense(16, activation="relu")(inputs)
x = layers.Dense(16)(x)
x = layers.Add()([inputs, x])
model = keras.Model(inputs, layers.Activation("relu")(x))
# END SOLUTION

# %% tags=["nbval-check-output"]
check("residual_block", model)

# %% [markdown]
# ## What the skip does to the gradient
#
# Training asks of each weight: how does the loss change if you change a little? The answers of a layer
# are its gradient. Where they are nearly zero, it hardly learns. The picture shows how large each layer's
# gradient is before training; a step up the axis is ten times as much.
#
# **Predict**: without skips, are the gradients smallest in the first layers, in the last, or alike in all?

# %%
def residual(x):
    y = layers.Dense(32)(layers.Dense(32, activation="relu")(x))
    return layers.Activation("relu")(layers.Add()([x, y]))


figure, axis = plt.subplots()
for block, line, colour in ((plain, "s--", "C1"), (residual, "o-", "C0")):
    for seed in range(4):
        keras.utils.set_random_seed(seed)
        sizes = widgets.layer_gradients(network(block, 10), x_train[:128], y_train[:128])
        axis.plot(range(1, 23), sizes, line, color=colour, label=block.__name__ if seed == 0 else None)
axis.set(yscale="log", xlabel="layer", ylabel="gradient")
axis.legend()
show(figure, alt="The gradient of each of 22 layers, for four seeds. Residual: about 1 to 10 in all "
     "layers. Plain: thousands of times smaller in all layers.")

# %% [markdown]
# Alike: without skips all layers get next to nothing. Each layer with `relu` makes the numbers
# smaller on their way forward, and the gradient on its way back; a layer's gradient has both in it.
# Skips lead both past them.
#
# Move `blocks` by mouse or arrow keys. With `sigmoid` the first layers get least, as books say.
# With `he_uniform`, which starts with larger weights, look at the network with skips. The second cell
# prints four settings as numbers.

# %%
def gradients(blocks=10, activation="relu", initializer="glorot_uniform"):
    text = widgets.gradient_text(blocks, activation, initializer)
    show(widgets.gradient_picture(blocks, activation, initializer), alt=text)
    print(text)


interactive(
    gradients, blocks=(1, 20),
    activation=["relu", "tanh", "sigmoid"], initializer=["glorot_uniform", "he_uniform"],
)

# %%
for knobs in [(1, "relu", "glorot_uniform"), (20, "relu", "glorot_uniform"),
              (20, "sigmoid", "glorot_uniform"), (20, "relu", "he_uniform")]:
    print(widgets.gradient_text(*knobs))

# %% [markdown]
# A skip cures gradients that vanish. It can also do too much: with large first weights each block adds
# to the numbers until they are huge, while the plain network does well.
#
# ## Trap: a skip that is none
#
# **Predict**: by mistake, `Add` gets `[y, y]` in place of `[x, y]`. Does Keras accept it? Does the number
# of parameters change? Does the network learn?

# %%
def slip(x):
    y = layers.Dense(32)(layers.Dense(32, activation="relu")(x))
    return layers.Activation("relu")(layers.Add()([y, y]))


depth |= {f"10 {f.__name__}": accuracies(network(f, 10)) for f in (residual, slip)}
plots.seeds(depth, alt="Of the networks with ten blocks, only the residual one learns.")
print(network(slip, 10).count_params(), network(residual, 10).count_params())
keras.utils.clear_session()  # count the names from 1 again
compare(network(slip, 1), network(residual, 1))

# %% [markdown]
# Ten residual blocks learn, here even faster than one plain block. (Trained longer, that one is as
# good: digits need no depth.) `slip` doubles its numbers and leads nothing past its layers, with the
# same shapes and parameters. In the picture, the arrows to `Add` must come from two
# different places.
#
# ## Where the activation stands
#
# Texts advise: no activation before the addition, one after it.
#
# **Predict**: which reads best: `relu` after the addition, before it, or none in either place?

# %%
def before(x):
    return layers.Add()([x, plain(x)])


def none(x):
    y = layers.Dense(32)(layers.Dense(32, activation="relu")(x))
    return layers.Add()([x, y])


place = {"after": depth["10 residual"]}
place |= {name.__name__: accuracies(network(name, 10)) for name in (before, none)}
plots.seeds(place, alt="After and before overlap; none is spread over the whole width.")

# %% [markdown]
# Before and after cannot be told apart here: the advice is not confirmed, and does no harm. With no
# activation between the blocks, nothing holds the numbers back: in two runs, the points at 0.1, the
# loss became `nan`. (With a learning rate of 0.02 that network learned best when we tried.)
#
# ## Trap: shapes that only seem to fit
#
# The end of a block has shape `(8, 8, 32)`.
#
# **Predict**: which of these three tensors does `Add` refuse?

# %% tags=["nbval-check-output"]
for shape in [(8, 8, 16), (8, 8, 1), (1, 1, 32)]:
    try:
        print(shape, "->", layers.Add()([keras.Input(shape), keras.Input((8, 8, 32))]).shape)
    except ValueError as error:
        print(shape, "->", error)

# %% [markdown]
# Only the first. An axis of size 1 is repeated until it fits: the second adds the same map to all 32
# maps, the third one number to all places of a map. Both train; neither hands on what came in.
#
# ## A projection
#
# Where shapes differ, a layer in the skip connection makes them equal: a **projection**, usually a
# convolution of 1 × 1, which mixes channels at each place.
#
# **Predict**: the shape that comes out, and the number of parameters.

# %% tags=["nbval-check-output"]
x = keras.Input(shape=(8, 8, 16))
projection = layers.Conv2D(32, 1, strides=2)
print(projection(x).shape, projection.count_params())

# %% [markdown]
# 16 × 32 + 32 = 544: a kernel of 1 × 1 has one weight for each channel.
#
# ### Exercise: `projected_block` · ●●● · 10 minutes
# A function of `x`, `filters` and `strides`, for strides 1 and 2.
#
# - Two `Conv2D` with `filters` filters, kernel 3, `padding="same"`. The first has `strides=strides` and
#   `relu`, the second neither.
# - The skip connection is `x` itself if `strides` is 1 and `x.shape[-1]` equals `filters`. Otherwise it
#   is `Conv2D(filters, 1, strides=strides)` of `x`.
# - Last, `Add` and `relu`.

# %%
# BEGIN SOLUTION
def projected_block(x, filters, strides=1):
    y = layers.Conv2D(filters, 3, strides=strides, padding="same", activation="relu")(x)
    y = layers.Conv2D(filters, 3, padding="same")(y)
    if strides != 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, strides=strides)(x)
    return layers.Activation("relu")(layers.Add()([x, y]))
# END SOLUTION

# %% tags=["nbval-check-output"]
check("projected_block", projected_block)

# %% [markdown]
# ## Batch normalisation
#
# **Batch normalisation** (`BatchNormalization`) keeps numbers from growing: for each channel it takes
# off the mean and divides by the standard deviation. With `training=True`, both are those of
# the batch. For later use, with `training=False`, it keeps two moving averages: the mean starts at 0, the
# variance at 1, and each batch moves them a little.
#
# **Predict**: the mean of these numbers is 50. After one batch, is the mean of the result 0 in both modes?

# %% tags=["nbval-check-output"]
numbers = np.random.default_rng(0).normal(50, 10, size=(256, 3))
normalise = layers.BatchNormalization()
for training in (True, False):
    print(training, round(float(ops.mean(normalise(numbers, training=training)))))
print([(w.name, tuple(w.shape)) for w in normalise.weights])

# %% [markdown]
# Only in training. One batch moves the averages one hundredth of the way: `moving_mean` from 0 towards 50,
# to 0.5; `moving_variance` from 1 towards 100, to about 2. So (50 - 0.5) / √2 = 35 is left. The optimizer
# changes `gamma` and `beta`, a new scale and centre, but not the two moving averages.
#
# ### Exercise: `conv_block` · ●○○ · 5 minutes
# A function of `x` and `filters`: `Conv2D` with kernel 3, `padding="same"` and no activation,
# `BatchNormalization`, `relu`, and `MaxPooling2D(2)`.

# %%
# BEGIN SOLUTION
def conv_block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    return layers.MaxPooling2D(2)(x)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("conv_block", conv_block)

# %% [markdown]
# **Predict**: two such blocks, with 64 and 128 filters, have 76,416 parameters. How many of them does the
# optimizer not change?

# %% tags=["nbval-check-output"]
def pooled(x, filters, momentum=0.99):
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.BatchNormalization(momentum=momentum)(x)
    return layers.MaxPooling2D(2)(layers.Activation("relu")(x))


inputs = keras.Input(shape=(256, 256, 3))
two_blocks = keras.Model(inputs, pooled(pooled(inputs, 64), 128))
fixed = sum(ops.size(w) for w in two_blocks.non_trainable_weights)
print(f"{two_blocks.count_params():,} {fixed}")

# %% [markdown]
# 2 × 64 + 2 × 128 = 384: the moving means and variances. `MaxPooling2D` and `relu` have none.
#
# ## Trap: the same digits in `fit` and in `evaluate`
#
# A short training on the digits. `momentum` says which share of the moving averages stays at each
# batch; 0.99 is the default.
#
# **Predict**: `evaluate` gets the same digits that the model has just learned. Is the accuracy
# the same?

# %%
images = x_train.reshape(-1, 8, 8, 1)
for momentum in (0.99, 0.9):
    keras.utils.set_random_seed(0)
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Flatten()(pooled(pooled(inputs, 16, momentum), 32, momentum))
    reader = keras.Model(inputs, layers.Dense(10)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    reader.compile("adam", loss, metrics=["accuracy"])
    history = reader.fit(images, y_train, batch_size=128, epochs=3, verbose=0).history
    fitted = history["accuracy"][-1]
    evaluated = reader.evaluate(images, y_train, verbose=0)[1]
    print(f"momentum {momentum}: fit {fitted:.2f}, evaluate {evaluated:.2f}")

# %% [markdown]
# Far from it with 0.99: after 36 batches the moving averages are still near their start. `evaluate` and
# `predict` use them, `fit` does not. Train longer, or set `momentum=0.9`.
#
# ## Old code
#
# Old imports fail with a message. Old arguments may run without one, and mean something else.
#
# **Predict**: `Conv2D(16, 3, 3)` was written for a kernel of 3 × 3, `axis=1` for channels that come
# first. What do they do today to an image with 16 channels, which come last?

# %% tags=["nbval-check-output"]
try:
    import keras.layers.normalization
except ModuleNotFoundError as error:
    print(error)

# %% tags=["nbval-check-output"]
image = keras.Input(shape=(8, 8, 16))
print(layers.Conv2D(16, 3, 3, padding="same")(image).shape)
normalise = layers.BatchNormalization(axis=1)
normalise(image)
print([tuple(w.shape) for w in normalise.weights])

# %% [markdown]
# The second 3 is now the stride, so 8 × 8 becomes 3 × 3. And `axis=1` gives each of the eight rows
# of the image its own mean: no message, another network. All layers are in `keras.layers` now.
#
# ### Exercise: `residual_block_bn` · ●●○ · 8 minutes
# Copy, run and mend. The block stays as meant: both kernels are 3 × 3, both convolutions keep the size,
# and each channel is normalised. Everything not said is the default.
#
# ```python
# from keras.layers.merge import add
# from keras.layers.normalization import BatchNormalization
#
# def residual_block_bn(x, filters):
#     y = layers.Convolution2D(filters, 3, 3, border_mode="same")(x)
#     y = BatchNormalization(mode=0, axis=1)(y)
#     y = layers.Activation("relu")(y)
#     y = layers.Convolution2D(filters, 3, 3, border_mode="same")(y)
#     y = BatchNormalization(mode=0, axis=1)(y)
#     y = add([x, y])
#     return layers.Activation("relu")(y)
# ```

# %%
# BEGIN SOLUTION
def residual_block_bn(x, filters):
    y = layers.Conv2D(filters, 3, padding="same")(x)
    y = layers.BatchNormalization()(y)
    y = layers.Activation("relu")(y)
    y = layers.Conv2D(filters, 3, padding="same")(y)
    y = layers.BatchNormalization()(y)
    y = layers.Add()([x, y])
    return layers.Activation("relu")(y)
# END SOLUTION

# %% tags=["nbval-check-output"]
check("residual_block_bn", residual_block_bn)

# %% [markdown]
# ## A small ResNet for CIFAR-10
#
# A network of residual blocks is called a ResNet. CIFAR-10 has 60,000 colour photos of 32 × 32 pixels
# in ten classes. With `real=True` the next cell downloads them, if it can; otherwise you have the course's
# digits, in colour and in the same shapes.

# %%
(x_train, y_train), (x_test, y_test) = load_cifar10(real=False)
x_train, y_train = x_train[:5000], y_train[:5000]  # of the photos: enough for a laptop
plots.images(x_train[:8], y_train[:8, 0], alt="Eight images of 32 × 32 pixels in colour.")
print(x_train.shape, y_train.shape)

# %% [markdown]
# One residual block is enough for a small ResNet.
#
# **Predict**: the convolution in front makes 64 channels out of 3. Why is it there?

# %% tags=["nbval-check-output"]
keras.utils.clear_session()
inputs = keras.Input(shape=(32, 32, 3))
x = layers.Conv2D(64, 3, padding="same", activation="relu")(inputs)
y = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
y = layers.Conv2D(64, 3, padding="same")(y)
x = layers.Activation("relu")(layers.Add()([x, y]))
x = layers.GlobalAveragePooling2D()(x)
small = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
print(f"{small.count_params():,}")
draw(small)

# %% [markdown]
# Without it the block would add 64 channels to 3, which `Add` refuses.
#
# ### Exercise: `toy_resnet` · ●●○ · 12 minutes
# Input `(32, 32, 3)`; `Conv2D` with 32 filters, `Conv2D` with 64, `MaxPooling2D(3)`. Then twice a block:
# two `Conv2D` with 64 filters and `padding="same"`, then `Add` of that and the block's input. Last,
# `Conv2D` with 64 filters, `GlobalAveragePooling2D`, `Dense` 256, `Dropout(0.5)`, `Dense` 10.
#
# All convolutions have kernel 3; they and `Dense` 256 have `relu`; all else is the default. Nothing follows
# an addition.

# %% tags=["nbval-check-output"]
# BEGIN SOLUTION
def block(x):
    y = layers.Conv2D(64, 3, activation="relu", padding="same")(x)
    y = layers.Conv2D(64, 3, activation="relu", padding="same")(y)
    return layers.Add()([x, y])


inputs = keras.Input(shape=(32, 32, 3))
x = layers.Conv2D(32, 3, activation="relu")(inputs)
x = layers.Conv2D(64, 3, activation="relu")(x)
x = block(block(layers.MaxPooling2D(3)(x)))
x = layers.Conv2D(64, 3, activation="relu")(x)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.5)(layers.Dense(256, activation="relu")(x))
resnet = keras.Model(inputs, layers.Dense(10)(x))
print(f"{resnet.count_params():,}")
# END SOLUTION

# %% tags=["nbval-check-output"]
check("toy_resnet", resnet)

# %% [markdown]
# `resnet.count_params()` is 223,242. Its `relu` stands before the addition: this example, known from the
# guide of Keras, breaks the advice above.
#
# ## Train one in seconds
#
# Here is a smaller one, with normalisation in its blocks.
#
# **Predict**: old texts write `metrics=["acc"]`, and it still works. Under which name does the history
# keep it?

# %%
def normalised(x, filters):
    x = layers.Conv2D(filters, 3, padding="same")(x)
    return layers.BatchNormalization(momentum=0.9)(x)


keras.utils.set_random_seed(6)
inputs = keras.Input(shape=(32, 32, 3))
x = layers.Rescaling(1 / 255)(inputs)
for filters in (8, 16):
    x = layers.MaxPooling2D(2)(layers.ReLU()(normalised(x, filters)))
for _block in range(2):
    y = normalised(layers.ReLU()(normalised(x, 16)), 16)
    x = layers.ReLU()(layers.Add()([x, y]))
x = layers.GlobalAveragePooling2D()(x)
tiny = keras.Model(inputs, layers.Dense(10)(x))

# %%
loss = keras.losses.CategoricalCrossentropy(from_logits=True)
tiny.compile(keras.optimizers.RMSprop(0.003), loss, metrics=["acc"])
held_out = (x_test, keras.utils.to_categorical(y_test))
history = tiny.fit(
    x_train, keras.utils.to_categorical(y_train), batch_size=32, epochs=5,
    validation_data=held_out, verbose=0,
)
print(list(history.history))
plots.learning_curves(history, ["loss", "acc"])

# %% [markdown]
# Under the name that you gave: `history.history["accuracy"]` would be a `KeyError`.
#
# ## Branches side by side
#
# Which kernel is best? An Inception block takes several: its branches read the same tensor, each in its
# own way, and `Concatenate` joins their maps along the channels.
#
# **Predict**: four layers read the same tensor. Whose result cannot be joined to the others?

# %% tags=["nbval-check-output"]
maps = keras.Input(shape=(16, 16, 32))
convolutions = [layers.Conv2D(16, 1), layers.Conv2D(24, 3, padding="same")]
poolings = [layers.MaxPooling2D(3, strides=n, padding="same") for n in (None, 1)]
for layer in convolutions + poolings:
    print(layer(maps).shape)

# %% [markdown]
# The third: a pooling moves by its own size unless you say `strides=1`. Channels may differ; they add up.
#
# ### Exercise: `inception_branches` · ●●○ · 8 minutes
# Four branches on an input of shape `(16, 16, 32)`:
#
# - `Conv2D` 16, kernel 1;
# - `Conv2D` 16, kernel 1, then `Conv2D` 24, kernel 3;
# - `Conv2D` 8, kernel 1, then `Conv2D` 16, kernel 5;
# - `MaxPooling2D(3)` with stride 1, then `Conv2D` 8, kernel 1.
#
# All with `padding="same"`, all convolutions with `relu`. Then `Concatenate`,
# `GlobalAveragePooling2D` and `Dense` with 10 units.

# %%
inputs = keras.Input(shape=(16, 16, 32))
# BEGIN SOLUTION
settings = {"padding": "same", "activation": "relu"}
a = layers.Conv2D(16, 1, **settings)(inputs)
b = layers.Conv2D(16, 1, **settings)(inputs)
b = layers.Conv2D(24, 3, **settings)(b)
c = layers.Conv2D(8, 1, **settings)(inputs)
c = layers.Conv2D(16, 5, **settings)(c)
d = layers.MaxPooling2D(3, strides=1, padding="same")(inputs)
d = layers.Conv2D(8, 1, **settings)(d)
x = layers.Concatenate()([a, b, c, d])
x = layers.GlobalAveragePooling2D()(x)
inception = keras.Model(inputs, layers.Dense(10)(x))
# END SOLUTION

# %% tags=["nbval-check-output"]
check("inception_branches", inception)

# %% [markdown]
# ## Summary
#
# - A block is a function; its layers are made inside.
# - A skip connection adds a block's input to its result: two different tensors meet in `Add`.
# - It keeps the gradient from vanishing; normalisation keeps the numbers from growing.
# - Where shapes differ, project; an axis of size 1 only seems to fit.
# - `BatchNormalization` uses the batch in `fit`, and slow averages in `evaluate`.
#
# Before: [05 Shared layers](05_shared_layers.ipynb).
# Next: [07 Models inside models](07_models_inside_models.ipynb).
