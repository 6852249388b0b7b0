"""Every planted defect is where the manifest says, and is what it is said to be."""

import re
from datetime import date

import fastexcel
import pytest

from xietong.demonstration.defects import load_defects, plant
from xietong.demonstration.forms import build_submissions
from xietong.errors import XietongError


def planted(manifest, kind):
    found = [defect for defect in manifest.defects if defect.kind == kind]
    assert found, kind
    return found


def cell(directory, defect, address):
    """Return the text of a cell by its address, not by the header."""
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()
    sheet = fastexcel.read_excel(directory / defect.file).load_sheet(defect.sheet, header_row=None, dtypes="string")
    return sheet.to_polars().item(int(row) - 1, ord(column) - ord("A"))


def values(directory, defect):
    return [cell(directory, defect, address) for address in defect.cells]


def figures(panel, defect):
    return [panel.figure(defect.unit_code, defect.indicator_code, period) for period in defect.periods]


def test_everything_in_the_list_is_planted(manifest):
    defects = load_defects()
    assert len(defects) >= 25
    assert [defect.kind for defect in manifest.defects] == [defect.kind for defect in defects]


def test_what_a_check_shall_find_has_a_rule_and_a_severity(manifest):
    accepted = {"other_measure", "form_sent_again", "revised_figure"}
    for defect in manifest.defects:
        assert (defect.rule is None) == (defect.severity is None) == (defect.kind in accepted)


def test_cells_stand_in_the_row_of_the_indicator(directory, manifest):
    for defect in manifest.defects:
        if defect.indicator_code is not None and defect.kind != "unknown_indicator":
            assert len(defect.cells) == len(defect.periods)
            for address, period in zip(defect.cells, defect.periods, strict=True):
                assert cell(directory, defect, f"A{address.lstrip('ABCDEFGHIJKLMNO')}") == defect.indicator_code
                assert cell(directory, defect, re.sub(r"\d+", "1", address)) == period


@pytest.mark.parametrize("kind", ["missing_figure", "too_little_reported"])
def test_missing_figures_are_empty_cells(directory, manifest, kind):
    for defect in planted(manifest, kind):
        assert values(directory, defect) == [None]


def test_texts_are_no_numbers(directory, manifest):
    for defect in planted(manifest, "text_in_number_cell"):
        with pytest.raises(ValueError, match="could not convert"):
            float(values(directory, defect)[0])


def test_fractions_stand_where_the_catalogue_can_tell_them_from_percentages(catalogue, directory, manifest):
    for defect in planted(manifest, "percent_as_fraction"):
        indicator = catalogue.indicators_by_code[defect.indicator_code]
        assert indicator.measure == "%"
        assert indicator.plausible.minimum > 1
        assert 0 < float(values(directory, defect)[0]) <= 1


def test_implausible_values_are_out_of_range_and_outliers_are_not(catalogue, directory, manifest, panel):
    def is_plausible(defect):
        kind = catalogue.units_by_code[defect.unit_code].kind
        plausible = catalogue.indicators_by_code[defect.indicator_code].plausible_of(kind)
        return plausible.minimum <= float(values(directory, defect)[0]) <= plausible.maximum

    assert not any(is_plausible(defect) for defect in planted(manifest, "implausible_value"))
    for defect in planted(manifest, "outlier"):
        assert is_plausible(defect)
        assert float(values(directory, defect)[0]) == pytest.approx(10 * figures(panel, defect)[0])


def test_other_defects_stay_in_the_plausible_range(catalogue, directory, manifest):
    by_range = {"implausible_value", "percent_as_fraction", "text_in_number_cell", "other_measure", "unknown_indicator"}
    for defect in manifest.defects:
        if defect.indicator_code is None or defect.kind in by_range:
            continue
        kind = catalogue.units_by_code[defect.unit_code].kind
        plausible = catalogue.indicators_by_code[defect.indicator_code].plausible_of(kind)
        for value in values(directory, defect):
            assert value is None or plausible.minimum <= float(value) <= plausible.maximum, defect


def test_pm25_exceeds_pm10(directory, manifest, panel):
    for defect in planted(manifest, "pm25_above_pm10"):
        assert float(values(directory, defect)[0]) > panel.figure(defect.unit_code, "pm10", defect.periods[0])


def test_good_days_exceed_monitored_days_and_february_has_31(directory, manifest, panel):
    for defect in planted(manifest, "good_days_above_monitored"):
        assert float(values(directory, defect)[0]) < panel.figure(defect.unit_code, "good_air_days", defect.periods[0])
    assert [values(directory, defect) for defect in planted(manifest, "too_many_days")] == [["31"]]


