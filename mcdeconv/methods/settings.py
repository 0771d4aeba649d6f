"""What the settings of all rivals share."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import ClassVar

from mcdeconv.core.config import Precision


@dataclass(frozen=True)
class MethodSettings:
    """Constants of one method; each method has a subclass with its own."""

    precision: ClassVar[Precision] = "float32"

    def digest(self) -> str:
        """First 12 hex digits of the SHA-256 of the kind and all fields: part of a run's identity."""
        content = json.dumps([type(self).__name__, asdict(self)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:12]
