"""`mcdeconv deblur` of all photographs in a folder, one after the other."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from mcdeconv.data.encode import WRITABLE
from mcdeconv.data.photo import READABLE
from mcdeconv.errors import InputError, NotSharp, RunFailed
from mcdeconv.files import make_folder, require_writable

BESIDE = ("kernel", "std", "sheet", "attempt")  # what results are called beside the sharp picture


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
    failed: dict[type[Exception], list[str]] = {InputError: [], NotSharp: [], RunFailed: []}
    done = 0
    for number, (photo, target) in enumerate(targets.items(), start=1):
        if target.exists():
            print(f"{number}/{len(targets)}  {photo.name}: there already")
            continue
        if attempt_of(target).exists():
            print(f"{number}/{len(targets)}  {photo.name}: attempted already; delete {attempt_of(target)} to try again")
            failed[NotSharp].append(photo.name)
            continue
        print(f"{number}/{len(targets)}  {photo.name}", flush=True)
        try:
            deblur(photo, target)
            done += 1
        except (InputError, RunFailed) as error:
            next(names for kind, names in failed.items() if isinstance(error, kind)).append(photo.name)
            print(f"not done   {error}")
    print(f"{done} of {len(targets)} photographs done now, in {output}")
    for kind, says in ((InputError, "refused"), (RunFailed, "failed"), (NotSharp, "may be better as they are")):
        if names := failed[kind]:
            raise kind(f"{len(names)} of {len(targets)} {says}: {', '.join(names)}; see above")


def outputs_of(folder: Path, output: Path) -> dict[Path, Path]:
    """Where the result of each photograph in a folder goes: the same name, as PNG where its kind cannot be written."""
    try:
        photos = sorted(path for path in folder.iterdir() if is_photograph(path))
        a_file = not output.is_dir() and (output.exists() or output.suffix.lower() in WRITABLE)
    except OSError as error:
        raise InputError(f"{error.filename or folder} cannot be read: {error.strerror or error}") from None
    if not photos:
        raise InputError(f"{folder} has no photographs; these are: {', '.join(sorted(READABLE))}")
    if a_file:
        raise InputError(f"{output} is no folder; for a folder of photographs, give a folder")
    if output.resolve() == folder.resolve():
        raise InputError(f"{output} is where the photographs are; give another folder")
    stem, times = Counter(photo.stem.lower() for photo in photos).most_common(1)[0]
    if times > 1:
        same = ", ".join(photo.name for photo in photos if photo.stem.lower() == stem)
        raise InputError(f"the results of {same} would have the same name; rename them")
    stems = {photo.stem.lower(): photo.name for photo in photos}
    for photo in photos:
        for beside in BESIDE:
            if other := stems.get(f"{photo.stem.lower()}_{beside}"):
                raise InputError(f"{other} would be taken for a result of {photo.name}; rename it or move it away")
    return {
        photo: output / (photo.name if photo.suffix.lower() in WRITABLE else f"{photo.stem}.png") for photo in photos
    }


def is_photograph(path: Path) -> bool:
    """By its name; what the system hides, such as macOS's ._photo.jpg, is none."""
    return path.suffix.lower() in READABLE and not path.name.startswith(".") and path.is_file()


def attempt_of(output: Path) -> Path:
    """Where a result goes that looks worse than the photograph."""
    return output.with_name(f"{output.stem}_attempt{output.suffix}")
