"""What was asked for on the command line, checked, and the experiments and pages that it concerns."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from pages import PAGES, Page

from mcdeconv.core.presets import TIERS
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import FLAVOURS
from mcdeconv.errors import InputError, choose
from mcdeconv.paper import plans
from mcdeconv.paper.selection import Selection


@dataclass(frozen=True)
class Request:
    """A mode and a selection.

    "reproduce" computes everything in this checkout, whatever the repository brings; "page" computes what a page lacks
    and neither has; "book" computes nothing.

    Raises
    ------
    InputError
        For an unknown tier, data set or image, or a number of seeds or shards below 1.
    """

    mode: Literal["reproduce", "page", "book"]
    tier: str = "quick"
    dataset: str | None = None
    images: tuple[str, ...] | None = None
    seeds: int | None = None
    page: Page | None = None  # for mode "page"
    shards: int = 1  # on a cluster: jobs that the images are divided among

    def __post_init__(self) -> None:
        choose(TIERS, self.tier, "tier")
        if self.dataset is not None and self.page is None:
            choose({page.dataset: page for page in PAGES.values() if page.dataset}, self.benchmark, "data set")
        for name in ("seeds", "shards"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.images is not None:
            self._check_images(self.images)

    @property
    def benchmark(self) -> str:
        """The data set of the paper that the one asked for is, or stands in for."""
        return {flavour: name for name, flavour in FLAVOURS.items()}.get(self.dataset or "", self.dataset or "")

    @property
    def narrowed(self) -> bool:
        return self.dataset is not None or self.images is not None

    def experiments(self) -> list[str]:
        """Those of the page, of the data set, or all."""
        if self.page is not None:
            return list(self.page.experiments)
        if self.dataset is None:
            return list(plans.EXPERIMENTS)
        pages = (page for page in PAGES.values() if page.dataset == self.benchmark)
        return list(dict.fromkeys(name for page in pages for name in page.experiments))

    def pages(self, solved: Collection[str]) -> list[Page]:
        """The pages to execute once these experiments are solved: all of them, or those that are concerned."""
        if self.page is not None:
            return [self.page]
        if self.mode == "book" or (self.tier == "quick" and not self.narrowed):
            return list(PAGES.values())
        own = [page for page in PAGES.values() if self.dataset and page.dataset == self.benchmark]
        return own + [page for page in PAGES.values() if page not in own and set(page.experiments) & set(solved)]

    def misses(self, experiment: str) -> bool:
        """Whether an experiment has no runs at this tier, or none in this selection."""
        try:
            return not self.select(experiment).parts(anew=self.mode == "reproduce")
        except InputError:
            return True

    def select(self, experiment: str) -> Selection:
        return Selection(experiment, self.tier, self.dataset, self.images, self.seeds)

    def selection(self) -> str:
        """The end of a manifest's name: empty for an experiment's whole plan."""
        chosen = (self.dataset, self.images, self.seeds)
        return f"-{hashlib.sha256(repr(chosen).encode()).hexdigest()[:8]}" if any(chosen) else ""

    def options(self) -> list[str]:
        """The selection as options of `mcdeconv solve`."""
        found = ["--tier", self.tier]
        found += ["--dataset", self.dataset] if self.dataset else []
        found += ["--images", ",".join(self.images)] if self.images else []
        found += ["--seeds", str(self.seeds)] if self.seeds else []
        return found + (["--local-only"] if self.mode == "reproduce" else [])

    def parameters(self, page: Page) -> dict[str, Any]:
        """What `workflow/run_notebook.py` sets in a page's notebook, where that has a parameter of the name."""
        images = list(self.images) if self.images else None
        return {"dataset": page.dataset, "tier": self.tier, "images": images, "seeds": self.seeds, "compute": False}

    def _check_images(self, images: tuple[str, ...]) -> None:
        tiers = (plans.EXPERIMENTS[name].get(self.tier, ()) for name in self.experiments())
        wanted = dict.fromkeys(part.dataset for parts in tiers for part in parts)
        known = [image for name in wanted for image in datasets.names(name)]
        for image in images:
            if known and image not in known:
                raise InputError(
                    f"there is no image {image!r} in {', '.join(wanted)}, the data of tier {self.tier}; "
                    f"choose such as {', '.join(known[:5])}"
                )
