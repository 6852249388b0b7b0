"""Forms that say the same as a valid original in other words."""

import io
import zipfile
from collections.abc import Callable, Container, Iterator
from datetime import date
from itertools import count
from random import Random

from tests.intake.corpus import styles
from tests.intake.corpus.books import Book, Cell, Grid, Parts, Percent, unzipped, workbook_bytes, zipped
from tests.intake.corpus.cases import Case
from tests.intake.corpus.originals import Key, Original, original
from xietong.workbook import COVER_SHEET, DATA_SHEETS, HEADER

MONTH, QUARTER, YEAR = DATA_SHEETS.values()
SHARES = ("water_sections_good_share", "forest_coverage", "green_coverage_built_up")
_FIRST = len(HEADER)


def with_figures(book: Book, change: Callable[[str, float], Cell]) -> Book:
    """Return the book with every figure cell written in another way, given the code of its row."""
    for sheet in DATA_SHEETS.values():
        header, *rows = book.sheets[sheet]
        grid = [header]
        for cells in rows:
            figures = [change(str(cells[0]), value) if isinstance(value, float) else value for value in cells[_FIRST:]]
            grid.append((*cells[:_FIRST], *figures))
        book = book.with_sheet(sheet, tuple(grid))
    return book


def with_periods(book: Book, sheet: str, change: Callable[[str], Cell]) -> Book:
    """Return the book with the periods in the header of a sheet written in another way."""
    header, *rows = book.sheets[sheet]
    return book.with_sheet(sheet, ((*header[:_FIRST], *(change(str(period)) for period in header[_FIRST:])), *rows))


def in_measure(book: Book, code: str, word: str, times: str, *, as_number: bool) -> Book:
    """Return the book with the figures of one indicator in another measure."""
    for sheet in DATA_SHEETS.values():
        grid = []
        for cells in book.sheets[sheet]:
            if cells[0] == code:
                texts = [styles.converted(float(value), times) for value in cells[_FIRST:]]  # type: ignore[arg-type]
                grid.append((*cells[:2], word, *(map(float, texts) if as_number else texts)))
            else:
                grid.append(cells)
        book = book.with_sheet(sheet, tuple(grid))
    return book


