"""What a text most likely is that stands where only a number may: the end of the sentence that refuses it.

Nothing is read by these guesses; they only save its author the time of finding out what is wrong.
"""

import re
from typing import Final

from transforms.receipt_dates import read_date
from transforms.texts import plain

_NUMBER: Final = r"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?"
_NOTE: Final = (
    r"(?:[*#†‡§①-⑳⁰¹²³⁴-⁹₀-₉]|[(\[【〔](?:注|见|含|预|初|暂|修|估|[0-9a-zA-Z一二三四五六七八九十]{1,2}[)\]】〕])).*"
)
#: What is said where a whole text is like this; ``{0}`` is the first group. The first that fits counts.
_KINDS: Final = tuple(
    (re.compile(pattern, re.DOTALL), zh, en)
    for pattern, zh, en in (
        (r"#.*[!?/].*", "这是公式的错误值", "it is the error value of a formula"),
        (r"=.*", "这是没有计算结果的公式，请粘贴为数值", "it is a formula without a result; paste the value"),
        (
            rf"{_NUMBER}（缩小显示）|{_NUMBER}\(缩小显示\)",
            "单元格的格式把数缩小后显示，看到的与保存的不是同一个数，请改用常规格式并核对计量单位",
            "the format of the cell shows a smaller number than the stored one; choose the general format",
        ),
        (
            r".*\[删除线 .*",
            "有删除线，请删去作废的内容",
            "a part of it is struck out; delete what is void",
        ),
        (
            rf"({_NUMBER})\s*{_NOTE}",
            "像是带脚注标记的 {0}，请只填数字，说明写在备注列",
            "it looks like {0} with a note; write the number alone and the note in a column of notes",
        ),
        (
            rf"{_NUMBER}\s*(千|万|百万|亿|萬|億)",
            "“{0}”不能写在数字后面，请写出完整的数字，或改用带“{0}”的计量单位",
            "“{0}” may not stand behind a number; write it out, or choose a measure with it",
        ),
        (
            rf"[(\[][+-]?({_NUMBER})[)\]]",
            "负数请写作 -{0}，其他情况请去掉括号",
            "write -{0} if it is negative, else leave out the brackets",
        ),
        (
            rf"(?:[<>≤≥~≈±]|约|近|大于|小于|超过|不足|低于|高于).*{_NUMBER}.*",
            "不能填约数或上下限",
            "neither an approximation nor a limit can be used",
        ),
        (r"[+-]?[0-9.]*,[0-9]{1,2}", "小数点请用“.”", "the decimal mark is a point"),
        (
            rf"{_NUMBER}(?:\s*[-~—至到;、]\s*|\s+){_NUMBER}",
            "像是两个数，一格只能填一个",
            "it looks like two numbers, and a cell takes one",
        ),
        (
            rf"({_NUMBER})\s*[^0-9\s.,~—-].*",
            "如为 {0}，请只填数字，计量单位和说明写在各自的列中",
            "if {0} is meant, write the number alone; measure and notes have columns of their own",
        ),
    )
)


def hint(text: str) -> tuple[str, str]:
    """Return in both languages what the text looks like, as the end of a sentence; empty where that is not clear."""
    word = plain(text)
    if read_date(word) is not None:
        return "；像是日期", "; it looks like a date"
    for pattern, zh, en in _KINDS:
        if match := pattern.fullmatch(word):
            return f"；{zh.format(*match.groups())}", f"; {en.format(*match.groups())}"
    return "", ""
