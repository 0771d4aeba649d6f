"""Where and with what a run was made."""

import os
import platform
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any


def provenance(device: str, threads: int) -> dict[str, Any]:
    """Where and with what a run was made."""
    import torch

    from mcdeconv import __version__

    found = {
        "device": torch.cuda.get_device_name() if device.startswith("cuda") else processor(),
        "threads": threads,
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "mcdeconv": __version__,
        "commit": commit(),
    }
    if device.startswith("cuda"):
        found["tf32"] = torch.backends.cudnn.allow_tf32  # whether convolutions round float32 factors to ten bits
    return found


@cache
def processor() -> str:
    """The processor's name, e.g. "AMD EPYC"."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return f"{line.split(':', 1)[1].strip()}, {os.cpu_count()} cores"
    return platform.processor() or platform.machine()


@cache
def commit() -> str:
    """The checkout's commit, with "+" if the package differs from it.

    Without the history, as in a container, what the environment variable MCDECONV_COMMIT says, else "unknown".
    """
    package = Path(__file__).resolve().parents[1]
    if not (package.parent / ".git").exists() or shutil.which("git") is None:
        return os.environ.get("MCDECONV_COMMIT", "unknown")

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", "-C", str(package), *words], capture_output=True, text=True)

    described = git("describe", "--always", "--abbrev=10", "--exclude=*").stdout.strip()
    changed = git("diff", "--quiet", "HEAD", "--", ".").returncode
    return described + "+" * bool(changed) if described else "unknown"
