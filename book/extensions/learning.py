"""The course's own directive, a question with its choices; and exercises numbered by hand.

    :::{quiz} What does the kernel sum to?
    - [x] One.

      Blur moves light, it makes none.
    - [ ] Zero.

      Then a white wall would come out black.
    :::

The choices are radio buttons, so a keyboard moves among them, and what is said of one shows when it is chosen: without
a script, but for the words that a screen reader is given.
"""

from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

MARKS = {"[x] ": True, "[ ] ": False}
LAST = 900  # after sphinx_exercise, which would have all tables and figures numbered


class Quiz(SphinxDirective):
    """A question, and a list of choices of which one is marked with an x; each says why below it."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        parsed = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, parsed)
        if len(parsed) != 1 or not isinstance(parsed[0], nodes.bullet_list):
            raise self.error("a quiz is one list of choices")
        choices = [self.choice(item) for item in parsed[0]]
        if sum(right for right, _, _ in choices) != 1 or len(choices) < 2:
            raise self.error("a quiz has two choices or more, one of them marked with [x]")
        question, _ = self.state.inline_text(self.arguments[0], self.lineno)
        name = f"quiz-{self.env.new_serialno('quiz')}"
        shown: list[nodes.Node] = [
            raw('<fieldset class="quiz"><legend>'),
            nodes.inline("", "", *question),
            raw("</legend>"),
        ]
        for number, (right, answer, says) in enumerate(choices):
            kind = "right" if right else "wrong"
            shown += [
                raw(f'<div class="choice {kind}"><label><input type="radio" name="{name}" value="{number}">'),
                nodes.inline("", "", *answer),
                raw('</label><div class="says">'),
                *says,
                raw("</div></div>"),
            ]
        return [*shown, raw('<p class="told" role="status"></p></fieldset>')]

    def choice(self, item: nodes.Node) -> tuple[bool, list[nodes.Node], list[nodes.Node]]:
        """Whether it is the right one, the words of the choice, and what is said of it."""
        first, *says = item.children or [nodes.paragraph()]
        mark = next((mark for mark in MARKS if first.astext().startswith(mark)), None)
        if mark is None or not says or not isinstance(first, nodes.paragraph):
            raise self.error("a choice begins with [x] or [ ], and below it stands what is said of it")
        begin = first[0]
        return MARKS[mark], [nodes.Text(begin.astext().removeprefix(mark)), *first.children[1:]], says


def raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def number_by_hand(app: Sphinx, config: Config) -> None:
    """Tables and figures bear the paper's numbers, exercises the course's."""
    config.numfig = False


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("quiz", Quiz)
    app.connect("config-inited", number_by_hand, priority=LAST)
    return {"parallel_read_safe": True}
