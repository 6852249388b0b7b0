"""A citation names the release for good, and no title breaks out of its entry."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from xietong.catalogue import Text
from xietong.report import RunFacts
from xietong.report.citation import citation

FACTS = RunFacts(
    edition="chongqing",
    period="2026-10",
    as_of=datetime(2026, 11, 5, tzinfo=UTC),
    method_version="2025.1",
    release="2026-10-0123456789ab",
    inputs=1,
    digest="0123456789ab" + 52 * "c",
)


def view(title: str = "评价", language: str = "zh", facts: RunFacts = FACTS) -> SimpleNamespace:
    """Return as much of a view as a citation takes."""
    text = Text(zh=title, en=f"Assessment {title}")
    edition = SimpleNamespace(title=text)
    return SimpleNamespace(
        run=facts, edition=edition, language=language, pick=lambda both: both.zh if language == "zh" else both.en
    )


def test_an_entry_names_release_digest_and_year() -> None:
    found = citation(view())
    assert found.urn == "urn:xietong:chongqing:2026-10-0123456789ab"
    assert found.digest == FACTS.digest
    assert found.bibtex == (
        "@misc{chongqing-2026-10-0123456789ab,\n"
        "  title    = {{评价}},\n"
        "  year     = {2026},\n"
        "  month    = {11},\n"
        "  version  = {2026-10-0123456789ab},\n"
        f"  note     = {{urn:xietong:chongqing:2026-10-0123456789ab, sha256 {FACTS.digest}}},\n"
        "  language = {chinese},\n"
        "}"
    )


def test_each_language_has_its_title() -> None:
    assert "title    = {{Assessment 评价}}" in citation(view(language="en")).bibtex
    assert "language = {english}" in citation(view(language="en")).bibtex


def test_without_a_digest_none_is_invented() -> None:
    found = citation(view(facts=replace(FACTS, digest="")))
    assert found.digest == ""
    assert "sha256" not in found.bibtex


@pytest.mark.parametrize("title", ["}} @misc{x", "a\n}\n@misc{evil,", "50 % & #1_^~$", "\\input{/etc/passwd}"])
def test_no_title_ends_its_field(title: str) -> None:
    lines = citation(view(title)).bibtex.split("\n")
    assert len(lines) == 8
    inside = lines[1].removeprefix("  title    = {{").removesuffix("}},")
    assert len(inside) < len(lines[1])
    depth, position = 0, 0
    while position < len(inside):
        if inside[position] == "\\" and inside[position + 1] in "{}%&#$_":
            position += 2
            continue
        assert inside[position] not in "%&#$_^~"
        depth += (inside[position] == "{") - (inside[position] == "}")
        assert depth >= 0
        position += 1
    assert depth == 0
