"""One way into every data set: the ids of its images, one image, or all of them."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

from mcdeconv.data.datasets import folder as own_folder
from mcdeconv.data.datasets import kohler, lai, levin, synthetic
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.datasets.registry import benchmarks, require_folder
from mcdeconv.errors import InputError, choose

# Each module has ids(dataset, folder) and load_item(dataset, item_id, folder), which raise what `load_item` here does.
DATASETS: dict[str, ModuleType] = {
    "synthetic-levin": synthetic,
    "synthetic-lai": synthetic,
    "synthetic-kohler": synthetic,
    "synthetic-lai_real": synthetic,
    "small-levin": synthetic,
    "small-lai": synthetic,
    "levin": levin,
    "lai": lai,
    "lai_real": lai,
    "kohler": kohler,
    "folder": own_folder,
}
_FULL_NAMES = {"synthetic": "synthetic-levin"} | {name: name for name in DATASETS}


def names(name: str, folder: Path | None = None) -> list[str]:
    """Identifiers of the images of a data set, without reading a pixel.

    Raises
    ------
    InputError
        If there is no such data set.
    """
    dataset = choose(_FULL_NAMES, name, "data set")
    return list(DATASETS[dataset].ids(dataset, folder))


def load_item(name: str, item_id: str, folder: Path | None = None) -> Item:
    """One image of a data set.

    Parameters
    ----------
    name : str
        One of `DATASETS`, or "synthetic" for "synthetic-levin".
    item_id : str
        One of `names(name, folder)`.
    folder : Path, optional
        For "folder": your photographs. For a benchmark: its own folder, e.g. the one that has `im05_flit01.mat`;
        by default `<MCDECONV_DATA>/<name>`, else the user's cache.

    Raises
    ------
    InputError
        For an unknown name or id (the message lists the choices), or a missing, truncated or altered file.
    """
    return next(load(name, [item_id], folder))


def load(name: str, images: Sequence[str] | None = None, folder: Path | None = None) -> Iterator[Item]:
    """The images of a data set, all or those named, each read when it is its turn.

    Names are checked at once; parameters as for `load_item`.

    Examples
    --------
    >>> [item.blurred.shape for item in load("synthetic", ["camera_kernel_01"])]
    [(224, 224)]
    """
    dataset = choose(_FULL_NAMES, name, "data set")
    known = names(dataset, folder)
    wanted = list(known if images is None else images)
    for item_id in wanted:
        if item_id not in known:
            raise InputError(f"{dataset} has no image {item_id!r}; {_choices(item_id, known)}")
    if dataset in benchmarks():
        require_folder(dataset, folder)  # say so now and not at the first image
    return (DATASETS[dataset].load_item(dataset, item_id, folder) for item_id in wanted)


def _choices(item_id: str, known: Sequence[str]) -> str:
    """The ids there are, the most alike first; not more than fit on a line of a terminal or two."""
    if len(known) <= 20:
        return f"choose one of {', '.join(known)}"
    alike = get_close_matches(item_id, known, n=5, cutoff=0.3) or list(known[:5])
    return f"choose one of {len(known)}, such as {', '.join(alike)} (`mcdeconv data list` shows all)"
