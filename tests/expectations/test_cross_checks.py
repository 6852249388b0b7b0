"""Cross-checks on figures that were published, and on the edges of their thresholds."""

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from expectations.intake import check_intake
from xietong.catalogue import Catalogue, Edition, load_edition
from xietong.resources import resource_directory

Batch = Callable[..., pl.DataFrame]


@pytest.fixture(scope="module")
def editions() -> dict[str, Edition]:
    folder = resource_directory("editions")
    return {name: load_edition(folder, name) for name in ("chongqing-published", "chongqing")}


@pytest.fixture
def found(batch: Batch, catalogue: Catalogue, editions: dict[str, Edition]) -> Callable[..., list[str]]:
    """Return a function that gives the rules that published figures of one source break."""

    def rules(*rows: tuple[object, ...]) -> list[str]:
        own = [(*row[:4], {"origin": "published", **(row[4] if len(row) > 4 else {})}) for row in rows]
        return check_intake(batch(*own), catalogue, editions["chongqing-published"]).findings["rule"].to_list()

    return rules


def economy(unit: str, year: int, gdp: float, sectors: tuple[float, ...], people: float, head: float) -> list[tuple]:
    codes = ("gdp_primary", "gdp_secondary", "gdp_tertiary")
    return [
        (unit, "gdp", str(year), gdp),
        *((unit, code, str(year), value) for code, value in zip(codes, sectors, strict=True)),
        (unit, "resident_population", str(year), people),
        (unit, "gdp_per_capita", str(year), head),
    ]


#: Statistical communiqués of districts: GDP and sectors 亿元, residents at year-end 万人, GDP per person 元.
COMMUNIQUES = (
    ("500242", 2022, 231.66, (42.87, 33.8, 154.99), 60.67, 38168),
    ("500240", 2022, 209.07, (37.52, 59.44, 112.11), 38.69, 53959),
    ("500241", 2023, 369.53, (35.65, 113.78, 220.1), 49.86, 74202),
    ("500107", 2023, 1867.07, (8.18, 643.88, 1215.01), 154.02, 121404),
    ("500116", 2023, 1401.59, (139.37, 788.04, 474.18), 133.45, 104274),
    ("500154", 2023, 686.91, (95.31, 263.33, 328.27), 118.56, 57600),
    ("500238", 2024, 155.3, (28.9, 37.5, 89.0), 37.67, 41227),
)


@pytest.mark.parametrize("communique", COMMUNIQUES)
def test_published_communiques_add_up(communique: tuple, found: Callable[..., list[str]]) -> None:
    assert found(*economy(*communique)) == []


def test_a_transcription_whose_sectors_do_not_add_up_is_told(found: Callable[..., list[str]]) -> None:
    """A digit of 九龙坡 2023 lost: 643.88 typed as 43.88."""
    assert found(*economy("500107", 2023, 1867.07, (8.18, 43.88, 1215.01), 154.02, 121404)) == ["parts_do_not_add_up"]


def test_a_transcription_whose_value_per_person_does_not_hold_is_told(found: Callable[..., list[str]]) -> None:
    """121,404 typed as 112,404: 7 % off, where year-end residents alone make 0.2 %."""
    rows = economy("500107", 2023, 1867.07, (8.18, 643.88, 1215.01), 154.02, 112404)
    assert found(*rows) == ["ratio_disagrees"]


def test_gdp_per_person_may_be_of_the_mean_population(found: Callable[..., list[str]]) -> None:
    """The population falls by 6 %, so that the two denominators are 3 % apart; either is right."""
    rows = [
        ("500101", "resident_population", "2022", 106.0),
        ("500101", "resident_population", "2023", 100.0),
        ("500101", "gdp", "2023", 1000.0),
    ]
    for people in (100.0, 103.0):
        assert found(*rows, ("500101", "gdp_per_capita", "2023", 1000.0 / people * 10_000)) == []
    assert found(*rows, ("500101", "gdp_per_capita", "2023", 1000.0 / 106 * 10_000)) == ["ratio_disagrees"]


@pytest.mark.parametrize(("stated", "rules"), [(24.3, ["exceedance_disagrees"]), (22.9, []), (23.5, [])])
def test_the_exceedance_that_yuzhong_stated_for_december_2023_is_wrong(
    stated: float, rules: list[str], found: Callable[..., list[str]]
) -> None:
    """86 µg/m³ of PM10 exceed 70 µg/m³ by 22.9 %; the notice says 24.3 %."""
    rows = [("500103", "pm10", "2023-12", 86.0), ("500103", "pm10_exceedance", "2023-12", stated)]
    assert found(*rows) == rules


def test_districts_of_2018_are_within_two_percent_of_the_city(
    found: Callable[..., list[str]], catalogue: Catalogue
) -> None:
    """First release: the 38 districts sum to 20,210.01 亿元, the city was given as 20,363.19 (0.75 %)."""
    districts = [unit.code for unit in catalogue.units.units if unit.kind == "district"]
    rows = [(code, "gdp", "2018", 20210.01 / len(districts)) for code in districts]
    assert found(*rows, ("500000", "gdp", "2018", 20363.19)) == []
    assert found(*rows, ("500000", "gdp", "2018", 20700.0)) == ["districts_do_not_add_up"]
    # Of 37 districts nothing can be said, unless they are more than the whole.
    assert found(*rows[1:], ("500000", "gdp", "2018", 20700.0)) == []
    assert found(*rows[1:], ("500000", "gdp", "2018", 19000.0)) == ["districts_do_not_add_up"]


