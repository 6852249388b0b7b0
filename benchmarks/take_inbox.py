"""Read, check and load the inbox of a folder once, as a run of the edition ``chongqing`` does; says what it did."""

import sys
from pathlib import Path

import polars as pl

from flows import planning, receipt
from flows.gate_memory import GateResult, recall_gate, remember_gate
from flows.side_process import beside
from xietong.resources import resource_directory
from xietong.settings import Settings


def take(folder: Path) -> str:
    """Return what was done with the inbox."""
    settings = Settings(build_directory=folder / "build", inbox_directory=folder / "inbox")
    plan = planning.plan(settings, "chongqing", None, None)
    received = receipt.tidy(plan, receipt.receive(plan))
    recalled = recall_gate(plan, received)
    if recalled is not None:
        return f"nothing new: {recalled.accepted.height:,} figures"
    # Imported when it is needed, as a run does: an unchanged inbox needs no gate.
    from expectations.intake import check_intake  # noqa: PLC0415

    result = beside(check_intake, received.observations, plan.catalogue, plan.edition).result()
    remember_gate(plan, received, result)
    _load(plan, received, result)
    return f"{result.accepted.height:,} figures of {len(received.snapshots):,} files"


def _load(plan: planning.Plan, received: receipt.Received, result: GateResult) -> None:
    from flows.stages import SNAPSHOTS, warehouse_of  # noqa: PLC0415
    from xietong.warehouse import Warehouse  # noqa: PLC0415

    target = warehouse_of(plan)
    target.parent.mkdir(parents=True, exist_ok=True)
    landing = {
        "observations": result.accepted,
        "findings": pl.concat([received.findings, result.findings]),
        "checks": result.checks,
        "snapshots": pl.DataFrame(list(received.snapshots), schema=SNAPSHOTS),
    }
    with Warehouse(target, resource_directory("sql"), plan.settings.threads) as warehouse:
        warehouse.load("landing", landing)


if __name__ == "__main__":
    print(take(Path(sys.argv[1])))
