"""Signs that steer: shown to people by their numbers, escaped for programs, everything else untouched."""

import json
import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xietong.signs import STEERING, json_text, shown

#: Everything that Unicode gives a meaning for direction, and every control but tab and line ends.
STEERS = [
    chr(number)
    for number in range(0x3000)
    if unicodedata.bidirectional(chr(number)) in {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    or (unicodedata.category(chr(number)) in {"Cc", "Zl", "Zp"} and chr(number) not in "\t\n\r")
] + ["\u200e", "\u200f", "\u061c", "\ufffe", "\uffff"]


def test_every_sign_that_steers_is_known_to_all_three_patterns() -> None:
    # C0 but three, DEL with C1, separators, embeddings with isolates, marks, and what is no character.
    assert len(STEERS) == 29 + 33 + 2 + 9 + 3 + 2
    assert [sign for sign in STEERS if shown(sign) != f"‹U+{ord(sign):04X}›"] == []
    assert pl.Series(STEERS).str.contains(STEERING).all()


@given(st.text(st.characters(exclude_characters=STEERS, exclude_categories=["Cs"])))
def test_every_other_text_stays_as_it_is(text: str) -> None:
    assert shown(text) == text
    assert not pl.Series([text]).str.contains(STEERING).any()


@given(
    st.recursive(
        st.none() | st.integers() | st.text(st.sampled_from([*STEERS, "a", "长", '"', "\\"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_reads_back_as_it_was_and_holds_no_such_sign(content: object) -> None:
    for indent in (None, 1):
        text = json_text(content, indent)
        assert json.loads(text) == content
        assert shown(text) == text


def test_json_without_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text({"value": float("nan")})
