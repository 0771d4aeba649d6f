"""The pictures of the chapter "What stands in the way": a dot-and-whisker plot for every finding."""

from collections.abc import Callable, Collection, Mapping, Sequence

from mcdeconv.paper.answer.gains import LAI, LEVIN, PAPERS, AnswerRecords, kernel_gain, over_deconvolution, own_gain
from mcdeconv.paper.answer.whiskers import READ, Whisker, whiskers
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.quotes.runs import SCENE
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Pairs, Runs, paired
from mcdeconv.studies import STUDIES
from mcdeconv.studies.kernels import KNOWN
from mcdeconv.studies.levin import AVERAGED, TRUE_KERNEL
from mcdeconv.studies.rows import Measured, by, runs_of

GAIN = "gain of dropout and noise, PSNR (dB)"
ONE_SCENE = "im05, laptop"
PILOT = "Lai at half size"
CHANGES = ("joint updates", "5,000 iterations", "whole image", "64 channels", "U-Net of the kernel")
PENALISED = {
    "a penalty as large": "without-both, sampling's mu",
    "a penalty as steep": "without-both, sampling's slope",
    "the loss averaged": f"without-both, {AVERAGED}",
    "dropout and noise": "ours",
}


def gain_of(records: Sequence[Record], change: str, images: Collection[str] | None = None) -> Runs:
    """What dropout and noise gain with the sparse prior under a change; "" for none."""
    ours, without = (", ".join(filter(None, (method, change))) for method in ("ours", "without-both"))
    return paired(records, "psnr_sparse", ours, without, images).differences


def gains(e: AnswerRecords) -> Drawing:
    """Where dropout and noise help on Levin's images."""
    ren = ("ren+mc", "ren")
    groups = {
        "After a deconvolution with the kernel": [
            Whisker("the paper's networks", kernel_gain(e.levin, "ours", "without-both"), LEVIN),
            Whisker("Ren et al.'s", kernel_gain(e.levin, *ren), LEVIN),
        ],
        "In the image network's own output": [
            Whisker("the paper's networks", own_gain(e.levin, "ours", "without-both"), LEVIN),
            Whisker("Ren et al.'s", own_gain(e.levin, *ren), LEVIN),
        ],
    }
    return whiskers(groups, GAIN, READ)


def changes(e: AnswerRecords) -> Drawing:
    """What they gain when one thing is changed, and what the change does to ours by itself."""
    records = STUDIES["levin"].kept(e.results)
    gained = [Whisker(change or "as it is", gain_of(records, change, SCENE), ONE_SCENE) for change in ("", *CHANGES)]
    alone = [
        Whisker(change, paired(records, "psnr_sparse", f"ours, {change}", "ours", SCENE).differences, ONE_SCENE)
        for change in CHANGES
    ]
    groups = {"Gain of dropout and noise under a change": gained, "What the change does to ours": alone}
    return whiskers(groups, "difference in PSNR, sparse prior (dB)")


def averaged(e: AnswerRecords) -> Drawing:
    """The sum of the paper's loss against the mean that ours first had."""
    records = STUDIES["levin"].kept(e.results)
    with_mean = [
        Whisker(change or "as it is", gain_of(records, ", ".join(filter(None, (AVERAGED, change))), SCENE), ONE_SCENE)
        for change in ("", "joint updates", "5,000 iterations")
    ]
    with_sum = [
        Whisker(change or "as it is", gain_of(records, change, SCENE), ONE_SCENE)
        for change in ("", "joint updates", "5,000 iterations")
    ]
    return whiskers({"Gain with a mean in the loss": with_mean, "Gain with the sum": with_sum}, GAIN)


