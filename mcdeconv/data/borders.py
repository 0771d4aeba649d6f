"""The photograph inside a frame: letterbox bars, white or black margins, the window of a screenshot.

The frame is sharp where the photograph is not. So a border is cut off only where it ends in a step of one line (two, if
the picture was resized) that lies in the same line for most pixels of that side; nothing that a camera blurred ends so.
"""

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.region import Region

Slices = tuple[slice, slice]

MOST = 0.5  # of an outermost line in one colour, and of what is cut off: less of it is no frame
STEP_SHARE = 0.75  # of a side's pixels that step in the same line; the others may have the frame's colour by chance
# How far a frame's pixel may be from its colour: not at all; as JPEG leaves it; as it leaves it beside an edge.
TOLERANCES = (1.5 / 255, 6 / 255, 20 / 255)
VISIBLE = 4 / 255  # a step smaller than that is not told from noise
REACH = 16  # px: JPEG's block with halved colour, in which an edge disturbs the frame
CLEAR = 0.7  # of the largest step's height
NEAR = 4  # px: over which the photograph's distance from the frame's colour is taken
FULL = 0.75  # of the height over the next lines, in the first; of a ramp, such as a clear sky's, it is less
MIXED = 1  # lines between frame and photograph that resizing makes of both
SMALLEST_SIDE = 32  # px of a photograph; smaller things in a frame are icons
SMALLEST_SHARE = 0.1  # of the picture
SHARP_SHARE = 0.05  # of what else lies in a frame: pixels that step by half its contrast, as buttons and letters do
NESTED = 8  # frames in one another at most


def photograph_within(pixels: NDArray) -> Region:
    """The rectangle of the photograph inside its frame; the whole picture if it has none.

    A frame is of one colour, whatever it is, and may hold other things that are smaller than the photograph: buttons,
    a caption. Frames within frames are peeled one by one. Sides count one by one as well: where a night's sky fades
    into a black frame, nothing is cut off.

    Parameters
    ----------
    pixels : array, shape (H, W) or (H, W, 3), in [0, 1]

    Examples
    --------
    >>> letterboxed = np.pad(np.linspace(0.2, 0.8, 2000).reshape(40, 50), ((10, 10), (20, 0)))
    >>> photograph_within(letterboxed)
    Region(top=10, left=20, height=40, width=50)
    """
    picture = np.asarray(pixels, np.float32).reshape(*pixels.shape[:2], -1)
    rows, columns = slice(0, picture.shape[0]), slice(0, picture.shape[1])
    for _ in range(NESTED):
        view = picture[rows, columns]
        inner = next(filter(None, (_inside(view, colour) for colour in _frame_colours(view))), None)
        if inner is None:
            break
        rows, columns = (_shifted(part, by.start) for part, by in zip(inner, (rows, columns), strict=True))
    return Region(rows.start, columns.start, rows.stop - rows.start, columns.stop - columns.start)


def framed(inside: NDArray, pixels: NDArray, region: Region) -> NDArray:
    """A restored photograph back in its frame: `inside` at `region`, every other value that of `pixels`, to the bit.

    Parameters
    ----------
    inside : array, shape (region.height, region.width[, 3])
    pixels : array, shape (H, W[, 3]); it is not changed

    Returns
    -------
    array of the shape and dtype of `pixels`
    """
    whole = pixels.copy()
    whole[region.slices] = inside
    return whole


def _shifted(part: slice, by: int) -> slice:
    return slice(part.start + by, part.stop + by)


def _frame_colours(view: NDArray) -> list[NDArray]:
    """The colours, each (channels,), that most of an outermost line has."""
    colours: list[NDArray] = []
    for line in (view[0], view[-1], view[:, 0], view[:, -1]):
        colour = np.median(line, axis=0)
        alike = np.abs(line - colour).max(1) <= TOLERANCES[0]
        if alike.mean() >= MOST and not any(np.array_equal(colour, other) for other in colours):
            colours.append(colour)
    return colours


