"""A study: the engine on any framework, from two tables to the tables of the result."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from xietong.errors import UsageError
from xietong.framework import outliers, preparation, scoring, statistics, uncertainty
from xietong.framework.options import StudyMethod, StudyOptions, parse_options
from xietong.framework.ranking import ranks_table
from xietong.framework.report import html_report
from xietong.framework.tables import Figures, Framework, read_figures, read_framework

#: Tables that only some options make.
_OPTIONAL_TABLES: Final = frozenset({"treatment", "robustness", "sobol", "draws"})


@dataclass(frozen=True)
class StudyResult:
    """The tables of a study by the stem of their file, where they were written, and what the user should know."""

    tables: dict[str, pl.DataFrame]
    directory: Path
    warnings: tuple[str, ...]


def run_study(data: Path, framework: Path, out: Path, options: StudyOptions) -> StudyResult:
    """Run a study on ``data`` (iData) and ``framework`` (iMeta), write its tables into ``out`` and return them.

    Tables that an earlier study left in ``out`` and this one does not make are removed: they would be
    read as part of it.

    Raises:
        UsageError: an option, or a mistake in one of the two tables; nothing is written then.
    """
    method = parse_options(options)
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: is a file; name a folder")
    items = read_framework(framework)
    scoring.methods_by_level(items, method.aggregations)
    study = _Study(items, method, read_figures(data, items))
    tables = study.run()
    _write(tables, out)
    page = html_report(items, options, tables, tuple(study.warnings))
    (out / "report.html").write_text(page, encoding="utf-8")
    return StudyResult(tables, out, tuple(study.warnings))


def _write(tables: dict[str, pl.DataFrame], out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be made: {error.strerror}") from error
    for name in _OPTIONAL_TABLES - set(tables):
        _file(out, name).unlink(missing_ok=True)
    for name, table in tables.items():
        write = table.write_parquet if name == "draws" else table.write_csv
        write(_file(out, name))


def _file(out: Path, name: str) -> Path:
    return out / f"{name}.{'parquet' if name == 'draws' else 'csv'}"


@dataclass
class _Study:
    """The state of one study while its steps run in the order that was asked for."""

    framework: Framework
    method: StudyMethod
    figures: Figures
    raw: scoring.FloatArray = field(init=False)
    warnings: list[str] = field(default_factory=list)
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)

    def run(self) -> dict[str, pl.DataFrame]:
        """Return all tables."""
        self.raw = self.figures.values
        self.tables["statistics"] = statistics.indicator_statistics(self.framework, self.figures.values)
        steps: dict[str, Callable[[], None]] = {
            "denominate": self._denominate,
            "impute": self._impute,
            "screen": self._screen,
            "treat": self._treat,
            "normalise": self._normalise,
            "aggregate": self._aggregate,
        }
        # Treatment changes from run to run, so the runs start from the figures as they were before it.
        untreated = self.figures
        for step in self.method.steps:
            untreated = self.figures if step == "treat" else untreated
            steps[step]()
            if not self.figures.keys.height:
                raise UsageError("--screen-availability: no unit has so many indicators observed")
        if self.method.runs:
            self._analyse(untreated)
        return self.tables

    @property
    def _codes(self) -> list[str]:
        return [item.code for item in self.framework.indicators]

    def _denominate(self) -> None:
        if self.method.denominate:
            self.figures = preparation.denominate(self.framework, self.figures)
        self.tables["denominated"] = self.figures.frame(self._codes)

    def _impute(self) -> None:
        before = self.figures
        self.figures = preparation.impute(before, self.method.imputation)
        flags = preparation.imputation_flags(self.framework, before, self.figures)
        self.tables["imputed"] = self.figures.frame(self._codes).hstack(flags)

    def _screen(self) -> None:
        if self.method.screen_availability is not None:
            before = self.figures.keys
            self.figures = preparation.screen(self.figures, self.method.screen_availability)
            left_out = before.join(self.figures.keys, on=before.columns, how="anti", maintain_order="left")
            if left_out.height:
                units = ", ".join(" in ".join(map(str, row)) for row in left_out.iter_rows())
                self.warnings.append(f"--screen-availability {self.method.screen_availability:g}: left out: {units}")

    def _treat(self) -> None:
        if self.method.treatment.name != "none":
            self.figures, done = outliers.treat_figures(self.figures, self._codes, self.method.treatment)
            self.warnings += outliers.treatment_warnings(done)
            self.tables["treatment"] = done
        self.tables["treated"] = self.figures.frame(self._codes)

    def _normalise(self) -> None:
        values, told = scoring.normalise(self.framework, self.figures, self.method.normalisation)
        self.figures = self.figures.with_values(values)
        self.warnings += told
        self.tables["normalised"] = self.figures.frame(self._codes)

    def _aggregate(self) -> None:
        method = self.method
        scores = scoring.aggregate(
            self.framework, self.figures.values, method.aggregations, method.availability, method.weights
        )
        self.warnings += scores.warnings
        codes = list(scores.values)
        values = np.column_stack([scores.values[code] for code in codes])
        self.tables["aggregated"] = self.figures.frame(codes, values)
        self.tables["ranks"] = ranks_table(self.figures.keys, codes, values, len(self.framework.indicators))
        self.tables["weights"] = _weights(self.framework, scores.shares)
        self.tables["correlations"] = statistics.correlations(scores)
        self.tables["reliability"] = statistics.reliability(self.framework, scores, self.raw)
        self.tables["pca"] = statistics.principal_components(self.framework, scores)

    def _analyse(self, untreated: Figures) -> None:
        kept = self.figures.keys
        rows = untreated.keys.with_row_index("row").join(kept, on=kept.columns, how="semi")["row"]
        top = self.tables["aggregated"][self.framework.nodes[-1].code].fill_null(np.nan).to_numpy()
        shares = dict(self.tables["weights"].select("iCode", "Share").drop_nulls().iter_rows())
        analysis = uncertainty.analyse(
            self.framework, self.method, untreated.keep(np.isin(np.arange(untreated.keys.height), rows)), top, shares
        )
        self.tables |= {"robustness": analysis.ranks, "draws": analysis.draws}
        if analysis.sobol is not None:
            self.tables["sobol"] = analysis.sobol


def _weights(framework: Framework, shares: dict[str, float]) -> pl.DataFrame:
    """Return the weight of every item as given, its share in its parent as used, and its share in the top."""
    parents = {item.code: item.parent for item in (*framework.indicators, *framework.nodes)}

    def effective(code: str) -> float:
        parent = parents[code]
        return shares[code] * effective(parent) if parent is not None else 1.0

    rows = [
        {
            "iCode": item.code,
            "Level": item.level,
            "Parent": item.parent,
            "Weight": item.weight,
            "Share": shares.get(item.code),
            "EffectiveWeight": effective(item.code),
        }
        for item in (*framework.indicators, *framework.nodes)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
