"""The edition ``provinces`` cut down to three units, small enough to be run a hundred times; every stage is real."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from xietong.resources import resource_directory
from xietong.settings import Settings

UNITS = {"110000": "北京市", "120000": "天津市", "130000": "河北省"}
BASE_YEAR, LAST_YEAR = 2005, 2019
FIRST_MOMENT = 1_735_689_600  # 1 January 2025, UTC


@dataclass(frozen=True)
class SmallEdition:
    """An edition of three units and few years, with one table in its inbox."""

    settings: Settings
    first_year: int
    name: str = "provinces"

    @property
    def directory(self) -> Path:
        """Return where its releases lie."""
        return self.settings.edition_directory(self.name)

    @property
    def inbox(self) -> Path:
        """Return its inbox."""
        return self.settings.inbox_directory / self.name

    def send(self) -> bytes:
        """Put one more table into the inbox, in which every figure has risen, and return its bytes."""
        self.inbox.mkdir(parents=True, exist_ok=True)
        level = len(list(self.inbox.iterdir()))
        lines = [
            f"{unit},{indicator},{year},{first + 5 * place + (LAST_YEAR - year) * slope + level}"
            for place, unit in enumerate(UNITS.values())
            for indicator, first, slope in (("pm25", 30, 3), ("co2", 100, -2))
            for year in sorted({BASE_YEAR, *range(self.first_year - 1, LAST_YEAR + 1)})
        ]
        content = "\n".join(["unit,indicator,year,value", *lines, ""]).encode()
        path = self.inbox / f"figures-{level:02d}.csv"
        path.write_bytes(content)
        # A day after the one before, so that it is known which is the newest.
        moment = FIRST_MOMENT + 86400 * level
        os.utime(path, (moment, moment))
        return content

    def beside(self, build: Path) -> "SmallEdition":
        """Return the same edition, catalogue and inbox with another build directory."""
        return replace(self, settings=self.settings.model_copy(update={"build_directory": build}))

    def environment(self) -> dict[str, str]:
        """Return its settings as another process takes them."""
        given = self.settings.model_dump(mode="json", exclude_unset=True)
        return {f"XIETONG_{name.upper()}": str(value) for name, value in given.items()}


def lay_out(root: Path, first_year: int = 2018) -> SmallEdition:
    """Return the edition in a folder of its own, evaluated from ``first_year`` on, a table in its inbox."""
    for name in ("catalogue", "editions"):
        shutil.copytree(resource_directory(name), root / name)
    _rewrite(root / "catalogue" / "provinces" / "units.yaml", _three_units)
    _rewrite(root / "catalogue" / "provinces" / "sources.yaml", _one_table)
    _rewrite(
        root / "editions" / "provinces.yaml",
        lambda content: content.update(sources=["figures"], first_period=str(first_year)),
    )
    settings = Settings(
        build_directory=root / "build",
        inbox_directory=root / "inbox",
        catalogue_directory=root / "catalogue",
        editions_directory=root / "editions",
        threads=1,
    )
    edition = SmallEdition(settings, first_year)
    edition.send()
    return edition


def _rewrite(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def _three_units(content: dict[str, Any]) -> None:
    content["units"] = [unit for unit in content["units"] if unit["code"] in UNITS]
    for groups, key in (("regions", "region"), ("peer_groups", "peer_group")):
        used = {unit[key] for unit in content["units"]}
        content[groups] = [group for group in content[groups] if group["code"] in used]


def _one_table(content: dict[str, Any]) -> None:
    (source,) = [source for source in content["sources"] if source["reader"] == "long_table"]
    source["code"] = "figures"
    source["files"] = ["*.csv"]
    source["columns"] = {"unit": "unit", "indicator": "indicator", "period": "year", "value": "value"}
    source["indicator_names"] = {"pm25": "pm25_population_weighted", "co2": "co2_total"}
    content["sources"] = [source]
