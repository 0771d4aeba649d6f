"""A small landscape for the diagram, as the network samples it and as a shaken camera sees it."""

from mcdeconv.paper.figures.svg import Point

SIDE = 84  # of the square that is seen; the scene reaches beyond it, so that it can be shifted
KERNEL_PATH = ((-11.0, 7.0), (-6.0, -12.0), (3.0, 9.0), (11.0, -7.0))  # control points of a cubic curve, about (0, 0)
COPIES = 18  # positions along the path


def scene(number: int = 0) -> str:
    """The landscape; other numbers give other samples of it, with slightly other lines."""
    sway = (0.0, 2.6, -3.0)[number % 3]
    shade = (0, 9, -8)[number % 3]
    sky, far, near, ground = (f"rgb({g},{g},{g})" for g in (214 + shade, 138 - shade, 92 + shade, 176 - shade))
    return (
        f'<rect x="-30" y="-30" width="144" height="144" fill="{sky}"/>'
        f'<circle cx="{20 - sway:g}" cy="{18 + sway / 2:g}" r="8" fill="#fff"/>'
        f'<path d="M-30 70L{6 + sway:g} 36L26 58L{52 - sway:g} {24 + sway / 2:g}L86 62L114 50V114H-30Z" fill="{far}"/>'
        f'<path d="M-30 84L18 {58 - sway / 2:g}L60 72L114 {60 + sway / 2:g}V114H-30Z" fill="{near}"/>'
        f'<path d="M-30 82C20 72 50 84 114 74V114H-30Z" fill="{ground}"/>'
        f'<path d="M{62 + sway / 2:g} 78V40L68 33L{74 + sway / 2:g} 40V78Z" fill="#f4f4f4"/>'
        f'<path d="M62 47H74V52H62ZM62 59H74V64H62Z" fill="#2e2e2e"/>'
        f'<path d="M14 82L21 60L28 82ZM27 85L33 67L39 85Z" fill="#2e2e2e"/>'
    )


def kernel_point(share: float) -> Point:
    """Where the camera has moved the scene to at a share of the exposure, in units of the scene."""
    weights = ((1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share**2 * (1 - share), share**3)
    x, y = (sum(w * point[axis] for w, point in zip(weights, KERNEL_PATH, strict=True)) for axis in (0, 1))
    return x, y


def blurred_scene(scene_id: str) -> str:
    """The mean of the scene along the kernel's path: copy i at opacity 1 / i leaves all of them with equal weight."""
    copies = []
    for index in range(COPIES):
        x, y = kernel_point(index / (COPIES - 1))
        copies.append(f'<use href="#{scene_id}" x="{x:.2f}" y="{y:.2f}" opacity="{1 / (index + 1):.4f}"/>')
    return "".join(copies)


def kernel_picture(side: float) -> str:
    """The kernel as a picture: the camera's path, bright on black, in a square of this side."""
    scale = side / 30
    start, *others = ((side / 2 + scale * x, side / 2 + scale * y) for x, y in KERNEL_PATH)
    curve = f"M{start[0]:.1f} {start[1]:.1f}C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in others)
    strokes = "".join(
        f'<path d="{curve}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"/>'
        for colour, width in (("#6b1d5c", 9), ("#d44842", 5.5), ("#fac127", 2.5))
    )
    return f'<rect width="{side:g}" height="{side:g}" rx="4" fill="#000"/>{strokes}'
