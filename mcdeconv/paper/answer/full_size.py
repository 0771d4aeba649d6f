"""Levin's images at the paper's settings: what sampling gains, and how they do beside a laptop's size."""

from mcdeconv.paper.answer.gains import PAPERS, AnswerRecords, kernel_gain, over_deconvolution, own_gain
from mcdeconv.paper.answer.whiskers import READ, Whisker, whiskers
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.plans import BOTH
from mcdeconv.paper.quotes.rivals import in_protocol
from mcdeconv.runs.statistics import Pairs

NAMES = {"ours": "ours", "without-both": "without dropout and noise"}


def full_size(e: AnswerRecords) -> Drawing:
    """Paired differences on all images that have been run with the kernel unknown."""
    groups = {
        "What dropout and noise gain": [
            Whisker("in the network's own output", own_gain(e.full_size, *BOTH), PAPERS),
            Whisker("in the deconvolution with its kernel", kernel_gain(e.full_size, *BOTH), PAPERS),
        ],
        "The output of ours less a deconvolution with its kernel": [
            Whisker(f"of the {words} prior", over_deconvolution(e.full_size, "ours", final), PAPERS)
            for words, final in (("sparse", "sparse"), ("hyper-Laplacian", "hyper-laplacian"))
        ],
        "The deconvolution, less that of tier laptop": [
            Whisker(
                words,
                Pairs.of(*(in_protocol(records, method, "psnr") for records in (e.full_size, e.levin))).differences,
                PAPERS,
            )
            for method, words in NAMES.items()
        ],
    }
    return whiskers(groups, "difference in PSNR (dB)", READ)
