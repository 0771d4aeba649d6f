"""Fetch the JavaScript that the book and its tests carry with them, exactly as VENDOR.json lists it.

A manifest names npm packages with exact versions, npm's own integrity hash of each package and the SHA-256 of every
file taken from it. `python scripts/vendor_javascript.py` fetches the packages with `npm pack`, compares both hashes and
writes the files; `--check` only compares the files that are there. To move to another version, change it in the
manifest, delete the old hashes and run the script: it fills in those that are missing.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MANIFESTS = (ROOT / "book/assets/vendor/VENDOR.json", ROOT / "tests/book/vendor/VENDOR.json")


class VendorError(RuntimeError):
    """A package or file is not what the manifest says."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare what is there; fetch nothing")
    options = parser.parse_args(arguments)
    try:
        for manifest in MANIFESTS:
            check(manifest) if options.check else fetch(manifest)
    except VendorError as error:
        print(f"vendor_javascript: {error}", file=sys.stderr)
        return 1
    return 0


def check(manifest: Path) -> None:
    """VendorError for the first file that is missing or differs from its SHA-256."""
    for package in json.loads(manifest.read_text())["packages"]:
        for entry in package["files"]:
            path = manifest.parent / entry["path"]
            if not path.exists() or sha256(path.read_bytes()) != entry["sha256"]:
                raise VendorError(f"{path} is missing or changed; run `python scripts/vendor_javascript.py`")


def fetch(manifest: Path) -> None:
    """Write every file of a manifest from its npm package, and the manifest with hashes that it lacked."""
    content = json.loads(manifest.read_text())
    for package in content["packages"]:
        with tempfile.TemporaryDirectory() as temporary:
            archive = pack(f"{package['name']}@{package['version']}", Path(temporary))
            package["integrity"] = agreed(package, "integrity", integrity(archive.read_bytes()), package["name"])
            with tarfile.open(archive) as tar:
                for entry in package["files"]:
                    take(tar, entry, manifest.parent)
        print(f"{package['name']} {package['version']}: {len(package['files'])} files")
    manifest.write_text(json.dumps(content, indent=2) + "\n")


def pack(specifier: str, folder: Path) -> Path:
    """The package's archive, fetched by npm into a folder."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), specifier]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise VendorError("npm is missing; install Node.js") from None
    except subprocess.CalledProcessError as error:
        raise VendorError(f"npm cannot fetch {specifier}: {error.stderr.strip()}") from None
    return next(folder.glob("*.tgz"))


def take(tar: tarfile.TarFile, entry: dict[str, Any], folder: Path) -> None:
    member = tar.extractfile(f"package/{entry['from']}")
    if member is None:
        raise VendorError(f"the package of {entry['path']} has no file {entry['from']}")
    data = member.read()
    entry["sha256"] = agreed(entry, "sha256", sha256(data), entry["path"])
    path = folder / entry["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def agreed(known: dict[str, Any], key: str, found: str, name: str) -> str:
    if known.get(key, found) != found:
        raise VendorError(f"{name} has the {key} {found}, the manifest says {known[key]}")
    return found


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def integrity(data: bytes) -> str:
    """As npm writes it in package-lock.json."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


if __name__ == "__main__":
    sys.exit(main())