class GoodForms:
    """Builds the cases; each takes the next original."""

    def __init__(self, first: int) -> None:
        self._numbers = count(first)

    def cases(self) -> Iterator[Case]:
        """Yield every case."""
        yield from self.numbers()
        yield from self.measures()
        yield from self.covers()
        yield from self.periods()
        yield from self.layouts()
        yield from self.missing()
        yield from self.containers()
        yield from self.mixtures()

    def _next(self) -> Original:
        return original(next(self._numbers))

    def _case(self, name: str, unit_year: Original, content: object, lost: frozenset[Key] = frozenset()) -> Case:
        return Case(f"form: {name}", f"{unit_year.unit_code}_{unit_year.year}.xlsx", unit_year, content, lost=lost)

    def numbers(self) -> Iterator[Case]:
        for name, style in styles.NUMBERS.items():
            unit_year = self._next()
            yield self._case(f"numbers, {name}", unit_year, with_figures(unit_year.form(), lambda _, v, s=style: s(v)))
        for name, suffix in (("sign", "%"), ("full-width sign", "％"), ("sign behind a blank", " %")):
            unit_year = self._next()
            book = with_figures(
                unit_year.form(), lambda code, v, s=suffix: styles.digits(v) + s if code in SHARES else v
            )
            yield self._case(f"shares with a {name}", unit_year, book)
        for pattern in ("0.00%", "0%", "0.0%;[Red]-0.0%"):
            unit_year = self._next()
            book = with_figures(
                unit_year.form(),
                lambda code, v, p=pattern: Percent(float(styles.converted(v, "0.01")), p) if code in SHARES else v,
            )
            yield self._case(f"shares as percentages shown as {pattern}", unit_year, book)

    def measures(self) -> Iterator[Case]:
        for code, words in styles.MEASURES.items():
            for number, (word, times) in enumerate(words.items()):
                unit_year = self._next()
                book = in_measure(unit_year.form(), code, word, times, as_number=number % 2 == 0)
                yield self._case(f"{code} in {word!r}", unit_year, book)
        unit_year = self._next()
        book = unit_year.form()
        for sheet in DATA_SHEETS.values():
            book = book.with_sheet(sheet, tuple((*cells[:2], *cells[3:]) for cells in book.sheets[sheet]))
        yield self._case("without the column of measures", unit_year, book)

    def covers(self) -> Iterator[Case]:
        for number in range(15):
            unit_year = self._next()
            words = list(styles.unit_words(unit_year.unit_code, unit_year.unit_name).items())
            name, word = words[number % len(words)]
            address = "封面!B2" if "code" in name else "封面!B3"
            yield self._case(f"unit, {name} {number}", unit_year, unit_year.form().put(address, word))
        changes: dict[str, Callable[[Book, Original], Book]] = {
            "code as a number": lambda book, u: book.put("封面!B2", float(u.unit_code)),
            "without the code": lambda book, _: book.put("封面!B2", None),
            "without the name": lambda book, _: book.put("封面!B3", None),
            "without the year": lambda book, _: book.put("封面!B4", None),
            "without the layout": lambda book, _: book.put("封面!B6", None),
            "year as a number": lambda book, u: book.put("封面!B4", float(u.year)),
            "year with its word": lambda book, u: book.put("封面!B4", f"{u.year}年度"),
            "date as a date": lambda book, u: book.put("封面!B5", date(u.year + 1, 1, 15)),
            "date with strokes": lambda book, u: book.put("封面!B5", f"{u.year + 1}/1/15"),
            "date in words": lambda book, u: book.put("封面!B5", f"{u.year + 1}年1月15日"),
            "date with points": lambda book, u: book.put("封面!B5", f"{u.year + 1}.01.15"),
            "layout as a number": lambda book, _: book.put("封面!B6", 1.0),
            "labels with colons": lambda book, _: book.put("封面!A2", "单位代码：").put("封面!A3", "单位名称:"),
            "labels with blanks": lambda book, _: book.put("封面!A2", " 单位 代码 ").put("封面!A3", "单位\u3000名称"),
            "blank rows": lambda book, _: book.insert_row(COVER_SHEET, 3).insert_row(COVER_SHEET, 2),
            "blank columns": lambda book, _: book.insert_column(COVER_SHEET, 1).insert_column(COVER_SHEET, 3),
            "merged title": lambda book, _: Book(book.sheets, merged=("封面!A1:D1",)),
            "merged values": lambda book, _: Book(book.sheets, merged=("封面!B2:D2", "封面!B3:D3")),
            "padded name": lambda book, _: book.renamed(COVER_SHEET, " 封面"),
        }
        for name, change in changes.items():
            unit_year = self._next()
            yield self._case(f"cover, {name}", unit_year, change(unit_year.form(), unit_year))

    def periods(self) -> Iterator[Case]:
        for name, month in styles.MONTHS.items():
            unit_year = self._next()
            yield self._case(
                f"months as {name}",
                unit_year,
                with_periods(unit_year.form(), MONTH, lambda p, s=month: s(int(p[:4]), int(p[5:]))),
            )
        for name, quarter in styles.QUARTERS.items():
            unit_year = self._next()
            yield self._case(
                f"quarters as {name}",
                unit_year,
                with_periods(unit_year.form(), QUARTER, lambda p, s=quarter: s(int(p[:4]), int(p[6]))),
            )
        for name, year in styles.YEARS.items():
            unit_year = self._next()
            yield self._case(
                f"years as {name!r}", unit_year, with_periods(unit_year.form(), YEAR, lambda p, s=year: s(int(p)))
            )
        for frequency, patterns in styles.BARE.items():
            for pattern in patterns:
                unit_year = self._next()
                book = with_periods(
                    unit_year.form(), DATA_SHEETS[frequency], lambda p, s=pattern: styles.bare(s, int(p[-1]) or 1)
                )  # type: ignore[index]
                yield self._case(f"{frequency} as {pattern}", unit_year, book)
        dates: dict[str, tuple[str, Callable[[str], Cell]]] = {
            "months as dates": (MONTH, lambda p: date(int(p[:4]), int(p[5:]), 1)),
            "months by their last day": (
                MONTH,
                lambda p: {"1": f"{p}-31", "2": f"{p}-{29 if int(p[:4]) % 4 == 0 else 28}", "3": f"{p}-31"}[p[-1]],
            ),
            "quarters as dates": (QUARTER, lambda p: date(int(p[:4]), 3 * int(p[6]) - 2, 1)),
            "quarters by their last day": (
                QUARTER,
                lambda p: date(int(p[:4]), 3 * int(p[6]), 31 if p[6] == "1" else 30),
            ),
            "years as dates": (YEAR, lambda p: date(int(p), 1, 1)),
            "years as numbers": (YEAR, float),
            "months as numbers": (MONTH, lambda p: float(p.replace("-", ""))),
        }
        for name, (sheet, change) in dates.items():
            unit_year = self._next()
            yield self._case(name, unit_year, with_periods(unit_year.form(), sheet, change))

    def layouts(self) -> Iterator[Case]:
        def each(change: Callable[[Book, str], Book]) -> Callable[[Book], Book]:
            def changed(book: Book) -> Book:
                for sheet in DATA_SHEETS.values():
                    book = change(book, sheet)
                return book

            return changed

        def rows(change: Callable[[Grid], Grid]) -> Callable[[Book], Book]:
            return each(lambda book, sheet: book.with_sheet(sheet, change(book.sheets[sheet])))

        title: tuple[Cell, ...] = ("减污降碳监测数据",)
        changes: dict[str, Callable[[Book], Book]] = {
            **{f"{n} rows of titles": rows(lambda grid, n=n: (*[title] * n, *grid)) for n in (1, 2, 5, 15)},
            **{f"{n} blank rows above": rows(lambda grid, n=n: (*[()] * n, *grid)) for n in (1, 3, 19)},
            **{
                f"{n} blank columns at the left": each(
                    lambda book, sheet, n=n: _times(n, lambda b: b.insert_column(sheet, 1), book)
                )
                for n in (1, 2, 30)
            },
            "a blank column before the figures": each(lambda book, sheet: book.insert_column(sheet, 4)),
            "a blank column among the words": each(lambda book, sheet: book.insert_column(sheet, 2)),
            "a blank row below the header": rows(lambda grid: (grid[0], (), *grid[1:])),
            "blank rows between the rows": rows(lambda grid: tuple(row for each in grid for row in (each, ()))),
            "rows of blanks": rows(lambda grid: tuple(row for each in grid for row in (each, (" ", "\u3000", "")))),
            "a note below": rows(lambda grid: (*grid, (), ("注：本表数据为初步核算数，以年度核定为准。",))),
            "notes and a signature below": rows(
                lambda grid: (*grid, ("填表人：张三",), ("审核人：李四",), ("注：1. 数据来自在线监测；2. 含开发区",))
            ),
            "rows in another order": rows(lambda grid: (grid[0], *reversed(grid[1:]))),
            "columns in another order": rows(lambda grid: tuple((*row[:3], *reversed(row[3:])) for row in grid)),
            "figures before the words": rows(lambda grid: tuple((*row[3:], *row[:3]) for row in grid)),
            "name and measure exchanged": rows(lambda grid: tuple((row[0], row[2], row[1], *row[3:]) for row in grid)),
            "without names": rows(lambda grid: tuple((row[0], None, *row[2:]) for row in grid)),
            "a column of notes": rows(lambda grid: ((*grid[0], "备注"), *((*row, "快报数") for row in grid[1:]))),
            "a column of numbers in front": rows(
                lambda grid: (("序号", *grid[0]), *((float(i), *row) for i, row in enumerate(grid[1:], 1)))
            ),
            "a column for reference": rows(
                lambda grid: ((*grid[0], "参考：上期"), *((*row, 12.5) for row in grid[1:]))
            ),
            "the header printed again": rows(lambda grid: (*grid[:2], grid[0], *grid[2:])),
            "the header padded": rows(lambda grid: (tuple(f" {word}\u3000" for word in grid[0]), *grid[1:])),
            "the header with blanks inside": rows(
                lambda grid: (("指标 代码", "指标\n名称", "计量\u3000单位", *grid[0][3:]), *grid[1:])
            ),
            "codes padded": rows(lambda grid: (grid[0], *((f" {row[0]}\u3000", *row[1:]) for row in grid[1:]))),
            "codes in full width": rows(lambda grid: (grid[0], *((_full(str(row[0])), *row[1:]) for row in grid[1:]))),
            "codes in capitals": rows(lambda grid: (grid[0], *((str(row[0]).upper(), *row[1:]) for row in grid[1:]))),
            "codes with a capital": rows(
                lambda grid: (grid[0], *((str(row[0]).capitalize(), *row[1:]) for row in grid[1:]))
            ),
            "names with blanks": rows(
                lambda grid: (grid[0], *((row[0], " ".join(str(row[1])), *row[2:]) for row in grid[1:]))
            ),
            "names of their own": rows(
                lambda grid: (grid[0], *((row[0], f"其中：{row[1]}", *row[2:]) for row in grid[1:]))
            ),
            "merged title": lambda book: Book(
                {n: g if n == COVER_SHEET else (title, *g) for n, g in book.sheets.items()},
                merged=("月度!A1:F1", "季度!A1:E1", "年度!A1:D1"),
            ),
            "header merged over two rows": lambda book: Book(
                {n: g if n == COVER_SHEET else (g[0], (), *g[1:]) for n, g in book.sheets.items()},
                merged=tuple(f"{s}!{c}1:{c}2" for s in DATA_SHEETS.values() for c in "ABCD"),
            ),
            "a merged note": lambda book: Book(
                {n: g if n == COVER_SHEET else (*g, ("注：无",)) for n, g in book.sheets.items()},
                merged=("年度!A6:D6",),
            ),
            "years above the months and quarters": lambda book: Book(
                {n: g if n in (COVER_SHEET, YEAR) else _with_years(g) for n, g in book.sheets.items()},
                merged=("月度!A1:A2", "月度!D1:F1", "季度!A1:A2", "季度!D1:E1"),
            ),
            "years above them, not merged": lambda book: Book(
                {n: g if n in (COVER_SHEET, YEAR) else _with_years(g) for n, g in book.sheets.items()}
            ),
            "merged measures": lambda book: Book(
                {n: g if n != QUARTER else _blank(g, range(3, 6)) for n, g in book.sheets.items()},
                merged=("季度!C2:C5",),
            ),
            "measures in the names": lambda book: Book(
                {n: g if n == COVER_SHEET else _named_by_measure(g) for n, g in book.sheets.items()}
            ),
            "a measure above the header": lambda book: Book(
                {
                    n: g if n != QUARTER else ((None, None, None, "单位：亿元"), *_blank(g, range(2, 6)))
                    for n, g in book.sheets.items()
                }
            ),
            "without measures": lambda book: Book(
                {n: g if n == COVER_SHEET else _blank(g, range(2, 99)) for n, g in book.sheets.items()}
            ),
            "names of sheets padded": lambda book: book.renamed(MONTH, " 月度").renamed(YEAR, "年度\u3000"),
            "sheets in another order": lambda book: Book(dict(reversed(book.sheets.items()))),
            "another sheet": lambda book: book.with_sheet("附表", (("说明",), ("见正文",))),
            "an empty sheet more": lambda book: book.with_sheet("Sheet4", ()),
            "the sheet of instructions": lambda book: book.with_sheet("说明", (("1. 只填数字",),)),
        }
        for name, change in changes.items():
            unit_year = self._next()
            yield self._case(name, unit_year, change(unit_year.form()))

    def missing(self) -> Iterator[Case]:
        for number, mark in enumerate(styles.MISSING):
            unit_year = self._next()
            places = unit_year.places()
            key = sorted(places)[number % len(places)]
            yield self._case(
                f"no figure as {mark!r}", unit_year, unit_year.form().put(places[key], mark), frozenset({key})
            )
        unit_year = self._next()
        places = unit_year.places()
        keys = frozenset(key for key in places if key[0] == "pm10")
        book = unit_year.form()
        for key in keys:
            book = book.put(places[key], None)
        yield self._case("empty cells", unit_year, book, keys)

    def containers(self) -> Iterator[Case]:
        def stored(data: bytes) -> bytes:
            target = io.BytesIO()
            with zipfile.ZipFile(target, "w") as archive:
                archive.mkdir("xl/worksheets")
                for name, content in unzipped(data).items():
                    archive.writestr(name, content)
            return target.getvalue()

        class Stream(io.RawIOBase):
            """A target that cannot seek, so that sizes stand behind the content."""

            def __init__(self) -> None:
                self.content = b""

            def writable(self) -> bool:
                return True

            def write(self, data: object) -> int:
                self.content += bytes(data)  # type: ignore[call-overload]
                return len(bytes(data))  # type: ignore[call-overload]

        def streamed(data: bytes) -> bytes:
            target = Stream()
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in unzipped(data).items():
                    archive.writestr(name, content)
            return target.content

        def parts(change: Callable[[Parts], Parts]) -> Callable[[bytes], bytes]:
            return lambda data: zipped(change(unzipped(data)))

        relations = "xl/_rels/workbook.xml.rels"
        changes: dict[str, Callable[[bytes], bytes]] = {
            "stored, with folders": stored,
            "streamed": streamed,
            "a comment behind": lambda data: data[:-2] + b"\x04\0note",
            "without properties": parts(lambda parts: {n: c for n, c in parts.items() if not n.startswith("docProps")}),
            "a mark before the XML": parts(
                lambda parts: {**parts, "xl/worksheets/sheet2.xml": b"\xef\xbb\xbf" + parts["xl/worksheets/sheet2.xml"]}
            ),
            "targets from the root": parts(
                lambda parts: {
                    **parts,
                    relations: parts[relations].replace(b'Target="worksheets', b'Target="/xl/worksheets'),
                }
            ),
            "a remark in the XML": parts(
                lambda parts: {
                    **parts,
                    "xl/worksheets/sheet2.xml": parts["xl/worksheets/sheet2.xml"].replace(
                        b"<sheetData>", b"<!-- made by hand --><sheetData>"
                    ),
                }
            ),
            "a link in a note": parts(
                lambda parts: {
                    **parts,
                    "xl/worksheets/_rels/sheet2.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="http://example.org" TargetMode="External"/></Relationships>',
                }
            ),
        }
        for name, change in changes.items():
            unit_year = self._next()
            yield self._case(f"container, {name}", unit_year, lambda u=unit_year, c=change: c(workbook_bytes(u.form())))

    def mixtures(self) -> Iterator[Case]:
        for seed in range(40):
            unit_year = self._next()
            yield self._case(f"a mixture, {seed}", unit_year, mixture(unit_year, Random(seed)))  # noqa: S311


