"""The styles of the site as far as they draw: what a chart needs of them when it stands alone, in light colours."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

#: Properties that draw; the others place a drawing on its page.
_DRAWS: Final = frozenset(
    {
        "fill",
        "fill-opacity",
        "font-family",
        "font-size",
        "font-variant-numeric",
        "font-weight",
        "opacity",
        "paint-order",
        "stroke",
        "stroke-dasharray",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-opacity",
        "stroke-width",
        "text-anchor",
    }
)
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
#: Rules for other media, with the rules inside of them: print, phones, dark screens.
_MEDIA: Final = re.compile(r"@[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_TOKEN: Final = re.compile(r"var\((--[\w-]+)\)")
_CLASSES: Final = re.compile(r' class="([^"]*)"')
_TAGS: Final = re.compile(r"<([a-zA-Z]+)")


@dataclass(frozen=True)
class _Rule:
    """A rule with the classes and elements that must be there for it to say anything."""

    needs: frozenset[str]
    text: str


class ChartStyles:
    """The tokens and drawing rules of style sheets; a rule for a pointer, a target or other media says nothing here."""

    def __init__(self, sheets: Iterable[str]) -> None:
        self._tokens: dict[str, str] = {}
        self._rules: list[_Rule] = []
        self._known: dict[frozenset[str], str] = {}
        for sheet in sheets:
            for selectors, body in _RULE.findall(_MEDIA.sub("", _COMMENT.sub("", sheet))):
                self._take(selectors.strip(), _declarations(body))

    def _take(self, selectors: str, declared: Mapping[str, str]) -> None:
        if selectors == ":root":
            # Tokens stand in attributes as well as in rules: only the other quotes fit both.
            self._tokens |= {name: value.replace('"', "'") for name, value in declared.items()}
            return
        drawn = ";".join(f"{name}:{value}" for name, value in declared.items() if name in _DRAWS)
        if not drawn:
            return
        for selector in selectors.split(","):
            if not re.search(r"[:*#\[]", selector):
                needs = re.findall(r"\.[\w-]+|(?<![\w.-])[a-z]+", selector)
                self._rules.append(_Rule(frozenset(needs), f"{selector.strip()}{{{drawn}}}"))

    def in_light(self, text: str) -> str:
        """Return the text with every token replaced by its value for light paper.

        Raises:
            KeyError: the style sheets have no such token.
        """
        return _TOKEN.sub(lambda token: self.in_light(self._tokens[token[1]]), text)

    def rules_of(self, markup: str) -> str:
        """Return the rules that draw something of the markup, in the order of the style sheets."""
        used = {f".{name}" for names in _CLASSES.findall(markup) for name in names.split()}
        key = frozenset(used | set(_TAGS.findall(markup)))
        if key not in self._known:
            self._known[key] = self.in_light("".join(rule.text for rule in self._rules if rule.needs <= key))
        return self._known[key]


def _declarations(body: str) -> dict[str, str]:
    pairs = (declaration.partition(":") for declaration in body.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value}
