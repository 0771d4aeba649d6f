"""A checkout that is reproduced soon: the real package and workflow, eight short runs, a book of one page."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMAGES = ("leaves_kernel_03", "leaves_kernel_04", "camera_kernel_03", "coins_kernel_03")  # one in each of four shares
CHANGES = {
    "mcdeconv/core/presets.py": """
TIERS["quick"] = Tier("quick", 48, Reduction(4, 40, levels=3, update="joint", precision="float32"))
""",
    "mcdeconv/paper/plans.py": f"""
EXPERIMENTS = {{name: {{}} for name in EXPERIMENTS}}
EXPERIMENTS["architectures"] = {{"quick": (Part("synthetic-levin", {IMAGES}, ("ours",), (0, 1)),)}}
""",
    "workflow/pages.py": """
PAGES = {"architecture": PAGES["architecture"]}
""",
}
CONTENTS = """
format: jb-book
root: intro
chapters: [{file: results/architecture}]
"""


def small_checkout(folder: Path) -> Path:
    """Copied into a folder; no run is there."""
    for name in ("mcdeconv", "workflow", "notebooks", "results", "book"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("records", "explorer", "sampler"):
        shutil.rmtree(folder / "results" / name)
    shutil.copy(ROOT / "Makefile", folder)
    for name, change in CHANGES.items():
        with (folder / name).open("a") as file:
            file.write(change)
    (folder / "book/_toc.yml").write_text(CONTENTS)
    (folder / "book/intro.md").write_text("# A small book\n")
    return folder
