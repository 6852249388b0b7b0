"""Markup is made once a language and key, and told apart by both."""

from markupsafe import Markup

from xietong.render.fragments import Fragments


def counted(made):
    def macro(text):
        made.append(text)
        return Markup("<b>{}</b>").format(text)

    return macro


def test_the_same_key_is_made_once() -> None:
    made: list[str] = []
    once, macro = Fragments().once, counted(made)
    assert [once(macro, "zh", "pm25", "<a>") for _ in range(3)] == [Markup("<b>&lt;a&gt;</b>")] * 3
    assert made == ["<a>"]


def test_languages_and_keys_are_told_apart() -> None:
    made: list[str] = []
    once, macro = Fragments().once, counted(made)
    for language, key in (("zh", "a"), ("en", "a"), ("zh", ("a", True)), ("zh", ("a", False)), ("zh", "a")):
        once(macro, language, key, f"{language}{key}")
    assert len(made) == 4


def test_another_rendering_remembers_nothing() -> None:
    made: list[str] = []
    for _ in range(2):
        Fragments().once(counted(made), "zh", "pm25", "x")
    assert made == ["x", "x"]
