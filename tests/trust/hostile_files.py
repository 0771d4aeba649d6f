"""Records, packs, curves, checkpoints and kernels that a stranger has edited, damaged or filled with something else."""

import io
import json
import pickle
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import fake_runs
import numpy as np
import torch
from hostile_pictures import damaged
from hostile_runner import CANARY, Case, command_line
from numpy.random import Generator
from scipy.io import savemat
from tiny import TINY

from mcdeconv.core.algorithm_1 import State, initialise
from mcdeconv.core.checkpoint import Fingerprint, load_checkpoint, save_checkpoint
from mcdeconv.errors import InputError
from mcdeconv.paper.machines import machines
from mcdeconv.runs.frame import frame
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record, Store
from mcdeconv.runs.trajectory import Trajectory
from mcdeconv.scoring.external.files import read_kernel

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)//",
    "[x](javascript:alert(1))",
)
SHELL = (
    f"$(touch {CANARY})",
    f"`touch {CANARY}`",
    f"'; touch {CANARY}; '",
    f'"; import os; os.system("touch {CANARY}")',
)
STRANGE = (
    "",
    " ",
    "..",
    "../../x",
    "/etc/passwd",
    "a/b",
    "a\0b",
    "a\nb",
    "\u202egnp.exe",
    "é\u0301",
    "🙂",
    "\udce9",
    "-rf",
    "%s%n",
    "{0.__class__}",
)
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**63, 10**400, 1.5, 1e308, "1", "nan"),
    *([], {}, [[]], [[1]], [[1, 2]], [["a"]], {"a": {"b": 1}}),
    *(*MARKUP, *SHELL, *STRANGE),
)
DEEP = "[" * 100_000 + "]" * 100_000


class Executed:
    """What a pickle of it does when it is loaded."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path(CANARY).touch, ())


@cache
def own_run() -> tuple[Record, Trajectory]:
    item = fake_runs.item()
    end = fake_runs.trajectory(item, 0.9, pictures=fake_runs.PICTURES[-1:])
    return fake_runs.record(item, "ours", 0, end), end


def whole(folder: Path) -> Path:
    """A record with its curves, as a store writes it; its file."""
    record, curves = own_run()
    Store(folder).put(record, curves)
    return Store(folder).path(record.identity)


def checkout(folder: Path) -> Library:
    """A place that the command line takes for a checkout."""
    for name in ("results/paper", "results/records", "mcdeconv", "theirs/records"):
        (folder / name).mkdir(parents=True)
    return Library(folder)


def edited(content: dict[str, Any], rng: Generator) -> str:
    """A record's JSON with one to three values that do not belong there."""
    for _ in range(int(rng.integers(1, 4))):
        place: Any = content
        while True:
            names = list(place) if isinstance(place, dict) else list(range(len(place)))
            name = names[int(rng.integers(len(names)))]
            inner = place[name]
            if not isinstance(inner, (dict, list)) or not inner or rng.random() < 0.3:
                break
            place = inner
        if isinstance(place, dict) and rng.random() < 0.2:
            del place[name]
        else:
            place[name] = VALUES[int(rng.integers(len(VALUES)))]
    text = json.dumps(content)
    way = rng.random()
    return text.replace("1", "NaN", 1) if way < 0.05 else text.replace("0", "9" * 5000, 1) if way < 0.08 else text


def merged(make: Callable[[Path], None], folder: Path) -> None:
    """What a stranger sends is merged and shown: only records are in the store, and a page has no markup of theirs."""
    library = checkout(folder)
    whole(folder / "theirs/records")
    make(folder / "theirs")
    before = {path for path in folder.rglob("*") if "theirs" not in path.parts}
    try:
        command_line("merge", "theirs")
    finally:
        added = {path for path in folder.rglob("*") if "theirs" not in path.parts} - before
        outside = [path for path in added if folder / "results/records" not in path.parents]
        assert not outside, f"written outside of the store: {outside}"
        assert not any(path.is_symlink() for path in added)
        frame(list(library))
        assert not marked_up(page := machines(library)), page


def edited_record(rng: Generator, theirs: Path) -> None:
    path = next((theirs / "records").rglob("*.json"))
    text = edited(json.loads(path.read_text()), rng)
    if rng.random() < 0.5:  # under the name that its content asks for, if it is one
        try:
            from mcdeconv.runs.records import Identity

            name = Identity(**json.loads(text)["identity"]).file_name
            path = path.rename(path.with_name(name))
        except (OSError, TypeError, ValueError, KeyError, AttributeError):
            pass
    path.write_text(text, errors="surrogatepass")


