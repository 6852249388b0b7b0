"""The files: one form a unit and year, the same bytes again, and the figures of the panel inside."""

import hashlib
import shutil

import fastexcel
import pytest

from xietong.demonstration import MANIFEST, DemonstrationManifest, generate
from xietong.demonstration.panel import due_periods
from xietong.errors import UsageError
from xietong.workbook import DATA_SHEETS, form_rows

SAMPLE = ("500103", "500229", "500000-liangjiang", "500000")


def name_of(catalogue, code, year):
    return f"{code}_{catalogue.units_by_code[code].name.zh}_{year}.xlsx"


def test_there_is_one_form_a_unit_and_year_and_a_few_second_ones(catalogue, manifest):
    expected = {name_of(catalogue, unit.code, year) for unit in catalogue.units.units for year in range(2020, 2027)}
    assert len(expected) == 42 * 7
    assert expected <= set(manifest.files)
    assert all(name.endswith("_r1.xlsx") for name in set(manifest.files) - expected)


def test_the_manifest_has_the_hash_of_every_file(directory, manifest):
    for name, sha256 in manifest.files.items():
        assert hashlib.sha256((directory / name).read_bytes()).hexdigest() == sha256
    assert {path.name for path in directory.iterdir()} == {*manifest.files, MANIFEST}


def test_the_manifest_reads_back_as_it_was(directory, manifest):
    assert DemonstrationManifest.read(directory) == manifest


def test_the_same_inputs_give_the_same_bytes(catalogue, edition, manifest, tmp_path):
    again = generate(catalogue, edition, tmp_path)
    assert again == manifest


@pytest.fixture
def copy(directory, manifest, tmp_path):
    """Return a copy of the demonstration that a test may change."""
    return shutil.copytree(directory, tmp_path / "copy")


def test_nothing_is_written_when_the_files_are_there(catalogue, edition, manifest, copy):
    changed = copy / name_of(catalogue, "500101", 2024)
    changed.write_bytes(b"edited by a learner")
    assert generate(catalogue, edition, copy) == manifest
    assert changed.read_bytes() == b"edited by a learner"


def test_a_lost_file_is_written_again(catalogue, edition, manifest, copy):
    lost = copy / name_of(catalogue, "500101", 2024)
    lost.unlink()
    generate(catalogue, edition, copy)
    assert hashlib.sha256(lost.read_bytes()).hexdigest() == manifest.files[lost.name]


def test_another_span_replaces_the_files(catalogue, edition, copy):
    shorter = edition.demonstration.model_copy(update={"last_period": "2021-12"})
    manifest = generate(catalogue, edition.model_copy(update={"demonstration": shorter}), copy)
    assert {path.name for path in copy.iterdir()} == {*manifest.files, MANIFEST}
    assert not any("_2024" in name for name in manifest.files)


def test_an_edition_without_demonstration_is_refused(catalogue, edition, tmp_path):
    with pytest.raises(UsageError, match="demonstration"):
        generate(catalogue, edition.model_copy(update={"demonstration": None}), tmp_path)


@pytest.mark.parametrize("code", SAMPLE)
def test_the_forms_hold_the_figures_of_the_panel(catalogue, edition, manifest, panel, read_form, code):
    """Of every sheet in which nothing was planted, cell by cell."""
    changed = {(defect.file, defect.sheet) for defect in manifest.defects}
    due = due_periods(catalogue, edition)
    for year in range(2020, 2027):
        file = name_of(catalogue, code, year)
        expected = {
            (DATA_SHEETS[frequency], indicator.code, period): panel.figure(code, indicator.code, period)
            for frequency, periods in due.items()
            for indicator in form_rows(catalogue, code, frequency)
            for period in periods
            if indicator.code in panel.figures
            and period.startswith(str(year))
            and (file, DATA_SHEETS[frequency]) not in changed
        }
        cells = {key: float(text) for key, text in read_form(file).items() if (file, key[0]) not in changed}
        assert len(expected) > 100
        assert cells == expected


def test_the_fuels_in_a_form_add_up_to_its_energy(catalogue, read_form):
    cells = read_form(name_of(catalogue, "500116", 2025))
    factors = {
        "raw_coal_consumption": 0.7143,
        "natural_gas_consumption": 13.3,
        "gasoline_consumption": 1.4714,
        "diesel_consumption": 1.4571,
        "purchased_electricity": 1.229,
        "nonfossil_energy_consumption": 1.0,
    }
    for quarter in ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"):
        parts = sum(factor * float(cells["季度", code, quarter]) for code, factor in factors.items())
        assert parts == pytest.approx(float(cells["季度", "energy_consumption", quarter]), rel=1e-6)


def test_measures_and_names_are_those_of_the_catalogue(catalogue, directory, manifest):
    path = directory / name_of(catalogue, "500101", 2023)
    for sheet in ("月度", "季度", "年度"):
        rows = fastexcel.read_excel(path).load_sheet(sheet, header_row=None, dtypes="string").to_polars().rows()
        for code, name, measure, *_ in rows[1:]:
            indicator = catalogue.indicators_by_code[code]
            assert (name, measure) == (indicator.name.zh, indicator.measure)


def test_forms_of_past_years_arrive_in_january_and_the_running_one_in_november(catalogue, directory, manifest):
    late = {defect.file for defect in manifest.defects if defect.kind == "late_form"}
    for year in range(2020, 2027):
        file = name_of(catalogue, "500105", year)
        assert file not in late
        rows = fastexcel.read_excel(directory / file).load_sheet("封面", header_row=None, dtypes="string")
        received = dict(rows.to_polars().rows())["填报日期"]
        assert received.startswith(f"{year + 1}-01-") if year < 2026 else received == "2026-11-05"


def test_forms_say_that_they_are_invented(catalogue, directory, manifest):
    path = directory / name_of(catalogue, "500101", 2023)
    note = fastexcel.read_excel(path).load_sheet("说明", header_row=None, dtypes="string").to_polars().item(0, 0)
    assert note.startswith("演示数据")
