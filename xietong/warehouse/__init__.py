"""The only code that talks to DuckDB: it loads what passed the gate, runs the SQL models and hands out the marts."""

from xietong.warehouse.assessment_responses import AssessmentBasis, assessment_basis, assessment_responses
from xietong.warehouse.corrections import EFFECTS_GRAIN, correction_effects
from xietong.warehouse.database import Warehouse, append_rows
from xietong.warehouse.figure_record import FigureRecord, figure_record
from xietong.warehouse.models import Model, macro_sources, ordered_models, read_models
from xietong.warehouse.reference import Run, reference_tables

__all__ = [
    "EFFECTS_GRAIN",
    "AssessmentBasis",
    "FigureRecord",
    "Model",
    "Run",
    "Warehouse",
    "append_rows",
    "assessment_basis",
    "assessment_responses",
    "correction_effects",
    "figure_record",
    "macro_sources",
    "ordered_models",
    "read_models",
    "reference_tables",
]