def kernels(e: AnswerRecords) -> Drawing:
    """What kernels lose to the true ones, and what breadth and tails alone cost."""
    broad = by(STUDIES["breadth"].sheet(e.results).read(), "method", "blur")
    cut = by(STUDIES["thresholds"].sheet(e.results).read(), "method", "threshold", "final")
    true = _psnr(broad.get((KNOWN, 0.0), ()))
    where = "Levin, laptop"

    def less(label: str, rows: Sequence[Measured]) -> Whisker:
        return Whisker(label, Pairs.of(_psnr(rows), true).differences, where)

    groups = {
        "True kernels, spoiled": [
            *(less(f"blurred by {blur} px", broad.get((KNOWN, blur), ())) for blur in (0.4, 0.6, 0.8)),
            less("without values below 5%", cut.get((KNOWN, 0.05, "sparse"), ())),
        ],
        "Ours": [
            less("as found", broad.get(("ours", 0.0), ())),
            less("without values below 2%", cut.get(("ours", 0.02, "sparse"), ())),
        ],
    }
    return whiskers(groups, "difference to the true kernel, PSNR, sparse prior (dB)")


def penalties(e: AnswerRecords) -> Drawing:
    """Penalties on the kernel in the place of sampling."""
    records = STUDIES["levin"].kept(e.results)
    lines = [
        Whisker(label, paired(records, "psnr_sparse", name, "without-both", SCENE).differences, ONE_SCENE)
        for label, name in PENALISED.items()
    ]
    return whiskers({"": lines}, "difference to neither, PSNR, sparse prior (dB)")


def spread(e: AnswerRecords) -> Drawing:
    """How much of the data term is spread between samples, and how much of the spread a kernel lets through."""
    rows = [row for row in STUDIES["sampling"].sheet(e.results).read() if row["tier"] == "laptop"]
    moments = by(rows, "iteration")

    def of(column: str) -> list[Whisker]:
        return [
            Whisker(f"iteration {number:,}", _percent(own, column), LEVIN)
            for (number,), own in sorted(moments.items())
            if number in (250, 750, 1750, 2500)
        ]

    groups = {"Its share of the data term": of("share"), "What the kernel lets through (“no blur”: 100)": of("passed")}
    return whiskers(groups, "per cent", digits=0)


def outputs(e: AnswerRecords) -> Drawing:
    """The image network's own output against deconvolutions with the kernel of the same run."""
    records, given = STUDIES["levin"].kept(e.results), f"ours, whole image, {TRUE_KERNEL}"
    small = [
        Whisker(f"{kernel}: output − {final}", over_deconvolution(records, method, final), LEVIN)
        for kernel, method in (("its own", "ours, whole image"), ("true kernel", given))
        for final in ("sparse", "hyper-laplacian")
    ]
    full = [
        Whisker(f"{kernel}: output − {final}", over_deconvolution(e.full_size, method, final), PAPERS)
        for kernel, method in (("its own", "ours"), ("true kernel", f"ours, {TRUE_KERNEL}"))
        for final in ("sparse", "hyper-laplacian")
    ]
    groups = {"At a laptop's size, whole image": small, "At the paper's settings": full}
    return whiskers(groups, "output − deconvolution, PSNR (dB)")


def large(e: AnswerRecords) -> Drawing:
    """Large kernels: the pilot by length of run, and Lai's images at tier laptop."""
    pilot = STUDIES["lai"].kept(e.results)
    lengths = ("1,250 iterations", "2,500 iterations", "5,000 iterations")
    groups = {
        "Pilot, sparse prior": [Whisker(length, gain_of(pilot, length), PILOT) for length in lengths],
        "With 5,000 iterations": [
            Whisker("deconvolution, both", kernel_gain(e.lai, "ours", "without-both"), LAI),
            Whisker("own output, both", own_gain(e.lai, "ours", "without-both"), LAI),
            Whisker("own output, noise alone", own_gain(e.lai, "noise-only", "without-both"), LAI),
            Whisker("own output, dropout alone", own_gain(e.lai, "dropout-only", "without-both"), LAI),
        ],
    }
    return whiskers(groups, "gain over neither, PSNR (dB)")


FINDINGS: Mapping[str, Callable[[AnswerRecords], Drawing]] = {
    "gains": gains,
    "outputs": outputs,
    "large": large,
    "changes": changes,
    "averaged": averaged,
    "kernels": kernels,
    "spread": spread,
    "penalties": penalties,
}


def _psnr(rows: Sequence[Measured]) -> Runs:
    return runs_of(rows, "psnr")


def _percent(rows: Sequence[Measured], column: str) -> Runs:
    return {run: 100 * value for run, value in runs_of(rows, column).items()}
