"""What the first page says of units that are not assessable."""

from typing import Any

from xietong.report.coverage import Coverage
from xietong.report.overview import Overview, overview


def page(make_view, received: dict[str, int], **marts: Any) -> Overview:
    """Return the first page where units have sent so many figures, one a year."""
    observations = [
        {"unit_code": unit, "indicator_code": "pm25", "period": f"20{year:02}"}
        for unit, count in received.items()
        for year in range(count)
    ]
    view = make_view(observations=observations, **marts)
    return overview(view, Coverage(view))


def test_units_that_lack_the_same_stand_together_and_what_they_lack_is_said_once(make_view) -> None:
    found = page(make_view, {"500101": 2, "500102": 5, "500103": 2})
    assert found.common_lack is not None
    assert (found.common_lack.synergy, found.common_lack.index) == (True, True)
    most, two, none = found.not_assessable
    assert ([unit.text for unit in most.units], most.received) == (["涪陵区"], 5)
    assert ([unit.text for unit in two.units], two.received) == (["万州区", "渝中区"], 2)
    assert none.received == 0
    # No unit is left out, and none stands twice.
    named = [unit.path for row in found.not_assessable for unit in row.units]
    assert len(named) == len(set(named)) == found.units


def test_units_that_lack_different_things_say_so_each(make_view, synergy_row) -> None:
    found = page(make_view, {"500101": 1, "500102": 1}, synergy=[synergy_row("500101")])
    assert found.common_lack is None
    lacks = {unit.text: row.lack for row in found.not_assessable for unit in row.units}
    assert (lacks["万州区"].synergy, lacks["万州区"].index) == (False, True)
    assert (lacks["涪陵区"].synergy, lacks["涪陵区"].index) == (True, True)
