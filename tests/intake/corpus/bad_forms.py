"""Forms in which one thing is wrong."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from random import Random

from tests.intake.corpus.books import Book, Cell, Formula, Percent, split
from tests.intake.corpus.cases import Case
from tests.intake.corpus.originals import Key, Original, original
from xietong.workbook import COVER_SHEET, HEADER

MONTH, QUARTER, YEAR = "月度", "季度", "年度"

#: Texts that stand where a number must, as officers and yearbooks write them.
TEXTS = (
    *(
        "约41",
        "41左右",
        "41以上",
        "<41",
        "≥40",
        "40~45",
        "40-45",
        "40—45",
        "41±2",
        "41/38",
        "41、38",
        "41;38",
        "41 38.0",
    ),
    *(
        "41.5①",
        "41.5[1]",
        "41.5*",
        "41.5★",
        "41.5(预计)",
        "41.5（快报数）",
        "p41.5",
        "*41.5",
        "41.5r",
        "41.5e",
        "41.5#",
    ),
    *(
        "12,34",
        "1.234,5",
        "1,2345",
        "1,,234",
        ",5",
        "0,123",
        "1.2.3",
        "1，23",
        "1'234",
        "1_000",
        "1 23",
        "12 3456",
        "１，２",
    ),
    *("12万", "1.2亿", "41.5吨", "41.5µg/m³", "九成以上", "四十一", "肆拾壹", "Ⅳ", "½", "1/2", "10²", "٤١", "४१", "𝟒𝟏"),
    *(
        "--5",
        "+-5",
        "5-",
        "(41.5)",
        "￥41.5",
        "$41",
        "4l.5",
        "O.5",
        "41。5",
        "41·5",
        "0x29",
        "1e",
        "1e999",
        "-1e999",
        "1e-999",
    ),
    *(
        "inf",
        "-inf",
        "Infinity",
        "∞",
        "TRUE",
        "true",
        "是",
        "有",
        "达标",
        "见附表",
        "同上",
        "〃",
        "待补",
        "?",
        "？？",
        "#",
    ),
    *("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "=SUM(A1:A3)", "=cmd|'/c calc'!A1", "+A1", "@SUM(1)", "-2+3", "\t=1+1"),
    *(
        "<script>alert(1)</script>",
        "41.5<br>",
        "'; DROP TABLE observations;--",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "41\x0041",
    ),
    *("2025-03-01", "3月", "45000.5.1", "9" * 65, "1" * 40_000, "\u202e5.14", "41\n38", "🙂"),
)
#: Texts that cannot stand in a workbook: XML has no such character.
_NOT_IN_XML = ("41\x0041",)


def _random(name: str) -> Random:
    return Random(name)  # noqa: S311 — the same corpus every time


def _row_of(grid: Sequence[Sequence[Cell]], code: str) -> int:
    return next(number for number, cells in enumerate(grid) if cells and cells[0] == code)


def _keys(unit_year: Original, places: Callable[[str], bool]) -> frozenset[Key]:
    return frozenset(key for key, place in unit_year.places().items() if places(place))


class Forms:
    """Builds the cases; each takes the next original."""

    def __init__(self, first: int) -> None:
        self._numbers = count(first)

    def cases(self) -> Iterator[Case]:
        """Yield every case."""
        yield from self.texts()
        yield from self.implausible()
        yield from self.fractions()
        yield from self.other_cells()
        yield from self.covers()
        yield from self.indicators()
        yield from self.measures()
        yield from self.headers()
        yield from self.sheets()
        yield from self.duplicates()
        yield from self.zeros()
        yield from self.relations()
        yield from self.layouts()

    def layouts(self) -> Iterator[Case]:
        """Yield forms whose cells, names or rows are not where one figure, one measure and one unit can be told."""
        for end, partner in (("E2", "02"), ("F2", "03"), ("D3", None)):
            unit_year = self._next()
            keys = {("pm25", f"{unit_year.year}-01")}
            keys.add(("pm10", f"{unit_year.year}-01") if partner is None else ("pm25", f"{unit_year.year}-{partner}"))
            keys |= {("pm25", f"{unit_year.year}-02")} if end == "F2" else set()
            book = unit_year.form()
            for key in keys - {("pm25", f"{unit_year.year}-01")}:
                book = book.put(unit_year.places()[key], None)
            yield self._case(
                f"a figure over D2:{end}",
                unit_year,
                replace(book, merged=(f"月度!D2:{end}",)),
                "merged_figure",
                "月度!D2",
                frozenset(keys),
            )
        for name, word in (("地区生产总值（万元）", "gdp"), ("GDP(元)", "gdp")):
            unit_year = self._next()
            book = unit_year.form().put("季度!B2", name)
            lost = _keys(unit_year, lambda place: split(place)[:2] == (QUARTER, 1))
            yield self._case(f"{word} named {name}", unit_year, book, "wrong_measure", "季度!C2", lost)
        unit_year = self._next()
        book = unit_year.form()
        book = book.with_sheet(QUARTER, tuple(zip(*book.sheets[QUARTER], strict=True)))
        lost = _keys(unit_year, lambda place: split(place)[0] == QUARTER)
        yield self._case("rows and columns exchanged", unit_year, book, "missing_header", "季度!A1", lost)
        unit_year = self._next()
        case = self._case(
            "the file of another unit",
            unit_year,
            unit_year.form(),
            "file_name_of_other_unit",
            None,
            severity="warning",
        )
        other = "500109" if unit_year.unit_code != "500109" else "500110"
        yield replace(case, file=f"{other}_{unit_year.year}.xlsx")
        for name, run in (("raised", '<vertAlign val="superscript"/>'), ("struck out", "<strike/>")):
            unit_year = self._next()
            book = (
                unit_year.form()
                .put("月度!D2", "41.5 and a note")
                .in_parts(
                    "xl/sharedStrings.xml",
                    b"<t>41.5 and a note</t>",
                    f"<r><t>41.5</t></r><r><rPr>{run}</rPr><t>2</t></r>".encode(),
                )
            )
            lost = frozenset({("pm25", f"{unit_year.year}-01")})
            yield self._case(f"a digit behind, {name}", unit_year, book, "text_in_number_cell", "月度!D2", lost)
        for pattern in ("#,##0,", "0!.0,", "0.00,,"):
            yield self._at(f"shown as {pattern}", Percent(4512.0, pattern), "text_in_number_cell", "so2_emission")
        unit_year = self._next()
        book = unit_year.form().put("季度!C6", None)
        yield self._case("no measure", unit_year, book, "assumed_measure", "季度!C6", severity="info")
        unit_year = self._next()
        key = ("so2_emission", f"{unit_year.year}-Q1")
        book = unit_year.form().put(unit_year.places()[key], "4 512")
        yield self._case(
            "perhaps two numbers",
            unit_year,
            book,
            "blank_inside_number",
            unit_year.places()[key],
            severity="info",
            changed={key: 4512.0},
        )

    def _next(self) -> Original:
        return original(next(self._numbers))

    def _case(
        self,
        name: str,
        unit_year: Original,
        book: Book,
        rule: str,
        location: str | None,
        lost: frozenset[Key] = frozenset(),
        **more,
    ) -> Case:
        file = f"{unit_year.unit_code}_{unit_year.year}.xlsx"
        return Case(f"form: {name}", file, unit_year, book, rule, location, lost=lost, **more)

    def _at(self, name: str, value: Cell, rule: str, code: str | None = None, **more) -> Case:
        """Return the case of one figure cell with another value, at a place drawn by the name of the case."""
        unit_year = self._next()
        places = unit_year.places()
        key = _random(name).choice(sorted(key for key in places if code in (None, key[0])))
        book = unit_year.form().put(places[key], value)
        return self._case(name, unit_year, book, rule, places[key], frozenset({key}), **more)

    def texts(self) -> Iterator[Case]:
        for number, text in enumerate(TEXTS):
            if text not in _NOT_IN_XML:
                yield self._at(f"text {number} {text[:20]!r}", text, "text_in_number_cell")

    def implausible(self) -> Iterator[Case]:
        values = {
            "pm25": (-41.5, 0, 45_000, 3e2 + 0.1, 1e308, "415000", "－４１.５"),
            "good_air_days": (-1, 365),
            "gdp": (-1234.5, 1.5e7, "1.2345E+9"),
            "resident_population": (870_000, 0.0001, -1),
            "so2_emission": (-0.1, 3_000_001, "1.5E+06"),
            "water_sections_good_share": (101.5, -3, 9_500, "0"),
            "forest_coverage": (99.9, 4_850, -48.5),
            "charging_points": (3e6, -20),
        }
        for code, each in values.items():
            for value in each:
                yield self._at(f"{code} {value}", value, "implausible_value", code)

    def fractions(self) -> Iterator[Case]:
        for code in ("water_sections_good_share", "forest_coverage", "green_coverage_built_up"):
            for value in (0.873, 0.9, 1, "0.62", "1.00", "８．５E-1"):
                yield self._at(f"{code} as the fraction {value}", value, "percent_as_fraction", code)

    def other_cells(self) -> Iterator[Case]:
        yield self._at("truth value", value=True, rule="text_in_number_cell")
        yield self._at("truth value false", value=False, rule="text_in_number_cell")
        yield self._at("formula without a result", Formula("=40+1.5", None), "text_in_number_cell")
        for error in ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"):
            unit_year = self._next()
            book = unit_year.form().put("月度!D2", 77.77)
            book = book.in_parts(
                "xl/worksheets/sheet2.xml", b'<c r="D2"><v>77.77</v>', f'<c r="D2" t="e"><v>{error}</v>'.encode()
            )
            lost = frozenset({("pm25", f"{unit_year.year}-01")})
            yield self._case(f"error value {error}", unit_year, book, "text_in_number_cell", "月度!D2", lost)
        yield self._at("a date in a number cell", date(2023, 3, 15), "text_in_number_cell", "pm10")
        yield self._at("a date among large amounts", date(2023, 3, 15), "text_in_number_cell", "so2_emission")

    def covers(self) -> Iterator[Case]:
        changes: list[tuple[str, dict[str, Cell], str, str | None]] = [
            *(
                (f"unit code {code!r}", {"B2": code}, "unknown_unit", "封面!B2")
                for code in (
                    "330205",
                    "110105",
                    "500222",
                    "5001",
                    "50010a",
                    "500103 500104",
                    "500199",
                    "渝",
                    "0500103",
                    "500103.5",
                    "-",
                )
            ),
            *(
                (f"unit name {name!r}", {"B3": name}, "unknown_unit", "封面!B3")
                for name in (
                    "涪凌区",
                    "渝中",
                    "成都市",
                    "万盛区",
                    "北碚区、渝北区",
                    "两江",
                    "重庆市渝种区",
                    "四川省渝中区",
                    "A" * 5_000,
                )
                if name != "渝中"
            ),
            ("neither code nor name", {"B2": None, "B3": None}, "unknown_unit", "封面"),
            ("blank code and name", {"B2": "　", "B3": " "}, "unknown_unit", "封面"),
            ("name of another unit", {"B3": "重庆市"}, "unit_code_name_mismatch", "封面!B3"),
            ("code of another unit", {"B2": "500000"}, "unit_code_name_mismatch", "封面!B3"),
            ("layout 2", {"B6": "2"}, "unknown_layout", "封面!B6"),
            ("layout 1.1", {"B6": 1.1}, "unknown_layout", "封面!B6"),
            ("SQL in the name", {"B3": "x'; DROP TABLE units;--"}, "unknown_unit", "封面!B3"),
            ("HTML in the name", {"B3": "<img src=x onerror=alert(1)>"}, "unknown_unit", "封面!B3"),
        ]
        for name, cells, rule, location in changes:
            unit_year = self._next()
            book = unit_year.form()
            for address, value in cells.items():
                book = book.put(f"封面!{address}", value)
            yield self._case(f"cover, {name}", unit_year, book, rule, location, frozenset(unit_year.figures))
        for name, sheet in (("no cover", None), ("cover under another name", "首页")):
            unit_year = self._next()
            form = unit_year.form()
            book = form.without_sheet(COVER_SHEET) if sheet is None else form.renamed(COVER_SHEET, sheet)
            yield self._case(name, unit_year, book, "missing_cover", None, frozenset(unit_year.figures))
        for text in ("01/02/2026", "明年", "2026-02-30", "20261301", 1.5):
            unit_year = self._next()
            book = unit_year.form().put("封面!B5", text)
            yield self._case(f"date {text}", unit_year, book, "unreadable_date", "封面!B5", severity="warning")
        for text in ("2062-01-15", "2999年1月1日"):
            unit_year = self._next()
            book = unit_year.form().put("封面!B5", text)
            yield self._case(f"date {text}", unit_year, book, "future_date", "封面!B5", severity="warning")
        unit_year = self._next()
        book = unit_year.form().put("封面!B4", "乙巳年")
        yield self._case("year of the cycle", unit_year, book, "unreadable_year", "封面!B4", severity="warning")
        unit_year = self._next()
        book = unit_year.form().put("封面!B4", str(unit_year.year - 1))
        yield self._case(
            "figures of another year than the cover's",
            unit_year,
            book,
            "period_outside_year",
            "月度!D1",
            frozenset(unit_year.figures),
        )

    def indicators(self) -> Iterator[Case]:
        def of_row(unit_year: Original, sheet: str, row: int) -> frozenset[Key]:
            return _keys(unit_year, lambda place: split(place)[:2] == (sheet, row))

        words: list[tuple[str, Cell]] = [
            *(
                (repr(word), word)
                for word in ("pm2_5", "pm 25x", "PM2．5", "co2", "合计", "其中：", "1", "pm25,pm10", "x' OR 1=1")
            ),
            ("absent", None),
            ("blank", "　"),
        ]
        for name, word in words:
            unit_year = self._next()
            book = unit_year.form().put("月度!A2", word)
            yield self._case(
                f"indicator {name}", unit_year, book, "unknown_indicator", "月度!A2", of_row(unit_year, MONTH, 1)
            )
        for code in ("co2_intensity", "coal_share", "co2_emission"):
            unit_year = self._next()
            book = unit_year.form().put("季度!A2", code).put("季度!B2", None)
            yield self._case(
                f"derived {code}", unit_year, book, "derived_indicator", "季度!A2", of_row(unit_year, QUARTER, 1)
            )
        for code in ("so2_emission", "resident_population", "pm10"):
            unit_year = self._next()
            book = unit_year.form().put("季度!A2", code)
            rule = "indicator_code_name_mismatch"
            yield self._case(
                f"code {code} beside another name", unit_year, book, rule, "季度!A2", of_row(unit_year, QUARTER, 1)
            )
        unit_year = self._next()
        book = unit_year.form().insert_row(MONTH, 4, ("合计", None, None, 100, 100, 100))
        yield self._case("a row of totals", unit_year, book, "unknown_indicator", "月度!A4")
        unit_year = self._next()
        book = unit_year.form().insert_row(QUARTER, 8, ("pm25", None, None, 41.5, 43))
        # A monthly indicator on the sheet of quarters: each of its cells is refused.
        yield self._case("a monthly indicator among quarters", unit_year, book, "wrong_period", "季度!D8")

    def measures(self) -> Iterator[Case]:
        def of_row(unit_year: Original, sheet: str, row: int) -> frozenset[Key]:
            return _keys(unit_year, lambda place: split(place)[:2] == (sheet, row))

        for row, word, rule in (
            *((6, word, "unknown_measure") for word in ("微克每升", "顿", "斤", "万吨吨", "吨/年", "?", "见注", "×10")),
            *((6, word, "wrong_measure") for word in ("%", "亿元", "立方米", "µg/m³", "吨标准煤", "天")),
            *((2, word, "wrong_measure") for word in ("吨", "万人", "天")),
        ):
            unit_year = self._next()
            book = unit_year.form().put(f"季度!C{row}", word)
            yield self._case(
                f"measure {word} in row {row}",
                unit_year,
                book,
                rule,
                f"季度!C{row}",
                of_row(unit_year, QUARTER, row - 1),
            )
        for value in ("45.5%", "45.5 ％"):
            unit_year = self._next()
            book = unit_year.form().put("季度!D2", value)
            lost = frozenset({("gdp", f"{unit_year.year}-Q1")})
            yield self._case(f"an amount of money as {value}", unit_year, book, "wrong_measure", "季度!D2", lost)

    def headers(self) -> Iterator[Case]:
        def of_column(unit_year: Original, sheet: str, column: int) -> frozenset[Key]:
            return _keys(unit_year, lambda place: (split(place)[0], split(place)[2]) == (sheet, column))

        for text in (
            *(
                "{}-13",
                "{}-00",
                "{}年13月",
                "1-3月",
                "1—3月累计",
                "上半年",
                "合计",
                "{}.1",
                "{}-Q1",
                "{}",
                "第13月",
                "13月",
                "0月",
            ),
            *(
                "{}-1-15",
                "{}年1-2月",
                "{}-01-01至{}-01-31",
                "去年同期",
                "同比",
                "增速(%)",
                None,
                "January",
                "{}年1月预计",
                "２０",
            ),
        ):
            unit_year = self._next()
            header = text.format(unit_year.year, unit_year.year) if text else None
            book = unit_year.form().put("月度!D1", header)
            yield self._case(
                f"period {text}", unit_year, book, "wrong_period", "月度!D1", of_column(unit_year, MONTH, 3)
            )
        for sheet, text in (
            (QUARTER, "{}-Q5"),
            (QUARTER, "{}-01"),
            (QUARTER, "五季度"),
            (YEAR, "{}-12"),
            (YEAR, "{}上半年"),
            (YEAR, "1-12月"),
        ):
            unit_year = self._next()
            book = unit_year.form().put(f"{sheet}!D1", text.format(unit_year.year))
            yield self._case(
                f"period {text} in {sheet}",
                unit_year,
                book,
                "wrong_period",
                f"{sheet}!D1",
                of_column(unit_year, sheet, 3),
            )
        for text in ("{}-01", "{}年1月"):
            unit_year = self._next()
            book = unit_year.form().put("月度!D1", text.format(unit_year.year - 1))
            lost = of_column(unit_year, MONTH, 3)
            yield self._case(
                f"period {text} of the year before", unit_year, book, "period_outside_year", "月度!D1", lost
            )

    def sheets(self) -> Iterator[Case]:
        def of_sheet(unit_year: Original, sheet: str) -> frozenset[Key]:
            return _keys(unit_year, lambda place: split(place)[0] == sheet)

        for sheet in (MONTH, QUARTER, YEAR):
            unit_year = self._next()
            book = unit_year.form().with_sheet(sheet, ())
            yield self._case(
                f"{sheet} is empty",
                unit_year,
                book,
                "empty_sheet",
                sheet,
                of_sheet(unit_year, sheet),
                severity="warning",
            )
            unit_year = self._next()
            book = unit_year.form().put(f"{sheet}!A1", "代码")
            yield self._case(
                f"{sheet} without its header", unit_year, book, "missing_header", sheet, of_sheet(unit_year, sheet)
            )
            unit_year = self._next()
            book = unit_year.form().renamed(sheet, f"{sheet}表")
            yield self._case(
                f"{sheet} under another name",
                unit_year,
                book,
                "ignored_sheet",
                f"{sheet}表",
                of_sheet(unit_year, sheet),
                severity="warning",
            )
            unit_year = self._next()
            book = unit_year.form()
            book = book.with_sheet(sheet, (*[()] * 24, *book.sheets[sheet]))
            yield self._case(
                f"the header of {sheet} far down", unit_year, book, "missing_header", sheet, of_sheet(unit_year, sheet)
            )
        unit_year = self._next()
        book = unit_year.form()
        for sheet in (MONTH, QUARTER, YEAR):
            book = book.with_sheet(sheet, (book.sheets[sheet][0],))
        yield self._case(
            "headers only", unit_year, book, "no_figures", None, frozenset(unit_year.figures), severity="warning"
        )
        unit_year = self._next()
        book = Book({COVER_SHEET: unit_year.form().sheets[COVER_SHEET]})
        yield self._case(
            "a cover only", unit_year, book, "no_figures", None, frozenset(unit_year.figures), severity="warning"
        )
        for shift, name in ((1, "of the other year"), (0, "in another order")):
            unit_year = self._next()
            book = unit_year.form()
            months = ("01", "02", "03") if shift else ("03", "01", "02")
            second = (*HEADER, *(f"{unit_year.year - shift}-{month}" for month in months))
            book = book.insert_row(MONTH, 4, second)
            lost = _keys(unit_year, lambda place: split(place)[0] == MONTH and split(place)[1] > 2)
            yield self._case(f"a second header {name}", unit_year, book, "second_header", "月度!A4", lost)

    def duplicates(self) -> Iterator[Case]:
        for code, row, sheet, width in (
            ("pm25", 2, MONTH, 3),
            ("gdp", 2, QUARTER, 2),
            ("so2_emission", 6, QUARTER, 2),
            ("forest_coverage", 3, YEAR, 1),
        ):
            unit_year = self._next()
            form = unit_year.form()
            cells = form.sheets[sheet][row - 1]
            end = len(form.sheets[sheet]) + 1
            book = form.insert_row(sheet, end, cells)
            yield self._case(f"{code} twice", unit_year, book, "duplicate_row", f"{sheet}!D{end}", severity="warning")
            unit_year = self._next()
            form = unit_year.form()
            cells = form.sheets[sheet][row - 1]
            assert isinstance(cells[3], float)
            book = form.insert_row(sheet, end, (*cells[:3], round(cells[3] * 1.01, 4), *[None] * (width - 1)))
            key = (code, str(form.sheets[sheet][0][3]))
            yield self._case(
                f"{code} twice and different",
                unit_year,
                book,
                "conflicting_duplicate",
                f"{sheet}!D{end}",
                frozenset({key}),
                beside=frozenset({"conflicting_duplicate"}),
            )
        unit_year = self._next()
        form = unit_year.form()
        book = form.put("月度!E1", form.at("月度!D1"))
        lost = frozenset(
            (code, f"{unit_year.year}-0{month}")
            for code, period in unit_year.figures
            for month in (1, 2)
            if period.count("-0")
        )
        yield self._case(
            "one month in two columns",
            unit_year,
            book,
            "conflicting_duplicate",
            "月度!D2",
            lost,
            beside=frozenset({"duplicate_row"}),
        )

    def zeros(self) -> Iterator[Case]:
        for text, value in (("0045", 45.0), ("０４５．５", 45.5), ("0038.2", 38.2), ("0041.50", 41.5)):
            unit_year = self._next()
            book = unit_year.form().put("月度!E2", text)
            key = ("pm25", f"{unit_year.year}-02")
            yield self._case(
                f"zeros before {text}",
                unit_year,
                book,
                "leading_zeros",
                "月度!E2",
                severity="warning",
                changed={key: value},
            )
        for code, value, place in (
            ("gdp", "=B1+1", "季度!D2"),
            ("pm25", "=41.5", "月度!D2"),
            ("pm25", "=[1]Sheet1!A1", "月度!D2"),
        ):
            unit_year = self._next()
            result = unit_year.form().at(place)
            assert isinstance(result, float)
            book = unit_year.form().put(place, Formula(value, result))
            yield self._case(
                f"the result of the formula {value} for {code}",
                unit_year,
                book,
                "formula_value",
                place,
                severity="warning",
            )
        unit_year = self._next()
        book = unit_year.form()
        yield self._case(
            "a hidden row",
            unit_year,
            replace(book, hidden_rows=("月度!3",)),
            "hidden_cells",
            "月度!3",
            severity="warning",
        )
        unit_year = self._next()
        book = replace(unit_year.form(), hidden_sheets=(YEAR,))
        yield self._case("a hidden sheet", unit_year, book, "hidden_cells", YEAR, severity="warning")

    def relations(self) -> Iterator[Case]:
        for name, code, change, rule, partners, severity in (
            (
                "fewer days monitored than good days",
                "monitored_air_days",
                lambda f, y: f["good_air_days", f"{y}-02"] - 1,
                "good_days_above_monitored",
                ("good_air_days",),
                "critical",
            ),
            ("31 days in February", "monitored_air_days", lambda *_: 31.0, "too_many_days", (), "critical"),
            (
                "PM2.5 above PM10",
                "pm25",
                lambda f, y: round(f["pm10", f"{y}-02"] * 1.2, 1),
                "pm25_above_pm10",
                (),
                "warning",
            ),
        ):
            unit_year = self._next()
            key = (code, f"{unit_year.year}-02")
            place = unit_year.places()[key]
            value = change(unit_year.figures, unit_year.year)
            book = unit_year.form().put(place, value)
            critical = severity == "critical"
            lost = frozenset({key, *((partner, key[1]) for partner in partners)}) if critical else frozenset()
            changed = {} if critical else {key: value}
            told = unit_year.places()["good_air_days", key[1]] if partners else place
            yield self._case(name, unit_year, book, rule, told, lost, severity=severity, changed=changed)
        for code, factor in (("gdp", 1.2), ("gdp_secondary", 1.4), ("gdp", 0.8), ("gdp_tertiary", 0.7)):
            unit_year = self._next()
            key = (code, f"{unit_year.year}-Q1")
            places = unit_year.places()
            value = round(unit_year.figures[key] * factor, 2)
            book = unit_year.form().put(places[key], value)
            place = places["gdp", key[1]]
            yield self._case(
                f"sectors against GDP, {code} × {factor}",
                unit_year,
                book,
                "parts_do_not_add_up",
                place,
                severity="warning",
                changed={key: value},
            )
