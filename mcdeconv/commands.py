"""What the commands do: read, call the package, print, write. Nothing here is needed from Python."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from mcdeconv import datasets
from mcdeconv.campaign import Job, run_campaign
from mcdeconv.config import SolverConfig
from mcdeconv.datasets import registry
from mcdeconv.deblur import DOUBTFUL_EDGE_SHARE, Restoration, choose_device, deconvolve, share_at_the_edge
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.experiment import PROTOCOL_OF, as_grey, pose
from mcdeconv.files import make_folder, require_writable
from mcdeconv.nonblind import deconvolve_with_kernel
from mcdeconv.photo import WRITABLE, read_photo, write_image
from mcdeconv.presets import TIERS, choose, configure
from mcdeconv.protocols import PROTOCOLS, score
from mcdeconv.records import Record, Store
from mcdeconv.solver import State
from mcdeconv.summary import paired, summarise, write_csv
from mcdeconv.trajectory import STD_WHITE

# `reproduce`: the Levin-like images with the two larger kernels, two seeds.
QUICK_IMAGES = tuple(f"{view}_kernel_{n}" for view in ("camera", "coffee", "coins", "leaves") for n in ("03", "04"))
QUICK_SEEDS = 2


class Progress:
    """An observer that draws a bar with iterations a second, the time left and the loss."""

    def __init__(self, total: int) -> None:
        self.bar: tqdm | None = None
        self.total = total

    def __call__(self, state: State) -> None:
        if self.bar is None:
            self.bar = tqdm(total=self.total, initial=state.iteration - 1, desc="kernel", unit="it")
        self.bar.update()
        if state.iteration % 25 == 0:
            self.bar.set_postfix(loss=f"{np.mean(state.losses[-25:]):.2e}")

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


def deblur_photo(
    photo: Path,
    output: Path,
    kernel_size: Any,
    tier: str,
    preset: str,
    final: str,
    seed: int,
    device: str,
    checkpoint: Path | None,
    time_budget: float | None,
) -> None:
    if output.suffix.lower() not in WRITABLE:
        raise InputError(f"cannot write {output}: the name must end in one of {', '.join(WRITABLE)}")
    require_writable(output.parent)
    image = read_photo(photo)
    config = configure(preset, tier)
    progress = Progress(config.stop_at or config.iterations)
    try:
        found = deconvolve(
            image.pixels,
            kernel_size,
            preset=preset,
            tier=tier,
            final=final,
            seed=seed,
            device=device,
            checkpoint=checkpoint_file(checkpoint, photo),
            time_budget=time_budget,
            observers=(progress,),
        )
    finally:
        progress.close()
    jpeg = output.suffix.lower() in (".jpg", ".jpeg")
    sharp = found.sharp if image.alpha is None or jpeg else with_alpha(found.sharp, image.alpha)
    write_image(output, sharp, 8 if jpeg else image.bit_depth)
    kernel_file, std_file = (output.with_name(f"{output.stem}_{what}.png") for what in ("kernel", "std"))
    write_image(kernel_file, found.kernel / found.kernel.max(), 16)
    write_image(std_file, found.std / STD_WHITE, 16)
    print_restoration(found, kernel_size == "auto")
    print(f"written    {output}, {kernel_file}, {std_file}")


def print_restoration(found: Restoration, estimated: bool) -> None:
    how = "a rough estimate; set it with --kernel-size if you know better" if estimated else "as given"
    r, run = found.region, found.solution
    print(f"kernel     {found.kernel_size} px ({how}), from {r.width}×{r.height} px at ({r.left}, {r.top})")
    print(f"run        {run.iterations} iterations in {run.seconds:.0f} s, seed {run.seed}")
    print(f"final      {found.final}")
    if (share := share_at_the_edge(found.kernel)) > DOUBTFUL_EDGE_SHARE:
        print(f"doubtful   {share:.0%} of the kernel lies at the edge of its square; try another --kernel-size or tier")
    print(f"deviation  median {np.median(found.std):.4f}, 99% {np.quantile(found.std, 0.99):.4f} of the image's range")


def checkpoint_file(folder: Path | None, photo: Path) -> Path | None:
    if folder is None:
        return None
    make_folder(folder)
    require_writable(folder)
    return folder / f"{photo.stem}.pt"


def with_alpha(sharp: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    colour = sharp if sharp.ndim == 3 else np.repeat(sharp[..., None], 3, axis=2)
    return np.dstack((colour, alpha))


def make_jobs(
    dataset: str,
    methods: Sequence[str],
    tier: str,
    images: Sequence[str] | None = None,
    seeds: int = 1,
    folder: Path | None = None,
    kernel_size: int | None = None,
) -> list[Job]:
    """Jobs of a data set; seeds vary slowest, so that an interrupted campaign has every image."""
    if seeds < 1:
        raise InputError(f"--seeds is {seeds}; it must be at least 1")
    configs: dict[str, SolverConfig] = {method: configure(method, tier) for method in methods}
    region = choose(TIERS, tier, "tier").region
    problems = [pose(item, region, kernel_size) for item in datasets.load(dataset, images, folder)]
    return [
        Job(problem, method, tier, config, seed)
        for seed in range(seeds)
        for problem in problems
        for method, config in configs.items()
    ]


def run_jobs(jobs: Sequence[Job], device: str, processes: int | None, results: Path) -> None:
    """Solve what is missing, print every score, and compare the first method with each other one."""
    records = run_campaign(Store(results / "records"), jobs, processes, choose_device(device))
    print_records(records)
    methods = list(dict.fromkeys(job.method for job in jobs))
    for other in methods[1:] if records else ():
        print_comparison(records, methods[0], other)
    if len(records) < len(jobs):
        raise RunFailed(f"{len(jobs) - len(records)} of {len(jobs)} runs failed; they are tried again next time")


def reproduce_quick(processes: int | None, results: Path) -> None:
    jobs = make_jobs("synthetic-levin", ("ours", "without-both"), "quick", QUICK_IMAGES, QUICK_SEEDS)
    run_jobs(jobs, "cpu", processes, results)


COLUMNS = {
    "psnr_direct": "direct",
    "psnr_sparse": "sparse",
    "known_psnr_sparse": "(known)",
    "psnr_hyper-laplacian": "hyper-L",
    "known_psnr_hyper-laplacian": "(known)",
    "kernel_similarity": "similarity",
}


def print_records(records: Sequence[Record]) -> None:
    """PSNR in dB: direct, and after each final deconvolution with the estimated and with the known kernel."""
    labels = "".join(f"{label:>11}" for label in COLUMNS.values())
    print(f"{'image':<28}{'method':<16}{'seed':>4} {labels}  seconds")
    for record in records:
        key = record.identity
        cells = "".join(f"{record.scores.get(name, float('nan')):>11.3f}" for name in COLUMNS)
        print(f"{key.image:<28}{key.method:<16}{key.seed:>4} {cells}{record.seconds:>9.1f}")


def print_comparison(records: Sequence[Record], method: str, other: str) -> None:
    """The paired differences, with their intervals and what they rest on."""
    where = records[0].provenance if records else {}
    print(
        f"\n{method} minus {other}, tier {records[0].identity.tier}, {where.get('device')}, torch {where.get('torch')}:"
    )
    for measure in ("psnr_direct", "psnr_hyper-laplacian", "psnr_sparse", "kernel_similarity"):
        s = summarise(paired(records, measure, method, other))
        print(
            f"  {measure:<22} {s.mean:8.3f}  difference {s.difference:+.3f}  [{s.low:+.3f}, {s.high:+.3f}]"
            f"  ({s.images} images, {s.runs} pairs of runs)"
        )


def run_study(names: Sequence[str] | None, processes: int | None, results: Path) -> None:
    from mcdeconv import study

    records = run_campaign(Store(Path("out/study")), study.jobs(names), processes, title="study")
    folder = results / "study"
    write_csv(folder / "runs.csv", [record.row() for record in records])
    rows = study.factors(records)
    write_csv(folder / "factors.csv", rows)
    for row in rows:
        if row["psnr_direct_runs"]:
            print(
                f"{row['variant']:<30}{row['images']:<10} direct {row['psnr_direct_mean']:6.2f} dB "
                f"({row['psnr_direct_difference']:+.2f})  kernel protocol {row['psnr_hyper-laplacian_mean']:6.2f} dB "
                f"({row['psnr_hyper-laplacian_difference']:+.2f})  similarity {row['kernel_similarity_mean']:.3f} "
                f"({row['kernel_similarity_difference']:+.3f})  n {row['psnr_direct_runs']}"
            )


def score_known_kernels(dataset: str, images: Sequence[str] | None, results: Path) -> None:
    protocol = PROTOCOLS[PROTOCOL_OF.get(dataset, "synthetic")]
    rows: list[dict[str, object]] = []
    methods = ("sparse", "hyper-laplacian")
    for item in tqdm(list(datasets.load(dataset, images)), dataset, unit="image"):
        if item.kernel is None:
            raise InputError(f"{dataset} {item.id} has no known kernel")
        grey, row = as_grey(item), {"image": item.id}
        for method in methods:
            result = score(deconvolve_with_kernel(grey.blurred, item.kernel, method), grey, protocol)
            row |= {f"psnr_{method}": result.psnr, f"ssim_{method}": result.structure, f"ssd_{method}": result.ssd}
        rows.append(row)
    write_csv(results / "known_kernel" / f"{dataset}.csv", rows)
    print(f"{dataset}, protocol {protocol.name}, {len(rows)} images, deconvolved with the true kernel:")
    for method in methods:
        values = np.array([row[f"psnr_{method}"] for row in rows], dtype=float)
        print(f"  {method:<16} mean {values.mean():.3f} dB, from {values.min():.2f} to {values.max():.2f}")


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


def fetch_dataset(name: str, folder: Path | None, source: Path | None) -> None:
    from mcdeconv.datasets.fetch import fetch

    bars: dict[str, tqdm] = {}

    def show(file: str, done: int, total: int | None) -> None:
        bar = bars.setdefault(file, tqdm(desc=file, total=total, unit="B", unit_scale=True))
        bar.update(done - bar.n)

    place = fetch(name, folder, source=source, progress=show)
    print(f"{name} is in {place}")
