"""From a kernel to an image, and from an image to a number."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "metrics": ["kernel_similarity", "psnr", "ssim"],
        "nonblind": ["deconvolve_with_kernel"],
        "protocols": ["protocol_of", "score"],
    },
)
