"""The ways in which people write the same number, unit, period or measure."""

from collections.abc import Callable
from decimal import Decimal

FULL_WIDTH = str.maketrans("0123456789.,-%+eE", "０１２３４５６７８９．，－％＋ｅＥ")
_CHINESE = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))


def digits(value: float) -> str:
    """Return the shortest decimal text of a double."""
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


def grouped(value: float, mark: str) -> str:
    """Return the number in groups of three."""
    whole, point, decimals = digits(value).partition(".")
    return f"{int(whole):,}".replace(",", mark) + point + decimals


def scientific(value: float, letter: str = "E") -> str:
    """Return the number with one digit before its point and an exponent."""
    return f"{Decimal(digits(value)):E}".replace("E", letter)


NUMBERS: dict[str, Callable[[float], str]] = {
    "text": digits,
    "full width": lambda value: digits(value).translate(FULL_WIDTH),
    "commas": lambda value: grouped(value, ","),
    "full-width commas": lambda value: grouped(value, "，"),
    "full width with commas": lambda value: grouped(value, ",").translate(FULL_WIDTH),
    "blanks": lambda value: grouped(value, " "),
    "no-break blanks": lambda value: grouped(value, "\N{NO-BREAK SPACE}"),
    "narrow blanks": lambda value: grouped(value, "\N{NARROW NO-BREAK SPACE}"),
    "thin blanks": lambda value: grouped(value, "\N{THIN SPACE}"),
    "padded": lambda value: f"  {digits(value)} ",
    "padded with ideographic blanks": lambda value: f"\u3000{digits(value)}\u3000",
    "padded with no-break blanks": lambda value: f"\u00a0{digits(value)}\u00a0",
    "a line break behind": lambda value: f"{digits(value)}\n",
    "a tab in front": lambda value: f"\t{digits(value)}",
    "an invisible mark": lambda value: f"\ufeff{digits(value)}\u200b",
    "a plus": lambda value: f"+{digits(value)}",
    "a full-width plus": lambda value: f"＋{digits(value)}",
    "scientific": scientific,
    "scientific, small letter": lambda value: scientific(value, "e"),
    "scientific, full width": lambda value: scientific(value).translate(FULL_WIDTH),
    "a zero behind": lambda value: digits(value) + ("0" if "." in digits(value) else ".0"),
    "many zeros behind": lambda value: digits(value) + ("00000" if "." in digits(value) else ".00000"),
}
#: What marks a figure that is not there.
MISSING = (
    *(
        "空",
        "-",
        "—",
        "——",
        "－",
        "–",
        "―",
        "…",
        "……",
        "...",
        "/",
        "／",
        "NA",
        "N/A",
        "n/a",
        "＃Ｎ／Ａ",
        "null",
        "NULL",
        "None",
    ),
    *(
        "无",
        "缺",
        "缺失",
        "暂无",
        "未统计",
        "不适用",
        "nan",
        "nil",
        "*",
        "无数据",
        "未报",
        " — ",
        "\u3000暂无\u3000",
        "·",
        "..",
    ),
)

