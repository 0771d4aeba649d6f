"""The explorer and the scrubber; their parts are joined to one ES module each, without build step or library."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from mcdeconv.errors import InputError, RunFailed
from mcdeconv.explorer.grid import ExplorerGrid
from mcdeconv.explorer.live import LiveRequest, Report, Stopped
from mcdeconv.explorer.verdict import grid_verdict, opening, scrubber_verdict

HERE = Path(__file__).parent
STYLES = (HERE / "widgets.css").read_text(encoding="utf-8")
Train = Callable[[LiveRequest, Report, threading.Event], dict[str, Any]]


def joined_module(*parts: str) -> str:
    """The one ES module of a widget: its parts in this order, of which only the last exports."""
    return "".join((HERE / part).read_text(encoding="utf-8") for part in parts)


class Widget(anywidget.AnyWidget):
    """What the book's widgets have in common: styles, and words that are the same whenever a page is executed."""

    _css = STYLES

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Explorer(Widget):
    """Restored image, kernel, deviation, curves and two maps for every p0 and sigma0 of some grids.

    Stored runs everywhere, and in Jupyter also runs with the values that you set.

    Parameters
    ----------
    grids : one to an image, from `mcdeconv.explorer.grid.load_all`; the first opens first
    train : what live mode calls, e.g. a `Trainer`; without it there is no live mode. It runs in a thread of its own.

    Notes
    -----
    The front end writes `image`, `p0`, `sigma0`, `seed` and `request`, and reads the rest. Only traits are used, no
    messages, for the same front end also stands in pages without a kernel, where nothing answers.
    """

    _esm = joined_module("common.js", "charts.js", "map.js", "live.js", "explorer.js")

    grids = traitlets.List(traitlets.Dict()).tag(sync=True)
    image = traitlets.Unicode().tag(sync=True)
    p0 = traitlets.Float().tag(sync=True)
    sigma0 = traitlets.Float().tag(sync=True)
    seed = traitlets.Int().tag(sync=True)

    request = traitlets.Dict().tag(sync=True)  # {"action": "hello" | "start" | "stop", "id", …}
    # {"id", "state": "ready" | "running" | "stopped" | "failed" | "done", and what is known of
    # "iteration", "of", "seconds", "message" and "cell"}
    progress = traitlets.Dict().tag(sync=True)

    def __init__(self, grids: Sequence[ExplorerGrid], train: Train | None = None) -> None:
        first = grids[0]
        told = [grid | {"says": grid_verdict(grid)} for grid in grids]
        if len(grids) > 1:
            told[0]["says"] = f"{opening(grids)} {told[0]['says']}"
        super().__init__(grids=told, image=first["image"], seed=first["seeds"][0], **first["default"])
        self._train = train
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @traitlets.observe("request")
    def _on_request(self, change: dict[str, Any]) -> None:
        request = change["new"]
        match request.get("action"):
            case "hello" if self._train:  # who gets no answer can only look at what is stored
                self._report(request, {"state": "ready"})
            case "start" if self._thread and self._thread.is_alive():
                self._report(request, {"state": "failed", "message": "another run is still going; stop it first"})
            case "start":
                self._stop = threading.Event()
                self._thread = threading.Thread(target=self._run, args=(request, self._stop), daemon=True)
                self._thread.start()
            case "stop":
                self._stop.set()

    def _run(self, content: dict[str, Any], stop: threading.Event) -> None:
        try:
            if self._train is None:
                raise InputError("these sliders only show what is stored")
            request = LiveRequest.parse(content)
            cell = self._train(request, lambda news: self._report(content, {"state": "running"} | news), stop)
            self._report(content, {"state": "done", "cell": cell})
        except Stopped as stopped:
            self._report(content, {"state": "stopped", "message": str(stopped)})
        except (InputError, RunFailed) as error:
            self._report(content, {"state": "failed", "message": str(error)})
        except Exception as error:
            self._report(content, {"state": "failed", "message": f"{type(error).__name__}: {error}"})
            raise  # a defect: the traceback belongs into the log

    def _report(self, request: dict[str, Any], news: dict[str, Any]) -> None:
        self.progress = {"id": str(request.get("id"))} | news

    def wait(self, timeout: float | None = None) -> None:
        """Wait until a run that was started has ended."""
        if self._thread:
            self._thread.join(timeout)


class Iterations(Widget):
    """Image, kernel, deviation and curves of some runs at the iteration that you choose.

    Parameters
    ----------
    images : one to an image, from `mcdeconv.explorer.packing.scrubber`
    """

    _esm = joined_module("common.js", "charts.js", "iterations.js")

    images = traitlets.List(traitlets.Dict()).tag(sync=True)
    image = traitlets.Unicode().tag(sync=True)
    iteration = traitlets.Int().tag(sync=True)

    def __init__(self, images: Sequence[dict[str, Any]]) -> None:
        first = images[0]
        last = first["runs"][0]["picture_iterations"][-1]
        told = [data | {"says": scrubber_verdict(data)} for data in images]
        super().__init__(images=told, image=first["image"], iteration=last)
