"""The form that goes out can be filled and read back; what comes in gets a list that names every problem by cell."""

import io
import multiprocessing
import os
import re
import zipfile
from dataclasses import replace
from datetime import date
from multiprocessing.synchronize import Barrier
from pathlib import Path

import fastexcel
import pytest

from flows.intake import _put, make_template, take_in
from flows.progress import print_taken_in
from xietong.errors import UsageError
from xietong.settings import Settings
from xietong.workbook import Form, FormRow, FormSheet, write_form

EDITION = "chongqing"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(build_directory=tmp_path / "build", inbox_directory=tmp_path / "inbox")


def rows_of(workbook: Path, sheet: str) -> list[tuple[str | None, ...]]:
    return fastexcel.read_excel(workbook).load_sheet(sheet, header_row=None, dtypes="string").to_polars().rows()


def fill(template: Path, sheet_number: int, entries: dict[str, float]) -> Path:
    """Type figures into the blank cells of a template, as an officer's spreadsheet would store them."""
    filled = template.with_name(f"filled_{template.name}")
    part = f"xl/worksheets/sheet{sheet_number}.xml"
    with zipfile.ZipFile(template) as source, zipfile.ZipFile(filled, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == part:
                text = content.decode()
                for cell, value in entries.items():
                    text, count = re.subn(rf'<c r="{cell}"( s="\d+")/>', rf'<c r="{cell}"\1><v>{value}</v></c>', text)
                    assert count == 1, f"{cell} is no blank cell of the template"
                content = text.encode()
            target.writestr(entry, content)
    return filled


def row_number(template: Path, sheet: str, code: str) -> int:
    return [row[0] for row in rows_of(template, sheet)].index(code) + 1


def test_what_is_typed_into_the_template_is_what_is_read(settings, tmp_path) -> None:
    template = make_template(settings, EDITION, "500101", "2025-12", tmp_path / "form.xlsx")
    pm25, pm10 = (row_number(template, "月度", code) for code in ("pm25", "pm10"))
    filled = fill(template, 2, {f"D{pm25}": 33.5, f"D{pm10}": 61.25})
    (taken,) = take_in(settings, EDITION, [filled], check_only=False)
    assert (taken.file.accepted, taken.file.refused) == (2, 0)
    assert taken.kept_as is not None
    assert taken.kept_as.read_bytes() == filled.read_bytes()


def test_an_empty_template_reports_nothing_and_its_columns_for_people_are_no_figures(settings, tmp_path) -> None:
    template = make_template(settings, EDITION, "500101", "2025", tmp_path / "form.xlsx")
    (taken,) = take_in(settings, EDITION, [template], check_only=True)
    assert (taken.file.accepted, taken.file.refused) == (0, 0)
    assert [row[10] for row in rows_of(taken.returned_list, "问题清单")[1:]] == ["no_figures"]
    assert print_taken_in([taken]) == 1


def test_the_template_of_a_month_asks_for_what_ends_in_it(settings, tmp_path) -> None:
    sheets = {
        period: fastexcel.read_excel(
            make_template(settings, EDITION, "500101", period, tmp_path / "f.xlsx")
        ).sheet_names
        for period in ("2025-10", "2025-09", "2025-12")
    }
    assert sheets == {
        "2025-10": ["封面", "月度", "说明"],
        "2025-09": ["封面", "月度", "季度", "说明"],
        "2025-12": ["封面", "月度", "季度", "年度", "说明"],
    }


def test_only_cells_to_fill_are_unlocked_and_entries_are_checked_as_they_are_typed(settings, tmp_path) -> None:
    template = make_template(settings, EDITION, "500101", "2025-10", tmp_path / "form.xlsx")
    row = row_number(template, "月度", "pm25")
    with zipfile.ZipFile(template) as archive:
        sheet, styles = (archive.read(f"xl/{part}.xml").decode() for part in ("worksheets/sheet2", "styles"))
    unlocked = {
        number
        for number, style in enumerate(re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", styles.split("<cellXfs")[1]))
        if 'locked="0"' in style
    }
    style_of = {cell: int(style) for cell, style in re.findall(r'<c r="([A-Z]+\d+)" s="(\d+)"', sheet)}
    assert "<sheetProtection" in sheet
    assert {style_of[f"C{row}"], style_of[f"D{row}"]} <= unlocked
    assert not {style_of[f"A{row}"], style_of[f"B{row}"], style_of[f"E{row}"]} & unlocked
    assert 'type="decimal"' in sheet
    assert 'type="list"' in sheet
    assert "合理范围" in sheet


def test_former_figures_stand_beside_the_cells(demonstration, tmp_path) -> None:
    settings = Settings(build_directory=demonstration.parents[2])
    template = make_template(settings, "chongqing-demo", "500101", "2026-11", tmp_path / "form.xlsx")
    titles = rows_of(template, "月度")[0]
    assert titles[4:] == ("参考：合理范围", "参考：上期 2026-10", "参考：上年同期 2025-11")
    pm25 = dict(zip(titles, rows_of(template, "月度")[row_number(template, "月度", "pm25") - 1], strict=True))
    assert pm25["参考：上年同期 2025-11"] == "34.6"


def test_the_range_of_a_total_is_that_of_one_unit_and_not_of_the_city(settings, tmp_path) -> None:
    template = make_template(settings, EDITION, "500101", "2025-12", tmp_path / "form.xlsx")
    (titles, *rows) = rows_of(template, "季度")
    gdp = dict(zip(titles, next(row for row in rows if row[0] == "gdp"), strict=True))
    assert gdp["参考：合理范围"] == "0.1～2000 亿元"
    with zipfile.ZipFile(template) as archive:
        assert (
            "<formula1>0.1</formula1><formula2>2000.0</formula2>" in archive.read("xl/worksheets/sheet3.xml").decode()
        )


@pytest.mark.parametrize(
    ("unit", "period", "words"),
    [
        ("500000", "2025-10", "there is no unit '500000' that reports"),
        ("五零", "2025-10", "named by their code"),
        ("500101", "2025-13", "is not of the form 2025, 2025-Q3 or 2025-10"),
    ],
)
def test_a_template_for_no_unit_or_period_is_refused_in_one_sentence(settings, unit, period, words) -> None:
    with pytest.raises(UsageError, match=words):
        make_template(settings, EDITION, unit, period, None)


def form_with(values: dict[str, float | str], months: tuple[str, ...] = ("2025-10",)) -> bytes:
    year = int(months[0][:4])
    rows = tuple(FormRow(code, "", "µg/m³", (value,), 1) for code, value in values.items())
    buffer = io.BytesIO()
    write_form(buffer, Form("500101", "万州区", year, date(year, 12, 5), (FormSheet("month", months, rows),)))
    return buffer.getvalue()


def test_the_returned_list_names_sheet_cell_allowed_range_and_outcome(settings, tmp_path) -> None:
    file = tmp_path / "500101.xlsx"
    file.write_bytes(form_with({"pm25": 33.5, "pm10": "约85", "o3": -4.0}))
    (taken,) = take_in(settings, EDITION, [file], check_only=True)
    assert (taken.file.accepted, taken.file.refused) == (1, 2)
    titles, *rows = rows_of(taken.returned_list, "问题清单")
    items = {row[titles.index("单元格")]: dict(zip(titles, row, strict=True)) for row in rows}
    assert {cell: item["处理"] for cell, item in items.items() if cell} == {"D3": "未采用", "D4": "未采用"}
    # What was refused is not called missing as well; what the unit left out is.
    missing = {row[3] for row in rows if row[10] == "missing_figure"}
    assert "二氧化氮平均浓度（µg/m³）" in missing
    assert not any(name.startswith(("可吸入颗粒物", "臭氧", "细颗粒物")) for name in missing)
    assert items["D3"]["工作表"] == "月度"
    assert items["D3"]["规则"] == "text_in_number_cell"
    assert items["D3"]["报送值"] == "约85"
    assert items["D4"]["指标"].startswith("臭氧")
    assert items["D4"]["允许的写法或范围"]
    assert taken.kept_as is None
    assert not (tmp_path / "inbox").exists()


def test_the_list_says_how_a_figure_compares_with_the_last_one(demonstration, tmp_path) -> None:
    settings = Settings(build_directory=demonstration.parents[2])
    file = tmp_path / "500101.xlsx"
    file.write_bytes(form_with({"pm25": 9_000.0}, ("2026-11",)))
    (taken,) = take_in(settings, "chongqing-demo", [file], check_only=True)
    titles, *rows = rows_of(taken.returned_list, "问题清单")
    item = dict(zip(titles, next(row for row in rows if row[10] == "implausible_value"), strict=True))
    assert item["上次数据"].startswith("上期 2026-10：")
    assert item["与上次相比"].endswith(" %")
    assert float(item["与上次相比"].removesuffix(" %").replace(",", "")) > 10_000


def test_a_hostile_figure_comes_back_as_text(settings, tmp_path) -> None:
    file = tmp_path / "500101.xlsx"
    file.write_bytes(form_with({"pm25": '=cmd|"/c calc"!A1', "pm10": "<script>alert(1)</script>"}))
    (taken,) = take_in(settings, EDITION, [file], check_only=True)
    with zipfile.ZipFile(taken.returned_list) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
    values = [row[5] for row in rows_of(taken.returned_list, "问题清单")[1:]]
    assert '=cmd|"/c calc"!A1' in values


def test_files_are_kept_once_and_never_over_another(settings, tmp_path) -> None:
    file = tmp_path / "500101.xlsx"
    kept = []
    for value in (33.5, 34.5, 34.5):
        file.write_bytes(form_with({"pm25": value}))
        (taken,) = take_in(settings, EDITION, [file], check_only=False)
        kept.append(taken.kept_as)
    assert [path.name for path in kept if path] == ["500101.xlsx", "500101_2.xlsx", "500101_2.xlsx"]
    assert sorted(path.name for path in (tmp_path / "inbox" / EDITION).iterdir()) == ["500101.xlsx", "500101_2.xlsx"]


def test_the_list_of_one_file_never_takes_the_place_of_that_of_another(settings, tmp_path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder, value in zip(folders, (-4.0, -5.0), strict=True):
        folder.mkdir()
        (folder / "500101.xlsx").write_bytes(form_with({"o3": value}))
    (folders[1] / "500101.csv").write_text("not,a,form\n", encoding="utf-8")
    first = take_in(settings, EDITION, [folders[0] / "500101.xlsx"], check_only=False)
    returned = {taken.returned_list: taken.returned_list.read_bytes() for taken in first}
    others = take_in(settings, EDITION, sorted(folders[1].iterdir(), reverse=True), check_only=False)
    lists = [taken.returned_list for taken in (*first, *others)]
    assert [path.name for path in lists] == ["500101_退回单.xlsx", "500101_2_退回单.xlsx", "500101.csv_退回单.xlsx"]
    assert all(path.read_bytes() == content for path, content in returned.items())
    assert [row[11] for path in lists for row in rows_of(path, "问题清单")[1:2]] == ["500101.xlsx"] * 2 + ["500101.csv"]
    assert sorted(path.name for path in lists[0].parent.iterdir()) == sorted(path.name for path in lists)


def test_a_list_that_says_something_new_of_the_same_file_stands_beside_the_earlier_one(settings, tmp_path) -> None:
    file = tmp_path / "500101.xlsx"
    names = []
    for value in (-4.0, -5.0, -5.0):
        file.write_bytes(form_with({"o3": value}))
        os.utime(file, (1_760_000_000, 1_760_000_000))
        names += [taken.returned_list.name for taken in take_in(settings, EDITION, [file], check_only=True)]
    assert names == ["500101_退回单.xlsx", "500101_退回单_2.xlsx", "500101_退回单_2.xlsx"]


def put_beside_others(folder: Path, number: int, ready: Barrier) -> None:
    ready.wait(60)
    for _ in range(20):
        _put(f"{number}".encode(), folder, "500101", ".csv")
        _put(f"{number} {os.getpid()}".encode(), folder, "500101", ".csv")


def test_of_two_who_put_files_of_one_name_at_once_neither_overwrites_the_other(tmp_path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(2)
    both = [context.Process(target=put_beside_others, args=(tmp_path, number, ready)) for number in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    wanted = {f"{number}" for number in range(2)} | {f"{number} {each.pid}" for number, each in enumerate(both)}
    assert sorted(path.read_text() for path in tmp_path.iterdir()) == sorted(wanted)


@pytest.mark.parametrize("has_links", [True, False])
def test_a_name_that_is_taken_in_the_last_moment_is_left_alone(tmp_path, monkeypatch, has_links) -> None:
    def link(source: Path, target: Path, link_now=os.link) -> None:
        """Let somebody else have the name first, which no look at the folder can rule out."""
        if target.name == "a.csv":
            target.write_bytes(b"of another")
        if not has_links:
            raise PermissionError
        link_now(source, target)

    monkeypatch.setattr("os.link", link)
    assert _put(b"own", tmp_path, "a", ".csv").name == "a_2.csv"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.csv": b"of another", "a_2.csv": b"own"}


def test_each_problem_is_printed_with_its_cell_and_what_is_allowed(settings, tmp_path, capsys) -> None:
    file = tmp_path / "500101.xlsx"
    file.write_bytes(form_with({"pm25": 33.5, "pm10": "约85", "o3": -4.0}))
    (taken,) = take_in(settings, EDITION, [file], check_only=True)
    print_taken_in([replace(taken, problems=[*taken.problems[:2]] * 15)])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("  未采用  月度!D3  可吸入颗粒物") and "约85" in line for line in lines)
    assert any(line.startswith("  未采用  月度!D4  臭氧") and "（允许：" in line for line in lines)
    assert len([line for line in lines if "月度!" in line]) == 20
    assert "  还有 10 条，见退回单 and more in the list" in lines


def test_a_file_that_cannot_be_read_costs_only_itself(settings, tmp_path) -> None:
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(form_with({"pm25": 33.5}))
    bad.write_bytes(b"PK\x03\x04 broken")
    taken = take_in(settings, EDITION, [bad, good], check_only=True)
    assert [(one.file.file, one.file.accepted, one.file.refused) for one in taken] == [
        ("bad.xlsx", 0, 1),
        ("good.xlsx", 1, 0),
    ]
    assert print_taken_in(taken) == 0


def test_real_figures_are_not_taken_into_the_demonstration(settings, tmp_path) -> None:
    file = tmp_path / "500101.xlsx"
    file.write_bytes(form_with({"pm25": 33.5}))
    with pytest.raises(UsageError, match="makes its own forms"):
        take_in(settings, "chongqing-demo", [file], check_only=False)


def test_a_file_that_is_not_there_is_named(settings, tmp_path) -> None:
    with pytest.raises(UsageError, match=r"there is no file .*nowhere\.xlsx"):
        take_in(settings, EDITION, [tmp_path / "nowhere.xlsx"], check_only=True)
