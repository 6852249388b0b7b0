"""Parts of texts that are raised, lowered or struck out stay apart from the figure beside them."""

import pytest

from xietong.sources.rich_texts import marked_strings, marked_text

RAISED = b'<r><t>12.3</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r>'


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (RAISED, "12.3²"),
        (RAISED.replace(b"superscript", b"subscript"), "12.3₂"),
        (b'<r><rPr><strike/></rPr><t>12</t></r><r><t xml:space="preserve">34 </t></r>', "[删除线 12]34 "),
        (b'<r><rPr><strike val="1"/></rPr><t>12</t></r>', "[删除线 12]"),
        (b'<x:r><x:rPr><x:vertAlign val="superscript"/></x:rPr><x:t>3&amp;</x:t></x:r>', "³&"),
    ],
)
def test_what_a_person_sees_is_told(item: bytes, expected: str):
    assert marked_text(item) == expected


def test_only_marked_strings_are_named_by_their_number():
    plain = b"<si><t>12</t></si><si/>"
    off = b'<si><r><rPr><strike val="0"/></rPr><t>5</t></r></si>'
    content = b"<sst>" + plain + b"<si>" + RAISED + b"</si>" + off + b"</sst>"
    assert marked_strings({"xl/sharedStrings.xml": content}) == {b"2": "12.3²"}
    assert marked_strings({"xl/sharedStrings.xml": b"<sst>" + plain + off + b"</sst>"}) == {}
