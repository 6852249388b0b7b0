"""Long tables that say the same as a valid original in other words."""

import json
from collections.abc import Callable, Iterator
from itertools import count

from tests.intake.corpus import styles
from tests.intake.corpus.books import Book
from tests.intake.corpus.cases import Case
from tests.intake.corpus.originals import Key, Original, delimited, original

Rows = list[list[str]]
_UNIT, _INDICATOR, _PERIOD, _VALUE, _MEASURE, _RECEIVED = 0, 1, 2, 3, 4, 6
ENCODINGS = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with its mark": lambda text: text.encode("utf-8-sig"),
    "GB18030": lambda text: text.encode("gb18030"),
    "GBK": lambda text: text.replace("\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}").replace("³", "3").encode("gbk"),
    "UTF-16, little end first": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "UTF-16, big end first": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
}


class GoodTables:
    """Builds the cases; each takes the next original."""

    def __init__(self, first: int) -> None:
        self._numbers = count(first)

    def cases(self) -> Iterator[Case]:
        """Yield every case."""
        yield from self.bytes_()
        yield from self.words()
        yield from self.shapes()
        yield from self.missing()

    def _case(
        self,
        name: str,
        change: Callable[[Rows, Original], object],
        lost: frozenset[Key] = frozenset(),
        extension: str = "csv",
    ) -> Case:
        unit_year = original(next(self._numbers))
        content = change(unit_year.long_rows(), unit_year)
        if isinstance(content, list):
            content = delimited(content)
        file = f"table_{unit_year.unit_code}_{unit_year.year}.{'xlsx' if isinstance(content, Book) else extension}"
        return Case(
            f"table: {name}", file, unit_year, content.encode() if isinstance(content, str) else content, lost=lost
        )

    def _each(self, name: str, column: int, word: Callable[[str, list[str], Original], str]) -> Case:
        """Return the case with the word of every row in one column replaced."""
        return self._case(
            name,
            lambda rows, u: [
                rows[0],
                *([*row[:column], word(row[column], row, u), *row[column + 1 :]] for row in rows[1:]),
            ],
        )

    def bytes_(self) -> Iterator[Case]:
        for name, encode in ENCODINGS.items():
            for kind, delimiter in (("commas", ","), ("semicolons", ";"), ("tabs", "\t")):
                yield self._case(f"{name} with {kind}", lambda rows, _, e=encode, d=delimiter: e(delimited(rows, d)))
        for name, end in (("carriage returns", "\r"), ("both ends of a line", "\r\n")):
            yield self._case(name, lambda rows, _, e=end: delimited(rows).replace("\n", e))
        yield self._case(
            "mixed ends of lines", lambda rows, _: delimited(rows).replace("\n", "\r\n", 7).replace("2", "2", 1)
        )
        yield self._case("no end of the last line", lambda rows, _: delimited(rows).rstrip("\n"))
        yield self._case(
            "everything in quotes", lambda rows, _: "\n".join(",".join(f'"{word}"' for word in row) for row in rows)
        )
        yield self._case("a note of the delimiter", lambda rows, _: "sep=;\r\n" + delimited(rows, ";"))
        yield self._case("under the name of a text", lambda rows, _: delimited(rows, "\t"), extension="txt")
        yield self._case("under the name of JSON", lambda rows, _: delimited(rows), extension="json")

    def words(self) -> Iterator[Case]:
        for name, style in styles.NUMBERS.items():
            if name not in ("a line break behind", "a tab in front"):
                yield self._each(f"numbers, {name}", _VALUE, lambda word, _, __, s=style: s(float(word)))
        for name in styles.unit_words("500103", "渝中区"):
            yield self._each(
                f"unit, {name}",
                _UNIT,
                lambda word, _, u, n=name: styles.unit_words(u.unit_code, u.unit_name).get(n, word),
            )
        for months, quarters, years in zip(styles.MONTHS, [*styles.QUARTERS] * 2, [*styles.YEARS] * 3, strict=False):

            def period(
                word: str, _: list[str], __: Original, m: str = months, q: str = quarters, y: str = years
            ) -> str:
                if "Q" in word:
                    return styles.QUARTERS[q](int(word[:4]), int(word[6]))
                return styles.MONTHS[m](int(word[:4]), int(word[5:])) if "-" in word else styles.YEARS[y](int(word))

            yield self._each(f"periods as {months}, {quarters}, {years}", _PERIOD, period)
        for code, words in styles.MEASURES.items():
            for word, times in words.items():
                yield self._case(
                    f"{code} in {word!r}",
                    lambda rows, _, c=code, w=word, t=times: [_in_measure(row, c, w, t) for row in rows],
                )
        yield self._each("without measures", _MEASURE, lambda *_: "")
        yield self._each("codes in capitals", _INDICATOR, lambda word, *_: word.upper())
        yield self._each("dates with strokes", _RECEIVED, lambda _, __, u: f"{u.year + 1}/1/15")
        yield self._each("dates in words", _RECEIVED, lambda _, __, u: f"{u.year + 1}年1月15日")
        yield self._each(
            "shares with their sign", _VALUE, lambda word, row, _: f"{word}%" if row[_MEASURE] == "%" else word
        )

    def shapes(self) -> Iterator[Case]:
        changes: dict[str, Callable[[Rows, Original], object]] = {
            "titles above": lambda rows, _: [["环境统计数据"], [], ["单位：见各行"], *rows],
            "blank lines": lambda rows, _: [row for each in rows for row in (each, [])],
            "lines of commas": lambda rows, _: [row for each in rows for row in (each, [""] * 8)],
            "blank columns": lambda rows, _: [["", "", *row] for row in rows],
            "blank columns behind": lambda rows, _: [[*row, "", ""] for row in rows],
            "rows in another order": lambda rows, _: [rows[0], *reversed(rows[1:])],
            "columns in another order": lambda rows, _: [row[::-1] for row in rows],
            "another column": lambda rows, _: [[*row, "经办人" if i == 0 else "张三"] for i, row in enumerate(rows)],
            "a header in capitals": lambda rows, _: [[word.upper() for word in rows[0]], *rows[1:]],
            "a header in full width, padded": lambda rows, _: [[f" {_full(word)} " for word in rows[0]], *rows[1:]],
            "notes below": lambda rows, _: [*rows, [], ["注：本表为初步核算数。"], ["资料来源：各区县统计局"]],
            "a workbook": lambda rows, _: Book({"Sheet1": tuple(map(tuple, rows))}),
            "a workbook of numbers": lambda rows, _: Book(
                {
                    "数据": tuple(
                        tuple(float(w) if c == _VALUE and r else w or None for c, w in enumerate(row))
                        for r, row in enumerate(rows)
                    )
                }
            ),
            "a workbook with two sheets": lambda rows, _: Book(
                {"一": tuple(map(tuple, rows[:12])), "二": tuple(map(tuple, [rows[0], *rows[12:]]))}
            ),
        }
        for name, change in changes.items():
            yield self._case(name, change)
        yield from self.several()

    def several(self) -> Iterator[Case]:
        """Yield tables that are several in one, and records of services."""
        bare = ("so2_emission", "resident_population")

        def in_parts(rows: Rows, header: bool) -> Rows:
            """The figures without their measure, below a line that states it; the others above them."""
            parts = {code: [row for row in rows[1:] if row[_INDICATOR] == code] for code in bare}
            others = [rows[0], *(row for row in rows[1:] if row[_INDICATOR] not in bare)]
            for code, word, times in zip(bare, ("千克", "人"), ("1000", "10000"), strict=True):
                stated = [["", "", "", "", "", "", "", f"计量单位：{word}"]]
                below = [_in_measure(row, code, "", times) for row in parts[code]]
                others += [[], ["续表"], *stated, *([rows[0]] if header else []), *below]
            return others

        def in_order(rows: Rows) -> Rows:
            half = len(rows) // 2
            return [*rows[:half], [], *(row[::-1] for row in (rows[0], *rows[half:]))]

        def merged(rows: Rows, _: Original) -> Book:
            grid = [rows[0], rows[1], *([None, *row[1:]] for row in rows[2:])]
            return Book({"Sheet1": tuple(map(tuple, grid))}, merged=(f"Sheet1!A2:A{len(rows)}",))

        def kept_as_text(rows: Rows, unit_year: Original) -> str:
            return delimited([rows[0], *([f'="{unit_year.unit_code}"', *row[1:]] for row in rows[1:])])

        yield self._case("parts below their measures", lambda rows, _: in_parts(rows, header=False))
        yield self._case("parts below their measures and headers", lambda rows, _: in_parts(rows, header=True))
        yield self._case(
            "the header on every page", lambda rows, _: [*rows[:9], rows[0], *rows[9:20], [], rows[0], *rows[20:]]
        )
        yield self._case("a second table in another order", lambda rows, _: in_order(rows))
        yield self._case("units merged", merged)
        yield self._case("codes kept as text", kept_as_text)
        shapes: dict[str, Callable[[list[dict[str, str]]], object]] = {
            "records": lambda records: records,
            "records of a page": lambda records: {"code": 0, "data": {"rows": records, "total": len(records)}},
            "records of a success": lambda records: {"success": True, "data": records, "message": None},
        }
        for name, shape in shapes.items():

            def answer(rows: Rows, _: Original, shape: Callable[[list[dict[str, str]]], object] = shape) -> bytes:
                records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
                return json.dumps(shape(records), ensure_ascii=False).encode()

            yield self._case(name, answer, extension="json")

    def missing(self) -> Iterator[Case]:
        for number, mark in enumerate(["", " ", "\u3000", *styles.MISSING]):
            unit_year = original(number)
            code, _ = sorted(unit_year.figures)[number % len(unit_year.figures)]

            def marked(rows: Rows, _: Original, c: str = code, m: str = mark) -> Rows:
                return [[*row[:_VALUE], m, *row[_VALUE + 1 :]] if row[_INDICATOR] == c else row for row in rows]

            case = self._case(f"no figure as {mark!r}", marked)
            lost = frozenset(key for key in case.original.figures if key[0] == code)
            yield Case(case.name, case.file, case.original, case.content, lost=lost)


def _in_measure(row: list[str], code: str, word: str, times: str) -> list[str]:
    if row[_INDICATOR] != code:
        return row
    return [*row[:_VALUE], styles.converted(float(row[_VALUE]), times), word, *row[_MEASURE + 1 :]]


def _full(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)
