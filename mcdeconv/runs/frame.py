"""Records as one tidy frame, a row a run, protocol and measure: tables and claims are groupbys over it."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

import pandas as pd

from mcdeconv.data.datasets.groups import category_of
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Runs
from mcdeconv.scoring.protocols import UNDER, final_method

_COLUMNS = (
    *("dataset", "category", "image", "method", "tier", "seed", "region", "kernel_size"),
    *("precision", "device", "commit", "file", "protocol", "measure", "value"),
)
_OF_PROTOCOL = re.compile(r"(known_)?(psnr|ssim|error_ratio)_(.+)")


def frame(records: Iterable[Record], more: Callable[[Record], Mapping[str, float]] | None = None) -> pd.DataFrame:
    """The scores of some records.

    Parameters
    ----------
    records : iterable of Record
    more : callable, optional
        Gives further measures of a record, which belong to no protocol.

    Returns
    -------
    DataFrame with these columns

        - dataset, category (one of Lai's five, or "all"), image, method, tier, seed, region, kernel_size: the run;
        - precision, device, commit, file: where it comes from; "unknown" where the record does not say;
        - measure: "psnr" (dB), "ssim" (MSSIM where the data set's protocol has it), "error_ratio", "similarity" (of the
          kernels), "loss", "seconds" (of the run by itself), or one of `more`;
        - protocol: a final deconvolution ("sparse", "hyper-laplacian", "outliers", "whyte"); "kernel", the one of these
          that is the data set's own (see `final_of`); both with "known " before them, with the true kernel; "direct",
          G_x's own output where it covers the whole image, else "region", no number of the paper's; "" for what
          has no protocol;
        - value.
    """
    rows = [
        (*run, *score)
        for record in records
        for run in (_run(record),)
        for score in (*_scores(record), *((("", *item) for item in more(record).items()) if more else ()))
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _run(record: Record) -> tuple[str | int, ...]:
    key = record.identity
    category = category_of(key.dataset, key.image)
    provenance = (str(record.provenance.get(name, "unknown")) for name in ("precision", "device", "commit"))
    asked = (key.dataset, category, key.image, key.method, key.tier, key.seed, key.region, key.kernel_size)
    return *asked, *provenance, key.file_name


def final_of(record: Record, saturated: bool = False) -> str:
    """The final deconvolution that the kernel protocol takes of a record.

    It is the data set's own. A record of a saturated image from before Whyte et al.'s was built keeps "outliers".

    Parameters
    ----------
    record : Record
    saturated : bool
        Whether the image is, where the record has no score that tells.
    """
    scored = [method for method in ("whyte", "outliers") if f"psnr_{method}" in record.scores]
    own = final_method(record.identity.dataset, saturated or bool(scored))
    return scored[0] if own == "whyte" and scored else own


def _scores(record: Record) -> Iterator[tuple[str, str, float]]:
    """Protocol, measure and value."""
    final = final_of(record)
    if not record.provenance.get("external"):  # of another system's run only its files are known
        yield "", "seconds", record.own_seconds
    for name, value in record.scores.items():
        if UNDER in name:  # another reading's; a mean over two readings would be none of either
            continue
        if not (found := _OF_PROTOCOL.fullmatch(name)):
            yield "", name.removeprefix("kernel_"), value
            continue
        known, measure, protocol = found.groups()
        if protocol == "direct" and "ssim_direct" not in record.scores:
            protocol = "region"
        for alias in (protocol, "kernel") if protocol == final else (protocol,):
            yield f"known {alias}" if known else alias, measure, value


def runs_by(rows: pd.DataFrame, by: Sequence[str]) -> dict[Hashable, Runs]:
    """The values of each group by image and seed; a group's key is a tuple. The groups come as the rows do."""
    return {key: runs_of(group) for key, group in rows.groupby(list(by), sort=False)}


def runs_of(rows: pd.DataFrame) -> Runs:
    """(image, seed) → value, of rows that have one for each."""
    return dict(zip(zip(rows["image"], rows["seed"], strict=True), rows["value"], strict=True))
