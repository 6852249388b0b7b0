"""The study on 51 units × 49 indicators × 4 levels: 1,000 runs (budget 0.2 s), Sobol with 6,000 runs (budget 1 s)."""

import dataclasses
import tempfile
import time
from pathlib import Path

import numpy as np

from xietong.framework import StudyOptions, run_study
from xietong.framework.options import parse_options
from xietong.framework.tables import read_figures, read_framework
from xietong.framework.uncertainty import analyse

UNITS, INDICATORS, GROUPS = 51, 49, 8


def write_tables(directory: Path) -> tuple[Path, Path]:
    """Write invented tables of the size of COINr's example: skewed figures, four levels."""
    generator = np.random.default_rng(2018)
    figures = np.exp(generator.normal(2, 1.2, (UNITS, INDICATORS)))
    codes = [f"ind{position:02d}" for position in range(INDICATORS)]
    data = directory / "data.csv"
    rows = [",".join(["uCode", *codes])]
    rows += [",".join([f"U{unit:02d}", *map(repr, map(float, row))]) for unit, row in enumerate(figures)]
    data.write_text("\n".join(rows), encoding="utf-8")
    framework = directory / "framework.csv"
    rows = ["Level,iCode,iName,Direction,Weight,Parent,Type"]
    for position, code in enumerate(codes):
        direction = -1 if position % 5 == 0 else 1
        rows.append(f"1,{code},{code},{direction},1,group{position * GROUPS // INDICATORS},Indicator")
    rows += [f"2,group{group},Group {group},1,1,side{group // 5},Aggregate" for group in range(GROUPS)]
    rows += [f"3,side{side},Side {side},1,1,top,Aggregate" for side in range(2)]
    rows.append("4,top,Top,1,1,,Aggregate")
    framework.write_text("\n".join(rows), encoding="utf-8")
    return data, framework


def main() -> None:
    """Print the time of the runs alone and of the whole study with all its tables."""
    with tempfile.TemporaryDirectory() as directory:
        data, path = write_tables(Path(directory))
        framework = read_framework(path)
        figures = read_figures(data, framework)
        plain = StudyOptions(treat="standard")
        result = run_study(data, path, Path(directory) / "out", plain)
        shares = dict(result.tables["weights"].select("iCode", "Share").drop_nulls().iter_rows())
        nominal = result.tables["aggregated"]["top"].to_numpy()
        for label, options in (
            ("1,000 runs", dataclasses.replace(plain, runs=1_000)),
            ("Sobol, 6,000 runs", dataclasses.replace(plain, runs=6_000, sobol=True)),
        ):
            method = parse_options(options)
            started = time.perf_counter()
            analyse(framework, method, figures, nominal, shares)
            alone = time.perf_counter() - started
            started = time.perf_counter()
            run_study(data, path, Path(directory) / "out", options)
            print(f"{label}: runs alone {alone:.3f} s, whole study {time.perf_counter() - started:.3f} s")


if __name__ == "__main__":
    main()