def mixture(unit_year: Original, random: Random) -> Book:
    """Return the form with everything in a way drawn at random."""
    book = unit_year.form()
    for code in sorted(styles.MEASURES):
        word, times = random.choice(sorted(styles.MEASURES[code].items()))
        if random.random() < 0.5:
            book = in_measure(book, code, word, times, as_number=True)
    names = sorted(styles.NUMBERS)
    book = with_figures(
        book, lambda _, value: styles.NUMBERS[random.choice(names)](value) if random.random() < 0.7 else value
    )
    month, quarter, year = (
        styles.__dict__[each][random.choice(sorted(styles.__dict__[each]))] for each in ("MONTHS", "QUARTERS", "YEARS")
    )
    book = with_periods(book, MONTH, lambda p: month(int(p[:4]), int(p[5:])))
    book = with_periods(book, QUARTER, lambda p: quarter(int(p[:4]), int(p[6])))
    book = with_periods(book, YEAR, lambda p: year(int(p)))
    words = styles.unit_words(unit_year.unit_code, unit_year.unit_name)
    book = book.put("封面!B2", random.choice([word for name, word in words.items() if "code" in name]))
    book = book.put("封面!B3", random.choice([word for name, word in words.items() if "code" not in name]))
    for sheet in DATA_SHEETS.values():
        header, *rows = book.sheets[sheet]
        random.shuffle(rows)
        filler = [[()] * random.randint(0, 2) for _ in rows]
        titles = [("统计表",)] * random.randint(0, 4)
        grid = (*titles, header, *(row for pair, blanks in zip(rows, filler, strict=True) for row in (pair, *blanks)))
        book = book.with_sheet(sheet, grid)
        if random.random() < 0.4:
            book = book.insert_column(sheet, random.choice((1, 2, 4)))
    return book


def _with_years(grid: Grid) -> Grid:
    """Return the grid with the year in a row above its months or quarters."""
    header, *rows = grid
    year, periods = str(header[_FIRST])[:4], [str(period)[5:] for period in header[_FIRST:]]
    words = [f"{period[1]}季度" if period.startswith("Q") else f"{int(period)}月" for period in periods]
    return (*header[:_FIRST], f"{year}年"), (None, None, None, *words), *rows


def _blank(grid: Grid, numbers: Container[int]) -> Grid:
    """Return the grid without the measure in the rows of these numbers."""
    return tuple((*row[:2], None, *row[3:]) if number in numbers else row for number, row in enumerate(grid, start=1))


def _named_by_measure(grid: Grid) -> Grid:
    header, *rows = grid
    return header, *((row[0], f"{row[1]}（{row[2]}）", None, *row[3:]) for row in rows)


def _times(number: int, change: Callable[[Book], Book], book: Book) -> Book:
    for _ in range(number):
        book = change(book)
    return book


def _full(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)
