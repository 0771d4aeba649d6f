"""The landing page's picture: what went in, what came out, the kernels and one number, from a stored run."""

import base64
import html
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mcdeconv import datasets, plans
from mcdeconv.experiment import grey_of, pose
from mcdeconv.library import Library
from mcdeconv.metrics import best_shift, psnr
from mcdeconv.presets import TIERS
from mcdeconv.protocols import PROTOCOLS
from mcdeconv.records import Record
from mcdeconv.trajectory import Trajectory

NOT_RUN = """:::{admonition} Not run yet
:class: not-run
Here stand a blurred image, what the method made of it, and both kernels, once there is a run. Type `make reproduce`.
:::
"""


def landing(root: Path) -> str:
    """Markdown for the landing page; says "not run yet" if there is no traced run of `plans.SHOWN`."""
    library = Library(root)
    for record in plans.stored("regularisation", library=library):
        trajectory = library.trajectory(record) if record.identity.method == "ours" else None
        if trajectory is not None:
            return strip(record, trajectory)
    return NOT_RUN


def strip(record: Record, trajectory: Trajectory) -> str:
    """Four pictures and a number, as HTML in Markdown."""
    problem = pose(next(iter(datasets.load(record.identity.dataset, (record.identity.image,)))), TIERS["quick"].region)
    item = problem.item
    if item.sharp is None or item.kernel is None:
        return NOT_RUN
    blurred, truth = (grey_of(image)[problem.region.slices] for image in (item.blurred, item.sharp))
    protocol = PROTOCOLS["synthetic"]
    pair = best_shift(blurred, truth, protocol.crop, protocol.maxshift)
    before, after = psnr(pair.restored, pair.sharp), float(trajectory.psnr[-1])
    figures = (
        figure("What the method is given", f"{before:.1f} dB", blurred, None, "A blurred image"),
        figure(
            "What it makes of it",
            f"{after:.1f} dB",
            trajectory.images[-1] / 255,
            trajectory.kernels[-1],
            "The same image, restored; inset: the kernel that was found",
        ),
        figure("The truth", "", truth, item.kernel, "The sharp image; inset: the kernel that blurred it"),
    )
    return "\n".join(
        (
            "```{raw} html",
            '<div class="landing-strip">',
            *figures,
            "</div>",
            f'<p class="landing-number"><strong>{signed(after - before)} dB</strong> from one blurred image, '
            f"in {record.seconds:.0f} seconds on {html.escape(str(record.provenance.get('device', 'this machine')))}: "
            "no training data, no truth, no knowledge of the blur. Lower right: the blur kernel.</p>",
            "```",
            "",
            f"One run at tier `{record.identity.tier}` on the embedded image `{record.identity.image}` "
            f"(data set `{record.identity.dataset}`, seed {record.identity.seed}): PSNR of the network's own output "
            "against the truth. It is one image of many; the [ledger of claims](results/claims) says what holds on "
            "average.",
            "",
        )
    )


def figure(title: str, number: str, image: NDArray, kernel: NDArray | None, alt: str) -> str:
    """One picture with its kernel in the corner."""
    inset = "" if kernel is None else f'<img class="inset" src="{data_uri(kernel / kernel.max())}" alt="">'
    return (
        f'<figure><span class="frame"><img src="{data_uri(image)}" alt="{html.escape(alt)}">{inset}</span>'
        f"<figcaption>{html.escape(title)} <b>{number}</b></figcaption></figure>"
    )


def data_uri(image: NDArray) -> str:
    """A grey image in [0, 1] as PNG in an address."""
    stream = io.BytesIO()
    Image.fromarray(np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)).save(stream, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")
