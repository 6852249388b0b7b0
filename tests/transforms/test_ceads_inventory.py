"""Inventories of CEADs: the cells are added up and held against the total."""

import pytest

from transforms import Tidied, tidy
from transforms.ceads_inventory import inventory_total
from xietong.catalogue import Catalogue, Source
from xietong.frames import RawTable, Snapshot

#: Two sectors; scope 2 is listed and must not be added.
FUELS = ["Raw Coal", "Diesel Oil", "Scope 2 Heat", "Scope_2_Electricity", "Process"]
ROWS = [["Farming  ", "0.1", "0.2", "5", "6", "0"], ["Urban", "0.3", "0.00000000001", "7", "8", "0.25"]]
TOTAL = "0.85000000001"


def _rows(corner=None, total_column="Scope 1 Total", total_row="Total Consumption", total=TOTAL, unit=None) -> list:
    header = [corner, *FUELS, total_column]
    units = [unit, *["Mt CO2"] * 6]
    sums = [total_row, "0.4", "0.2", "12", "14", "0.25", total]
    return [header, units, [None] * 7, sums, *([*row, None] for row in ROWS)]


@pytest.fixture
def source(source_of) -> Source:
    return source_of("ceads_inventory", indicator_names={"total": "co2_total"})


@pytest.fixture
def read(table, source: Source, snapshot: Snapshot, provinces: Catalogue):
    def tidied(name: str, rows: list) -> Tidied:
        note = table("NOTE", [["Introduction", "…"]])
        return tidy([note, table(name, rows)], source, snapshot, provinces, "published")

    return tidied


@pytest.mark.parametrize(
    ("column", "row"),
    [("Scope 1 Total", "Total Consumption"), ("Scope_1_Total", "TotalEmissions"), ("Scope_1_Total", "Total Emissions")],
)
def test_every_spelling_of_the_total_is_found(table, column: str, row: str):
    raw: RawTable = table("Beijing2003", _rows("Emission_Inventory", column, row, unit="unit"))
    total = inventory_total(raw)
    assert (total.added, total.total, total.cell, total.measure) == (0.85000000001, 0.85000000001, "G4", "Mt")
    assert total.agrees


def test_a_sheet_becomes_one_figure_of_its_province_and_year(read):
    tidied = read("InnerMongolia2003", _rows())
    assert tidied.observations.select("unit_code", "indicator_code", "period", "value", "location").rows() == [
        ("150000", "co2_total", "2003", 0.85000000001, "InnerMongolia2003!G4")
    ]
    assert tidied.findings.is_empty()


@pytest.mark.parametrize(
    ("name", "rows", "rule", "location"),
    [
        ("Beijing2003", _rows(total="0.86"), "parts_do_not_add_up", "Beijing2003!G4"),
        ("Bejing2003", _rows(), "unknown_unit", "Bejing2003"),
        ("Sheet1", _rows(), "unknown_unit", "Sheet1"),
        ("Beijing2003", [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]], "wrong_header", "Beijing2003"),
        (
            "Beijing2003",
            [*_rows(), ["Rural", "n.a.", "0", "0", "0", "0", None]],
            "text_in_number_cell",
            "Beijing2003!B7",
        ),
        ("Beijing2003", [*_rows(), ["TotalEmissions", "0", "0", "0", "0", "0", None]], "wrong_header", "Beijing2003"),
        ("Beijing2003", [], "wrong_header", "Beijing2003"),
    ],
)
def test_what_is_no_inventory_is_refused(read, name: str, rows: list, rule: str, location: str):
    tidied = read(name, rows)
    assert tidied.observations.is_empty()
    assert tidied.findings.select("rule", "severity", "location").rows() == [(rule, "critical", location)]
    assert name in tidied.findings["message_en"][0]


def test_the_tolerance_is_a_millionth(table):
    near, far = (inventory_total(table("S2003", _rows(total=total))) for total in ("0.8500005", "0.850002"))
    assert near.agrees
    assert not far.agrees
