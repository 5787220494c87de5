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
# # Glossary
#
# Each word that a chapter prints in bold, with the chapter that explains it.

# %% [markdown]
# ## A to Z
#
# - **arrow**: the mark `▶` in a report, at the first line that differs.
#   [00](00_start_here.ipynb)
# - **attention weights**: scores after a softmax: positive, with the sum 1.
#   [10](10_attention.ipynb)
# - **autoencoder**: an encoder and a decoder in a row, trained to return what goes in.
#   [07](07_models_inside_models.ipynb)
# - **backbone**: a trained model without its head, used as a part of a new one.
#   [08](08_features_and_transfer.ipynb)
# - **bag of words**: a text as one row: how often each word of a vocabulary occurs in it.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **baseline**: the result of something simple, which a larger model has to beat.
#   [12](12_capstone.ipynb)
# - **batch**: the rows of data that go through a model together; the first axis of a tensor.
#   [01](01_first_functional_model.ipynb)
# - **batch normalisation**: a layer that takes off each channel's mean and divides by its standard
#   deviation. [06](06_skip_connections.ipynb)
# - **block**: a function that takes a tensor, calls some layers, and returns a tensor.
#   [06](06_skip_connections.ipynb)
# - **branch**: a part of the graph that runs beside another.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **broadcasting**: a size of 1 is repeated until two shapes fit.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **callback**: an object whose methods `fit` calls, for example after each epoch.
#   [11](11_when_it_goes_wrong.ipynb)
# - **cell**: one piece of a notebook, text or code. [00](00_start_here.ipynb)
# - **chain**: a graph in which every layer is fed by the one before it.
#   [01](01_first_functional_model.ipynb)
# - **CNN**: a network of convolutions; its maps become smaller and more.
#   [02](02_standard_networks.ipynb)
# - **code**: the few numbers that an encoder makes of a picture.
#   [07](07_models_inside_models.ipynb)
# - **cosine similarity**: how far two rows of numbers point the same way, from -1 to 1, whatever
#   their lengths. [05](05_shared_layers.ipynb)
# - **custom layer**: a class of your own, derived from `keras.Layer`.
#   [09](09_custom_layers.ipynb)
# - **decoder**: a model that turns a code into a picture. [07](07_models_inside_models.ipynb)
# - **directed acyclic graph**: arrows that have a direction, and no path that leads back to where
#   it began. [09](09_custom_layers.ipynb)
# - **embedding space**: the space in which an encoder places its inputs; like ones lie near each
#   other. [05](05_shared_layers.ipynb)
# - **encoder**: a model that turns a picture, or another input, into a few numbers.
#   [07](07_models_inside_models.ipynb)
# - **ensemble**: several models that are asked the same question; their answers are averaged.
#   [07](07_models_inside_models.ipynb)
# - **epoch**: one pass of `fit` over all rows of the training data.
#   [03](03_training_looking_saving.ipynb)
# - **fan-out**: one tensor that goes to several layers; nothing is shared but the tensor.
#   [05](05_shared_layers.ipynb)
# - **feature extraction**: to use what an inner layer of a trained model computes, without
#   training it. [08](08_features_and_transfer.ipynb)
# - **feature map**: all the numbers that one filter gives for an image.
#   [02](02_standard_networks.ipynb)
# - **filter**: one set of weights for the window of a convolution.
#   [02](02_standard_networks.ipynb)
# - **fine-tuning**: to train a backbone a little more, with small steps, after its new head has
#   learned. [08](08_features_and_transfer.ipynb)
# - **freeze**: to set `trainable = False`, so that `fit` leaves the weights as they are.
#   [08](08_features_and_transfer.ipynb)
# - **functional model**: what lies between inputs and outputs in a graph, made by
#   `keras.Model(inputs, outputs)`. [01](01_first_functional_model.ipynb)
# - **gate**: weights of an LSTM or GRU that decide what stays in the state.
#   [02](02_standard_networks.ipynb)
# - **gradient**: for each weight, how the loss changes when the weight grows a little.
#   [11](11_when_it_goes_wrong.ipynb)
# - **graph**: layer calls and the tensors that go from one to the next.
#   [01](01_first_functional_model.ipynb)
# - **head**: the part of a graph that makes one output. [04](04_several_inputs_and_outputs.ipynb)
# - **hint**: a folded line of a report that helps with your mistake. [00](00_start_here.ipynb)
# - **kernel**: the small window through which a convolution looks at an image.
#   [02](02_standard_networks.ipynb)
# - **key**: the row of numbers that is compared with the query. [10](10_attention.ipynb)
# - **layer**: a part of a model, such as `Dense`; most layers have weights.
#   [00](00_start_here.ipynb)
# - **layer call**: a layer used like a function, on a tensor; it returns a new tensor.
#   [01](01_first_functional_model.ipynb)
# - **learning curve**: loss or metric, drawn epoch by epoch. [03](03_training_looking_saving.ipynb)
# - **logit**: a number of a head without an activation; the largest is for the likeliest class.
#   [03](03_training_looking_saving.ipynb)
# - **loss**: the one number that training makes small. [03](03_training_looking_saving.ipynb)
# - **loss weight**: how much one of several losses counts in the total.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **mask**: for each step of a sequence, whether it is real or padding. [10](10_attention.ipynb)
# - **merge layer**: a layer that is called on a list of tensors and joins them, such as `Add`.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **metric**: a number that you read after each epoch, and that training ignores.
#   [03](03_training_looking_saving.ipynb)
# - **mixed precision**: to compute in numbers of 16 bits and to keep the weights in 32.
#   [11](11_when_it_goes_wrong.ipynb)
# - **model**: what takes numbers in and gives numbers out; it is made of layers.
#   [00](00_start_here.ipynb)
# - **multi-layer perceptron** (MLP): `Dense` layers, one after the other.
#   [01](01_first_functional_model.ipynb)
# - **nested model**: a model that is called on a tensor inside another model.
#   [07](07_models_inside_models.ipynb)
# - **notebook**: a column of cells; each chapter is one. [00](00_start_here.ipynb)
# - **one-hot**: a class written as a row of zeros with a single 1.
#   [04](04_several_inputs_and_outputs.ipynb)
# - **operation**: a step of a graph; one without weights, such as `+`, is no layer.
#   [01](01_first_functional_model.ipynb)
# - **optimizer**: changes the weights after each batch, such as Adam.
#   [03](03_training_looking_saving.ipynb)
# - **over-fitting**: learning the rows of the training data by heart; the validation loss climbs.
#   [03](03_training_looking_saving.ipynb)
# - **parameters**: the numbers that training changes. [01](01_first_functional_model.ipynb)
# - **projection**: a layer in a skip connection that makes the shapes equal, usually a convolution
#   of 1 × 1. [06](06_skip_connections.ipynb)
# - **query**: the row of numbers that stands for a question in attention.
#   [10](10_attention.ipynb)
# - **receptive field**: the part of an image that can change one number of a feature map.
#   [02](02_standard_networks.ipynb)
# - **report**: what `check` returns: what your model has, and what it should have.
#   [00](00_start_here.ipynb)
# - **residual block**: a block with a skip connection from its input to its end.
#   [06](06_skip_connections.ipynb)
# - **RNN**: a network that reads a sequence one step after the other.
#   [02](02_standard_networks.ipynb)
# - **saturated**: of an activation: so far from zero that its slope, and so the gradient, is
#   nearly 0. [11](11_when_it_goes_wrong.ipynb)
# - **schedule**: a learning rate that changes during training, by a rule.
#   [11](11_when_it_goes_wrong.ipynb)
# - **score**: the dot product of a query and a key. [10](10_attention.ipynb)
# - **separable convolution**: one filter for each channel, then a convolution of 1 × 1 that mixes
#   the channels. [11](11_when_it_goes_wrong.ipynb)
# - **serialise**: to write something as plain data from which it can be made again.
#   [09](09_custom_layers.ipynb)
# - **shared layer**: one layer object that is called several times; its calls have the same
#   weights. [05](05_shared_layers.ipynb)
# - **siamese network**: a network that sends two inputs through one shared encoder and compares
#   the results. [05](05_shared_layers.ipynb)
# - **skip connection**: leads a tensor past some layers and adds it to what comes out of them.
#   [06](06_skip_connections.ipynb)
# - **state**: the numbers that a recurrent layer carries from step to step.
#   [02](02_standard_networks.ipynb)
# - **stride**: how far the window of a convolution moves in a step.
#   [02](02_standard_networks.ipynb)
# - **subclassing**: to write a model as a class, with Python code in `call`.
#   [09](09_custom_layers.ipynb)
# - **tensor**: a symbol for data that comes later, with a shape and a dtype.
#   [01](01_first_functional_model.ipynb)
# - **transfer learning**: to put a new head on a backbone, for a new task.
#   [08](08_features_and_transfer.ipynb)
# - **U-Net**: an encoder, a decoder, and a skip connection at each height.
#   [12](12_capstone.ipynb)
# - **units**: how many numbers a `Dense` layer gives out. [00](00_start_here.ipynb)
# - **validation data**: rows on which the model is measured while it trains, and never learns from.
#   [03](03_training_looking_saving.ipynb)
# - **value**: the row of numbers that attention returns for a key. [10](10_attention.ipynb)
# - **width**: the number of units of a layer. [02](02_standard_networks.ipynb)
