"""The words of a source for indicators to indicator codes; words that are not known are never guessed."""

from difflib import get_close_matches
from typing import Final

from transforms.texts import key, plain
from xietong.catalogue import Catalogue, Indicator, Source
from xietong.catalogue.sources import Origin

_SUGGESTIONS: Final = 3


class IndicatorIndex:
    """What the words of one source mean: its own names for indicators first, else codes and names of the catalogue."""

    def __init__(self, catalogue: Catalogue, source: Source) -> None:
        self._by_code = catalogue.indicators_by_code
        self._own = {key(word): self._by_code[code] for word, code in source.indicator_names.items()}
        self._ignored = {key(word) for word in source.ignored_indicator_names}
        self._words = {key(indicator.name.zh): indicator for indicator in catalogue.indicators}

    def find(self, word: str) -> Indicator | None:
        """Return the indicator that the source means by the word; None when it is not known."""
        wanted = key(word)
        return self._own.get(wanted) or self._by_code.get(plain(word).casefold()) or self._words.get(wanted)

    def named(self, name: str) -> Indicator | None:
        """Return the indicator whose Chinese name this is, or the only one whose name has it inside."""
        wanted = key(name)
        named = self._words.get(wanted)
        if named is not None or not wanted:
            return named
        inside = [indicator for word, indicator in self._words.items() if wanted in word]
        return inside[0] if len(inside) == 1 else None

    def is_ignored(self, word: str) -> bool:
        """True for a word that the catalogue says to pass over in this source."""
        return key(word) in self._ignored

    def closest(self, word: str) -> list[str]:
        """Return the words most like one that is not known, the likest first."""
        known = {**{code: code for code in self._by_code}, **{own: own for own in self._own}}
        return [known[match] for match in get_close_matches(key(word), known, n=_SUGGESTIONS)]


def is_allowed(indicator: Indicator, origin: Origin) -> bool:
    """True when figures of the indicator may arrive: what we compute ourselves only if someone has published it."""
    return indicator.role == "reported" or origin == "published"
