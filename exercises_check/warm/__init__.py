"""A process that has imported TensorFlow and not used it, so that others are forked from it."""
