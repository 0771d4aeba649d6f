"""The rivals: the paper's other systems that run here, one file each, chosen by name."""

from mcdeconv.methods.coarse_to_fine import Found, Progress
from mcdeconv.methods.registry import FULL, RIVALS, Choice, Method, choose_method, solving_rival, title_of
from mcdeconv.methods.settings import Settings

__all__ = [
    "FULL",
    "RIVALS",
    "Choice",
    "Found",
    "Method",
    "Progress",
    "Settings",
    "choose_method",
    "solving_rival",
    "title_of",
]