def damaged_record(rng: Generator, theirs: Path) -> None:
    path = next((theirs / "records").rglob("*.json" if rng.random() < 0.6 else "*.npz"))
    path.write_bytes(damaged(path.read_bytes(), rng))


def strange_record(rng: Generator, theirs: Path) -> None:
    """Something else in a record's place."""
    path = next((theirs / "records").rglob("*.json" if rng.random() < 0.7 else "*.npz"))
    path.unlink()
    way = int(rng.integers(7))
    if way == 0:
        import os

        os.mkfifo(path)
    elif way == 1:
        path.symlink_to("/dev/zero")
    elif way == 2:
        path.symlink_to("/etc/passwd")
    elif way == 3:
        path.mkdir()
    elif way == 4:
        path.write_text(DEEP)
    elif way == 5:
        path.write_bytes(pickle.dumps(Executed()))
    else:
        path.symlink_to(path)


IN_PACKS = (
    *("../out.json", "/tmp/x.json", "a/../../b.json", "a\\..\\b.json", "c:/x.json", "a/b/c.json"),
    *("a/b.py", ".a/b.json", "a/.b.json", "a/b.json", "a/b.npz", "a/b.unscored.npz"),
)


def strange_pack(rng: Generator, theirs: Path) -> None:
    """A zip file with something else in it, or none."""
    record = next((theirs / "records").rglob("*.json"))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(record, f"synthetic-levin/{record.name}")
        name = str(
            rng.choice(
                [
                    "../out.json",
                    "/tmp/x.json",
                    "a/../../b.json",
                    "a/b.py",
                    "a\\..\\b.json",
                    ".a/b.json",
                    "a/b.json",
                    "c:/x.json",
                    "a/b/c.json",
                    "a/.b.json",
                    "a/b.npz",
                    "a/b.unscored.npz",
                ]
            )
        )
        entry = zipfile.ZipInfo(name)
        way = int(rng.integers(5))
        if way == 0:
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            packed.writestr(entry, "/etc/passwd")
        elif way == 1:
            entry.external_attr = (stat.S_IFCHR | 0o666) << 16
            packed.writestr(entry, "")
        elif way == 2:
            packed.writestr(entry, bytes(1 << 24), zipfile.ZIP_DEFLATED)
        elif way == 3:
            packed.writestr(entry, pickle.dumps(Executed()))
        else:
            packed.writestr(entry, record.read_bytes())
    content = stream.getvalue()
    if rng.random() < 0.5:
        content = damaged(content, rng)
    if rng.random() < 0.1:  # sizes that lie
        content = content.replace(struct.pack("<I", record.stat().st_size), struct.pack("<I", 2**32 - 2))
    (theirs / "pack.zip").write_bytes(content)


def arrays(way: int, rng: Generator) -> bytes:
    """An .npz with something else in it."""
    stream = io.BytesIO()
    if way == 0:
        np.savez(stream, iterations=np.array([Executed()], dtype=object))
    elif way == 1:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("images.npy", npy_of("(1,)", f"__import__('os').system('touch {CANARY}')"))
    elif way == 2:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in ("iterations", "losses", "images"):
                packed.writestr(f"{name}.npy", npy_of("(1000000, 1000000)"))
    elif way == 3:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
            for number in range(40):
                packed.writestr(f"{number}.npy", bytes(1 << 26))
    elif way == 4:
        np.savez(stream, **{name: np.zeros(int(rng.integers(4))) for name in ("iterations", "losses", "what")})
    else:
        stream.write(rng.bytes(100))
    return stream.getvalue()


def npy_of(shape: str, kind: str = "'<f8'", data: bytes = b"") -> bytes:
    """An array that promises a shape, whatever its data are."""
    text = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text + data


def curves_read(rng: Generator, folder: Path) -> None:
    path = whole(folder / "store").with_suffix(".npz")
    if rng.random() < 0.5:
        path.write_bytes(damaged(path.read_bytes(), rng))
    else:
        path.write_bytes(arrays(int(rng.integers(6)), rng))
    Store(folder / "store").trajectory(own_run()[0].identity)
    Trajectory.load(path if path.exists() else path.with_name(f"{path.name}.rejected"))


