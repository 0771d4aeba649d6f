"""Printed numbers that contradict other printed ones, each with what was measured here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcdeconv.files import read_csv
from mcdeconv.paper.ranking.choices import BOUND, mean_of
from mcdeconv.paper.ranking.scores import Line, Reading, Scores
from mcdeconv.paper.tables.grid import Cell, Row, Table
from mcdeconv.paper.tables.paper import look_up, read_table, results_folder
from mcdeconv.paper.words import in_letters
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Runs, estimate
from mcdeconv.runs.wording import listing, number, signed
from mcdeconv.studies import STUDIES
from mcdeconv.studies.kernels import FINALS
from mcdeconv.studies.rows import runs_of

SEEN = 2  # rows that are seen at once, of those most that the paper's claims rest on
NOT_MEASURED = "Nothing was measured here: "
SECONDS_OF = {"Yan et al.": "extreme-channels", "Jin et al.": "jin"}  # → the name under which it runs here
SSIM_FORMS = ("levin-scene", "levin-selfdeblur")  # the same truth and shifts, two forms of SSIM


@dataclass(frozen=True)
class Elsewhere:
    """A number that another paper prints."""

    key: str
    printed_in: str
    dataset: str
    method: str
    metric: str
    value: float


@dataclass(frozen=True)
class Grounds:
    """What the doubts are held against."""

    levin: Scores
    lai: Scores
    records: Sequence[Record]  # of Levin's images
    results: Path
    elsewhere: dict[str, Elsewhere]


def read_elsewhere(results: Path | None = None) -> dict[str, Elsewhere]:
    """By key; InputError if the file is missing or damaged."""
    path = results_folder(results) / "paper" / "elsewhere.csv"
    rows = read_csv(path, _elsewhere, f"restore it with `git checkout {path}`")
    return {row.key: row for row in rows}


def _elsewhere(row: dict[str, Any]) -> Elsewhere:
    return Elsewhere(**row | {"value": float(row["value"])})


def doubts(levin: Scores, lai: Scores, records: Sequence[Record], results: Path | None = None) -> Table:
    """A row for each doubt: what is printed, what is printed elsewhere, and what was measured here.

    Parameters
    ----------
    levin, lai : `scored` of the two data sets; without a run if there is none
    records : those of Levin's images, for seconds
    """
    grounds = Grounds(levin, lai, records, results_folder(results), read_elsewhere(results))
    makers = (_same_rows, _above_the_bound, _two_ssims, _two_truths, _swapped_times)
    columns = ("Printed in the paper", "Printed elsewhere", "Measured here")
    made = enumerate(make(grounds) for make in makers)
    rows = tuple(Row(head, tuple(map(Cell, cells)), main=place < SEEN) for place, (head, *cells) in made)
    says = f"{in_letters(len(rows), 'printed number').capitalize()} or groups of them contradict others in print."
    doubts = "What to doubt: a contradiction does not say which of the two numbers is wrong."
    return Table("doubts", "Doubts about printed numbers", "Doubt", columns, rows, says=says, doubts=doubts)


def _printed(grounds: Grounds, key: str) -> tuple[str, float]:
    cell = look_up(key, grounds.results)
    return cell.printed, cell.value or float("nan")


def _same_rows(grounds: Grounds) -> tuple[str, ...]:
    cells = [c for n in (2, 3) for c in read_table(n, grounds.results) if c.group == "ours" and c.value is not None]
    (text, ours), other = _printed(grounds, "1/levin/all/Ours//direct/psnr"), grounds.elsewhere["mcem-levin"]
    measured = f"{NOT_MEASURED}no public code of MCEM was found. "
    if line := grounds.levin.ours:
        measured += f"Ours, {line.detail}: {_mean(grounds.levin, line)} on Levin's images."
    return (
        "The numbers on Lai's images stand under another method's name elsewhere",
        f"Tables 2 and 3 have {len(cells)} numbers of the paper's method. On Levin's images it has {text} dB.",
        f"{other.printed_in} prints the {len(cells)} as {other.method}'s, but on Levin's images at most "
        f"{other.value:.2f} dB: {number(ours - other.value)} dB less.",
        measured,
    )


def _above_the_bound(grounds: Grounds) -> tuple[str, ...]:
    scores, other = grounds.levin, grounds.elsewhere["known-kernel-levin"]
    (direct, of_direct), (kernel, of_kernel) = (
        _printed(grounds, f"1/levin/all/Ours//{stage}/psnr") for stage in ("direct", "kernel")
    )
    found = {
        r: mean_of(scores, BOUND, r) for r in scores.readings(BOUND) if BOUND in scores.runs and scores.of(BOUND, r)
    }
    measured = f"{NOT_MEASURED}the study of the protocols has no true kernel."
    if found:
        low, high = min(found, key=lambda r: found[r]), max(found, key=lambda r: found[r])
        below = [sum(value < printed for value in found.values()) for printed in (of_direct, of_kernel)]
        measured = (
            f"The true kernels give {number(found[low])} dB ({scores.words(low)}) to {number(found[high])} dB "
            f"({scores.words(high)}). Under {below[0]} of {len(found)} readings that is less than {direct} dB, under "
            f"{below[1]} less than {kernel} dB. An own picture is not bound by a final deconvolution."
        )
    return (
        "The method's own picture is better than what the true kernel gives",
        f"{direct} dB; with a final deconvolution {kernel} dB",
        f"{other.printed_in}, from the same lab, prints {other.value:.2f} dB for the known kernel.",
        measured,
    )


def _two_ssims(grounds: Grounds) -> tuple[str, ...]:
    text, value = _printed(grounds, "3/lai/average/Ren et al./43/direct/ssim")
    other = grounds.elsewhere["selfdeblur-lai"]
    measured = [_selfdeblur_on_lai(grounds.lai)]
    if difference := _form_of_ssim(grounds.results):
        low, high, n = difference
        extent = f"{signed(low, 3)} to {signed(high, 3)} (the means of {n} methods and final deconvolutions)"
        measured.append(
            f"Between two forms of SSIM the same pictures of Levin's images differ by {extent}; "
            f"{number(other.value - value, 3)} are to be explained."
        )
    return (
        "The SSIM of SelfDeblur on Lai's images",
        f"{text}",
        f"{other.printed_in} prints {other.value:.3f}, with the same PSNR in all five categories.",
        " ".join(measured),
    )


def _selfdeblur_on_lai(lai: Scores) -> str:
    lines = [line for line in lai.runs if line.reference == "43"]
    if not lines:
        return f"{NOT_MEASURED}SelfDeblur was not run on Lai's images, and no public pictures of it were scored."
    return (
        f"Its lines are in the ranking of Lai's images: {listing([f'{line.name}, {line.detail}' for line in lines])}."
    )


def _form_of_ssim(results: Path) -> tuple[float, float, int] | None:
    """What the second form adds to the first: smallest and largest of the means over images, and how many means."""
    rows = [row for row in STUDIES["protocols"].sheet(results).read() if row["dataset"] == "levin"]
    by: dict[tuple[str, ...], dict[str, Runs]] = {}
    for place in dict.fromkeys((r["method"], r["tier"], r["final"]) for r in rows):
        mine = [r for r in rows if (r["method"], r["tier"], r["final"]) == place]
        by[place] = {form: runs_of([r for r in mine if r["protocol"] == form], "structure") for form in SSIM_FORMS}
    means = [
        estimate(two[SSIM_FORMS[1]]).mean - estimate(two[SSIM_FORMS[0]]).mean
        for two in by.values()
        if all(two.values())
    ]
    return (min(means), max(means), len(means)) if means else None


def _two_truths(grounds: Grounds) -> tuple[str, ...]:
    cho_lee, pan = (
        look_up(f"1/levin/all/{name}/kernel/psnr", grounds.results) for name in ("Cho & Lee/8", "Pan et al./40")
    )
    lines = [line for line in grounds.levin.runs if line.is_of(cho_lee) or line.is_of(pan)]
    measured = [f"{line.name}, {line.detail}: {_by_truth(grounds.levin, line)}." for line in lines]
    of_cho_lee, pan_scene, pan_own = (_said(grounds.elsewhere[key]) for key in ("cho-lee-own", "pan-scene", "pan-own"))
    return (
        "Table 1 mixes two truths",
        f"Cho & Lee {cho_lee.printed} dB, Pan et al. {pan.printed} dB",
        f"Cho & Lee: {of_cho_lee}. Pan et al.: {pan_scene}, {pan_own}.",
        " ".join(measured) or f"{NOT_MEASURED}there is no record of either method.",
    )


def _said(other: Elsewhere) -> str:
    return f"{other.value:.2f} dB in {other.printed_in}"


def _by_truth(scores: Scores, line: Line) -> str:
    """Its means under either truth, with either final deconvolution and the data set's own shifts."""
    own, words, images = scores.own.protocol, {"own": "each file's own", "scene": "one a scene"}, 0
    by_truth = {p.truth: p for p in scores.protocols if p.maxshift == own.maxshift}
    parts = []
    for final in FINALS:
        found = {truth: estimate(scores.of(line, Reading(final, by_truth[truth]))) for truth in words}
        means = [f"{words[truth]} {number(one.mean)} dB" for truth, one in found.items() if one.runs]
        images = max(images, *(one.images for one in found.values()))
        parts.append(f"{final}, {', '.join(means) or 'not scored'}")
    return f"{'; '.join(parts)} (n {images})"


