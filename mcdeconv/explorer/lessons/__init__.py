"""The widgets of the course: each computes in the page what the laboratory computes in Python."""

from mcdeconv.explorer.lessons.lessons import LESSONS, Lesson, lesson

__all__ = ["LESSONS", "Lesson", "lesson"]
