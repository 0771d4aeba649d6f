"""Figure 2: the method, drawn by code. Noise and dropout make samples of x; the loss (27) trains both networks."""

from dataclasses import dataclass
from pathlib import Path

from mcdeconv.files import write_whole
from mcdeconv.paper.figures.scene import SIDE, blurred_scene, kernel_picture, scene
from mcdeconv.paper.figures.svg import Point, arrow, bar, box, formula, noise, operator, text

WIDTH, HEIGHT = 980, 500
IMAGE, KERNEL, RANDOM = "#0072B2", "#D55E00", "#009E73"  # Okabe and Ito: 3:1 or more on white and on near-black
ID = "mcdeconv-figure-2"
ROW_X, ROW_K, ROW_LOSS = 128.0, 372.0, 250.0  # heights of the image's, the kernel's and the loss's line
FONT = "system-ui,'Segoe UI','DejaVu Sans',sans-serif"

TITLE = "Unsupervised blind deconvolution with a randomised image network"
ALT = (
    "Diagram of the method. The fixed input z_x plus fresh Gaussian noise epsilon of standard deviation sigma_0 goes "
    "into the image network G_x, a U-Net whose decoder has dropout masks M of rate p_0; each draw of epsilon and M "
    "gives another sample of the image x. The fixed input z_k goes into the kernel network G_k, which is not random; "
    "a softmax makes its output a kernel k. Kernel and sample are convolved and compared with the blurred image y by "
    "the loss (27), the squared difference plus mu times the squared norm of k. Two dashed arrows lead back: each "
    "iteration first updates theta_k, then theta_x."
)


@dataclass(frozen=True)
class Diagram:
    """An SVG that shows itself in notebooks."""

    body: str  # what stands inside the <svg>
    alt: str = ALT

    def __repr__(self) -> str:
        return f"Diagram: {TITLE}"

    def _svg(self, style: str, size: str) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" id="{ID}" viewBox="0 0 {WIDTH} {HEIGHT}" {size} role="img" '
            f'aria-labelledby="{ID}-title {ID}-desc" font-family="{FONT}">'
            f'<title id="{ID}-title">{TITLE}</title><desc id="{ID}-desc">{self.alt}</desc>{style}{self.body}</svg>'
        )

    def _repr_svg_(self) -> str:
        """A file of its own: dark text, or light text where the reader's system is dark."""
        style = f"<style>#{ID}{{color:#222}}@media(prefers-color-scheme:dark){{#{ID}{{color:#eee}}}}</style>"
        return self._svg(style, f'width="{WIDTH}" height="{HEIGHT}"')

    def _repr_html_(self) -> str:
        """For a page: text and lines take the page's colour; on a narrow screen the figure scrolls inside itself."""
        figure = self._svg("", 'style="display:block;width:100%;min-width:620px;height:auto"')
        return (
            '<figure class="mcdeconv-figure" style="margin:1rem 0"><div role="region" tabindex="0" '
            'aria-label="Figure 2, scrolls sideways on a narrow screen" style="overflow-x:auto">'
            f"{figure}</div></figure>"
        )

    def save(self, path: Path) -> None:
        """Write the SVG to a file."""
        write_whole(path, self._repr_svg_().encode())


def diagram() -> Diagram:
    """Figure 2 as an SVG."""
    parts = (_definitions(), _image_network(), _samples(), _kernel_network(), _comparison(), _updates())
    return Diagram("".join(parts))


def _definitions() -> str:
    return (
        f'<defs><clipPath id="{ID}-tile"><rect width="{SIDE}" height="{SIDE}" rx="4"/></clipPath>'
        f'<g id="{ID}-scene">{scene()}</g></defs>'
    )


def _tile(at: Point, content: str, scale: float = 1.0) -> str:
    """A picture with a thin edge, from its upper left corner."""
    return (
        f'<g transform="translate({at[0]:g} {at[1]:g}) scale({scale:g})"><g clip-path="url(#{ID}-tile)">{content}</g>'
        f'<rect width="{SIDE}" height="{SIDE}" rx="4" fill="none" stroke="currentColor" stroke-width="1.2"/></g>'
    )


def _random_source(centre: Point, source: str, width: float) -> str:
    """What is drawn anew in each iteration, in its pill."""
    x, y = centre
    return box((x - width / 2, y - 16), (width, 32), RANDOM, radius=16) + formula((x, y + 5.5), source, 17)


def _name(net: Point, symbol: str, words: str) -> str:
    """What a network is called, above its box."""
    return formula((net[0] + 4, net[1] - 9), symbol, 20, "start") + text(
        (net[0] + 36, net[1] - 9), words, 13.5, "start"
    )


def _image_network() -> str:
    plus, net = (150.0, ROW_X), (200.0, ROW_X - 66)
    return "".join(
        (
            _tile((24, ROW_X - SIDE * 0.4), noise((0, 0), SIDE, 10, seed=1), 0.8),
            formula((57, ROW_X + 58), "z_x"),
            arrow([(95, ROW_X), (plus[0] - 16, ROW_X)]),
            operator(plus, "+"),
            _random_source((plus[0] - 32, 242), "ε ~ N(0, σ_0^2I)", 138),
            arrow([(plus[0], 225), (plus[0], ROW_X + 16)], RANDOM),
            arrow([(plus[0] + 15, ROW_X), (net[0] - 2, ROW_X)]),
            box(net, (216, 132), IMAGE),
            _name(net, "G_x", "image network"),
            _u_net((net[0] + 108, ROW_X), (96, 74, 52, 34), IMAGE, RANDOM),
            _random_source((net[0] + 162, 242), "M ~ B(p_0)", 112),
            arrow([(net[0] + 162, 225), (net[0] + 162, net[1] + 134)], RANDOM),
            text((243, 281), "drawn anew in every iteration", 13),
        )
    )