def _swapped_times(grounds: Grounds) -> tuple[str, ...]:
    printed = {n: _printed(grounds, f"7/-/all/{n}/unknown/seconds")[0] for n in ("Yan et al./55", "Jin et al./18")}
    other = [grounds.elsewhere[key] for key in ("yan-seconds", "jin-seconds")]
    return (
        "Two times stand the other way round",
        f"Yan et al. {printed['Yan et al./55']} s, Jin et al. {printed['Jin et al./18']} s",
        f"{other[0].printed_in}: {', '.join(f'{one.method} {one.value:,.2f} s' for one in other)}",
        " ".join(_seconds(grounds.records, title, method) for title, method in SECONDS_OF.items()),
    )


def _seconds(records: Sequence[Record], title: str, method: str) -> str:
    mine = {(r.identity.image, r.identity.seed): r.own_seconds for r in records if r.identity.method == method}
    if not mine:
        return f"{title}: nothing was measured here, the method has no run on Levin's images."
    found = estimate(mine)
    return (
        f"{title} ({method}): {number(found.mean, 0)} s on the processor for one of Levin's images (n {found.images})."
    )


def _mean(scores: Scores, line: Line) -> str:
    found = estimate(scores.of(line, scores.own))
    return f"{number(found.mean)} dB (n {found.images}; {scores.words(scores.own)})"
