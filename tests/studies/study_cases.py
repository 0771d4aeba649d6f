"""What the tests of studies share."""

from collections.abc import Mapping
from typing import Any


def leaves(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested dictionaries as {"image_net.levels": 6, ...}."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        inner = leaves(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
        found.update(inner)
    return found
