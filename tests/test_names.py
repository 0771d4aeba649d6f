"""Names: no two public things of the package share one where that confuses."""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "mcdeconv").rglob("*.py"))


def module(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def defined(path):
    """Classes, types and constants at the top of a module."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def imported(path):
    """What a module takes by name from others of ours: (module, name)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mcdeconv"):
            yield from ((node.module, alias.name) for alias in node.names)


def test_no_two_types_share_a_name_and_no_two_constants_that_are_imported_elsewhere():
    """A constant that stays in its module may be called LABELS, as others are; one that travels may not."""
    travelling = {pair for path in FILES for pair in imported(path)}
    where = defaultdict(list)
    for path in FILES:
        for name in set(defined(path)):
            is_type = re.fullmatch(r"[A-Z]\w*[a-z]\w*", name)
            if is_type or (name.isupper() and (module(path), name) in travelling):
                where[name].append(str(path.relative_to(ROOT)))
    assert {name: places for name, places in where.items() if len(places) > 1} == {}
