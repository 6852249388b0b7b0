"""The pollution equivalents that the law fixes: a catalogue may use them, and may not change them."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from xietong.catalogue.factors import Factor

#: Kilograms per equivalent of what can enter the totals, by the code of the factor.
#: 《中华人民共和国环境保护税法》附表二; typed in a second time on purpose, beside factors/pollution_equivalents.yaml.
LEGAL_EQUIVALENTS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "so2_equivalent": 0.95,
        "nox_equivalent": 0.95,
        "co_equivalent": 16.7,
        "dust_equivalent": 4.0,
        "soot_equivalent": 2.18,
        "cod_equivalent": 1.0,
        "bod5_equivalent": 0.5,
        "suspended_solids_equivalent": 4.0,
        "organic_carbon_equivalent": 0.49,
        "ammonia_nitrogen_equivalent": 0.8,
        "total_phosphorus_equivalent": 0.25,
    }
)


def unlawful_equivalents(factors: Iterable[Factor]) -> Iterator[tuple[str, str]]:
    """Yield (code, one sentence) for every factor whose value is not the law's."""
    for factor in factors:
        legal = LEGAL_EQUIVALENTS.get(factor.code)
        if legal is not None and factor.value != legal:
            yield factor.code, f"is {factor.value:g} kg per equivalent; the law's annex 2 says {legal:g}"
