"""Whether a classical method finds the kernel depends on the square that it is looked for in: Levin's, and larger ones.

Alternation from a coarse start is not stable: a few pixels of room send some images the other way. The tables have each
method on the square that the data set gives; this says how much of a difference between two methods that can be.
"""

from dataclasses import dataclass

from mcdeconv.data import datasets
from mcdeconv.data.problem import pose
from mcdeconv.errors import choose
from mcdeconv.methods import RIVALS, solving_rival
from mcdeconv.scoring.protocols import SUCCESS, protocol_of, score
from mcdeconv.studies.rows import Measured
from mcdeconv.studies.study import Asked, Study, Survey

METHODS = {name: name for name in ("l0", "cho-lee", "xu-jia", "dark-channel")}  # the quick ones
MARGINS = (0, 2, 4)  # px, added to the side


@dataclass(frozen=True)
class InSquare:
    """One image by one method in one square."""

    item: datasets.Item
    method: str
    margin: int

    @property
    def heads(self) -> list[Measured]:
        own: Measured = {"dataset": self.item.dataset, "image": self.item.id, "method": self.method}
        return [own | {"margin": self.margin, "config": RIVALS[self.method].settings.digest()}]

    def rows(self) -> list[Measured]:
        """Find the kernel, deconvolve by the data set's protocol and score."""
        from mcdeconv.core.solve import at_once  # torch, for which readers need not wait
        from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised

        protocol, settings = protocol_of(self.item.dataset), RIVALS[self.method].settings
        given = pose(self.item, None)
        size = given.kernel_size + self.margin
        found = at_once(solving_rival)(self.method, given.blurred, size, settings, threads=1)
        assert found.kernel is not None
        restored = deconvolve_with_kernel(protocol.to_deconvolve(self.item), normalised(found.kernel), "sparse")
        result = score(restored, self.item, protocol)
        assert result.error_ratio is not None  # Levin's are published
        scores = {"psnr": result.psnr, "error_ratio": result.error_ratio, "found": int(result.error_ratio <= SUCCESS)}
        return [head | scores for head in self.heads]


def _tasks(asked: Asked) -> list[InSquare]:
    methods = [choose(METHODS, name, "variant") for name in asked.variants or METHODS]
    items = datasets.load("levin", asked.images)
    return [InSquare(item, method, margin) for item in items for margin in MARGINS for method in methods]


STUDY = Study(
    "squares",
    "How much do classical methods depend on the kernel's square?",
    page="rivals",
    survey=Survey(
        _tasks,
        ("dataset", "image", "method", "margin"),
        "config",
        ("method", "margin"),
        ("psnr", "error_ratio", "found"),
    ),
    takes=("variants", "images"),
)
