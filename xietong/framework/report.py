"""The study as one HTML page that opens without a network: results first, then how they came about."""

from collections.abc import Iterator
from html import escape
from typing import Final

import polars as pl

from xietong.framework.options import StudyOptions
from xietong.framework.tables import Framework

_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{padding:.2rem .6rem;border-bottom:1px solid #ccc;text-align:right;font-variant-numeric:tabular-nums}
th:first-child,td:first-child{text-align:left}thead th{border-bottom:2px solid #555}.scroll{overflow-x:auto}
"""
_DECIMALS: Final = 3


def html_report(
    framework: Framework, options: StudyOptions, tables: dict[str, pl.DataFrame], warnings: tuple[str, ...]
) -> str:
    """Return the page; figures are rounded to 3 decimals, the tables beside it hold them in full."""
    top = framework.nodes[-1]
    rows, indicators = tables["aggregated"].height, len(framework.indicators)
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(top.name)}</title><style>{_STYLE}</style></head><body><h1>{escape(top.name)}</h1>",
        f"<p>{rows} rows, {indicators} indicators, {framework.levels} levels.</p>",
        *_warnings(warnings),
        *_table("Scores and ranks, best first", _results(framework, tables)),
        *(_table("Factors that move the ranks (Sobol indices)", tables["sobol"]) if "sobol" in tables else ()),
        *_table("Weights", tables["weights"]),
        *_table("Reliability (Cronbach's alpha)", tables["reliability"]),
        *_table("Statistics of the indicators as they came", tables["statistics"]),
        *_table("Options", _options(options)),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _results(framework: Framework, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return keys, rank, rank interval if there is one, and the scores of the nodes from the top down."""
    top = framework.nodes[-1].code
    keys = [name for name in ("uCode", "Time") if name in tables["ranks"].columns]
    nodes = [node.code for node in reversed(framework.nodes)]
    ranks = tables["ranks"].select(*keys, pl.col(top).alias("Rank"))
    results = ranks.join(tables["aggregated"].select(*keys, *nodes), on=keys, maintain_order="left")
    if "robustness" in tables:
        intervals = tables["robustness"].select(*keys, "Median", "Q5", "Q95")
        results = results.join(intervals, on=keys, how="left", maintain_order="left")
    return results.sort("Rank", *keys, nulls_last=True)


def _options(options: StudyOptions) -> pl.DataFrame:
    values = {name: str(value) for name, value in vars(options).items()}
    return pl.DataFrame({"Option": list(values), "Value": list(values.values())})


def _warnings(warnings: tuple[str, ...]) -> Iterator[str]:
    if warnings:
        yield "<h2>Warnings</h2><ul>"
        yield from (f"<li>{escape(warning)}</li>" for warning in warnings)
        yield "</ul>"


def _table(caption: str, frame: pl.DataFrame) -> Iterator[str]:
    yield f'<div class="scroll"><table><caption>{escape(caption)}</caption><thead><tr>'
    yield "".join(f'<th scope="col">{escape(name)}</th>' for name in frame.columns)
    yield "</tr></thead><tbody>"
    for row in frame.iter_rows():
        first, *others = (_cell(value) for value in row)
        yield f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others) + "</tr>"
    yield "</tbody></table></div>"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.{_DECIMALS}f}" if isinstance(value, float) else escape(str(value))
