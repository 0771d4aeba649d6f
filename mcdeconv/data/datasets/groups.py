"""Groups of images by name: the embedded stand-ins, categories and scenes."""

# The embedded data that stand in for each benchmark at tier `quick`.
FLAVOURS = {name: f"synthetic-{name}" for name in ("levin", "lai", "kohler", "lai_real")}

CATEGORIES = ("manmade", "natural", "people", "saturated", "text")


# Four views with one of the two larger kernels, and with the other.
LEVIN_LIKE = ("camera_kernel_03", "coffee_kernel_04", "coins_kernel_03", "leaves_kernel_04")

MORE_LEVIN_LIKE = ("camera_kernel_04", "coffee_kernel_03", "coins_kernel_04", "leaves_kernel_03")

LAI_LIKE = tuple(f"{category}_01_kernel_02" for category in CATEGORIES)

# Of the 100 of Lai et al.: each image's number is also its kernel's.
LAI_20 = tuple(f"{category}_{n:02}_kernel_{n:02}" for category in CATEGORIES for n in range(1, 5))

KOHLER_SCENE = tuple(f"Blurry1_{trajectory}" for trajectory in range(1, 13))

LEVIN_SCENES = {n: tuple(f"im{n:02}_flit{kernel:02}" for kernel in range(1, 9)) for n in range(5, 9)}


def benchmark_of(dataset: str) -> str:
    """The benchmark that a data set is, or stands in for."""
    return {standin: benchmark for benchmark, standin in FLAVOURS.items()}.get(dataset, dataset)


def category_of(dataset: str, image: str) -> str:
    """One of Lai's five categories, or "all"."""
    name = image.split("_")[0]
    return name if benchmark_of(dataset) == "lai" and name in CATEGORIES else "all"