def _inside(view: NDArray, colour: NDArray) -> Slices | None:
    """The photograph in a frame of that colour; None if there is none."""
    away = np.abs(view - colour).max(2)
    for tolerance in TOLERANCES:
        block = _largest_block(away > tolerance)
        if block is None:
            continue
        block = _cut_at_steps(away, block)
        if block is not None and _is_frame(away, block):
            return block
    return None


def _largest_block(marked: NDArray) -> Slices | None:
    """The largest piece that unmarked lines part from the rest: by rows, then columns, then rows …, until it stays."""
    rows, columns = slice(0, marked.shape[0]), slice(0, marked.shape[1])
    while True:
        before = rows, columns
        for axis in (0, 1):
            counts = marked[rows, columns].sum(1 - axis)
            if not counts.any():
                return None
            longest = _fullest_run(counts)
            rows, columns = (
                (_shifted(longest, rows.start), columns) if axis == 0 else (rows, _shifted(longest, columns.start))
            )
        if (rows, columns) == before:
            return before


def _fullest_run(counts: NDArray) -> slice:
    """The run of counts above 0 with the largest sum."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], counts > 0, [False]))))
    starts, stops = edges[::2], edges[1::2]
    totals = np.concatenate(([0], counts.cumsum()))
    fullest = int((totals[stops] - totals[starts]).argmax())
    return slice(int(starts[fullest]), int(stops[fullest]))


def _cut_at_steps(away: NDArray, block: Slices) -> Slices | None:
    """The block with each side moved to the step beside it, or to the picture's border where there is no step."""
    (rows, columns), (height, width) = block, away.shape
    across, along = away[:, columns], away[rows].T
    top, bottom = _step(across, rows.start), height - _step(across[::-1], height - rows.stop)
    left, right = _step(along, columns.start), width - _step(along[::-1], width - columns.stop)
    found = slice(top, bottom), slice(left, right)
    large = min(bottom - top, right - left) >= SMALLEST_SIDE
    cut = found != (slice(0, height), slice(0, width))
    return found if cut and large else None


def _step(away: NDArray, start: int) -> int:
    """The first line of the photograph, at `start` or shortly behind it; 0 if there is no step.

    Parameters
    ----------
    away : array, shape (lines, pixels); distance from the frame's colour, from the picture's border inwards
    """
    levels = {}
    for line in range(max(start, 1), min(start + REACH, len(away) - NEAR) if start else 0):
        level = np.maximum(away[line : line + NEAR].mean(0), VISIBLE)
        inside = away[line] >= FULL * level
        outside = away[max(line - 1 - MIXED, 0) : line] <= level / 4
        if (inside & outside).mean(1).max() >= STEP_SHARE:
            levels[line] = level.mean()
    # Before the true step, JPEG's ripples make smaller ones.
    return next((line for line, level in levels.items() if level >= CLEAR * max(levels.values())), 0)


def _is_frame(away: NDArray, block: Slices) -> bool:
    """Whether most of what is cut off has the frame's colour, what else is there is sharp, and enough is left."""
    outside = np.ones(away.shape, bool)
    outside[block] = False
    things = outside & (away > TOLERANCES[-1])
    count, things_count = np.count_nonzero(outside), np.count_nonzero(things)
    if things_count > (1 - MOST) * count or away.size - count < SMALLEST_SHARE * away.size:
        return False
    if not things_count:
        return True
    contrast = np.quantile(away[things], 0.9)
    right = (np.abs(np.diff(away, axis=1)) >= contrast / 2) & outside[:, 1:] & outside[:, :-1]
    down = (np.abs(np.diff(away, axis=0)) >= contrast / 2) & outside[1:] & outside[:-1]
    return bool(np.count_nonzero(right) + np.count_nonzero(down) >= SHARP_SHARE * things_count)
