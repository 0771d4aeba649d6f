"""Controlled experiments around the paper's choices and claims; `mcdeconv study NAME` runs one."""

from mcdeconv.studies import lai, levin, readings
from mcdeconv.studies.study import Study

STUDIES: dict[str, Study] = {study.name: study for study in (readings.STUDY, levin.STUDY, lai.STUDY)}

__all__ = ["STUDIES", "Study"]
