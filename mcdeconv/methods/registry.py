"""Every method by name: Algorithm 1 with its variants, and the rivals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray
from scipy.fft import set_workers

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.presets import PRESETS, TIERS, configure
from mcdeconv.errors import choose
from mcdeconv.methods.cho_lee import ChoLeeSettings, cho_lee
from mcdeconv.methods.coarse_to_fine import Found, Shares, TimeUp
from mcdeconv.methods.dark_channel import DarkChannelSettings, dark_channel
from mcdeconv.methods.extreme_channels import ExtremeChannelsSettings, extreme_channels
from mcdeconv.methods.jin import JinSettings, jin
from mcdeconv.methods.l0 import L0Settings, l0
from mcdeconv.methods.ours_plus import OursPlusSettings, ours_plus
from mcdeconv.methods.settings import MethodSettings
from mcdeconv.methods.supervised import MaximSettings, maxim
from mcdeconv.methods.xu_jia import XuJiaSettings, xu_jia

FULL = "full"  # the tier of what has no settings to reduce, and sees the whole image


@dataclass(frozen=True)
class Method:
    """A rival."""

    title: str  # as the paper names it, with the year
    reference: int | None  # in the paper's list; None: not in the paper
    solve: Callable[[NDArray, int, Any], Shares[Found]]  # (blurred, kernel size, settings)
    settings: MethodSettings
    gives: Literal["kernel", "image"] = "kernel"  # an image: the blurred one is given in colour, and no kernel found


RIVALS: dict[str, Method] = {
    "l0": Method("Xu et al. 2013", 54, l0, L0Settings()),
    "dark-channel": Method("Pan et al. 2016", 40, dark_channel, DarkChannelSettings()),
    "cho-lee": Method("Cho & Lee 2009", 8, cho_lee, ChoLeeSettings()),
    "xu-jia": Method("Xu & Jia 2010", 52, xu_jia, XuJiaSettings()),
    "extreme-channels": Method("Yan et al. 2017", 55, extreme_channels, ExtremeChannelsSettings()),
    "jin": Method("Jin et al. 2018", 18, jin, JinSettings()),
    "ours+": Method("ours+, not in the paper", None, ours_plus, OursPlusSettings()),
    "maxim": Method("MAXIM, supervised, not in the paper", None, maxim, MaximSettings(), "image"),
}


@dataclass(frozen=True)
class Choice:
    """How a method runs."""

    config: SolverConfig | MethodSettings
    tier: str
    region: int | None  # px a side of the square that is solved; None: the whole image


def choose_method(name: str, tier: str, dataset: str = "") -> Choice:
    """A preset at a tier on a data set, or a rival, which has one tier only.

    Raises
    ------
    InputError
        For an unknown method or tier; the message lists them.
    """
    choose(dict.fromkeys((*PRESETS, *RIVALS)), name, "method")
    choose(TIERS, tier, "tier")
    if name in RIVALS:
        return Choice(RIVALS[name].settings, FULL, None)
    return Choice(configure(name, tier, dataset), tier, TIERS[tier].region)


def require_files(name: str) -> None:
    """InputError if a method needs files that are not on this machine, such as trained weights."""
    if name == "maxim":
        from mcdeconv.methods.maxim import require  # torch: not needed for the other methods

        require()


def title_of(name: str) -> str:
    """A method's name for a table: "Xu et al. 2013 (l0)"; a preset's is its own."""
    if name not in RIVALS:
        return name
    title = RIVALS[name].title
    return title if name in title else f"{title} ({name})"


def solving_rival(
    name: str, blurred: NDArray, kernel_size: int, settings: MethodSettings, threads: int
) -> Shares[Found]:
    """Run a rival with so many threads; yields the share that is done.

    Parameters
    ----------
    blurred : array, shape (H, W), in [0, 1]; for one that gives an image also (H, W, 3)
    kernel_size : odd int
    """
    steps = RIVALS[name].solve(blurred, kernel_size, settings)
    up: TimeUp | None = None
    while True:
        with set_workers(threads):  # not longer: other runs may go on between two steps
            try:
                share = steps.throw(up) if up else next(steps)
            except StopIteration as end:
                found: Found = end.value
                return found
        try:
            yield share
        except TimeUp as thrown:  # by whoever has no more time: the method may return what it has
            up = thrown
