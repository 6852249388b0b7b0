"""The workbooks that go back and forth between the bureau and the units: form, template and returned list."""

from xietong.workbook.form import (
    COVER_LABELS,
    COVER_SHEET,
    COVER_TITLE,
    DATA_SHEETS,
    HEADER,
    INSTRUCTIONS,
    INSTRUCTIONS_SHEET,
    LAYOUT_VERSION,
    REFERENCE_MARK,
    Cell,
    Form,
    FormRow,
    FormSheet,
    form_rows,
    write_form,
)
from xietong.workbook.returned_list import OUTCOMES, ReturnedFile, ReturnedItem, write_returned_list
from xietong.workbook.template import periods_asked, write_template

__all__ = [
    "COVER_LABELS",
    "COVER_SHEET",
    "COVER_TITLE",
    "DATA_SHEETS",
    "HEADER",
    "INSTRUCTIONS",
    "INSTRUCTIONS_SHEET",
    "LAYOUT_VERSION",
    "OUTCOMES",
    "REFERENCE_MARK",
    "Cell",
    "Form",
    "FormRow",
    "FormSheet",
    "ReturnedFile",
    "ReturnedItem",
    "form_rows",
    "periods_asked",
    "write_form",
    "write_returned_list",
    "write_template",
]
