"""The paired differences that the answer and the chapter on obstacles draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.paper.answer.whiskers import Whisker
from mcdeconv.paper.plans import CLASSICAL
from mcdeconv.paper.quotes.rivals import in_protocol
from mcdeconv.paper.selection import Selection, stored
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Pairs, Runs, paired, scores_of
from mcdeconv.studies import STUDIES

LEVIN_IMAGES = tuple(image for scene in LEVIN_SCENES.values() for image in scene)
LEVIN, LAI, KOHLER, PAPERS = "Levin, laptop", "Lai, laptop", "Köhler, laptop", "Levin, paper's settings"


@dataclass(frozen=True)
class AnswerRecords:
    """The records that the answer rests on, each read once."""

    library: Library

    @property
    def results(self) -> Path:
        return self.library.root / "results"

    @cached_property
    def levin(self) -> list[Record]:
        return self._of(("levin", "architectures"), "levin")

    @cached_property
    def lai(self) -> list[Record]:
        return self._of(("lai", "ablation", "architectures"), "lai")

    @cached_property
    def kohler(self) -> list[Record]:
        return self._of(("kohler", "architectures"), "kohler")

    @cached_property
    def full_size(self) -> list[Record]:
        """Levin's at the paper's settings; of two images also with the true kernel."""
        found = (*STUDIES["settings"].stored(self.results), *stored(Selection("levin", "paper", "levin"), self.library))
        return list({record.identity: record for record in found}.values())

    def _of(self, experiments: Sequence[str], dataset: str) -> list[Record]:
        found = (record for name in experiments for record in stored(Selection(name, "laptop", dataset), self.library))
        return list({record.identity: record for record in found}.values())


def kernel_gain(records: Sequence[Record], method: str, other: str) -> Runs:
    """Of two methods in the data set's kernel protocol, dB."""
    return Pairs.of(*(in_protocol(records, name, "psnr") for name in (method, other))).differences


def own_gain(records: Sequence[Record], method: str, other: str) -> Runs:
    """Of two methods in the image network's own output, dB."""
    return paired(records, "psnr_direct", method, other).differences


def over_deconvolution(records: Sequence[Record], method: str, final: str) -> Runs:
    """The network's own output less a deconvolution with the kernel of the same run, dB."""
    return Pairs.of(*(scores_of(records, method, name) for name in ("psnr_direct", f"psnr_{final}"))).differences


def in_kernels(e: AnswerRecords) -> list[Whisker]:
    """Claim 1: what sampling gains in the deconvolution with the kernel."""
    return [
        Whisker("sampling − none", kernel_gain(e.levin, "ours", "without-both"), LEVIN),
        Whisker("sampling − none", kernel_gain(e.lai, "ours", "without-both"), LAI),
        Whisker("sampling − none", kernel_gain(e.kohler, "ours", "without-both"), KOHLER),
        Whisker("sampling − none", kernel_gain(e.full_size, "ours", "without-both"), PAPERS),
        Whisker("the same, Ren et al.'s networks", kernel_gain(e.levin, "ren+mc", "ren"), LEVIN),
    ]


def in_own_output(e: AnswerRecords) -> list[Whisker]:
    """Claim 2: what it gains in the network's own output."""
    return [
        Whisker("sampling − none, on a region", own_gain(e.levin, "ours", "without-both"), LEVIN),
        Whisker("sampling − none, on a region", own_gain(e.lai, "ours", "without-both"), LAI),
        Whisker("sampling − none, on a region", own_gain(e.kohler, "ours", "without-both"), KOHLER),
        Whisker("sampling − none", own_gain(e.full_size, "ours", "without-both"), PAPERS),
    ]


def output_over_kernel(e: AnswerRecords) -> list[Whisker]:
    """Claim 3: its output against two deconvolutions with the same kernel."""
    given = "ours, true kernel"
    return [
        Whisker("output − sparse prior", over_deconvolution(e.full_size, "ours", "sparse"), PAPERS),
        Whisker("output − hyper-Laplacian", over_deconvolution(e.full_size, "ours", "hyper-laplacian"), PAPERS),
        Whisker("true kernel: output − sparse", over_deconvolution(e.full_size, given, "sparse"), PAPERS),
        Whisker("true kernel: output − hyper-L.", over_deconvolution(e.full_size, given, "hyper-laplacian"), PAPERS),
    ]


def over_rivals(e: AnswerRecords) -> list[Whisker]:
    """Claim 4: ours against the classical methods that run here, the best first; on the other benchmarks that one."""
    on_levin = _over_classical(e.levin, LEVIN)
    return [*on_levin, *_over_classical(e.lai, LAI)[:1], *_over_classical(e.kohler, KOHLER)[:1]]


def _over_classical(records: Sequence[Record], where: str) -> list[Whisker]:
    lines = [Whisker(f"ours − {name}", kernel_gain(records, "ours", name), where) for name in CLASSICAL]
    return sorted((line for line in lines if line.runs), key=lambda line: line.estimate.mean)


def of_parts(e: AnswerRecords) -> list[Whisker]:
    """Claim 6: dropout and noise, alone and together, in the network's own output."""
    pairs = {
        "dropout alone − neither": ("dropout-only", "without-both"),
        "noise alone − neither": ("noise-only", "without-both"),
        "both − dropout alone": ("ours", "dropout-only"),
        "both − noise alone": ("ours", "noise-only"),
    }
    return [Whisker(label, own_gain(e.lai, *pair), LAI) for label, pair in pairs.items()]
