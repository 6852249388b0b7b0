"""What refused texts look like, said in the sentence that refuses them."""

import pytest

from transforms.refused_texts import hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.3*", "像是带脚注标记的 12.3"),
        ("12.3①", "像是带脚注标记的 12.3"),
        ("1,234.5（预计）", "像是带脚注标记的 1,234.5"),
        ("12.3[2]", "像是带脚注标记的 12.3"),
        ("#DIV/0!", "错误值"),
        ("12.3万", "“万”不能写在数字后面"),
        ("(5)", "负数请写作 -5"),
        ("约12", "不能填约数或上下限"),
        ("＜0.1", "不能填约数或上下限"),
        ("100,5", "小数点请用“.”"),
        ("12.3 45.6", "像是两个数"),
        ("12～13", "像是两个数"),
        ("12.3 µg/m³", "如为 12.3，请只填数字"),
        ("2024-01-01", "像是日期"),
        ("=A1+B1", "没有计算结果的公式"),
    ],
)
def test_the_sentence_says_what_it_looks_like(text: str, expected: str):
    zh, en = hint(text)
    assert expected in zh
    assert en.startswith("; ")


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "优", "①", "1-3月"])
def test_what_is_not_clear_is_not_guessed(text: str):
    assert hint(text) == ("", "")
