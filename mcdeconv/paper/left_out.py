"""What a lower tier leaves out against the paper, and what computes its runs anew: both from the plan, in words."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import FLAVOURS, benchmark_of
from mcdeconv.paper import plans
from mcdeconv.runs.records import Record
from mcdeconv.runs.wording import count, listing


def left_out(tier: str, records: Sequence[Record], experiments: Sequence[str] = ()) -> str:
    """What the records of a tier, and the plan of their experiments, lack against tier `paper`; sentences."""
    own = sorted({record.identity.dataset for record in records if record.identity.tier == tier})
    by_text = defaultdict(list)
    for dataset in own:
        by_text[smaller(configure("ours", tier, benchmark_of(dataset)))].append(dataset)
    said = [(f"On {listing(names)}: {text}." if len(by_text) > 1 else f"{text}.") for text, names in by_text.items()]
    if (region := TIERS[tier].region) is not None:
        said.append(f"Of a larger image, the kernel from its most informative {region} px, or three kernels.")
    if standins := [dataset for dataset in own if dataset in FLAVOURS.values()]:
        said.append(f"Embedded images ({listing(standins)}) instead of the benchmark's.")
    return " ".join([*said, *filter(None, (fewer_runs(name, tier) for name in experiments))])


def smaller(reduced: SolverConfig) -> str:
    """Where a configuration of the paper's method is not the paper's."""
    full = configure("ours", "paper")
    pairs = {
        "channels in G_x": (reduced.image_net.channels, full.image_net.channels),
        "levels in G_x": (reduced.image_net.levels, full.image_net.levels),
        "skip channels": (reduced.image_net.skip_channels, full.image_net.skip_channels),
        "iterations": (f"{reduced.iterations:,}", f"{full.iterations:,}"),
        "updates": (reduced.update, full.update),
        "arithmetic in G_x": (reduced.precision, full.precision),
        "learning rate of G_k": (f"{reduced.kernel_learning_rate:g}", f"{full.kernel_learning_rate:g}"),
        "G_k": (reduced.kernel_net.architecture, full.kernel_net.architecture),
    }
    return ", ".join(f"{name} {own} instead of {papers}" for name, (own, papers) in pairs.items() if own != papers)


def fewer_runs(experiment: str, tier: str) -> str:
    """Where the plan of an experiment at a tier has fewer runs than at tier `paper`, by method; a sentence or none."""
    tiers = plans.EXPERIMENTS[experiment]
    if "paper" not in tiers:
        return ""
    here, papers = planned(experiment, tier), planned(experiment, "paper")
    by_text = defaultdict(list)
    for (benchmark, method), wanted in papers.items():
        runs = here.get((benchmark, method), set())
        if runs != wanted and len(runs) < len(wanted):
            by_text[benchmark, f"{sized(runs) if runs else 'nothing'} instead of {sized(wanted)}"].append(method)
    several = len({benchmark for benchmark, _ in papers}) > 1
    parts = [f"{f'{name}, ' * several}{listing(methods)}: {text}" for (name, text), methods in by_text.items()]
    return f"Runs of the experiment {experiment}: {'; '.join(parts)}." if parts else ""


def planned(experiment: str, tier: str) -> dict[tuple[str, str], set[tuple[str, int]]]:
    """The runs of a plan, as image and seed, by benchmark (its stand-in's count as its own) and method."""
    found: dict[tuple[str, str], set[tuple[str, int]]] = defaultdict(set)
    for part in plans.EXPERIMENTS[experiment].get(tier, ()):
        images = datasets.names(part.dataset) if part.images is None else part.images
        for method in part.methods:
            found[benchmark_of(part.dataset), method] |= {(image, seed) for image in images for seed in part.seeds}
    return found


def sized(runs: Collection[tuple[str, int]]) -> str:
    """As "10 runs (1 image, 10 seeds)"."""
    images, seeds = ({run[place] for run in runs} for place in (0, 1))
    return f"{count(len(runs), 'run')} ({count(len(images), 'image')}, {count(len(seeds), 'seed')})"


def computed_anew(experiments: Sequence[str], tier: str) -> str:
    """The command that computes the runs of some experiments at a tier again, whatever is stored in the repository."""
    command = f"make reproduce TIER={tier}"
    if len(experiments) != 1 or (experiment := experiments[0]) not in FLAVOURS:
        return command
    parts = plans.EXPERIMENTS[experiment].get(tier, ())
    if all(part.anew for part in parts):
        return f"{command} DATASET={experiment}"
    images = (image for part in parts for image in part.images or datasets.names(part.dataset))
    return f"{command} DATASET={experiment} IMAGES={','.join(dict.fromkeys(images))}"
