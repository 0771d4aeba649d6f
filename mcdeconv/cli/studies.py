"""`mcdeconv study`: answers a question, or lists them."""

from mcdeconv.errors import InputError
from mcdeconv.studies import STUDIES, Asked


def run_study(name: str | None, asked: Asked) -> None:
    """Measure what is missing of a study and print it as it comes."""
    if name is None:
        for study in STUDIES.values():
            print(f"{study.name:<17}{study.question}")
        return
    if name not in STUDIES:
        raise InputError(f"unknown study {name!r}; choose one of {', '.join(STUDIES)}; `mcdeconv study` lists them")
    for line in STUDIES[name].answer(asked):
        print(line, flush=True)