def test_vintages_of_two_sources_are_not_mixed_in_a_sum(found: Callable[..., list[str]]) -> None:
    """GDP of another source is revised by a tenth; the sectors of the first still add up, and the revision is told."""
    revised = {"source_id": "series", "snapshot": "b" * 64, "received_at": datetime(2026, 5, 1, tzinfo=UTC)}
    rows = economy("500107", 2023, 1867.07, (8.18, 643.88, 1215.01), 154.02, 121404)
    assert found(*rows, ("500107", "gdp", "2023", 2060.0, revised)) == ["vintages_disagree"]
    assert found(*rows, ("500107", "gdp", "2023", 1890.0, revised)) == []


def test_what_follows_a_wrong_figure_is_not_wrong(found: Callable[..., list[str]]) -> None:
    """Of 100, 100, 180, 100 only the third moved; the fall back to the level of before is no jump."""
    years = zip(range(2020, 2024), (100.0, 101.0, 180.0, 99.0), strict=True)
    assert found(*(("500101", "fertiliser_use", str(year), value) for year, value in years)) == ["sudden_change"]


def test_changes_of_a_size_that_is_usual_are_no_jumps(found: Callable[..., list[str]]) -> None:
    """A series that swings by a third every year may do so once more, but not double."""
    swinging = (100.0, 135.0, 98.0, 136.0, 97.0, 134.0, 99.0)
    rows = [("500101", "fertiliser_use", str(2016 + k), value) for k, value in enumerate(swinging)]
    assert found(*rows, ("500101", "fertiliser_use", "2023", 139.0)) == []
    assert found(*rows, ("500101", "fertiliser_use", "2023", 250.0)) == ["sudden_change"]


def test_a_population_does_not_double(found: Callable[..., list[str]]) -> None:
    """What is more than twice the year before is refused, not only flagged, and ten times is out of the range."""
    rows = [("500101", "resident_population", str(year), 156.0) for year in (2020, 2021)]
    assert found(*rows, ("500101", "resident_population", "2022", 356.4449)) == ["impossible_change"]
    assert found(*rows, ("500101", "resident_population", "2022", 1564.449)) == ["implausible_value"]


@pytest.mark.parametrize(("opposite", "rules"), [(0.81, []), (0.79, ["emission_against_electricity"])])
def test_both_must_move_by_more_than_a_fifth(
    opposite: float, rules: list[str], found: Callable[..., list[str]]
) -> None:
    rows = [
        ("500101", "purchased_electricity", "2022", 10.0),
        ("500101", "purchased_electricity", "2023", 12.5),
        ("500101", "so2_emission", "2022", 1000.0),
        ("500101", "so2_emission", "2023", 1000.0 * opposite),
    ]
    assert found(*rows) == rules


def test_a_city_total_entered_for_a_district_is_refused_and_told_whose_range_it_is_out_of(
    batch: Batch, catalogue: Catalogue, editions: dict[str, Edition]
) -> None:
    """The GDP of a year covers four quarters, for which the range is four times as wide."""
    origin = {"origin": "published"}
    rows = batch(
        ("500101", "gdp", "2022", 29_129.03, origin),
        ("500000", "gdp", "2022", 29_129.03, origin),
        ("500000", "gdp", "2021", 290_000.0, origin),
    )
    result = check_intake(rows, catalogue, editions["chongqing-published"])
    told = result.findings.filter(rule="implausible_value").sort("unit_code")
    assert [message.split("：")[1] for message in told["message_zh"]] == [
        "全市的合理范围为 0.4 至 60000 亿元。",
        "单个单位（非全市）的合理范围为 0.4 至 8000 亿元。",
    ]
    assert [message.split(": ")[1] for message in told["message_en"]] == [
        "the plausible range of the whole city is 0.4 to 60000 100 million yuan.",
        "the plausible range of one unit, not the city, is 0.4 to 8000 100 million yuan.",
    ]
    assert result.accepted.select("unit_code", "period").rows() == [("500000", "2022")]


def test_a_sentence_of_a_cross_check_compares_with_the_last_figure(
    batch: Batch, catalogue: Catalogue, editions: dict[str, Edition]
) -> None:
    origin = {"origin": "published"}
    rows = batch(
        ("500101", "resident_population", "2021", 156.0, origin),
        ("500101", "resident_population", "2022", 356.0, origin),
    )
    (finding,) = check_intake(rows, catalogue, editions["chongqing-published"]).findings.rows(named=True)
    assert finding["message_zh"] == (
        "万州区（500101）2022 的常住人口（resident_population）为 356 万人（位于 月度!D6）："
        "比上年同期的 156 万人 上升 128.2%，允许变化 100%，不采用。"
    )
    assert (finding["value"], finding["reference"]) == ("356", "156 万人")


def test_a_figure_that_could_not_be_read_is_not_missing_as_well(
    batch: Batch, catalogue: Catalogue, editions: dict[str, Edition]
) -> None:
    """What reading refused has its finding; only what never came is missing."""
    monthly = [i for i in catalogue.indicators if i.role == "reported" and i.is_collected and i.frequency == "month"]
    rows = [
        ("500101", i.code, "2025-03", 0.5 * (i.plausible.minimum + i.plausible.maximum))
        for i in monthly
        if i.code not in {"pm10", "co"} and i.plausible is not None
    ]
    reading = check_intake(batch(("500199", "pm10", "2025-03", 1.0)), catalogue, editions["chongqing"]).findings
    refused = reading.with_columns(unit_code=pl.lit("500101"))
    result = check_intake(batch(*rows), catalogue, editions["chongqing"], refused)
    missing = result.findings.filter(rule="missing_figure")
    assert missing["indicator_code"].to_list() == ["co"]
    assert missing["snapshot"].to_list() == ["a" * 64]
