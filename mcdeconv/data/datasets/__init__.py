"""Data sets: embedded synthetic ones, the benchmarks of the paper, and a folder of your own photographs."""

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.datasets.loading import DATASETS, load, load_item, names

__all__ = ["DATASETS", "Item", "load", "load_item", "names"]
