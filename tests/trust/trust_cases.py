"""Where the harnesses lie."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/workflow"), str(ROOT / "workflow")]
