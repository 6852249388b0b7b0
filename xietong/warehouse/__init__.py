"""The only code that talks to DuckDB: it loads what passed the gate, runs the SQL models and hands out the marts."""

from xietong.warehouse.database import Warehouse, append_rows
from xietong.warehouse.figure_record import FigureRecord, figure_record
from xietong.warehouse.models import Model, macro_sources, ordered_models, read_models
from xietong.warehouse.reference import Run, reference_tables

__all__ = [
    "FigureRecord",
    "Model",
    "Run",
    "Warehouse",
    "append_rows",
    "figure_record",
    "macro_sources",
    "ordered_models",
    "read_models",
    "reference_tables",
]
