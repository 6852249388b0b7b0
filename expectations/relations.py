"""Relations that figures of one unit and period obey, whatever their size.

A relation is evaluated where a catalogue has all its indicators and a unit reported them all.
"""

from dataclasses import dataclass
from typing import Final

from expectations.rules import GOOD_DAYS_ABOVE_MONITORED, PARTS_DO_NOT_ADD_UP, PM25_ABOVE_PM10, Rule
from xietong.catalogue import Catalogue


@dataclass(frozen=True)
class Order:
    """``lesser`` never exceeds ``greater``. Severity critical refuses both: either may be the wrong one."""

    rule: Rule
    lesser: str
    greater: str

    @property
    def indicators(self) -> tuple[str, ...]:
        """Return the codes it compares."""
        return self.lesser, self.greater


@dataclass(frozen=True)
class Part:
    """One addend: figure × factor of the catalogue (by its code) × scale between their measures."""

    indicator: str
    factor: str | None = None
    scale: float = 1.0


@dataclass(frozen=True)
class Total:
    """The sum of the parts equals ``whole`` up to a share ``tolerance`` of it."""

    rule: Rule
    whole: str
    parts: tuple[Part, ...]
    tolerance: float

    @property
    def indicators(self) -> tuple[str, ...]:
        """Return the codes it compares."""
        return self.whole, *(part.indicator for part in self.parts)


ORDERS: Final = (
    Order(PM25_ABOVE_PM10, lesser="pm25", greater="pm10"),
    Order(GOOD_DAYS_ABOVE_MONITORED, lesser="good_air_days", greater="monitored_air_days"),
)

TOTALS: Final = (
    Total(
        PARTS_DO_NOT_ADD_UP,
        whole="gdp",
        parts=(Part("gdp_primary"), Part("gdp_secondary"), Part("gdp_tertiary")),
        tolerance=0.02,
    ),
    # In 万吨标准煤. kgce/m³ × 亿立方米 and kgce/kWh × 亿千瓦时 are 10⁸ kgce, which are ten times 万吨.
    Total(
        PARTS_DO_NOT_ADD_UP,
        whole="energy_consumption",
        parts=(
            Part("raw_coal_consumption", "raw_coal_standard_coal"),
            Part("natural_gas_consumption", "natural_gas_standard_coal", 10.0),
            Part("gasoline_consumption", "gasoline_standard_coal"),
            Part("diesel_consumption", "diesel_standard_coal"),
            Part("purchased_electricity", "electricity_standard_coal", 10.0),
            Part("nonfossil_energy_consumption"),
        ),
        tolerance=0.05,
    ),
)


def coefficient(part: Part, catalogue: Catalogue) -> float | None:
    """Return what a figure of the part is multiplied by, or None where the catalogue has not its factor."""
    if part.factor is None:
        return part.scale
    values = [factor.value for factor in catalogue.factors if factor.code == part.factor]
    return values[0] * part.scale if values else None
