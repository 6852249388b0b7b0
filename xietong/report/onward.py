"""Where a reader goes on with a unit: the pages that compare, draw and try, opened on this unit, and its downloads."""

from dataclasses import dataclass

from xietong.catalogue import Unit
from xietong.report.facts import Sentence
from xietong.report.similar_units import Similarity, similar_units
from xietong.report.unit_tables import TABLES, UnitFile, unit_file
from xietong.report.view import View


@dataclass(frozen=True)
class Onward:
    """The units like it, and addresses relative to the root of the language, empty where a page does not show it.

    It is compared with the most similar unit, a zone with the district around it; ``compare_words`` says which.
    """

    similarity: Similarity
    synergy: str
    compare: str
    compare_words: Sentence
    what_if: str
    region: str
    group: str
    heatmap: str
    files: tuple[UnitFile, ...]


def onward(view: View, unit: Unit) -> Onward:
    """Return where the page of a unit leads on to."""
    similarity = similar_units(view, unit)
    partner = similarity.rows[0].code if similarity.rows else next(iter(unit.overlaps), "")
    name = view.unit_name(partner) if partner else ""
    return Onward(
        similarity=similarity,
        synergy=f"synergy.html#t-{unit.code}" if _is_drawn(view, unit) else "",
        compare=f"compare.html#units={unit.code},{partner}" if partner else "",
        compare_words=Sentence(f"onward.compare_{'similar' if similarity.rows else 'around'}", {"unit": name}),
        what_if=f"whatif.html#unit={unit.code}" if unit.is_ranked else "",
        region=f"ranking.html#region={unit.region}" if unit.is_ranked and unit.region else "",
        group=f"ranking.html#group={unit.peer_group}" if unit.is_ranked and unit.peer_group else "",
        heatmap=f"heatmap.html#u-{unit.code}" if unit.is_ranked or unit.kind == "special_unit" else "",
        files=_files(view, unit),
    )


def _is_drawn(view: View, unit: Unit) -> bool:
    rows = view.evaluation.changes.get(unit.code, [])
    return unit.kind != "city" and any(
        row["base_kind"] == "previous_year" and row["r_pollution"] is not None and row["r_carbon"] is not None
        for row in rows
    )


def _files(view: View, unit: Unit) -> tuple[UnitFile, ...]:
    tables = view.evaluation.unit_tables.get(unit.code, {})
    return tuple(UnitFile(unit_file(unit.code, name), name, tables[name].height) for name in TABLES if name in tables)
