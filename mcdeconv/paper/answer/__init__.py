"""The book's answer: a typical picture for the first screen, six claims with their verdicts, plots of differences."""

from mcdeconv.paper.answer.caps import caps
from mcdeconv.paper.answer.findings import FINDINGS
from mcdeconv.paper.answer.full_size import full_size
from mcdeconv.paper.answer.gains import AnswerRecords
from mcdeconv.paper.answer.questions import answer_plot, answer_table, answers, sentences
from mcdeconv.paper.answer.typical import Typical, typical_image

__all__ = [
    "FINDINGS",
    "AnswerRecords",
    "Typical",
    "answer_plot",
    "answer_table",
    "answers",
    "caps",
    "full_size",
    "sentences",
    "typical_image",
]
