"""What of a catalogue reading knows: which units, indicators and measures there are, and what they are called.

Reading gets this part and nothing else, so what it makes of a file can depend on nothing else, and its memory
is keyed by this part: a change of an article, a target, a goalpost or a definition leaves every file read.
"""

from typing import Any, Final

from xietong.catalogue import Catalogue, Indicator
from xietong.catalogue.definition import Text
from xietong.sources import key_of

#: Code of reading that came to ask for such a part fails at once.
_ABSENT: Final[Any] = None
#: What only scoring, the assessment and the site know of an indicator.
_NOT_READ: Final[dict[str, Any]] = {
    "definition": Text.model_construct(zh="", en=""),
    "direction": None,
    "node": None,
    "weight": None,
    "goalposts": None,
    "articles": (),
    "source": None,
    "standard_error": None,
}


def reading_catalogue(catalogue: Catalogue) -> Catalogue:
    """Return a catalogue in which there is nothing but what reading may depend on."""
    return Catalogue(
        name=catalogue.name,
        units=catalogue.units,
        articles=_ABSENT,
        targets=_ABSENT,
        duty_statuses=_ABSENT,
        indicators=tuple(map(_as_read, catalogue.indicators)),
        index=_ABSENT,
        measures=catalogue.measures,
        factors=catalogue.factors,
        # A source reads its own files by its own definition, which is given beside.
        sources=(),
    )


def _as_read(indicator: Indicator) -> Indicator:
    return indicator.model_copy(update=_NOT_READ)


def reading_key(catalogue: Catalogue) -> str:
    """Return the hash of everything in a catalogue that reading may depend on."""
    definitions = (catalogue.units, catalogue.measures, *map(_as_read, catalogue.indicators), *catalogue.factors)
    return key_of([catalogue.name, *(definition.model_dump_json() for definition in definitions)])
