"""One class for all widgets of the course: a module, and the numbers that its sliders set."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import traitlets

from mcdeconv.errors import InputError, choose
from mcdeconv.explorer.widget import Widget, joined_module

SHARED = ("common.js", "charts.js", "lessons/laboratory.js", "lessons/lesson.js")


@dataclass(frozen=True)
class LessonKind:
    """A lesson: its own part of the module, what its sliders are set to at first, and what else there has to be."""

    file: str
    settings: Mapping[str, float]
    more: tuple[str, ...] = ()  # parts of the module that not all lessons have
    needs: str = ""  # "signal" or "stored", if it is about one


LESSONS = {
    "blur": LessonKind("blur.js", {"shape": 0, "wide": 5, "frequency": 0.1}),
    "no-blur": LessonKind("no_blur.js", {"part": 12}, needs="signal"),
    "roughness": LessonKind("roughness.js", {"scene": 0, "power": 0.8, "wide": 1}),
    "kernel-alone": LessonKind("kernel_alone.js", {"texture": 0.2, "noise": 0.05, "width": 1.0, "draw": 0}),
    "gap": LessonKind("gap.js", {"std": 0.1, "group": 1, "draw": 0}, needs="signal"),
    "breadth": LessonKind("breadth.js", {"spread": 0.3}, needs="signal"),
    "network": LessonKind(
        "network.js", {"noise": 0.2, "dropout": 0.0, "jitter": 0.0, "draw": 0}, ("lessons/decoder.js",), "signal"
    ),
    "sampler": LessonKind("sampler.js", {"p0": 0.001, "sigma0": 0.001}, ("lessons/image_net.js",), "stored"),
    "coverage": LessonKind("coverage.js", {"assumed": 1.0, "blur": 1.0, "draw": 0}),
    "shift": LessonKind("shift.js", {"moved": 1, "window": 0, "luma": 0}),
}


class Lesson(Widget):
    """A widget of the course; nothing is computed in Python.

    Parameters
    ----------
    name : one of `LESSONS`
    signal : the one that it is about, if it needs one
    stored : what `mcdeconv.explorer.load_sampler` reads, if it needs that
    """

    signal = traitlets.List(traitlets.Float()).tag(sync=True)
    stored = traitlets.Dict().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)  # of the numbers that the sliders set

    def __init__(self, name: str, signal: Any = (), stored: Mapping[str, Any] | None = None) -> None:
        kind = choose(LESSONS, name, "lesson")
        if kind.needs and not len({"signal": signal, "stored": stored or ()}[kind.needs]):
            raise InputError(f"the lesson {name!r} needs its {kind.needs}; give it one")
        numbers = {each: traitlets.Float(float(value)).tag(sync=True) for each, value in kind.settings.items()}
        self.add_traits(**numbers)
        module = joined_module(*SHARED, *kind.more, f"lessons/{kind.file}")
        super().__init__(
            stored=dict(stored or {}), signal=[float(value) for value in signal], names=list(kind.settings), _esm=module
        )


def lesson(name: str, signal: Any = (), says: str = "", stored: Mapping[str, Any] | None = None) -> Lesson:
    """Show what stands in the widget's place without JavaScript, a sentence, and return the widget."""
    from IPython.display import HTML, display

    widget = Lesson(name, signal, stored)
    words = f"JavaScript lets you move this. {says}".strip()
    display(HTML(f'<figure class="mcd-fallback" data-widget="{escape(name)}"><p>{escape(words)}</p></figure>'))
    return widget
