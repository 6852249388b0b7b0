"""The only code that talks to DuckDB: it loads what passed the gate, runs the SQL models and hands out the marts."""

from xietong.warehouse.database import Warehouse, append_rows
from xietong.warehouse.models import Model, macro_sources, ordered_models, read_models
from xietong.warehouse.reference import Run, reference_tables

__all__ = [
    "Model",
    "Run",
    "Warehouse",
    "append_rows",
    "macro_sources",
    "ordered_models",
    "read_models",
    "reference_tables",
]
