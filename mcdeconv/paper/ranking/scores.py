"""The scores of every method under every reading of a benchmark's protocol."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mcdeconv.methods import FULL, RIVALS, title_of
from mcdeconv.paper.plans import is_tabled
from mcdeconv.paper.tables.paper import PaperCell, read_table, results_folder
from mcdeconv.paper.tables.readings import TRUTHS
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import EXTERNAL, Record
from mcdeconv.runs.statistics import Runs
from mcdeconv.runs.wording import in_order
from mcdeconv.scoring.protocols import PROTOCOLS, UNDER, Protocol, final_method, other_readings, protocol_of
from mcdeconv.studies import STUDIES
from mcdeconv.studies.kernels import FINALS, KNOWN
from mcdeconv.studies.protocols import of_today
from mcdeconv.studies.rows import Measured

RANKED = ("paper", "laptop", FULL, EXTERNAL)  # tiers, in the order of lines of equal score
PRINTED = {"levin": (1, "all"), "lai": (2, "average")}  # table of the PSNRs, and its rows
DIRECT = "direct"
# presets and others' files whose names do not say which reference they are; "" is the paper itself
REFERENCES = {
    "ours": "",
    "ren": "43",
    "selfdeblur": "43",
    "selfdeblur-lai": "43",
    "SelfDeblur": "43",
    "Pan et al. (authors' kernels)": "40",
    "Pan et al. 2016": "40",
}
SEVERAL = ("Pan et al.",)  # names that more than one reference of the tables has


@dataclass(frozen=True)
class Line:
    """What has one place in the ranking."""

    method: str
    tier: str
    stage: str  # "kernel": its kernel, then a final deconvolution; "direct": its own picture

    @property
    def kind(self) -> str:
        if self.method == KNOWN:
            return "bound"
        if self.tier == EXTERNAL:
            return "external"
        if self.method == "ours":
            return "ours"
        return "rival" if self.method in RIVALS or self.method in REFERENCES else "variant"

    @property
    def name(self) -> str:
        from mcdeconv.paper.figures.style import label

        if self.method == KNOWN:
            return "true kernel"
        return title_of(self.method) if self.method in RIVALS else label(self.method)

    @property
    def detail(self) -> str:
        """Where its numbers come from."""
        if self.method == KNOWN:
            return "the bound"
        where = {EXTERNAL: "its files, scored here", FULL: "run here"}.get(self.tier, f"run here, tier {self.tier}")
        return f"{where}, own picture" if self.stage == DIRECT else where

    @property
    def reference(self) -> str | None:
        """Its number in the paper's list; None if it has none, or if that cannot be told."""
        if self.method in RIVALS:
            number = RIVALS[self.method].reference
            return None if number is None else f"{number}"
        known = (number for name, number in REFERENCES.items() if self.method == name or self._starts(name))
        return next(known, None)

    def _starts(self, name: str) -> bool:
        return self.tier == EXTERNAL and self.method.startswith(f"{name} ")

    def is_of(self, cell: PaperCell) -> bool:
        """Whether a printed number is this method's, of this stage."""
        if cell.protocol != self.stage or self.method == KNOWN:
            return False
        if self.reference is not None:
            return cell.reference == self.reference
        return cell.method not in SEVERAL and self._starts(cell.method)


@dataclass(frozen=True)
class Reading:
    """One way to come from a kernel or a picture to a score."""

    final: str  # a final deconvolution, or "direct"
    protocol: Protocol

    @property
    def key(self) -> str:
        return f"{self.final}{UNDER}{self.protocol.name}"


