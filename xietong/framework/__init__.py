"""The engine on any framework of indicators, for researchers: two tables in, the tables of a study out."""

from xietong.framework.options import StudyOptions
from xietong.framework.study import StudyResult, run_study

__all__ = ["StudyOptions", "StudyResult", "run_study"]
