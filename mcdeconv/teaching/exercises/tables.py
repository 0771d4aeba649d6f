"""Chapter 8: how to read a table of results."""

import numpy as np
from numpy.typing import NDArray

from mcdeconv.teaching.exercises.exercise import Exercise, Values, fixed

SHIFT = 2  # px, at most


def psnr(restored: NDArray, sharp: NDArray) -> float:
    """10 log10(1 / MSE), in dB."""
    return float(-10 * np.log10(np.mean((restored - sharp) ** 2)))


def shifted(rng: np.random.Generator) -> Values:
    """A restoration that is right, but for noise and a shift of one or two pixels."""
    down, across = (int(one) for one in rng.choice([-2, -1, 1, 2], 2))
    scene = np.kron(rng.random((10, 10)), np.ones((4, 4)))
    moved = scene[4 + down : 36 + down, 4 + across : 36 + across]
    return {"restored": moved + 0.05 * rng.standard_normal(moved.shape), "sharp": scene[4:36, 4:36], "reach": SHIFT}


def best_shift(restored: NDArray, sharp: NDArray, reach: int) -> float:
    """The highest PSNR over shifts of `reach` pixels, on what is in both whatever the shift."""
    inner = slice(reach, -reach)
    moves = range(-reach, reach + 1)
    return max(psnr(np.roll(restored, (a, b), (0, 1))[inner, inner], sharp[inner, inner]) for a in moves for b in moves)


def errors_of_images(rng: np.random.Generator) -> Values:
    return {"squared_errors": 10 ** -rng.uniform(2, 3.5, 12)}


def mean_psnr(squared_errors: NDArray) -> float:
    return float(np.mean(-10 * np.log10(squared_errors)))


def two_methods(rng: np.random.Generator) -> Values:
    image = rng.uniform(24, 34, 12)
    return {"one": image + rng.normal(0.6, 0.4, 12), "other": image + rng.normal(0, 0.4, 12)}


def paired(one: NDArray, other: NDArray, ddof: int = 1) -> NDArray:
    """Mean difference and its standard error."""
    difference = one - other
    return np.array([difference.mean(), difference.std(ddof=ddof) / np.sqrt(len(difference))])


def unpaired(one: NDArray, other: NDArray) -> NDArray:
    error = np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / len(one))
    return np.array([(one - other).mean(), error])


def table(rng: np.random.Generator) -> Values:
    """Five methods on ten images; the printed mean of one is of its values in studio range."""
    psnrs = rng.uniform(25, 33, 10) + rng.normal(0, 1, (5, 1)) + rng.normal(0, 0.3, (5, 10))
    printed = psnrs.mean(axis=1)
    printed[int(rng.integers(5))] += studio(219, 255)
    return {"psnrs": psnrs, "printed": printed}


def studio(levels: int, of: int) -> float:
    """What a PSNR gains if the luma has 219 of 255 levels: errors shrink, the peak does not."""
    return float(20 * np.log10(of / levels))


def wrong_row(psnrs: NDArray, printed: NDArray) -> NDArray:
    """Which row is not like the others, and the mean it should have."""
    row = int(np.abs(psnrs.mean(axis=1) - printed).argmax())
    return np.array([row, psnrs[row].mean()])


ON_TABLES = {
    "8.1": Exercise(
        fixed(squared_error=0.001),
        lambda squared_error: float(-10 * np.log10(squared_error)),
        {
            "The error is squared already: the factor is ten, not twenty.": lambda squared_error: float(
                -20 * np.log10(squared_error)
            ),
            "The sign is turned: small errors make large PSNRs.": lambda squared_error: float(
                10 * np.log10(squared_error)
            ),
            "Decibels are of logarithms to base ten.": lambda squared_error: float(-10 * np.log(squared_error)),
        },
    ),
    "8.2": Exercise(
        shifted,
        best_shift,
        {
            "That is without any shift.": lambda restored, sharp, reach: psnr(restored, sharp),
            "The factor is ten: the errors are squared already.": lambda **given: 2 * best_shift(**given),
            "What is rolled in at the edges comes from the other side: crop by the largest shift.": (
                lambda restored, sharp, reach: max(
                    psnr(np.roll(restored, (a, b), (0, 1)), sharp)
                    for a in range(-reach, reach + 1)
                    for b in range(-reach, reach + 1)
                )
            ),
        },
    ),
    "8.3": Exercise(
        fixed(levels=219, of=255),
        studio,
        {
            "The error is squared in a PSNR, so the factor is twenty.": lambda levels, of: studio(levels, of) / 2,
            "The sign is turned: smaller errors, larger PSNR.": lambda levels, of: -studio(levels, of),
            "That is the ratio; give it in decibels.": lambda levels, of: of / levels,
        },
    ),
    "8.4": Exercise(
        errors_of_images,
        mean_psnr,
        {
            "That is the PSNR of the mean error; tables have the mean of the PSNRs.": lambda squared_errors: float(
                -10 * np.log10(squared_errors.mean())
            ),
            "That is the median.": lambda squared_errors: float(np.median(-10 * np.log10(squared_errors))),
            "The factor is ten: the errors are squared already.": lambda squared_errors: 2 * mean_psnr(squared_errors),
        },
    ),
    "8.5": Exercise(
        two_methods,
        paired,
        {
            "Both were measured on the same images: take differences first.": unpaired,
            "That is the deviation of one difference; divide by √n.": lambda one, other: np.array(
                [(one - other).mean(), (one - other).std(ddof=1)]
            ),
            "Divide the squares by n - 1 (ddof=1): the mean was taken from the same images.": lambda one, other: paired(
                one, other, ddof=0
            ),
        },
    ),
    "8.6": Exercise(
        table,
        wrong_row,
        {
            "The row is right; what it should say is the mean of its values.": lambda psnrs, printed: np.array(
                [wrong_row(psnrs, printed)[0], printed[int(wrong_row(psnrs, printed)[0])]]
            ),
            "Rows are counted from 0.": lambda psnrs, printed: wrong_row(psnrs, printed) + np.array([1, 0]),
            "The value is right, the row is not.": lambda psnrs, printed: np.array(
                [(wrong_row(psnrs, printed)[0] + 2) % 5, wrong_row(psnrs, printed)[1]]
            ),
        },
    ),
}