@dataclass(frozen=True)
class Scores:
    """PSNR (dB) of a data set's images, by line and `Reading.key`."""

    dataset: str
    runs: Mapping[Line, Mapping[str, Runs]]

    @cached_property
    def protocols(self) -> tuple[Protocol, ...]:
        """The data set's own first."""
        return protocol_of(self.dataset), *other_readings(self.dataset)

    @cached_property
    def own(self) -> Reading:
        return Reading(final_method(self.dataset), self.protocols[0])

    def readings(self, line: Line) -> list[Reading]:
        """All there are for a line, whether it was scored under them or not."""
        finals = (DIRECT,) if line.stage == DIRECT else FINALS
        return [Reading(final, protocol) for final in finals for protocol in self.protocols]

    def words(self, reading: Reading) -> str:
        """A reading as prose has it; of what the data set has one value of, nothing is said."""
        protocol = reading.protocol
        parts = {"truth": TRUTHS[protocol.truth], "maxshift": f"shifts up to {protocol.maxshift} px"}
        parts["luma_range"] = f"{protocol.luma_range} luma"
        several = [name for name in parts if len({getattr(one, name) for one in self.protocols}) > 1]
        return ", ".join([*(parts[name] for name in several), *([] if reading.final == DIRECT else [reading.final])])

    def of(self, line: Line, reading: Reading) -> Runs:
        return self.runs[line].get(reading.key, {})

    def images(self, line: Line) -> int:
        """How many images it has a score of."""
        return max((len({image for image, _ in runs}) for runs in self.runs[line].values()), default=0)

    @cached_property
    def most(self) -> int:
        """Images of the methods that have most; one of fewer gets no place among them."""
        return max((self.images(line) for line in self.runs if line.kind != "bound"), default=0)

    @cached_property
    def ours(self) -> Line | None:
        """Of the tier that ran on most images, and of these the highest."""
        own = [line for line in self.runs if line.kind == "ours" and line.stage == "kernel"]
        return max(own, key=self.images, default=None)

    def bound(self, reading: Reading, images: Iterable[str] | None = None) -> Runs:
        """The true kernels' scores, on some images only."""
        known = self.runs.get(Line(KNOWN, "", "kernel"), {}).get(reading.key, {})
        chosen = None if images is None else set(images)
        return {run: value for run, value in known.items() if chosen is None or run[0] in chosen}


def scored(dataset: str, library: Library | None = None, results: Path | None = None) -> Scores:
    """What the records and the study of the protocols have of a data set.

    A record has its scores under the data set's own protocol and, of others' files, under all; the study has all of
    every kernel.
    """
    records = list(records_of(dataset, library or Library.here()))
    files = {record.identity.file_name for record in records} | {KNOWN}
    rows = [row for record in records for row in _of_record(record)]
    sheet = STUDIES["protocols"].sheet(results_folder(results)).read()
    rows += [row for row in sheet if row["dataset"] == dataset and row["record"] in files]
    shown = {protocol.name for protocol in (protocol_of(dataset), *other_readings(dataset))}
    runs: dict[Line, dict[str, dict[tuple[str, int], float]]] = {}
    for row in rows:
        if row["protocol"] in shown:
            line = Line(row["method"], row["tier"], DIRECT if row["final"] == DIRECT else "kernel")
            key = Reading(row["final"], PROTOCOLS[row["protocol"]]).key
            runs.setdefault(line, {}).setdefault(key, {})[row["image"], row["seed"]] = row["psnr"]
    order = in_order(line.method for line in runs)
    places = ("", *RANKED)
    return Scores(
        dataset,
        {
            line: runs[line]
            for line in sorted(runs, key=lambda one: (places.index(one.tier), order.index(one.method), one.stage))
        },
    )


def records_of(dataset: str, library: Library) -> Iterator[Record]:
    """Those that the ranking shows: of today's configurations, and others' files."""
    for tier in RANKED:
        for record in library.records(dataset, tier=tier):
            if tier == EXTERNAL or (of_today(record) and is_tabled(record.identity)):
                yield record


def _of_record(record: Record) -> Iterator[Measured]:
    """Its PSNRs; of its own picture only where that is of the whole image."""
    key = record.identity
    own = {"image": key.image, "method": key.method, "tier": key.tier, "seed": key.seed}
    for name, psnr in record.scores.items():
        measure, _, rest = name.partition("_")
        final, _, protocol = rest.partition(UNDER)
        whole = final == DIRECT and "ssim_direct" in record.scores
        if measure == "psnr" and (final in FINALS or whole):
            yield own | {"final": final, "protocol": protocol or protocol_of(key.dataset).name, "psnr": psnr}


def printed_cells(dataset: str, results: Path | None = None) -> list[PaperCell]:
    """The paper's PSNRs of a data set, over all its images."""
    number, category = PRINTED[dataset]
    return [c for c in read_table(number, results) if (c.category, c.metric) == (category, "psnr")]
