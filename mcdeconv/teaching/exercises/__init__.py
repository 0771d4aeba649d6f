"""The exercises of the course that check themselves, one file a chapter."""

from mcdeconv.teaching.exercises.blur import BLUR
from mcdeconv.teaching.exercises.bound import BOUND
from mcdeconv.teaching.exercises.certainty import CERTAINTY
from mcdeconv.teaching.exercises.exercise import Exercise
from mcdeconv.teaching.exercises.kernel_alone import KERNEL_ALONE
from mcdeconv.teaching.exercises.network import NETWORK
from mcdeconv.teaching.exercises.no_blur import NO_BLUR
from mcdeconv.teaching.exercises.pair import PAIR
from mcdeconv.teaching.exercises.tables import TABLES

__all__ = ["EXERCISES", "Exercise"]

EXERCISES: dict[str, Exercise] = BLUR | NO_BLUR | PAIR | KERNEL_ALONE | BOUND | NETWORK | CERTAINTY | TABLES
