"""The words of the site: sentence patterns by key, one file a language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from xietong.report import Language, Sentence
from xietong.resources import read_yaml

#: A gap, ``{count}``, or a choice by the number in a gap, ``{count:figure|figures}``.
_GAP: Final = re.compile(r"\{(\w+)(?::([^|{}]*)\|([^|{}]*))?\}")


@dataclass(frozen=True)
class Words:
    """The patterns of one language by dotted key."""

    language: Language
    patterns: Mapping[str, str]

    def text(self, key: str, **values: object) -> str:
        """Return the pattern with its gaps filled; what fills a gap is never read as a pattern.

        Counts are written with thousands separated; a year is passed as text. Where a language has a word of its
        own for one, ``{count:figure|figures}`` takes it by the number: "figure" for 1, else "figures".

        Raises:
            KeyError: the language has no such key, or a gap is left without a value.
        """
        pattern = self.patterns[key]
        return _GAP.sub(lambda gap: _filled(gap, values), pattern) if values else pattern

    def say(self, sentence: Sentence) -> str:
        """Return the sentence, those in its gaps said first."""
        values = {
            name: self.say(value) if isinstance(value, Sentence) else value for name, value in sentence.values.items()
        }
        return self.text(sentence.key, **values)


def _filled(gap: re.Match[str], values: Mapping[str, object]) -> str:
    value = values[gap[1]]
    written = f"{value:,}" if isinstance(value, int) else str(value)
    if gap[2] is None:
        return written
    return gap[2] if written == "1" else gap[3]


def read_words(directory: Path, language: Language) -> Words:
    """Return the words in ``directory/<language>.yaml``."""
    return Words(language, dict(_flat(read_yaml(directory / f"{language}.yaml"), "")))


def _flat(content: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
