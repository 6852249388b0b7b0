"""``xietong template`` and ``xietong intake``: the form that goes out, and the list that goes back for what came in."""

import hashlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import polars as pl

from flows.planning import Plan, inbox_of, plan
from flows.receipt import OWN_FILES
from transforms.tidying import tidy_files
from xietong.catalogue import Catalogue
from xietong.errors import UsageError
from xietong.frames import OBSERVATIONS, empty_findings, empty_observations
from xietong.periods import month_number, parse_period, period_of
from xietong.settings import Settings
from xietong.signs import shown
from xietong.sources import MAX_FILE, Receipt, SnapshotStore, claim_files, receive_files
from xietong.workbook import ReturnedFile, ReturnedItem, write_returned_list, write_template

_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_ORDER: Final = {"critical": 0, "warning": 1, "info": 2}
#: What no system allows in a name, or takes for the end of a folder's name; and the bytes that a name may have before
#: what is put behind it.
_NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|\t\r\n]+')
_LONGEST_NAME: Final = 180
#: The beginning of a sentence that says where something stands, for which the list that goes back has columns.
_PLACE_IN_SENTENCE: Final = re.compile(r"^(?:文件 [^：]*|[^：]*（[a-z0-9_]+）(为 [^：]*?)（位于 [^：]*）)：")


@dataclass(frozen=True)
class TakenIn:
    """What became of one file: the counts of its figures, its problems, the list that goes back, where it was put."""

    file: ReturnedFile
    problems: Sequence[ReturnedItem]
    returned_list: Path
    kept_as: Path | None


def make_template(settings: Settings, edition_name: str, unit_code: str, period: str, target: Path | None) -> Path:
    """Write the form that a unit fills for a period and return where it is; former figures stand beside.

    Raises:
        UsageError: there is no such edition or unit, or the text is no period.
    """
    prepared = plan(settings, edition_name, None, None)
    units = prepared.catalogue.units_by_code
    reporting = [unit.code for unit in units.values() if unit.kind != "city"]
    if unit_code not in reporting:
        raise UsageError(
            f"there is no unit {unit_code!r} that reports; units are named by their code, "
            f"such as {reporting[0]} or {reporting[-1]}"
        )
    try:
        parse_period(period)
    except ValueError as error:
        raise UsageError(f"{error}; a form is for a month, a quarter or a year") from error
    former = {
        (indicator, when): value
        for (unit, indicator, when), value in _values(_published(prepared)).items()
        if unit == unit_code
    }
    path = target or Path(f"{unit_code}_{_plain_name(units[unit_code].name.zh)}_{period}.xlsx")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_template(path, prepared.catalogue, unit_code, period, former)
    return path


def take_in(settings: Settings, edition_name: str, files: Sequence[Path], *, check_only: bool) -> list[TakenIn]:
    """Read and check files as a run would, write what goes back for each, and put them into the edition's inbox.

    A file is never changed and never overwrites another: the same bytes are not put there twice, and
    other bytes under a name that is taken get a number. So do the lists, which are named after the files
    as they were kept. With ``check_only`` no file is kept.

    Raises:
        UsageError: a file is not there or too large, two have one name, or the edition takes no files.
    """
    prepared = plan(settings, edition_name, None, None)
    _refuse_what_cannot_be_taken(prepared, files, check_only=check_only)
    with tempfile.TemporaryDirectory() as folder:
        staging = Path(folder) / "inbox"
        staging.mkdir()
        for file in files:
            shutil.copyfile(file, staging / file.name)
        store = Path(folder) / "snapshots" if check_only else settings.build_directory / "snapshots"
        claims = claim_files({"inbox": staging}, prepared.sources, OWN_FILES)
        moment = datetime.now(UTC).replace(microsecond=0)
        receipt = receive_files(claims.claims, SnapshotStore(store), lambda _: moment)
        receipt = Receipt(receipt.files, receipt.snapshots, pl.concat([claims.findings, receipt.findings]))
    return [
        _finish(prepared, file, outcome, check_only=check_only)
        for file, outcome in zip(files, _outcomes(prepared, files, receipt), strict=True)
    ]


