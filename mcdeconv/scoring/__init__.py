"""From a kernel to an image, and from an image to a number."""
