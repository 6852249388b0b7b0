"""The tables of a release as files: CSV, Parquet, JSON and one workbook.

Text that a spreadsheet would run as a formula is written with an apostrophe before it; Parquet
and JSON, which nothing runs, keep it as it is.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from xietong.catalogue import Catalogue, Edition
from xietong.render.data_package import write_descriptions
from xietong.report.downloads import WORKBOOK, Table, condensed, sheet_of, tables
from xietong.signs import STEERING, json_text, shown

#: First characters that make a spreadsheet run a cell, or that hide one that does; Chinese ones take full width too.
_RUNS: Final = r"^[=+\-@\t\r\n＝＋－＠]"
#: Widest column of the workbook, in characters.
_WIDEST: Final = 60
#: A spreadsheet's own limit of a cell.
_LONGEST_CELL: Final = 32_767


def write_downloads(
    marts: Mapping[str, pl.DataFrame], catalogue: Catalogue, edition: Edition, directory: Path
) -> list[Path]:
    """Write every download into ``directory`` (the folder ``downloads`` of a site) and return the files."""
    directory.mkdir(parents=True, exist_ok=True)
    offered = tables(marts)
    written: list[Path] = []
    for table in offered:
        frame = marts[table.mart]
        written.append(_write_parquet(frame, directory / f"{table.mart}.parquet"))
        if "csv" in table.formats:
            written.append(_write_csv(frame, directory / f"{table.mart}.csv"))
        if "json" in table.formats:
            written.append(_write_json(table, frame, edition, directory / f"{table.mart}.json"))
    lists = {"units": _units(catalogue), "indicators": _indicators(catalogue)}
    written += [_write_csv(frame, directory / f"{name}.csv") for name, frame in lists.items()]
    if offered:
        written.append(_write_workbook(offered, marts, catalogue, directory / WORKBOOK))
    schemas = {name: frame.schema for name, frame in {**marts, **lists}.items()}
    return written + write_descriptions(written, schemas, catalogue, edition, directory)


def neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with an apostrophe before every text that a spreadsheet would run, signs that steer shown."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    steered = [name for name in texts if frame[name].str.contains(STEERING).any()]
    readable = frame.with_columns(pl.col(name).map_elements(shown, pl.String) for name in steered)
    return readable.with_columns(
        pl.when(pl.col(name).str.contains(_RUNS)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in texts
    )


def _write_csv(frame: pl.DataFrame, path: Path) -> Path:
    # The mark tells spreadsheets that the text is UTF-8; without it they garble Chinese.
    neutralised(frame).write_csv(path, include_bom=True)
    return path


def _write_parquet(frame: pl.DataFrame, path: Path) -> Path:
    frame.write_parquet(path, compression="zstd", statistics=False)
    return path


def _write_json(table: Table, frame: pl.DataFrame, edition: Edition, path: Path) -> Path:
    rows = condensed(frame)
    content: dict[str, Any] = {
        "edition": edition.name,
        "origin": edition.origin,
        "table": table.mart,
        "columns": rows.columns,
        "rows": [[_plain(value) for value in row] for row in rows.iter_rows()],
    }
    path.write_text(json_text(content) + "\n", encoding="utf-8")
    return path


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _units(catalogue: Catalogue) -> pl.DataFrame:
    rows = [
        (unit.code, unit.name.zh, unit.name.en, unit.kind, unit.region, unit.peer_group)
        for unit in catalogue.units.units
    ]
    names = ("unit_code", "name_zh", "name_en", "kind", "region", "peer_group")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _indicators(catalogue: Catalogue) -> pl.DataFrame:
    rows = [
        (found.code, found.name.zh, found.name.en, found.measure, found.direction, found.node, found.weight)
        for found in catalogue.indicators
    ]
    texts = ("indicator_code", "name_zh", "name_en", "measure", "direction", "node_code")
    return pl.DataFrame(rows, schema={**dict.fromkeys(texts, pl.String), "weight": pl.Float64()}, orient="row")


def _write_workbook(
    offered: tuple[Table, ...], marts: Mapping[str, pl.DataFrame], catalogue: Catalogue, path: Path
) -> Path:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, {**options, "constant_memory": False}) as workbook:
        # The clock would make every build another file.
        workbook.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
        head = workbook.add_format({"bold": True, "bottom": 1})
        for name, frame in (("units", _units(catalogue)), ("indicators", _indicators(catalogue))):
            _write_sheet(workbook.add_worksheet(name), frame, head)
        for table in offered:
            rows = sheet_of(table.mart, marts[table.mart])
            if rows is not None:
                _write_sheet(workbook.add_worksheet(table.mart[:31]), rows, head)
    return path


def _write_sheet(sheet: Any, frame: pl.DataFrame, head: Any) -> None:
    cells = neutralised(frame)
    sheet.freeze_panes(1, 1)
    for column, name in enumerate(cells.columns):
        sheet.write_string(0, column, name, head)
        values = cells[name].to_list()
        for row, value in enumerate(values, start=1):
            if isinstance(value, bool | int | float):
                sheet.write(row, column, value)
            elif value is not None:
                sheet.write_string(row, column, str(_plain(value))[:_LONGEST_CELL])
        longest = max((len(str(value)) for value in values if value is not None), default=0)
        sheet.set_column(column, column, min(_WIDEST, max(len(name), longest) + 2))
