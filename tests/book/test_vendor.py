"""The JavaScript that is carried along is what the manifests say, with versions and licences."""

import json
from pathlib import Path

import pytest

from scripts import vendor_javascript


@pytest.mark.parametrize("manifest", vendor_javascript.MANIFESTS, ids=lambda path: path.parts[-4])
def test_files_are_as_published(manifest: Path) -> None:
    vendor_javascript.check(manifest)
    for package in json.loads(manifest.read_text())["packages"]:
        assert (manifest.parent / package["licence_file"]).exists()
        assert package["integrity"].startswith("sha512-")


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    manifest = tmp_path / "VENDOR.json"
    manifest.write_text(json.dumps({"packages": [{"files": [{"path": "a.js", "sha256": "0" * 64}]}]}))
    with pytest.raises(vendor_javascript.VendorError, match=r"a\.js is missing or changed"):
        vendor_javascript.check(manifest)
