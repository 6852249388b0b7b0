"""The measure of each row of a form: its own, else that in its name (地区生产总值（万元）), else that of a line above.

A measure that is not written anywhere is the catalogue's, which is told; two that contradict each other are none.
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from transforms.findings import Finding, refused_figures, shown
from transforms.form_sheets import FormSheet
from transforms.measures import MeasureIndex
from transforms.stated_measures import assumed, contradiction, contradicts, measure_in_brackets
from transforms.texts import plain
from xietong.catalogue import Catalogue


def with_measures(
    cells: pl.DataFrame, sheets: Sequence[FormSheet], catalogue: Catalogue, findings: list[Finding]
) -> pl.DataFrame:
    """Return the cells with ``measure`` (null: the catalogue's) and the cell that holds it, ``measure_cell``.

    ``cells`` have ``sheet_number``, ``row``, ``name``, ``measure``, ``text``, ``stated``, ``stated_at`` and
    ``indicator_code``.
    """
    measures = MeasureIndex(catalogue.measures)
    cells = cells.with_columns(measure=pl.when(pl.col("measure").str.strip_chars() != "").then("measure"))
    names = cells["name"].unique().drop_nulls().sort()
    in_name = {name: word for name in names if (word := measure_in_brackets(name, measures)) is not None}
    cells = cells.with_columns(in_name=pl.col("name").replace_strict(in_name, default=None, return_dtype=pl.String))
    pairs = cells.filter(pl.col("in_name").is_not_null()).select("measure", "in_name").unique().drop_nulls()
    wrong = [pair for pair in pairs.iter_rows() if measures.find(pair[0]) is not measures.find(pair[1])]
    if wrong:
        contradicting = pl.DataFrame(wrong, schema=["measure", "in_name"], orient="row")
        refused = cells.join(contradicting, on=["measure", "in_name"], how="semi", maintain_order="left")
        findings += [_contradiction(sheets, group) for _, group in _rows(refused)]
        cells = cells.join(contradicting, on=["measure", "in_name"], how="anti", maintain_order="left")
    cells = _placed(_agreeing(cells, sheets, measures, findings), sheets)
    bare = cells.filter(pl.col("measure").is_null(), ~pl.col("text").str.contains("[%％‰]"))
    findings += [_assumption(sheets, group, catalogue) for _, group in _rows(bare)]
    return cells


def _agreeing(
    cells: pl.DataFrame, sheets: Sequence[FormSheet], measures: MeasureIndex, findings: list[Finding]
) -> pl.DataFrame:
    """Return the cells whose own measure is not contradicted by the line above them, telling of the others."""
    own = pl.coalesce("measure", "in_name")
    pairs = cells.select(own.alias("word"), "stated").unique().drop_nulls()
    wrong = [word + "\n" + stated for word, stated in pairs.iter_rows() if contradicts(word, stated, measures)]
    if not wrong:
        return cells
    is_wrong = pl.concat_str(own, pl.lit("\n"), "stated").is_in(wrong).fill_null(value=False)
    for _, group in _rows(cells.filter(is_wrong)):
        row = group.row(0, named=True)
        sheet = sheets[row["sheet_number"]]
        place = sheet.place(sheet.header.measure if row["measure"] is not None else sheet.header.name, row["row"])
        word = row["measure"] if row["measure"] is not None else row["in_name"]
        told = contradiction(place, word, row["stated"], row["stated_at"], refused_figures(group.height))
        findings.append(replace(told, unit_code=sheet.unit_code, indicator_code=row["indicator_code"]))
    return cells.filter(~is_wrong)


def _rows(cells: pl.DataFrame) -> pl.dataframe.group_by.GroupBy:
    return cells.group_by("sheet_number", "row", maintain_order=True)


def _placed(cells: pl.DataFrame, sheets: Sequence[FormSheet]) -> pl.DataFrame:
    """Return the cells with the first measure that there is, and where it stands."""
    places = pl.DataFrame(
        {
            "sheet_number": pl.Series(range(len(sheets)), dtype=pl.UInt32),
            "own": [sheet.header.measure for sheet in sheets],
            "named": [sheet.header.name for sheet in sheets],
        },
        schema_overrides=dict.fromkeys(("own", "named"), pl.String),
    )
    frame = cells.join(places, on="sheet_number", how="left", maintain_order="left")
    is_own, is_named = pl.col("measure").is_not_null(), pl.col("in_name").is_not_null()
    return frame.select(
        *(name for name in cells.columns if name not in ("measure", "in_name", "stated", "stated_at")),
        measure=pl.coalesce("measure", "in_name", "stated"),
        measure_cell=pl.when(is_own)
        .then(pl.format("{}{}", "own", "row"))
        .when(is_named)
        .then(pl.format("{}{}", "named", "row"))
        .otherwise(pl.coalesce("stated_at", pl.format("{}{}", "own", "row"))),
    )


def _contradiction(sheets: Sequence[FormSheet], group: pl.DataFrame) -> Finding:
    row = group.row(0, named=True)
    sheet = sheets[row["sheet_number"]]
    lost_zh, lost_en = refused_figures(group.height)
    word, named = shown(row["measure"]), shown(plain(row["in_name"]))
    return Finding(
        "wrong_measure",
        "critical",
        sheet.place(sheet.header.measure, row["row"]),
        zh=f"计量单位写作“{word}”，同行的名称却写“{named}”；请改正其一，{lost_zh}",
        en=f"the measure is “{word}”, but the name in its row says “{named}”; correct one of them; {lost_en}",
        value=word,
        reference=named,
        unit_code=sheet.unit_code,
        indicator_code=row["indicator_code"],
    )


def _assumption(sheets: Sequence[FormSheet], group: pl.DataFrame, catalogue: Catalogue) -> Finding:
    row = group.row(0, named=True)
    sheet = sheets[row["sheet_number"]]
    place = sheet.place(sheet.header.measure or sheet.header.code, row["row"])
    return assumed(place, catalogue.indicators_by_code[row["indicator_code"]], group.height, sheet.unit_code)
