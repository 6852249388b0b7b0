"""``xietong study``: the engine on a researcher's own framework."""

from pathlib import Path

from rich.console import Console

from xietong.framework import StudyOptions, run_study


def run_and_tell(data: Path, framework: Path, out: Path, options: StudyOptions) -> int:
    """Run the study, print its warnings and the tables it wrote, and return 0."""
    console = Console()
    result = run_study(data, framework, out, options)
    for warning in result.warnings:
        console.print(f"warning: {warning}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    for name, table in result.tables.items():
        console.print(f"{name:<14} {table.height:>7,} rows", highlight=False)
    console.print(f"report: {result.directory / 'report.html'}", markup=False, highlight=False, soft_wrap=True)
    return 0
