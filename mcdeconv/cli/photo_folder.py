"""`mcdeconv deblur` of all photographs in a folder, one after the other."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from mcdeconv.data.encode import WRITABLE
from mcdeconv.data.photo import READABLE
from mcdeconv.errors import InputError, NotSharp, RunFailed
from mcdeconv.files import make_folder, require_writable


def deblur_folder(folder: Path, output: Path, deblur: Callable[[Path, Path], None]) -> None:
    """Deblur every photograph of a folder into another; what is there already is left, so that a stopped run goes on.

    A photograph that is refused or fails is reported, and the next one is taken.

    Parameters
    ----------
    deblur : told a photograph and where its result goes

    Raises
    ------
    InputError
        If there is no photograph, two would get the same name, or, at the end, some were refused.
    RunFailed, NotSharp
        At the end, if some runs failed, or some results look worse than the photograph.
    """
    targets = outputs_of(folder, output)
    make_folder(output)
    require_writable(output)
    failed: dict[type[Exception], list[str]] = {InputError: [], RunFailed: [], NotSharp: []}
    sharp = 0
    for number, (photo, target) in enumerate(targets.items(), start=1):
        if is_done(target):
            print(f"{number}/{len(targets)}  {photo.name}: there already")
            continue
        print(f"{number}/{len(targets)}  {photo.name}", flush=True)
        try:
            deblur(photo, target)
            sharp += 1
        except (InputError, RunFailed) as error:
            failed[type(error)].append(photo.name)
            print(f"not done   {error}")
    print(f"{sharp} of {len(targets)} photographs done now, in {output}")
    for kind, what in ((InputError, "refused"), (RunFailed, "failed"), (NotSharp, "may be better as they are")):
        if names := failed[kind]:
            raise kind(f"{len(names)} of {len(targets)} {what}: {', '.join(names)}; see above")


def outputs_of(folder: Path, output: Path) -> dict[Path, Path]:
    """Where the result of each photograph in a folder goes: the same name, as PNG where its kind cannot be written."""
    try:
        photos = sorted(path for path in folder.iterdir() if path.suffix.lower() in READABLE and path.is_file())
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror or error}") from None
    if not photos:
        raise InputError(f"{folder} has no photographs; these are: {', '.join(sorted(READABLE))}")
    if output.exists() and not output.is_dir():
        raise InputError(f"{output} is a file; for a folder of photographs, give a folder")
    if output.resolve() == folder.resolve():
        raise InputError(f"{output} is where the photographs are; give another folder")
    stem, times = Counter(photo.stem.lower() for photo in photos).most_common(1)[0]
    if times > 1:
        same = ", ".join(photo.name for photo in photos if photo.stem.lower() == stem)
        raise InputError(f"the results of {same} would have the same name; rename them")
    return {
        photo: output / (photo.name if photo.suffix.lower() in WRITABLE else f"{photo.stem}.png") for photo in photos
    }


def is_done(target: Path) -> bool:
    """Whether there is a result, or one that looks worse than the photograph."""
    return target.exists() or attempt_of(target).exists()


def attempt_of(output: Path) -> Path:
    """Where a result goes that looks worse than the photograph."""
    return output.with_name(f"{output.stem}_attempt{output.suffix}")