def test_parts_miss_their_whole_by_more_than_the_tolerance(directory, manifest, panel):
    """Sectors may differ from GDP by 2 %, fuels from energy by 5 %."""
    sectors, energy = planted(manifest, "parts_do_not_add_up")
    excess = float(values(directory, sectors)[0]) - figures(panel, sectors)[0]
    assert excess > 0.03 * panel.figure(sectors.unit_code, "gdp", sectors.periods[0])
    assert float(values(directory, energy)[0]) < 0.9 * figures(panel, energy)[0]


def test_a_duplicated_row_repeats_and_a_conflicting_one_contradicts(directory, manifest, panel):
    [equal], [conflicting] = planted(manifest, "duplicate_row"), planted(manifest, "conflicting_duplicate")
    assert [float(value) for value in values(directory, equal)] == figures(panel, equal)
    pairs = zip(values(directory, conflicting), figures(panel, conflicting), strict=True)
    assert all(float(value) == pytest.approx(1.1 * figure, abs=0.01) for value, figure in pairs)


def test_a_misspelt_code_is_not_in_the_catalogue(catalogue, directory, manifest):
    [defect] = planted(manifest, "unknown_indicator")
    assert cell(directory, defect, defect.cells[0]) not in catalogue.indicators_by_code


def test_figures_in_another_measure_convert_to_the_same(catalogue, directory, manifest, panel):
    [defect] = planted(manifest, "other_measure")
    row = defect.cells[0].lstrip("D")
    assert cell(directory, defect, f"C{row}") == "千瓦时"
    for value, figure in zip(values(directory, defect), figures(panel, defect), strict=True):
        assert float(value) / 1e8 == pytest.approx(figure, rel=1e-12)


def test_a_misspelt_name_is_no_name_of_a_unit_and_the_second_form_has_the_right_one(catalogue, directory, manifest):
    [wrong], [right] = planted(manifest, "misspelt_unit"), planted(manifest, "form_sent_again")
    names = {name for unit in catalogue.units.units for name in (unit.name.zh, *unit.aliases)}
    assert values(directory, wrong)[0] not in names
    cover = fastexcel.read_excel(directory / right.file).load_sheet("封面", header_row=None, dtypes="string")
    assert dict(cover.to_polars().rows())["单位名称"] in names


def test_late_forms_arrive_after_the_deadline(directory, manifest):
    for defect in planted(manifest, "late_form"):
        year = int(defect.file.removesuffix(".xlsx").rsplit("_", 1)[1])
        assert date.fromisoformat(values(directory, defect)[0]) > date(year + 1, 1, 31)


def test_an_empty_sheet_has_no_cell(directory, manifest):
    for defect in planted(manifest, "empty_sheet"):
        assert fastexcel.read_excel(directory / defect.file).load_sheet(defect.sheet, header_row=None).total_height == 0


def test_a_truncated_workbook_cannot_be_opened(directory, manifest):
    for defect in planted(manifest, "truncated_workbook"):
        with pytest.raises(fastexcel.FastExcelError):
            fastexcel.read_excel(directory / defect.file)


def test_a_correction_holds_the_corrected_row_alone_and_is_newer(directory, manifest, panel, read_form):
    [defect] = planted(manifest, "revised_figure")
    cells = read_form(defect.file)
    assert {code for _, code, _ in cells} == {defect.indicator_code}
    for value, figure in zip(values(directory, defect), figures(panel, defect), strict=True):
        assert float(value) == pytest.approx(0.93 * figure, rel=1e-3)
    received = [
        dict(
            fastexcel.read_excel(directory / file)
            .load_sheet("封面", header_row=None, dtypes="string")
            .to_polars()
            .rows()
        )
        for file in (defect.file.replace("_r1", ""), defect.file)
    ]
    assert received[0]["填报日期"] < received[1]["填报日期"]


def test_a_constant_series_and_a_copied_year_are_so(directory, manifest, panel):
    [constant], [copied] = planted(manifest, "constant_series"), planted(manifest, "copied_year")
    assert len(set(values(directory, constant))) == 1
    before = [f"{int(period[:4]) - 1}{period[4:]}" for period in copied.periods]
    expected = [panel.figure(copied.unit_code, copied.indicator_code, period) for period in before]
    assert [float(value) for value in values(directory, copied)] == expected


def test_a_defect_of_an_indicator_that_is_not_reported_is_told(catalogue, edition, panel):
    submissions = build_submissions(catalogue, edition, panel)
    wrong = load_defects()[0].model_copy(update={"indicator": "noise_level"})
    with pytest.raises(XietongError, match="noise_level"):
        plant(catalogue, edition, submissions, (wrong,))


def test_planting_leaves_the_faultless_forms_as_they_were(catalogue, edition, panel):
    submissions = build_submissions(catalogue, edition, panel)
    before = dict(submissions)
    plant(catalogue, edition, submissions, load_defects())
    assert submissions == before