def _refuse_what_cannot_be_taken(prepared: Plan, files: Sequence[Path], *, check_only: bool) -> None:
    for file in files:
        if not file.is_file():
            raise UsageError(f"there is no file {file}")
        if file.stat().st_size > MAX_FILE:
            raise UsageError(f"{file} has more than the {MAX_FILE // 2**20} MB that are read")
    names = [file.name for file in files]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"two of the files are named {twice}; take them in one after the other")
    if not any(source.folder == "inbox" for source in prepared.sources):
        raise UsageError(f"the edition {prepared.edition.name} takes no files: none of its sources reads an inbox")
    if prepared.edition.demonstration is not None and not check_only:
        raise UsageError(
            f"the edition {prepared.edition.name} makes its own forms; use --check-only, or an edition of real figures"
        )


@dataclass(frozen=True)
class _Outcome:
    sha256: str
    accepted: int
    findings: pl.DataFrame
    former: Mapping[tuple[str, str, str], float]


def _outcomes(prepared: Plan, files: Sequence[Path], receipt: Receipt) -> list[_Outcome]:
    """Return what reading and the first gate say of each file, in the order of the files."""
    from expectations.intake import check_intake

    tidied = [
        tidy_files(receipt.of(source), source, prepared.catalogue, prepared.edition.origin)
        for source in prepared.sources
        if receipt.of(source)
    ]
    observations = pl.concat([empty_observations(), *(part.observations for part in tidied)])
    findings = [empty_findings(), receipt.findings, *(part.findings for part in tidied)]
    # What the units sent before: sudden changes and copied years show only beside it.
    former = _published(prepared).filter(pl.col("unit_code").is_in(observations["unit_code"].unique().implode()))
    accepted = empty_observations()
    if observations.height:
        figures, reading = pl.concat([former, observations]), pl.concat(findings)
        result = check_intake(figures, prepared.catalogue, prepared.edition, reading)
        accepted = result.accepted
        findings.append(result.findings.select(empty_findings().columns))
    found = pl.concat(findings)
    values = _values(former)
    outcomes = []
    for file in files:
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        of_file = (pl.col("snapshot") == sha256) | (pl.col("snapshot").is_null() & (pl.col("file") == file.name))
        count = accepted.filter(pl.col("snapshot") == sha256).height
        outcomes.append(_Outcome(sha256, count, found.filter(of_file), values))
    return outcomes


def _published(prepared: Plan) -> pl.DataFrame:
    """Return the figures of the edition's current release; none without one."""
    release = prepared.settings.edition_directory(prepared.edition.name) / "current"
    path = release / "site" / "downloads" / "observations.parquet"
    return pl.read_parquet(path).select(OBSERVATIONS.names()) if path.is_file() else empty_observations()


def _values(observations: pl.DataFrame) -> dict[tuple[str, str, str], float]:
    rows = observations.select("unit_code", "indicator_code", "period", "value").iter_rows()
    return {(unit, indicator, period): value for unit, indicator, period, value in rows}


def _finish(prepared: Plan, file: Path, outcome: _Outcome, *, check_only: bool) -> TakenIn:
    """Write the list that goes back for one file, and put the file into the inbox unless it is only checked."""
    place = pl.col("location").str.split("!")
    ordered = outcome.findings.with_columns(file=pl.col("file").fill_null(file.name)).sort(
        pl.col("severity").replace_strict(_ORDER, default=3),
        place.list.first(),
        # Cells as a sheet has them: D2 before D10.
        place.list.last().str.len_chars(),
        "location",
        "rule",
        nulls_last=True,
    )
    items = [_item(prepared.catalogue, outcome.former, row) for row in ordered.to_dicts()]
    severities = [item.severity for item in items]
    counted = ReturnedFile(
        file.name, outcome.sha256, outcome.accepted, severities.count("critical"), severities.count("warning")
    )
    kept_as = None if check_only else _keep(file, inbox_of(prepared))
    returned = io.BytesIO()
    write_returned_list(returned, [counted], items, datetime.fromtimestamp(int(file.stat().st_mtime), UTC))
    folder = prepared.settings.edition_directory(prepared.edition.name) / "returned"
    path = _put(returned.getvalue(), folder, _list_name(file if kept_as is None else kept_as), ".xlsx")
    return TakenIn(counted, items, path, kept_as)


