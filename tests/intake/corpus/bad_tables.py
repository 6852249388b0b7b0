"""Long tables in which one thing is wrong: delimited files, and rows as a database hands them out."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from random import Random

from tests.intake.corpus.books import Book
from tests.intake.corpus.cases import Case
from tests.intake.corpus.originals import Original, delimited, original

Rows = list[list[str]]

TEXTS = (
    *(
        "约1234",
        "1234①",
        "1234*",
        "1234(预计)",
        "1.234,5",
        "12,34",
        "0,123",
        "1 23",
        "1234/1250",
        "1234-1250",
        "１２，３４",
        "一千",
    ),
    *(
        "1234亿元",
        "=1+1",
        "=cmd|'/c calc'!A1",
        "+1-1",
        "@SUM(A1)",
        "#REF!",
        "#DIV/0!",
        "TRUE",
        "inf",
        "1e999",
        "1e-999",
        "--5",
    ),
    *(
        "<b>1234</b>",
        "1234'; DROP TABLE x;--",
        "1234\n1235",
        "1234;1235",
        "1234\u20285",
        "\u202e4321",
        "9" * 65,
        "?",
        "同上",
        "见注",
    ),
)


class Tables:
    """Builds the cases; each takes the next original."""

    def __init__(self, first: int) -> None:
        self._numbers = count(first)

    def cases(self) -> Iterator[Case]:
        """Yield every case."""
        yield from self.values()
        yield from self.words()
        yield from self.shapes()
        yield from self.bytes_()
        yield from self.repeats()
        yield from self.in_workbooks()
        yield from self.several()

    def several(self) -> Iterator[Case]:
        """Yield tables of which one figure covers two rows, headers that are not whole, and parts of an answer."""
        unit_year = self._next()
        rows = unit_year.long_rows()
        lost = frozenset({(rows[1][1], rows[1][2]), (rows[2][1], rows[2][2])})
        book = Book({"Sheet1": tuple(map(tuple, [*rows[:2], [*rows[2][:3], None, *rows[2][4:]], *rows[3:]]))})
        book = replace(book, merged=("Sheet1!D2:D3",))
        yield self._case("a figure over two rows", unit_year, book, "merged_figure", "Sheet1!D2", lost=lost)
        unit_year = self._next()
        rows = unit_year.long_rows()
        total = ["合计", "gdp", f"{unit_year.year}-Q1", "4000", "亿元", "", "", ""]
        yield self._case("a row of sums", unit_year, delimited([*rows, total]), "unknown_unit", f"A{len(rows) + 1}")
        unit_year = self._next()
        rows = unit_year.long_rows()
        records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
        for name, change, rule, location, severity, lost in (
            ("a page of several", {"total": 5000}, "incomplete_answer", "$.data", "warning", frozenset()),
            ("two lists", {"other": records[:1]}, "unknown_answer", None, "critical", frozenset(unit_year.figures)),
        ):
            data = json.dumps({"data": records, **change}, ensure_ascii=False).encode()
            case = self._case(f"records, {name}", unit_year, data, rule, location, severity=severity, lost=lost)
            yield replace(case, file=case.file.replace(".csv", ".json"))
            unit_year = self._next()
            rows = unit_year.long_rows()
            records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]

    def _next(self) -> Original:
        return original(next(self._numbers))

    def _case(self, name: str, unit_year: Original, content: object, rule: str, location: str | None, **more) -> Case:
        extension = "xlsx" if isinstance(content, Book) else "csv"
        file = f"table_{unit_year.unit_code}_{unit_year.year}.{extension}"
        data = content.encode() if isinstance(content, str) else content
        return Case(f"table: {name}", file, unit_year, data, rule, location, **more)

    def _changed(self, name: str, column: int, word: str, rule: str, code: str | None = None, **more) -> Case:
        """Return the case of one field with another word, in a row drawn by the name of the case."""
        unit_year = self._next()
        rows = unit_year.long_rows()
        random = Random(name)  # noqa: S311 — the same corpus every time
        number = random.choice([i for i, row in enumerate(rows) if i and code in (None, row[1])])
        key = (rows[number][1], rows[number][2])
        rows[number][column] = word
        location = f"{'ABCDEFGH'[column]}{number + 1}"
        lost = frozenset({key}) if more.get("severity", "critical") == "critical" else frozenset()
        return self._case(name, unit_year, delimited(rows), rule, location, lost=lost, **more)

    def values(self) -> Iterator[Case]:
        for number, text in enumerate(TEXTS):
            yield self._changed(f"text {number} {text[:20]!r}", 3, text, "text_in_number_cell")
        for code, value in (
            ("gdp", "-1"),
            ("gdp", "45000"),
            ("pm25", "1e308"),
            ("forest_coverage", "5230"),
            ("charging_points", "-20"),
        ):
            yield self._changed(f"{code} {value}", 3, value, "implausible_value", code)
        for code, value in (
            ("forest_coverage", "0.523"),
            ("green_coverage_built_up", ".41"),
            ("water_sections_good_share", "1"),
        ):
            yield self._changed(f"{code} {value}", 3, value, "percent_as_fraction", code)
        unit_year = self._next()
        rows = unit_year.long_rows()
        rows[1][3] = f"0{rows[1][3]}"
        yield self._case("zeros in front", unit_year, delimited(rows), "leading_zeros", "D2", severity="warning")

    def words(self) -> Iterator[Case]:
        for word in (
            "涪凌区",
            "成都市",
            "330205",
            "500222",
            "万盛区",
            "江北区(宁波)",
            "合计",
            "",
            "　",
            "x'; DROP TABLE units;--",
            "=cmd|' /C calc'!A0",
            "A" * 9_000,
        ):
            yield self._changed(f"unit {word[:20]!r}", 0, word, "unknown_unit")
        for word in ("pm2_5", "地区生产", "合计", "", "gdp;gdp", "<script>"):
            yield self._changed(f"indicator {word!r}", 1, word, "unknown_indicator")
        yield self._changed("a derived indicator", 1, "co2_intensity", "derived_indicator")
        for word in ("2025-13", "2025年1-3月", "上半年", "", "去年", "2025.1", "45000", "3月", "2025-Q5", "20251"):
            yield self._changed(f"period {word!r}", 2, word, "wrong_period")
        for word in ("微克每升", "顿", "235.5", "万亿吨"):
            yield self._changed(f"measure {word!r}", 4, word, "unknown_measure")
        for code, word in (("gdp", "吨"), ("pm25", "%"), ("charging_points", "万人"), ("resident_population", "亿元")):
            yield self._changed(f"{code} in {word}", 4, word, "wrong_measure", code)
        for word in ("预计", "x", "reported;", "已核"):
            yield self._status(word)
        for word in ("01/02/2026", "昨天", "2026-02-30"):
            yield self._changed(f"received {word!r}", 6, word, "unreadable_date", severity="warning")
        yield self._other_frequency()

    def _status(self, word: str) -> Case:
        """Return the case of a status that is none; the gate tells of it where the figure stands."""
        unit_year = self._next()
        rows = unit_year.long_rows()
        rows[5][5] = word
        key = (rows[5][1], rows[5][2])
        return self._case(f"status {word!r}", unit_year, delimited(rows), "unknown_status", "D6", lost=frozenset({key}))

    def _other_frequency(self) -> Case:
        unit_year = self._next()
        rows = unit_year.long_rows()
        number = next(i for i, row in enumerate(rows) if row[1] == "forest_coverage")
        key = (rows[number][1], rows[number][2])
        rows[number][2] = f"{unit_year.year}-05"
        content = delimited(rows)
        return self._case(
            "a month for a yearly indicator",
            unit_year,
            content,
            "wrong_period",
            f"D{number + 1}",
            lost=frozenset({key}),
        )

    def shapes(self) -> Iterator[Case]:
        def every(
            change: Callable[[Rows], Rows],
            name: str,
            rule: str,
            location: str | None,
            delimiter: str = ",",
            severity: str = "critical",
        ) -> Case:
            unit_year = self._next()
            text = delimited(change(unit_year.long_rows()), delimiter)
            return self._case(
                name, unit_year, text, rule, location, lost=frozenset(unit_year.figures), severity=severity
            )

        for column in (0, 1, 2, 3, 4):
            yield every(
                lambda rows, c=column: [[*row[:c], *row[c + 1 :]] for row in rows],
                f"without column {column}",
                "wrong_header",
                "A1",
            )
            yield every(
                lambda rows, c=column: [[*row, row[c]] for row in rows], f"column {column} twice", "wrong_header", "A1"
            )
            yield every(
                lambda rows, c=column: [
                    [("列" + word if i == c else word) for i, word in enumerate(rows[0])],
                    *rows[1:],
                ],
                f"column {column} renamed",
                "wrong_header",
                "A1",
            )
        yield every(lambda rows: rows[1:], "without a header", "wrong_header", "A1")
        yield every(lambda rows: [["说明"]] * 25 + rows, "a header far down", "wrong_header", "A1")
        yield every(lambda rows: rows[:1], "a header only", "no_figures", None, severity="warning")
        yield every(lambda rows: rows, "bars between the fields", "wrong_header", "A1", "|")
        yield every(lambda rows: [[row[0], row[1], row[3]] for row in rows], "three columns", "wrong_header", "A1")
        for value, surplus in (("1,234.5", "I4"), ("12,345,678", "J4")):
            unit_year = self._next()
            lines = delimited(unit_year.long_rows()).splitlines()
            fields = lines[3].split(",")
            key = (fields[1], fields[2])
            lines[3] = ",".join([*fields[:3], value, *fields[4:]])
            yield self._case(
                f"unquoted {value}", unit_year, "\n".join(lines), "surplus_fields", surplus, lost=frozenset({key})
            )
        unit_year = self._next()
        lines = delimited(unit_year.long_rows()).splitlines()
        fields = lines[3].split(",")
        lines[3] = ",".join([fields[0], fields[1], fields[3]])
        yield self._case(
            "a row without its period",
            unit_year,
            "\n".join(lines),
            "wrong_period",
            "C4",
            lost=frozenset({(fields[1], fields[2])}),
        )

    def bytes_(self) -> Iterator[Case]:
        def bad(
            name: str, make: Callable[[bytes], bytes], rule: str, location: str | None, severity: str = "critical"
        ) -> Case:
            unit_year = self._next()
            data = make(delimited(unit_year.long_rows()).encode())
            return self._case(
                name, unit_year, data, rule, location, lost=frozenset(unit_year.figures), severity=severity
            )

        text = "unreadable_text"
        yield bad("a NUL byte", lambda data: data[:200] + b"\0" + data[200:], text, None)
        yield bad("NUL bytes at the end", lambda data: data + bytes(512), text, None)
        yield bad("UTF-16 without a mark", lambda data: data.decode().encode("utf-16-le"), text, None)
        yield bad(
            "half a character of UTF-16", lambda data: b"\xff\xfe" + data.decode().encode("utf-16-le")[:-1], text, None
        )
        yield bad("UTF-32", lambda data: data.decode().encode("utf-32"), text, None)
        yield bad(
            "UTF-8 by its mark, broken",
            lambda data: b"\xef\xbb\xbf" + data[:100] + b"\xff\xfe" + data[100:],
            text,
            None,
        )
        yield bad("an invalid byte", lambda data: data + b"\xff", text, None)
        yield bad("a lone surrogate", lambda data: data + "注\ud800".encode("utf-8", "surrogatepass"), text, None)
        yield bad("a quote never closed", lambda data: data.replace(b"pm25", b'"pm25', 1), text, "A2")
        yield bad("a quote in the last row", lambda data: data + '渝中区,"gdp'.encode(), text, "A33")
        yield bad("text behind a closed quote", lambda data: data.replace(b"pm25", b'"pm25"x', 1), text, "A2")
        yield bad("a field of 10 MB", lambda data: data + b"x" * 10_000_000, text, "A33")
        yield bad("100,000 columns", lambda data: b"," * 100_000 + b"\n" + data, "too_many_cells", None)
        yield bad("2 million empty lines", lambda data: b"\n" * 2_000_000 + data, "too_many_cells", None)
        yield bad("nothing", lambda _: b"", "empty_sheet", None, "warning")
        yield bad("blank lines only", lambda _: b"\r\n\r\n", "empty_sheet", None, "warning")
        yield bad("a mark only", lambda _: b"\xef\xbb\xbf", "empty_sheet", None, "warning")
        others = {
            "JSON": b'{"unit": "500103", "indicator": "gdp", "period": "2024", "value": 1563.6}',
            "JSON lines": b"{unit: 500103, value: 1}\n{unit: 500104, value: 2}\n",
            "a JSON list": b'[\n  ["unit", "indicator"],\n  ["500103", "gdp"]\n]',
            "HTML": "<html><table><tr><td>unit</td><td>渝中区</td></tr></table></html>".encode(),
            "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><rows><row unit="500103">&b;</row></rows>',
            "SQL": b"INSERT INTO figures VALUES ('500103', 'gdp', '2024', 1563.6);",
            "prose": "各区县要加快推进减污降碳协同增效。".encode(),
        }
        for name, data in others.items():
            yield bad(name, lambda _, data=data: data, "wrong_header", "A1")
        for name, data in {
            "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n\0\0endobj",
            "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff",
            "a program": b"\x7fELF\x02\x01\x01\0\0",
            "random bytes": Random(7).randbytes(4_000),  # noqa: S311 — the same corpus every time
        }.items():
            yield bad(name, lambda _, data=data: data, text, None)
        yield bad(
            "an old workbook", lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "legacy_workbook", None
        )
        yield bad("an archive", lambda _: b"PK\x03\x04" + bytes(60), "unreadable_workbook", None)

    def repeats(self) -> Iterator[Case]:
        for number in (2, 9, 20):
            unit_year = self._next()
            rows = unit_year.long_rows()
            rows.append(rows[number])
            yield self._case(
                f"row {number} twice", unit_year, delimited(rows), "duplicate_row", f"D{len(rows)}", severity="warning"
            )
            unit_year = self._next()
            rows = unit_year.long_rows()
            other = [*rows[number]]
            other[3] = f"{float(other[3]) + 1:.2f}"
            key = (other[1], other[2])
            rows.append(other)
            yield self._case(
                f"row {number} twice and different",
                unit_year,
                delimited(rows),
                "conflicting_duplicate",
                f"D{len(rows)}",
                lost=frozenset({key}),
            )
        unit_year = self._next()
        rows = unit_year.long_rows()
        gdp = next(i for i, row in enumerate(rows) if row[1] == "gdp")
        value = round(float(rows[gdp][3]) * 1.3, 2)
        rows[gdp][3] = str(value)
        key = ("gdp", rows[gdp][2])
        yield self._case(
            "sectors that do not add up",
            unit_year,
            delimited(rows),
            "parts_do_not_add_up",
            f"D{gdp + 1}",
            severity="warning",
            changed={key: value},
        )

    def in_workbooks(self) -> Iterator[Case]:
        """Yield rows as cells of their own types, as an export of a database writes them."""

        def typed(unit_year: Original) -> list[list]:
            return [
                [float(word) if i == 3 and number else word or None for i, word in enumerate(row)]
                for number, row in enumerate(unit_year.long_rows())
            ]

        for name, column, value, rule in (
            ("a truth value", 3, True, "text_in_number_cell"),
            ("a text", 3, "NULL值", "text_in_number_cell"),
            ("a date as its serial number", 3, 45_000, "implausible_value"),
            ("a negative", 3, -41.5, "implausible_value"),
            ("no unit", 0, None, "unknown_unit"),
            ("a number for a unit", 0, 1, "unknown_unit"),
            ("no indicator", 1, None, "unknown_indicator"),
            ("no period", 2, None, "wrong_period"),
            ("a number for a measure", 4, 1000.0, "unknown_measure"),
        ):
            unit_year = self._next()
            rows = typed(unit_year)
            key = (rows[1][1], rows[1][2])
            rows[1][column] = value
            book = Book({"Sheet1": tuple(map(tuple, rows))})
            yield self._case(
                f"workbook with {name}", unit_year, book, rule, f"Sheet1!{'ABCDEFGH'[column]}2", lost=frozenset({key})
            )
