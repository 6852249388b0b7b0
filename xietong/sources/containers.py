"""The zip container of a workbook, opened so that nothing in it can harm the reader.

Every part is inflated under a cap, against the size and checksum that the directory states,
and its names and kinds are checked. What comes out is packed anew: the reader of workbooks then
sees exactly the parts that were checked here, whatever else the received container holds.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from typing import Final

from xietong.sources.unreadable import UnreadableFileError

#: Bytes of all parts together once inflated; a form has some 50 kB, the largest real workbook 3 MB.
MAX_CONTENT: Final = 256 * 2**20
MAX_PARTS: Final = 5_000

_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_IS_ENCRYPTED: Final = 0x1
_DECLARED_ENCODING: Final = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([^\"']+)[\"']")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

#: Where cells come from other files, databases or programs (DDE), and what carries content of its own.
_LINKS: Final = ("/externallinks/", "xl/connections.xml", "/querytables/")
_OBJECTS: Final = ("/embeddings/", "/activex/", "/ctrlprops/")

WORKBOOK_PART: Final = "xl/workbook.xml"


def open_container(data: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook by name, checked.

    Raises:
        UnreadableFileError: the container is damaged, too large, protected, of another kind, or
            carries macros or links to other files.
    """
    refuse_ole(data)
    if data.count(_DIRECTORY_ENTRY) > MAX_PARTS:
        raise oversized(f"超过 {MAX_PARTS} 个部件", f"more than {MAX_PARTS} parts")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, ValueError, OverflowError, struct.error, NotImplementedError) as error:
        raise _damaged() from error
    _check_directory(entries)
    parts = {entry.filename: _inflate(data, entry) for entry in entries}
    _check_parts(parts)
    return parts


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Return the parts as a container again, uncompressed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def refuse_ole(data: bytes) -> None:
    """Refuse a compound file: either an encrypted workbook or one of Excel 97.

    Raises:
        UnreadableFileError: ``password_protected`` or ``legacy_workbook``.
    """
    if not data.startswith(_OLE):
        return
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _protected()
    raise UnreadableFileError(
        "legacy_workbook",
        reason_zh="是旧版 Excel（.xls）或其他非 xlsx 格式，请另存为 .xlsx 后重新报送",
        reason_en="it is of Excel 97 (.xls) or another older format; save it as .xlsx and send it again",
        allowed=".xlsx",
    )


def _check_directory(entries: Iterable[zipfile.ZipInfo]) -> None:
    names: set[str] = set()
    total = 0
    for entry in entries:
        if entry.flag_bits & _IS_ENCRYPTED:
            raise _protected()
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _damaged()
        if entry.filename.lower() in names:
            raise _damaged()
        names.add(entry.filename.lower())
        total += entry.file_size
    if total > MAX_CONTENT:
        limit = MAX_CONTENT // 2**20
        raise oversized(
            f"展开后有 {total / 2**20:,.0f} MB，超过 {limit} MB", f"{total / 2**20:,.0f} MB, over {limit} MB"
        )


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """Return the part. Never inflates more than the directory states, and one byte to see that there is more."""
    try:
        signature, name_length, extra_length = _LOCAL_HEADER.unpack_from(data, entry.header_offset)
    except struct.error as error:
        raise _damaged() from error
    start = entry.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    packed = memoryview(data)[start : start + entry.compress_size]
    if signature != b"PK\x03\x04" or len(packed) != entry.compress_size:
        raise _damaged()
    try:
        content = (
            bytes(packed)
            if entry.compress_type == zipfile.ZIP_STORED
            else zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, entry.file_size + 1)
        )
    except zlib.error as error:
        raise _damaged() from error
    if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        raise _damaged()
    return content


def _check_parts(parts: Mapping[str, bytes]) -> None:
    names = {name.lower(): name for name in parts}
    if WORKBOOK_PART not in parts or "[content_types].xml" not in names:
        raise UnreadableFileError(
            "unreadable_workbook",
            reason_zh="不是 Excel 工作簿（.xlsx），无法读取",
            reason_en="it is no Excel workbook (.xlsx) and cannot be read",
            allowed=".xlsx",
        )
    types = parts[names["[content_types].xml"]].lower()
    if b"macroenabled" in types or any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise UnreadableFileError(
            "macros",
            reason_zh="含有宏，不予读取；请另存为不含宏的 .xlsx 后重新报送",
            reason_en="it carries macros and is not read; save it as .xlsx without macros and send it again",
            allowed=".xlsx without macros",
        )
    if any(word in name for name in names for word in _LINKS):
        raise UnreadableFileError(
            "external_links",
            reason_zh="含有指向其他文件的链接，数据无法溯源；请粘贴为数值后重新报送",
            reason_en="it links to other files, so its figures cannot be traced; paste them as values and resend it",
            allowed="a workbook without links to other files",
        )
    if any(word in name for name in names for word in _OBJECTS):
        raise UnreadableFileError(
            "embedded_objects",
            reason_zh="嵌有其他文件或控件，不予读取；请删除后重新报送",
            reason_en="other files or controls are embedded in it, and it is not read; remove them and send it again",
            allowed="a workbook without embedded objects",
        )
    for content in parts.values():
        _check_text(content)


def _check_text(content: bytes) -> None:
    """Refuse XML that carries its own entities or hides from the scan of cells in another encoding."""
    start = content[:1024]
    if not start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and not start.startswith(
        (b"\xff\xfe", b"\xfe\xff", b"\0<")
    ):
        return
    encoding = _DECLARED_ENCODING.match(start.lstrip(b"\xef\xbb\xbf \t\r\n"))
    is_foreign = encoding is not None and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"utf8")
    if is_foreign or b"\0" in start or b"<!DOCTYPE" in content:
        raise _damaged()


def _damaged() -> UnreadableFileError:
    return UnreadableFileError(
        "unreadable_workbook",
        reason_zh="工作簿不完整或已损坏，无法读取；请重新保存为 .xlsx 后报送",
        reason_en="the workbook is truncated or damaged and cannot be read; save it as .xlsx again and resend it",
        allowed=".xlsx",
    )


def _protected() -> UnreadableFileError:
    return UnreadableFileError(
        "password_protected",
        reason_zh="设有密码，无法读取；请取消密码后重新报送",
        reason_en="it is protected by a password and cannot be read; remove the password and send it again",
        allowed="a workbook without a password",
    )


def oversized(zh: str, en: str) -> UnreadableFileError:
    """Return the refusal of a file whose content is beyond what memory should hold."""
    return UnreadableFileError(
        "oversized_content",
        reason_zh=f"内容异常庞大（{zh}），不予展开",
        reason_en=f"its content is abnormally large ({en}) and is not unpacked",
        allowed=f"≤ {MAX_CONTENT // 2**20} MB",
    )
