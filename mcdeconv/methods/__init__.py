"""The rivals: the paper's other systems that run here, one file each, chosen by name."""

from mcdeconv.methods.coarse_to_fine import Found, Share, Shares, T, TimeUp, finished
from mcdeconv.methods.registry import (
    FULL,
    RIVALS,
    Choice,
    Method,
    choose_method,
    require_files,
    solving_rival,
    title_of,
)
from mcdeconv.methods.settings import MethodSettings

__all__ = [
    "FULL",
    "RIVALS",
    "Choice",
    "Found",
    "Method",
    "MethodSettings",
    "Share",
    "Shares",
    "T",
    "TimeUp",
    "choose_method",
    "finished",
    "require_files",
    "solving_rival",
    "title_of",
]