MONTHS: dict[str, Callable[[int, int], str]] = {
    "2025-03": lambda year, month: f"{year}-{month:02d}",
    "2025-3": lambda year, month: f"{year}-{month}",
    "2025/3": lambda year, month: f"{year}/{month}",
    "2025/03": lambda year, month: f"{year}/{month:02d}",
    "2025.03": lambda year, month: f"{year}.{month:02d}",
    "202503": lambda year, month: f"{year}{month:02d}",
    "2025年3月": lambda year, month: f"{year}年{month}月",
    "2025年03月": lambda year, month: f"{year}年{month:02d}月",
    "2025年3月份": lambda year, month: f"{year}年{month}月份",
    "2025 年 3 月": lambda year, month: f" {year} 年 {month} 月 ",
    "２０２５年３月": lambda year, month: f"{year}年{month}月".translate(FULL_WIDTH),
    "2025年三月": lambda year, month: f"{year}年{_CHINESE[str(month)]}月",
    "2025M03": lambda year, month: f"{year}M{month:02d}",
    "the first day": lambda year, month: f"{year}-{month:02d}-01",
    "the first day with its hour": lambda year, month: f"{year}-{month:02d}-01 00:00:00",
}
QUARTERS: dict[str, Callable[[int, int], str]] = {
    "2025-Q1": lambda year, quarter: f"{year}-Q{quarter}",
    "2025Q1": lambda year, quarter: f"{year}Q{quarter}",
    "2025q1": lambda year, quarter: f"{year}q{quarter}",
    "2025 Q1": lambda year, quarter: f"{year} Q{quarter}",
    "2025/Q1": lambda year, quarter: f"{year}/Q{quarter}",
    "2025年Q1": lambda year, quarter: f"{year}年Q{quarter}",
    "2025年一季度": lambda year, quarter: f"{year}年{_CHINESE[str(quarter)]}季度",
    "2025年第一季度": lambda year, quarter: f"{year}年第{_CHINESE[str(quarter)]}季度",
    "2025年1季度": lambda year, quarter: f"{year}年{quarter}季度",
    "2025年第1季度": lambda year, quarter: f"{year}年第{quarter}季度",
    "２０２５年第１季度": lambda year, quarter: f"{year}年第{quarter}季度".translate(FULL_WIDTH),
    "Q1 2025": lambda year, quarter: f"Q{quarter} {year}",
    "1Q2025": lambda year, quarter: f"{quarter}Q{year}",
}
YEARS: dict[str, Callable[[int], str]] = {
    "2025": str,
    "2025年": lambda year: f"{year}年",
    "2025年度": lambda year: f"{year}年度",
    "２０２５": lambda year: str(year).translate(FULL_WIDTH),
    " 2025 ": lambda year: f" {year} ",
    "2025.0": lambda year: f"{year}.0",
}
#: Without their year, which the cover of a form tells.
BARE = {
    "month": ("{m}月", "{m}月份", "{c}月"),
    "quarter": ("{c}季度", "第{c}季度", "{m}季度", "Q{m}"),
    "year": ("全年", "年度", "本年"),
}


def bare(pattern: str, number: int) -> str:
    """Return a month or quarter without its year."""
    return pattern.format(m=number, c=_CHINESE[str(number)])


def unit_words(code: str, name: str) -> dict[str, str]:
    """Return words for a district."""
    words = {
        "name": name,
        "code": code,
        "city in front": f"重庆市{name}",
        "city in short": f"重庆{name}",
        "blanks inside": " ".join(name),
        "padded": f"\u3000{name} ",
        "no-break blanks": f"\u00a0{name}\u00a0",
        "line break": f"{name}\n",
        "code in full width": code.translate(FULL_WIDTH),
        "code padded": f" {code} ",
        "code as a number": f"{code}.0",
        "code in twelve digits": f"{code}000000",
        "code in nine digits": f"{code}000",
        "code in twelve digits, scientific": f"{code[0]}.{code[1:]}E+11",
        "code in front": f"{code} {name}",
        "name and its code": f"{name}（{code}）",
        "an invisible mark": f"{name}\u200b",
    }
    if name.endswith("区") and len(name) > 2:
        words["short"] = name.removesuffix("区")
        words["city in front, short"] = f"重庆市{name.removesuffix('区')}"
    return words


#: Other measures for the figures of an indicator, and how many of one of them the measure of the catalogue is.
MEASURES: dict[str, dict[str, str]] = {
    "so2_emission": {
        **dict.fromkeys(("t", "T", "公吨", "噸", "（吨）", "单位：吨", "吨(t)", " 吨 ", "ｔ"), "1"),
        **dict.fromkeys(("万吨", "万t", "10⁴ t", "10^4 t", "10⁴t", "萬噸"), "0.0001"),
        **dict.fromkeys(("千克", "kg", "KG", "公斤"), "1000"),
        **dict.fromkeys(("千吨", "kt"), "0.001"),
        **dict.fromkeys(("百万吨", "Mt"), "0.000001"),
        **dict.fromkeys(("亿吨",), "0.00000001"),
    },
    "gdp": {"万元": "10000", "元": "100000000", "百万元": "100", "億元": "1", "亿 元": "1", "100 million yuan": "1"},
    "industrial_water_use": {
        "立方米": "10000",
        "m³": "10000",
        "m3": "10000",
        "亿立方米": "0.0001",
        "万m³": "1",
        "万㎥": "1",
    },
    "resident_population": {"人": "10000", "萬人": "1", "万 人": "1"},
    "pm25": {"mg/m³": "0.001", "毫克/立方米": "0.001", "ug/m3": "1", "μg/m³": "1", "㎍/㎥": "1", "微克／立方米": "1"},
    "forest_coverage": {"％": "1", "百分比": "1", "‰": "10", "pct": "1"},
    "charging_points": {"万台": "0.0001", "臺": "1", "台(个)": "1"},
}


def converted(value: float, times: str) -> str:
    """Return the figure in a measure of which the catalogue's is so many, as an exact decimal."""
    text = f"{Decimal(digits(value)) * Decimal(times):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