def _list_name(file: Path) -> str:
    """Return the name of the list for a file; that of a workbook is told from that of another file of its name."""
    return f"{_plain_name(file.name.removesuffix('.xlsx'))}_退回单"


def _plain_name(name: str) -> str:
    """Return a name as any system may have it in the name of a file, without what separates folders."""
    plain = shown(_NOT_IN_NAMES.sub("_", name.encode(errors="replace").decode()))
    return plain.encode()[:_LONGEST_NAME].decode(errors="ignore")


def _keep(file: Path, inbox: Path) -> Path:
    """Put a copy of the file into the inbox under a name that is free, unless its bytes are there already."""
    return _put(file.read_bytes(), inbox, file.stem, file.suffix)


def _put(content: bytes, folder: Path, stem: str, suffix: str) -> Path:
    """Write a file under the name, with a number where other bytes have it, and return where they are now."""
    folder.mkdir(parents=True, exist_ok=True)
    # Aside first: a run that reads the inbox meanwhile must not meet half a file.
    aside = folder / f".{uuid4().hex}.part"
    try:
        aside.write_bytes(content)
        target, number = folder / f"{stem}{suffix}", 1
        while not _has_taken(target, aside):
            if target.is_file() and target.read_bytes() == content:
                return target
            number += 1
            target = folder / f"{stem}_{number}{suffix}"
        return target
    finally:
        aside.unlink(missing_ok=True)


def _has_taken(target: Path, aside: Path) -> bool:
    """Give the file the name unless something has it; of two that want it at once, one alone gets it."""
    try:
        os.link(aside, target)
    except FileExistsError:
        return False
    except OSError:
        # No second names, as on a shared folder of Windows: the name is taken with nothing in it first.
        try:
            target.open("xb").close()
        except FileExistsError:
            return False
        aside.replace(target)
    return True


def _item(catalogue: Catalogue, former: Mapping[tuple[str, str, str], float], row: Mapping[str, Any]) -> ReturnedItem:
    indicator = catalogue.indicators_by_code.get(row["indicator_code"] or "")
    sheet, _, cell = (row["location"] or "").rpartition("!")
    last, change = _comparison(former, row)
    return ReturnedItem(
        severity=row["severity"],
        file=row["file"] or "",
        sheet=sheet,
        cell=cell,
        indicator=f"{indicator.name.zh}（{indicator.measure}）" if indicator else row["indicator_code"] or "",
        period=row["period"] or "",
        value=row["value"] or "",
        problem=_PLACE_IN_SENTENCE.sub(lambda match: f"{match[1]}：" if match[1] else "", row["message_zh"] or ""),
        allowed=row["reference"] or "",
        last=last,
        change=change,
        rule=row["rule"],
    )


def _comparison(former: Mapping[tuple[str, str, str], float], row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the last known figure with its period, and how the new one differs from it in percent.

    It is the figure that was reported for the same period before, else the period before, else a year ago.
    """
    unit, indicator, period = row["unit_code"], row["indicator_code"], row["period"]
    if not (unit and indicator and period):
        return "", ""
    try:
        frequency = parse_period(period)[0]
    except ValueError:
        return "", ""
    number = month_number(period)
    for words, when in (
        ("此前已报", period),
        ("上期", period_of(number - _MONTHS[frequency], frequency)),
        ("上年同期", period_of(number - 12, frequency)),
    ):
        value = former.get((unit, indicator, when))
        if value is not None:
            return f"{words} {when}：{value:g}", _change(row["value"], value)
    return "", ""


def _change(written: str | None, last: float) -> str:
    try:
        value = float(written or "")
    except ValueError:
        return ""
    return f"{100 * (value / last - 1):+.1f} %" if last else ""
