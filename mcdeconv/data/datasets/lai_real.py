"""Lai et al. 2016, real: 100 photographs with neither truth nor kernel, named as their files."""

from pathlib import Path, PurePosixPath

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.datasets.registry import benchmark, verified
from mcdeconv.data.photo import read_photo


def ids(dataset: str = "lai_real", folder: Path | None = None) -> list[str]:
    """The 100 ids, such as "bird"."""
    return [PurePosixPath(path).stem for path in benchmark("lai_real").files if path.endswith(".jpg")]


def load_item(dataset: str, item_id: str, folder: Path | None = None) -> Item:
    """One photograph; its category and whether it is saturated are in the data set's `attribute.txt`.

    Raises
    ------
    InputError
        If a file is missing, truncated or altered.
    """
    category, *others = _attributes(verified("lai_real", "attribute.txt", folder))[item_id]
    return Item(
        id=item_id,
        dataset="lai_real",
        category=category,
        blurred=read_photo(verified("lai_real", f"{item_id}.jpg", folder)).pixels,
        saturated="saturated" in others,
    )


def _attributes(path: Path) -> dict[str, list[str]]:
    """Lines such as "bridge manmade saturated"."""
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {fields[0]: fields[1:] for fields in lines if fields}
