"""What the tests of studies share."""

import pytest


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Surveys measure in this process."""
    monkeypatch.setattr("mcdeconv.runs.workers.in_processes", lambda work, tasks, count: (work(task) for task in tasks))