def _u_net(centre: Point, heights: tuple[float, ...], colour: str, dropout: str = "") -> str:
    """Encoder and decoder as bars; between the decoder's bars its dropout layers, some of their units switched off."""
    step, layers = 28.0, [*heights, *heights[-2::-1]]
    left = centre[0] - step * (len(layers) - 1) / 2
    bars = [bar((left + step * i, centre[1]), (13, height), colour) for i, height in enumerate(layers)]
    if dropout:
        for index in range(len(heights), len(layers)):
            bars.append(_dropout_layer((left + step * (index - 0.5), centre[1]), layers[index], dropout, index))
    return "".join(bars)


def _dropout_layer(centre: Point, height: float, colour: str, seed: int) -> str:
    units = int(height // 13)
    top = centre[1] - (units - 1) * 6.5
    off = {(seed + 2 * n) % units for n in range(max(1, round(0.3 * units)))}  # about p0 of them
    return "".join(
        f'<circle cx="{centre[0]:g}" cy="{top + 13 * n:g}" r="3.6" stroke="{colour}" stroke-width="1.5" '
        f'fill="{"none" if n in off else colour}"/>'
        for n in range(units)
    )


def _samples() -> str:
    left, top = 466.0, ROW_X - SIDE / 2
    cards = [(left + 26, top - 22, scene(2)), (left + 13, top - 11, scene(1)), (left, top, scene())]
    tiles = "".join(_tile((x, y), picture) for x, y, picture in cards)
    return (
        arrow([(417, ROW_X), (left - 3, ROW_X)])
        + tiles
        + text((left + 55, top + SIDE + 21), "samples of x (20)")
        + arrow([(left + 112, ROW_X), (640, ROW_X), (640, ROW_LOSS - 17)])
    )


def _kernel_network() -> str:
    net, softmax, tile = (200.0, ROW_K - 52), (372.0, ROW_K - 19), (478.0, ROW_K - SIDE * 0.4)
    return "".join(
        (
            _tile((24, ROW_K - SIDE * 0.4), noise((0, 0), SIDE, 10, seed=2), 0.8),
            formula((57, ROW_K + 58), "z_k"),
            arrow([(95, ROW_K), (net[0] - 2, ROW_K)]),
            box(net, (150, 104), KERNEL),
            _name(net, "G_k", "kernel network"),
            _u_net((net[0] + 75, ROW_K), (72, 50, 30), KERNEL),
            arrow([(net[0] + 151, ROW_K), (softmax[0] - 2, ROW_K)]),
            box(softmax, (74, 38), KERNEL, radius=19),
            text((softmax[0] + 37, ROW_K + 5), "softmax", 14),
            arrow([(softmax[0] + 75, ROW_K), (tile[0] - 3, ROW_K)]),
            _tile(tile, kernel_picture(SIDE), 0.8),
            formula((tile[0] + 34, ROW_K + 58), "k"),
            arrow([(tile[0] + 70, ROW_K), (640, ROW_K), (640, ROW_LOSS + 17)]),
        )
    )


def _comparison() -> str:
    made, loss = 692.0, (812.0, ROW_LOSS - 42)
    blurred = blurred_scene(f"{ID}-scene")
    return "".join(
        (
            operator((640, ROW_LOSS), "×"),
            arrow([(656, ROW_LOSS), (made - 3, ROW_LOSS)]),
            _tile((made, ROW_LOSS - SIDE / 2), blurred),
            formula((made + SIDE / 2, ROW_LOSS + 66), "k ⊗ x"),
            arrow([(made + SIDE + 1, ROW_LOSS), (loss[0] - 2, ROW_LOSS)]),
            box(loss, (154, 84), "currentColor"),
            text((loss[0] + 77, loss[1] + 26), "loss (27)", weight="bold"),
            formula((loss[0] + 77, loss[1] + 50), "‖k ⊗ x − y‖^2", 18),
            formula((loss[0] + 77, loss[1] + 74), "+ μ‖k‖^2", 18),
            _tile((loss[0] + 35, ROW_K - 20), blurred + noise((0, 0), SIDE, 21, seed=3, opacity=0.14)),
            text((loss[0] + 121, ROW_K + 85), "blurred image", 14, "end"),
            formula((loss[0] + 127, ROW_K + 85), "y", 19, "start"),
            arrow([(loss[0] + 77, ROW_K - 23), (loss[0] + 77, loss[1] + 86)]),
        )
    )


def _updates() -> str:
    top, bottom = 26.0, 474.0
    return "".join(
        (
            arrow([(889, ROW_LOSS - 44), (889, top), (368, top), (368, ROW_X - 68)], IMAGE, dashed=True),
            text((660, top + 22), "2. update", 14, "end"),
            formula((667, top + 22), "θ_x", 18, "start"),
            arrow([(826, ROW_LOSS + 44), (826, bottom), (275, bottom), (275, ROW_K + 54)], KERNEL, dashed=True),
            text((660, bottom - 12), "1. update", 14, "end"),
            formula((667, bottom - 12), "θ_k", 18, "start"),
        )
    )
