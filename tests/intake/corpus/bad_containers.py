"""Workbooks whose container or XML is damaged, hostile or of another kind."""

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import count
from random import Random

from tests.intake.corpus.books import Parts, unzipped, workbook_bytes, zipped
from tests.intake.corpus.cases import Case
from tests.intake.corpus.originals import Original, original

MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet2.xml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Containers:
    """Builds the cases; each takes the next original."""

    def __init__(self, first: int) -> None:
        self._numbers = count(first)

    def cases(self) -> Iterator[Case]:
        """Yield every case."""
        yield from self.damaged()
        yield from self.other_kinds()
        yield from self.alive()
        yield from self.oversized()
        yield from self.contradictory()

    def _case(self, name: str, make: Callable[[bytes], bytes], rule: str, location: str | None = None) -> Case:
        unit_year = original(next(self._numbers))
        file = f"{unit_year.unit_code}_{unit_year.year}.xlsx"
        lost = frozenset(unit_year.figures)
        return Case(f"container: {name}", file, unit_year, lambda: make(_form(unit_year)), rule, location, lost=lost)

    def _parts(self, name: str, change: Callable[[Parts], Parts], rule: str, location: str | None = None) -> Case:
        return self._case(name, lambda data: zipped(change(unzipped(data))), rule, location)

    def damaged(self) -> Iterator[Case]:
        rule = "unreadable_workbook"
        for share in (0.01, 0.2, 0.4, 0.6, 0.8, 0.95, 0.999):
            yield self._case(f"cut after {share:.1%}", lambda data, s=share: data[: int(len(data) * s)], rule)
        for seed in range(24):
            yield self._case(
                f"a byte of its content changed, {seed}", lambda data, s=seed: _with_changed_byte(data, s), rule
            )
        for seed in range(6):
            yield self._case(f"a block lost, {seed}", lambda data, s=seed: _without_block(data, s), rule)
        yield self._case("zeros", lambda data: bytes(len(data)), rule)
        yield self._case("random bytes", lambda data: Random(1).randbytes(len(data)), rule)  # noqa: S311
        yield self._case(
            "random bytes behind a signature",
            lambda _: b"PK\x03\x04" + Random(2).randbytes(9_000),  # noqa: S311 — the same corpus every time
            rule,
        )
        yield self._case("an empty archive", lambda _: b"PK\x05\x06" + bytes(18), rule)

    def other_kinds(self) -> Iterator[Case]:
        rule = "unreadable_workbook"
        texts = {
            "JSON": b'{"unit": "500103", "pm25": 41.5}',
            "a JSON list": b'[["unit", "pm25"], ["500103", 41.5]]',
            "CSV": "unit,value\n渝中区,41.5\n".encode(),
            "HTML": b"<html><table><tr><td>41.5</td></tr></table></html>",
            "XML of Excel 2003": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "PDF": b"%PDF-1.7\n1 0 obj\n",
            "PNG": b"\x89PNG\r\n\x1a\n",
            "gzip": zlib.compress(b"41.5"),
            "a mail": b"From: a@example.org\n\n41.5\n",
            "SQLite": b"SQLite format 3\0" + bytes(100),
        }
        for name, data in texts.items():
            yield self._case(name, lambda _, data=data: data, rule)
        yield self._case("tar", _tar, rule)
        yield self._case("a workbook in an archive", lambda data: zipped({"form.xlsx": data}), rule)
        yield self._case(
            "an archive in an archive", lambda data: zipped({"a.zip": zipped({"b.zip": zipped({"c": data})})}), rule
        )
        yield self._case(
            "a text document",
            lambda _: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
            rule,
        )
        yield self._case(
            "an open document",
            lambda _: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<o/>"}),
            rule,
        )
        yield self._case("Excel 97", lambda _: _OLE + bytes(504), "legacy_workbook")
        yield self._case(
            "a password", lambda _: _OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le"), "password_protected"
        )
        yield self._case("an encrypted archive", lambda data: _with_flag(data, 1), "password_protected")
        yield self._case(
            "a binary workbook",
            lambda _: zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\0"}),
            rule,
        )

    def alive(self) -> Iterator[Case]:
        for name in ("xl/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl/macrosheets/sheet1.xml"):
            yield self._parts(name, lambda parts, n=name: {**parts, n: b"x"}, "macros")
        yield self._parts("the type of a workbook with macros", _with_macro_type, "macros")
        link = b"<externalLink " + MAIN + b'><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
        for name in (
            "xl/externalLinks/externalLink1.xml",
            "xl/EXTERNALLINKS/a.xml",
            "xl/connections.xml",
            "xl/queryTables/queryTable1.xml",
        ):
            yield self._parts(f"a link: {name}", lambda parts, n=name: {**parts, n: link}, "external_links")
        for name in ("xl/embeddings/oleObject1.bin", "xl/activeX/activeX1.xml", "xl/embeddings/form.xlsx"):
            yield self._parts(f"an object: {name}", lambda parts, n=name: {**parts, n: b"x"}, "embedded_objects")
        rule = "unreadable_workbook"
        laughs = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
        for part in (
            SHEET,
            "xl/sharedStrings.xml",
            "xl/workbook.xml",
            "xl/styles.xml",
            "[Content_Types].xml",
            "xl/_rels/workbook.xml.rels",
        ):
            yield self._parts(
                f"entities in {part}", lambda parts, p=part: {**parts, p: _behind_declaration(parts[p], laughs)}, rule
            )
        outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        yield self._parts(
            "an entity from outside", lambda parts: {**parts, SHEET: _behind_declaration(parts[SHEET], outside)}, rule
        )
        yield self._parts(
            "a document type from outside",
            lambda parts: {
                **parts,
                SHEET: _behind_declaration(parts[SHEET], b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd">'),
            },
            rule,
        )
        yield self._parts(
            "XML in UTF-16",
            lambda parts: {**parts, SHEET: parts[SHEET].decode().replace("UTF-8", "UTF-16").encode("utf-16")},
            rule,
        )
        yield self._parts(
            "XML in another encoding",
            lambda parts: {**parts, SHEET: parts[SHEET].replace(b"UTF-8", b"GB18030", 1)},
            rule,
        )

    def oversized(self) -> Iterator[Case]:
        yield self._case("a bomb", lambda data: _with_part_of(data, 300), "oversized_content")
        yield self._case(
            "a bomb that states less", lambda data: _with_part_of(data, 300, stated=1_000), "unreadable_workbook"
        )
        yield self._parts(
            "6,000 parts", lambda parts: {**parts, **{f"xl/x{i}.xml": b"" for i in range(6_000)}}, "oversized_content"
        )
        for address in ("XFD2", "ZZZZ2", "AAAAA9"):
            yield self._parts(
                f"a cell in {address}",
                lambda parts, a=address: _with_cells(parts, f'<c r="{a}"><v>1</v></c>'),
                "too_many_cells",
                SHEET,
            )
        yield self._parts(
            "a cell in row 99,999,999",
            lambda parts: _with_cells(parts, '<c r="B99999999"><v>1</v></c>'),
            "too_many_cells",
            SHEET,
        )
        yield self._parts("long texts by reference", _with_long_strings, "oversized_content")

    def contradictory(self) -> Iterator[Case]:
        rule = "unreadable_workbook"
        yield self._parts(
            "a sheet whose part is not there", lambda parts: {n: c for n, c in parts.items() if n != SHEET}, rule
        )
        yield self._parts(
            "no relations", lambda parts: {n: c for n, c in parts.items() if not n.endswith("workbook.xml.rels")}, rule
        )
        yield self._parts(
            "two sheets of one name",
            lambda parts: _replaced(parts, "xl/workbook.xml", "季度".encode(), "月度".encode()),
            rule,
        )
        yield self._parts(
            "a part outside the archive",
            lambda parts: _replaced(
                parts, "xl/_rels/workbook.xml.rels", b"worksheets/sheet2.xml", b"../../../etc/passwd"
            ),
            rule,
        )
        yield self._parts(
            "a sheet cut in its XML", lambda parts: {**parts, SHEET: parts[SHEET][: len(parts[SHEET]) // 2]}, rule
        )
        yield self._parts("cells without an end", lambda parts: _with_cells(parts, '<c r="H9" t="e">' * 50_000), rule)
        yield self._parts(
            "cells that do not say where they are",
            lambda parts: _replaced(parts, SHEET, b'<c r="D2"', b"<c"),
            rule,
            SHEET,
        )
        yield self._parts("a broken list of sheets", lambda parts: {**parts, "xl/workbook.xml": b"<workbook"}, rule)
        yield self._parts("broken styles", lambda parts: {**parts, "xl/styles.xml": b"\xff\xff"}, rule)
        yield self._parts("a name twice", lambda parts: {**parts, "XL/Workbook.xml": parts["xl/workbook.xml"]}, rule)


def _form(unit_year: Original) -> bytes:
    return workbook_bytes(unit_year.form())


def _with_changed_byte(data: bytes, seed: int) -> bytes:
    """Return the container with one byte of the packed content of a part changed."""
    random = Random(seed)  # noqa: S311 — the same corpus every time
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = random.choice([each for each in archive.infolist() if each.compress_size > 50])
    start = entry.header_offset + 30 + len(entry.filename)
    place = start + random.randrange(entry.compress_size)
    return data[:place] + bytes([data[place] ^ (1 << random.randrange(8))]) + data[place + 1 :]


def _without_block(data: bytes, seed: int) -> bytes:
    start = Random(seed).randrange(len(data) - 600)  # noqa: S311 — the same corpus every time
    return data[:start] + data[start + 512 :]


def _tar(data: bytes) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        entry = tarfile.TarInfo("form.xlsx")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return target.getvalue()


def _with_flag(data: bytes, flag: int) -> bytes:
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(signature)
        while place >= 0:
            struct.pack_into("<H", changed, place + offset, flag)
            place = changed.find(signature, place + 4)
    return bytes(changed)


def _with_macro_type(parts: Parts) -> Parts:
    old = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return _replaced(parts, "[Content_Types].xml", old, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")


def _behind_declaration(content: bytes, inserted: bytes) -> bytes:
    end = content.index(b"?>") + 2
    return content[:end] + inserted + content[end:]


def _replaced(parts: Parts, name: str, old: bytes, new: bytes) -> Parts:
    assert old in parts[name]
    return {**parts, name: parts[name].replace(old, new, 1)}


def _with_cells(parts: Parts, cells: str) -> Parts:
    return _replaced(parts, SHEET, b"</row>", cells.encode() + b"</row>")


def _with_long_strings(parts: Parts) -> Parts:
    long = b"<si><t>" + b"x" * 10_000_000 + b"</t></si>"
    cells = "".join(f'<c r="H{row}" t="s"><v>0</v></c>' for row in range(2, 102))
    return {**_with_cells(parts, cells), "xl/sharedStrings.xml": b"<sst " + MAIN + b">" + long + b"</sst>"}


def _with_part_of(data: bytes, megabytes: int, stated: int | None = None) -> bytes:
    """Return the container with a part of so many megabytes of zeros, whose directory may state another size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    # A flushed block stands for itself, so that all of it need not be packed.
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = block * megabytes + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("xl/worksheets/sheet9.xml"), packed)
        entry = archive.getinfo("xl/worksheets/sheet9.xml")
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.file_size = megabytes * 2**20 if stated is None else stated
    return target.getvalue()
