"""The bytes of any file to raw tables; what they are is told by the bytes, not by the name."""

from typing import Final

from xietong.frames import RawTable, Snapshot
from xietong.sources.containers import refuse_ole
from xietong.sources.delimited import read_delimited
from xietong.sources.html_pages import is_page, read_pages
from xietong.sources.json_answers import read_json
from xietong.sources.unreadable import UnreadableFileError
from xietong.sources.workbooks import read_workbook

#: Bytes of a file that is read; larger ones are kept and refused.
MAX_FILE: Final = 64 * 2**20
_ZIP: Final = b"PK"


def read_tables(data: bytes, snapshot: Snapshot) -> list[RawTable]:
    """Return the sheets of a workbook, the tables of a page, or the one table of an answer or a delimited file.

    Raises:
        UnreadableFileError: the file cannot or must not be read; the message says why and what is allowed.
    """
    check_size(len(data))
    if data.startswith(_ZIP):
        return read_workbook(data, snapshot)
    refuse_ole(data)
    if snapshot.file.lower().endswith((".xlsx", ".xlsm", ".xls")):
        raise UnreadableFileError(
            "unreadable_workbook",
            reason_zh="不是有效的 Excel 工作簿（内容与扩展名不符）；请重新保存为 .xlsx 后报送",
            reason_en="it is no Excel workbook though its name says so; save it as .xlsx again and resend it",
            allowed=".xlsx",
        )
    if is_page(data, snapshot.file):
        return read_pages(data, snapshot)
    answer = read_json(data, snapshot)
    return read_delimited(data, snapshot) if answer is None else answer


def check_size(size: int) -> None:
    """Refuse to read a file beyond ``MAX_FILE``.

    Raises:
        UnreadableFileError: ``oversized_file``.
    """
    if size > MAX_FILE:
        raise UnreadableFileError(
            "oversized_file",
            reason_zh=f"文件有 {size / 2**20:,.0f} MB，超过 {MAX_FILE // 2**20} MB 的读取上限",
            reason_en=f"it has {size / 2**20:,.0f} MB, over the {MAX_FILE // 2**20} MB that are read",
            allowed=f"≤ {MAX_FILE // 2**20} MB",
        )
