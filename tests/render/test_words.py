"""The two languages say the same things, and what fills a gap is never read as a pattern."""

import re

import pytest

from xietong.render.words import Words, read_words
from xietong.report import LANGUAGES, Sentence
from xietong.resources import resource_directory

TEXT = resource_directory("site") / "text"
TEMPLATES = resource_directory("site") / "templates"
WORDS = {language: read_words(TEXT, language) for language in LANGUAGES}


def gaps(pattern: str) -> set[str]:
    return set(re.findall(r"\{(\w+)(?::[^|{}]*\|[^|{}]*)?\}", pattern))


def test_both_languages_have_the_same_keys_with_the_same_gaps() -> None:
    chinese, english = WORDS["zh"].patterns, WORDS["en"].patterns
    assert chinese.keys() == english.keys()
    assert [key for key in chinese if gaps(chinese[key]) != gaps(english[key])] == []


def test_chinese_has_no_half_width_punctuation_between_chinese_words() -> None:
    wrong = [key for key, pattern in WORDS["zh"].patterns.items() if re.search(r"[\u4e00-\u9fff][,;:?!()]", pattern)]
    assert wrong == []


def test_english_has_no_chinese_except_where_it_names_something_chinese() -> None:
    chinese = {key for key, pattern in WORDS["en"].patterns.items() if re.search(r"[\u4e00-\u9fff]", pattern)}
    assert chinese == {"chrome.other_language", "about.map_text"}


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.j2")), ids=lambda path: path.stem)
def test_every_key_a_template_names_exists(path) -> None:
    named = set(re.findall(r"\bt\('([\w.]+)'[,)]", path.read_text(encoding="utf-8")))
    assert named <= WORDS["zh"].patterns.keys()


def test_what_fills_a_gap_is_not_a_pattern() -> None:
    words = Words("en", {"inner": "{name}!", "outer": "<{text}>"})
    sentence = Sentence("outer", {"text": Sentence("inner", {"name": "{text} {0.__class__}"})})
    assert words.say(sentence) == "<{text} {0.__class__}!>"


def test_counts_have_thousands_and_texts_are_left_alone() -> None:
    words = Words("en", {"count": "{number} since {year}"})
    assert words.text("count", number=34692, year="2020") == "34,692 since 2020"


def test_a_word_is_taken_by_the_number_in_its_gap() -> None:
    words = Words("en", {"count": "{count} {count:cell holds|cells hold} a score"})
    assert words.text("count", count=1) == "1 cell holds a score"
    assert words.text("count", count="1") == "1 cell holds a score"
    assert words.text("count", count=0) == "0 cells hold a score"
    assert words.text("count", count=1001) == "1,001 cells hold a score"


def test_every_choice_by_a_number_has_its_number_in_the_sentence() -> None:
    for words in WORDS.values():
        for key, pattern in words.patterns.items():
            chosen = set(re.findall(r"\{(\w+):", pattern))
            assert chosen <= set(re.findall(r"\{(\w+)\}", pattern)), key


def test_no_brace_is_left_that_is_not_a_gap() -> None:
    for words in WORDS.values():
        for key, pattern in words.patterns.items():
            filled = words.text(key, **dict.fromkeys(gaps(pattern), "3")) if gaps(pattern) else pattern
            assert not set("{}|") & set(filled), key


def test_an_unknown_key_or_an_empty_gap_is_an_error() -> None:
    words = Words("en", {"known": "{a} {b}"})
    with pytest.raises(KeyError):
        words.text("unknown")
    with pytest.raises(KeyError):
        words.text("known", a="1")
