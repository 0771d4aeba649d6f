"""`mcdeconv verify`: what is committed, against its inputs, its own kernels, and a sample of it computed anew."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

import torch
from tqdm import tqdm

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.device import choose_device
from mcdeconv.core.presets import TIERS
from mcdeconv.data import datasets
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import Problem, pose
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.files import read_csv, write_csv
from mcdeconv.methods import FULL, MethodSettings, require_files
from mcdeconv.paper.plans import chosen
from mcdeconv.runs.campaign import Undone
from mcdeconv.runs.library import Library
from mcdeconv.runs.merge import own_record
from mcdeconv.runs.provenance import provenance
from mcdeconv.runs.records import ESTIMATED, EXTERNAL, Identity
from mcdeconv.runs.verify import Agreement, Check, Columns, StoredRun, computed_anew, drawn, scored_again
from mcdeconv.runs.wording import count
from mcdeconv.studies import STUDIES

VERIFIED = Path("verified")  # in results/
RESCORING = 0.25  # of the time
DIGITS = 7
VERDICTS = ("equal", "within", "apart", "off")  # of a run computed anew


def verify_records(
    sample: int, minutes: float, seed: int | None, tiers: Sequence[str], device: str, processes: int | None
) -> None:
    """Check every committed record, compute a sample anew, print what was found and add it to results/verified.

    Nothing else in results/ is written.

    Parameters
    ----------
    minutes : for what is computed: a quarter of them for scores of stored kernels, the rest for the sample
    seed : of the sample; default: today's date

    Raises
    ------
    RunFailed
        If an input or a score is another, or a run lies outside its tolerance: each is named.
    """
    root, today = Library.here().root, date.today()
    seed = int(today.strftime("%Y%m%d")) if seed is None else seed
    runs = list(committed_runs(root))
    fits = [run.input_fits() for run in tqdm(runs, "inputs", unit="record")]
    here = [run for run, fit in zip(runs, fits, strict=True) if fit]
    rescored = scored_again([run for run in drawn(here, seed) if run.follows], 60 * minutes * RESCORING)
    agreements: list[Agreement] = []
    undone, own = Undone(), choose_device(device)
    asked = drawn((run for run in here if comes_out_again(run, tiers, own)), seed)[:sample]
    if asked:
        agreements = computed_anew(asked, own, processes, 60 * minutes * (1 - RESCORING), undone)
    check = Check(runs, fits, rescored, agreements, len(asked) - len(agreements) - undone.runs)
    report(check)
    made = provenance(own, torch.get_num_threads())
    when: Columns = {"date": today.isoformat(), "commit": made["commit"]}
    where: Columns = {"device": made["device"], "torch": made["torch"], "seed": seed}
    add(root / "results" / VERIFIED / "checks.csv", [when | where | counted(check)])
    add(root / "results" / VERIFIED / "runs.csv", [when | one.row() for one in agreements])
    for fault in (faults := list(check.faults())):
        print(fault)
    if faults:
        raise RunFailed(f"{count(len(faults), 'fault')}, see above")
    print("verdict: what is stored comes out again")


def comes_out_again(run: StoredRun, tiers: Sequence[str], device: str) -> bool:
    """Whether a run can be made here as it was there."""
    key = run.record.identity
    try:
        require_files(key.method)
    except InputError:
        return False
    alike = key.tier == FULL or device == ("cuda" if run.on_a_gpu else "cpu")
    return run.of_today and key.tier in tiers and alike


def counted(check: Check) -> Columns:
    """What was found, as a row of the table of checks."""
    others = sum(run.record.identity.tier == EXTERNAL for run in check.runs)
    today, fits = sum(run.of_today for run in check.runs), Counter(check.fits)
    verdicts = Counter(one.verdict for one in check.agreements)
    return {
        "records": len(check.runs),
        "inputs": fits[True] + fits[False],
        "inputs_equal": fits[True],
        "configurations_of_today": today,
        "configurations_of_before": len(check.runs) - today - others,
        "others_files": others,
        "rescored": len(check.rescored),
        "rescored_difference": max((by for _, by in check.rescored), default=0.0),
        "sample": len(check.agreements),
        **{verdict: verdicts[verdict] for verdict in VERDICTS},
        "difference": max((one.difference for one in check.agreements), default=0.0),
        "similarity": min((one.similarity for one in check.agreements), default=1.0),
        "faults": len(list(check.faults())),
    }


def report(check: Check) -> None:
    """In the terminal."""
    row = counted(check)
    print(f"{row['records']} records, of which {row['others_files']} of other systems' files")
    absent = check.fits.count(None)
    print(f"inputs: {row['inputs_equal']} of {row['inputs']} are what was solved; of {absent} the data are not here")
    print(f"configurations: {row['configurations_of_today']} today's, {row['configurations_of_before']} earlier ones")
    print(
        f"scores of stored kernels: {row['rescored']} made again, largest difference {row['rescored_difference']:.1g}"
    )
    for one in check.agreements:
        key, on = one.stored.identity, one.stored.provenance.get("device", "")
        print(
            f"  {one.verdict:<8}{key.image:<26}{key.tier:<8}{key.method}, seed {key.seed}: "
            f"kernels {one.similarity:.4f} alike, {one.difference:.3f} dB; stored from {on}"
        )
    verdicts = ", ".join(f"{row[name]} {name}" for name in VERDICTS)
    print(f"runs: {row['sample']} made anew, of which {verdicts}")


def add(path: Path, rows: Sequence[Columns]) -> None:
    """Rows to a table, after those that it has."""
    if rows:
        before = read_csv(path, dict, "move it away") if path.exists() else []
        write_csv(path, [*before, *rows], DIGITS)


def committed_runs(root: Path) -> Iterator[StoredRun]:
    """Every record of the tables and of the studies; those of an image one after the other, so that it is read once.

    Raises
    ------
    InputError
        If a file is damaged; it stays where it is.
    """
    for path in sorted(Library(root).committed.folder.glob("*/*.json")):
        record = own_record(path)
        yield StoredRun(record, config_of(record.identity), partial(posed, record.identity))
    for name, study in STUDIES.items():
        for path in sorted(study.stores(root / "results")[0].folder.glob("*/*.json")):
            record = own_record(path)
            key = record.identity
            if variant := study.variants.get(key.method):
                yield StoredRun(record, variant.config, partial(posed_by, name, key))
            else:
                yield StoredRun(record, None, partial(posed, key))


def config_of(key: Identity) -> SolverConfig | MethodSettings | None:
    """A method of the tables as it is configured today; None of somebody else's."""
    if key.tier == EXTERNAL:
        return None
    for study in STUDIES.values():
        if study.variants and study.has(key):
            return study.variants[key.method].config
    try:
        return chosen(key.method, key.tier if key.tier in TIERS else next(iter(TIERS)), key.dataset).config
    except InputError:
        return None


def posed(key: Identity) -> Problem:
    """What the tables solve of an image, with the region and the size of the kernel that an identity names."""
    region = TIERS[key.tier].region if key.tier in TIERS else None
    if key.region:
        region = None if key.region == "whole" else int(key.region.removesuffix(" px"))
    size = None if key.kernel_size in ("", ESTIMATED) else int(key.kernel_size.removesuffix(" px"))
    return posed_on(key.dataset, key.image, region, size)


@lru_cache(maxsize=4)
def posed_on(dataset: str, image: str, region: int | None, size: int | None) -> Problem:
    return pose(datasets.load_item(dataset, image), region, size)


def posed_by(study: str, key: Identity) -> Problem:
    """What a study solves of an image."""
    if key.image not in (items := items_of(study)):
        raise InputError(f"the study {study} has no image {key.image!r}")
    return STUDIES[study].variants[key.method].pose(items[key.image])


@lru_cache(maxsize=1)
def items_of(study: str) -> dict[str, Item]:
    return {item.id: item for item in STUDIES[study].items()}
