"""The two widgets: their parts are joined to one ES module each; there is no build step and no library."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from mcdeconv.errors import InputError, RunFailed
from mcdeconv.explorer.grid import ExplorerGrid
from mcdeconv.explorer.live import LiveRequest, Report, Stopped

HERE = Path(__file__).parent
STYLES = (HERE / "widgets.css").read_text(encoding="utf-8")
Train = Callable[[LiveRequest, Report, threading.Event], dict[str, Any]]


def _module(*parts: str) -> str:
    """The one ES module of a widget: its parts in this order, of which only the last exports."""
    return "".join((HERE / part).read_text(encoding="utf-8") for part in parts)


class Explorer(anywidget.AnyWidget):
    """Restored image, kernel, deviation, curves and a map of PSNR for every p0 and sigma0 of some grids.

    Stored runs everywhere, and in Jupyter also runs with the values that you set.

    Parameters
    ----------
    grids : one to an image, from `mcdeconv.explorer.grid.load_grid`
    train : what live mode calls, e.g. a `Trainer`; without it there is no live mode. It runs in a thread of its own.

    Notes
    -----
    The front end writes `image`, `p0`, `sigma0`, `seed` and `request`, and reads the rest. Only traits are used, no
    messages, for the same front end also stands in pages without a kernel, where nothing answers.
    """

    _esm = _module("common.js", "charts.js", "map.js", "live.js", "explorer.js")
    _css = STYLES

    grids = traitlets.List(traitlets.Dict()).tag(sync=True)
    image = traitlets.Unicode().tag(sync=True)
    p0 = traitlets.Float().tag(sync=True)
    sigma0 = traitlets.Float().tag(sync=True)
    seed = traitlets.Int().tag(sync=True)

    trains = traitlets.Bool(False).tag(sync=True)  # whether a kernel with this widget could train
    request = traitlets.Dict().tag(sync=True)  # {"action": "hello" | "start" | "stop", "id", …}
    answer = traitlets.Unicode().tag(sync=True)  # the id of the last "hello": a kernel is there
    progress = traitlets.Dict().tag(sync=True)  # {"id", "state", "iteration", "of", "seconds", "message", "cell"}
    result = traitlets.Dict().tag(sync=True)  # {"id", "cell"}

    def __init__(self, grids: Sequence[ExplorerGrid], train: Train | None = None) -> None:
        first = grids[0]
        super().__init__(
            grids=list(grids),
            image=first["image"],
            seed=first["seeds"][0],
            trains=train is not None,
            **first["default"],
        )
        self._train = train
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @traitlets.observe("request")
    def _on_request(self, change: dict[str, Any]) -> None:
        request = change["new"]
        match request.get("action"):
            case "hello":
                self.answer = str(request.get("id"))
            case "start":
                self._start(request)
            case "stop":
                self._stop.set()

    def _start(self, content: dict[str, Any]) -> None:
        identity = str(content.get("id"))
        busy = self._thread is not None and self._thread.is_alive()
        if self._train is None or busy:
            why = "another run is still going; stop it first" if busy else "these sliders only show what is stored"
            self._report(identity, {"state": "failed", "message": why})
            return
        try:
            request = LiveRequest.parse(content)
        except InputError as error:
            self._report(identity, {"state": "failed", "message": str(error)})
            return
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(request, self._train, self._stop), daemon=True)
        self._thread.start()

    def _run(self, request: LiveRequest, train: Train, stop: threading.Event) -> None:
        try:
            cell = train(request, lambda content: self._report(request.id, {"state": "running"} | content), stop)
        except Stopped as stopped:
            self._report(request.id, {"state": "stopped", "message": str(stopped)})
        except (InputError, RunFailed) as error:
            self._report(request.id, {"state": "failed", "message": str(error)})
        except Exception as error:
            self._report(request.id, {"state": "failed", "message": f"{type(error).__name__}: {error}"})
            raise  # a defect: the traceback belongs into the log
        else:
            self.result = {"id": request.id, "cell": cell}
            self._report(request.id, {"state": "done"})

    def _report(self, identity: str, content: dict[str, Any]) -> None:
        self.progress = {"id": identity} | content

    def wait(self, timeout: float | None = None) -> None:
        """Wait until a run that was started has ended."""
        if self._thread:
            self._thread.join(timeout)


class Iterations(anywidget.AnyWidget):
    """Image, kernel, deviation and curves of some runs at the iteration that you choose.

    Parameters
    ----------
    images : one to an image, from `mcdeconv.explorer.packing.scrubber`
    """

    _esm = _module("common.js", "charts.js", "iterations.js")
    _css = STYLES

    images = traitlets.List(traitlets.Dict()).tag(sync=True)
    image = traitlets.Unicode().tag(sync=True)
    iteration = traitlets.Int().tag(sync=True)

    def __init__(self, images: Sequence[dict[str, Any]]) -> None:
        first = images[0]
        last = first["runs"][0]["picture_iterations"][-1]
        super().__init__(images=list(images), image=first["image"], iteration=last)
