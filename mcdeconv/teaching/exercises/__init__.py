"""The exercises of the course that check themselves, one file a chapter."""

from mcdeconv.teaching.exercises.blur import ON_BLUR
from mcdeconv.teaching.exercises.bound import ON_BOUND
from mcdeconv.teaching.exercises.certainty import ON_CERTAINTY
from mcdeconv.teaching.exercises.exercise import Exercise
from mcdeconv.teaching.exercises.kernel_alone import ON_KERNEL_ALONE
from mcdeconv.teaching.exercises.network import ON_NETWORK
from mcdeconv.teaching.exercises.no_blur import ON_NO_BLUR
from mcdeconv.teaching.exercises.pair import ON_PAIR
from mcdeconv.teaching.exercises.tables import ON_TABLES

__all__ = ["EXERCISES", "Exercise"]

CHAPTERS = (ON_BLUR, ON_NO_BLUR, ON_PAIR, ON_KERNEL_ALONE, ON_BOUND, ON_NETWORK, ON_CERTAINTY, ON_TABLES)
EXERCISES: dict[str, Exercise] = {number: one for chapter in CHAPTERS for number, one in chapter.items()}
