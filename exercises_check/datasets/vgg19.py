"""VGG19 with the weights it learned from ImageNet, or with random ones where they cannot be had."""

from .real_or_own import fetched


def load_vgg19(real=False, patience=300, shape=(32, 32, 3)):
    """VGG19 without its head: 16 convolutions and 5 poolings. Prints which weights it has.

    Args:
        real: False for random weights, which need no file. True for those that 1.3 million photos
            of ImageNet taught it, through `keras.applications.VGG19(weights="imagenet")`: from
            this machine, or else downloaded (80 MB). Where that fails, random ones again.
        patience: seconds to wait for the weights. A download that takes longer goes on in the
            background while the kernel runs, for the next call to find.
        shape: of one photo: height and width of at least 32 pixels, and 3 channels.

    Returns:
        A `keras.Model` called "vgg19". Prepare photos (0 to 255) for it with
        `keras.applications.vgg19.preprocess_input`.
    """
    import keras  # slow, and no other data needs it

    def with_weights(weights):
        return keras.applications.VGG19(weights=weights, include_top=False, input_shape=shape)

    model, problem = fetched(lambda: with_weights("imagenet"), patience) if real else (None, None)
    start = "VGG19 with the weights of ImageNet" if model else "VGG19 with random weights"
    if problem:
        start = f"The weights of ImageNet cannot be had here ({problem}), so {start}"
    model = model or with_weights(None)
    print(f"{start}: {len(model.layers)} layers, {model.count_params():,} parameters.")
    return model