def own_state() -> State:
    return initialise(torch.full((1, 1, 32, 32), 0.5), 5, TINY, 0)


FINGERPRINT = Fingerprint("i" * 12, "c" * 12, 5, 0)


def checkpoint_read(rng: Generator, folder: Path) -> None:
    """A checkpoint that is damaged, or has other things in it, or code."""
    state, path = own_state(), folder / "run.pt"
    save_checkpoint(path, state, FINGERPRINT)
    way = int(rng.integers(8))
    if way < 3:
        path.write_bytes(damaged(path.read_bytes(), rng))
    elif way == 3:
        path.write_bytes(pickle.dumps({"of": vars(FINGERPRINT), "state": Executed()}))
    elif way == 4:
        torch.save({"of": vars(FINGERPRINT), "state": Executed()}, path)
    elif way == 5:
        content = state.state_dict()
        names = list(content)
        content[names[int(rng.integers(len(names)))]] = VALUES[int(rng.integers(17))]
        torch.save({"of": vars(FINGERPRINT), "state": content}, path)
    elif way == 6:
        torch.save(VALUES[int(rng.integers(17))], path)
    else:
        stream = io.BytesIO()
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(name, bytes(1 << 28) if name.endswith("/data/0") else old.read(name))
        path.write_bytes(stream.getvalue())
    load_checkpoint(path, own_state(), FINGERPRINT)


def kernel_read(rng: Generator, folder: Path) -> None:
    """A kernel's file of numbers."""
    suffix = str(rng.choice([".txt", ".csv", ".npy", ".mat", ".png"]))
    path, way = folder / f"a_kernel{suffix}", int(rng.integers(4))
    stream = io.BytesIO()
    if suffix in (".txt", ".csv"):
        cell = VALUES[int(rng.integers(len(VALUES)))]
        text = "\n".join(" ".join(["0.1"] * 5) for _ in range(5)).replace("0.1", str(cell), 1)
        stream.write((text if way else "1 " * 200_000).encode(errors="surrogatepass"))
    elif suffix == ".npy":
        if way == 0:
            np.save(stream, np.array([Executed()], dtype=object))
        elif way == 1:
            stream.write(npy_of("(1000000, 1000000)"))
        else:
            np.save(stream, rng.standard_normal((int(rng.integers(1, 9)), int(rng.integers(1, 9)))))
    elif suffix == ".mat":
        savemat(
            stream,
            {"kernel": rng.random((5, 5)) if way else np.zeros((3000, 4000)), "t": "text", "c": [{"a": 1}]},
            do_compression=True,
        )
    else:
        stream.write(bytes(50))
    content = stream.getvalue()
    path.write_bytes(damaged(content, rng) if rng.random() < 0.5 and content else content)
    read_kernel(path)


def named(rng: Generator, folder: Path) -> None:
    """A record whose words are markup, of a run that may be shown."""
    library, (record, _) = checkout(folder), own_run()
    said = {
        name: str(rng.choice([*MARKUP, *SHELL]))
        for name in ("device", "torch", "by", "precision", "commit", "processor")
    }
    mark = str(rng.choice([*MARKUP, *SHELL]))
    identity = replace(record.identity, method=mark, tier=str(rng.choice(["quick", "external", mark.replace("/", "")])))
    try:
        library.local.put(replace(record, identity=identity, provenance=said))
    except (InputError, OSError):
        return
    assert not marked_up(page := machines(library)), page


def marked_up(page: str) -> bool:
    return any(word in page for word in ("<script", "<img", "](java"))


def cases(rng: Generator, count: int) -> Iterator[Case]:
    ways = (
        ("records, edited", lambda own, folder: merged(partial(edited_record, own), folder)),
        ("records, edited", lambda own, folder: merged(partial(edited_record, own), folder)),
        ("records, damaged", lambda own, folder: merged(partial(damaged_record, own), folder)),
        (
            "records, replaced by links, pipes, devices, code",
            lambda own, folder: merged(partial(strange_record, own), folder),
        ),
        ("packs of records (zip)", lambda own, folder: merged(partial(strange_pack, own), folder)),
        ("curves (npz)", curves_read),
        ("checkpoints", checkpoint_read),
        ("kernels (txt, csv, npy, mat)", kernel_read),
        ("words that are markup, on pages", named),
    )
    for number in range(count):
        kind, way = ways[number % len(ways)]
        yield Case(kind, str(number), partial(way, np.random.default_rng(int(rng.integers(2**32)))))
