"""Answers of public services in JSON to raw tables: one row a record, with the path where it stands.

Known are answers of the statistics bureau (its present form and the older ``easyquery``), of the
national air-quality service (a list of stations), features of GeoJSON, and the one list of records that
most services answer with, wherever it stands. Column ``path`` says where a record stands in the answer;
numbers keep the text that the service wrote.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from xietong.frames import RawTable, Snapshot, column_letters
from xietong.sources.delimited import decode
from xietong.sources.notices import NotedTable, Notice
from xietong.sources.sheets import check_extent
from xietong.sources.unreadable import UnreadableFileError

#: The header of answers of the statistics bureau, whichever form they came in.
BUREAU_HEADER: Final = ("path", "indicator_code", "indicator", "unit_code", "period", "value", "rounded", "measure")
#: What one of the records of the air-quality service has.
_STATION_KEYS: Final = frozenset({"positionname", "stationcode", "timepoint"})
_STATE_OK: Final = "20000"
_RETURNED_OK: Final = "200"
#: How deep in an answer its list of records may stand: data.page.records.
_DEEPEST: Final = 3
#: What services name the number of records that there are, in this answer and in those not asked for.
_TOTALS: Final = frozenset({"total", "totalcount", "totalnum", "totalrecords", "totalsize", "recordcount"})
_Record = dict[str, str | None]


def read_json(data: bytes, snapshot: Snapshot) -> list[RawTable] | None:
    """Return the table of a known answer; None when the bytes are no JSON, or of no known shape.

    Raises:
        UnreadableFileError: under the name of JSON, the file is a web page, is broken, or is of no known
            shape; whatever its name, it is a service's refusal.
    """
    named = snapshot.file.lower().endswith(".json")
    beginning = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if named and beginning == b"<":
        raise _page()
    if beginning not in (b"{", b"["):
        return None
    try:
        answer = json.loads(decode(data), parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        if named:
            raise _broken(error) from error
        return None
    records = _records(answer)
    if records is not None:
        return [_table(records, snapshot)]
    rows = _rows(answer)
    if rows is not None:
        return [rows.table(snapshot)]
    if named:
        raise _unknown()
    return None


def _records(answer: Any) -> list[_Record] | None:
    """Return the records of an answer; None when its shape is not known."""
    if isinstance(answer, dict):
        if "returncode" in answer:
            return list(_easyquery(answer))
        if "success" in answer and ("data" in answer or "state" in answer):
            _check_success(answer)
            return list(_bureau(answer)) if _is_of_bureau(answer) else None
        if isinstance(answer.get("features"), list):
            return _stations(answer["features"], "$.features")
        return None
    return _stations(answer, "$")


def _text(value: Any) -> str | None:
    """Return a scalar as text, None for nothing; what is no scalar is shown as JSON."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _stations(items: Any, path: str) -> list[_Record] | None:
    """Return the records of a list of stations, plain or as the properties of features."""
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        return None
    records: list[_Record] = []
    for place, item in enumerate(items):
        properties = item.get("properties")
        values = properties if isinstance(properties, dict) else item
        at = f"{path}[{place}].properties" if values is not item else f"{path}[{place}]"
        records.append({"path": at, **{str(name): _text(value) for name, value in values.items()}})
    known = {name.casefold().replace("_", "") for name in records[0]}
    return records if len(known & _STATION_KEYS) > 1 else None


@dataclass(frozen=True)
class _Rows:
    """A list of records with its path, and the number of records that the answer says there are."""

    records: list[Any]
    path: str
    total: int | None

    def table(self, snapshot: Snapshot) -> RawTable:
        """Return the records as a table; one that is told of where the answer holds a part of them only."""
        if not self.records:
            return RawTable(snapshot.sha256, snapshot.file, None, pl.DataFrame(schema={"row": pl.Int64()}))
        records: list[_Record] = [
            {"path": f"{self.path}[{place}]", **{str(name): _text(value) for name, value in record.items()}}
            for place, record in enumerate(self.records)
        ]
        table = _table(records, snapshot)
        if self.total is None or self.total <= len(records):
            return table
        notice = Notice(
            "incomplete_answer",
            self.path,
            f"服务称共有 {self.total} 条记录，此答复只含 {len(records)} 条；请取全后重新报送",
            f"the service says that there are {self.total} records, and this answer holds {len(records)}; "
            "fetch all of them",
        )
        return NotedTable(snapshot.sha256, snapshot.file, None, table.cells, notices=(notice,))


def _rows(answer: Any) -> _Rows | None:
    """Return the one list of records of an answer; None when there is none, or more than one."""
    found = list(_lists(answer, "$", 0))
    # An empty list beside is no second one: warnings, errors.
    filled = [rows for rows in found if rows.records] or [rows for rows in found[:1] if rows.path != "$"]
    return filled[0] if len(filled) == 1 else None


def _lists(value: Any, path: str, depth: int, total: int | None = None) -> Iterator[_Rows]:
    if isinstance(value, list):
        if all(isinstance(item, dict) for item in value):
            yield _Rows(value, path, total)
    elif isinstance(value, dict) and depth < _DEEPEST:
        totals = [text for name, text in value.items() if name.casefold().replace("_", "") in _TOTALS]
        own = next((int(text) for text in totals if isinstance(text, str) and text.isdecimal()), total)
        for name, each in value.items():
            yield from _lists(each, f"{path}.{name}", depth + 1, own)


def _check_success(answer: dict[str, Any]) -> None:
    """Refuse an answer that says itself that it is none.

    Raises:
        UnreadableFileError: ``service_refused``.
    """
    if answer.get("success") is not True:
        raise _refused(_text(answer.get("message")) or _text(answer.get("state")) or "success: false")


def _is_of_bureau(answer: dict[str, Any]) -> bool:
    """True unless the data are plain records: those of the bureau hold a list of values each."""
    data = answer.get("data")
    return "state" in answer or not isinstance(data, list) or any("values" in each for each in data if each)


def _bureau(answer: dict[str, Any]) -> Iterator[_Record]:
    """Yield a record for each value of an answer of the present form."""
    if str(answer.get("state", _STATE_OK)) != _STATE_OK:
        raise _refused(_text(answer.get("message")) or _text(answer.get("state")) or "")
    for i, period in enumerate(_list(answer.get("data"))):
        for j, value in enumerate(_list(period.get("values"))):
            yield {
                "path": f"$.data[{i}].values[{j}].value",
                "indicator_code": _text(value.get("_id")),
                "indicator": _text(value.get("i_showname")),
                "unit_code": _text(value.get("da")) or _text(period.get("da")),
                "period": _text(period.get("code")),
                "value": _text(value.get("value")),
                "rounded": None,
                "measure": _text(value.get("du_name")),
            }


def _easyquery(answer: dict[str, Any]) -> Iterator[_Record]:
    """Yield a record for each node of an answer of the older form; ``hasdata`` false leaves the value empty."""
    if str(answer["returncode"]) != _RETURNED_OK:
        raise _refused(f"returncode {_text(answer['returncode'])}")
    returned = answer.get("returndata")
    if not isinstance(returned, dict):
        raise _unknown()
    described = {
        (_text(dimension.get("wdcode")), _text(node.get("code"))): node
        for dimension in _list(returned.get("wdnodes"))
        for node in _list(dimension.get("nodes"))
    }
    for place, node in enumerate(_list(returned.get("datanodes"))):
        codes = {_text(each.get("wdcode")): _text(each.get("valuecode")) for each in _list(node.get("wds"))}
        indicator = described.get(("zb", codes.get("zb")), {})
        figure = node.get("data")
        # Without a figure the service still writes the number 0.
        published = figure if isinstance(figure, dict) and figure.get("hasdata") is True else {}
        yield {
            "path": f"$.returndata.datanodes[{place}].data.data",
            "indicator_code": codes.get("zb"),
            "indicator": _text(indicator.get("cname")) or _text(indicator.get("name")),
            "unit_code": codes.get("reg"),
            "period": codes.get("sj"),
            "value": _text(published.get("data")),
            "rounded": _text(published.get("strdata")),
            "measure": _text(indicator.get("unit")),
        }


def _list(value: Any) -> Sequence[dict[str, Any]]:
    """Return a list of objects; nothing in its place is an empty one.

    Raises:
        UnreadableFileError: ``unknown_answer``.
    """
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _unknown()
    return value


def _table(records: list[_Record], snapshot: Snapshot) -> RawTable:
    """Return the records with the names of their values in the first row."""
    names = list(dict.fromkeys(name for record in records for name in record)) or list(BUREAU_HEADER)
    check_extent(len(names), len(records) + 1)
    cells = pl.DataFrame(
        {
            "row": pl.int_range(1, len(records) + 2, dtype=pl.Int64, eager=True),
            **{
                column_letters(index): pl.Series([name, *(record.get(name) for record in records)], dtype=pl.String)
                for index, name in enumerate(names)
            },
        }
    )
    return RawTable(snapshot.sha256, snapshot.file, None, cells)


def _page() -> UnreadableFileError:
    return UnreadableFileError(
        "page_instead_of_data",
        reason_zh="内容是网页而不是 JSON 数据，多为服务的出错页或登录页；请重新获取",
        reason_en="it holds a web page instead of JSON, mostly an error or login page of the service; fetch it again",
        allowed="JSON",
    )


def _broken(error: Exception) -> UnreadableFileError:
    at = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else None
    return UnreadableFileError(
        "broken_json",
        reason_zh="不是完整有效的 JSON（可能下载中断或嵌套过深）；请重新获取",
        reason_en="it is no whole and valid JSON (cut off, or nested too deep); fetch it again",
        allowed="JSON",
        location=at,
    )


def _unknown() -> UnreadableFileError:
    return UnreadableFileError(
        "unknown_answer",
        reason_zh="JSON 中没有（或不止一个）记录列表，也不是统计局接口、空气质量接口或站点 GeoJSON 的答复，未采用",
        reason_en="its JSON has no list of records, or more than one, and is no answer of the statistics bureau or of "
        "the air-quality service; it is not used",
        allowed="[{…}, …], data[].values[], returndata.datanodes[], [{StationCode, TimePoint, …}], "
        "features[].properties",
    )


def _refused(told: str) -> UnreadableFileError:
    line = " ".join(told.split())[:60]
    return UnreadableFileError(
        "service_refused",
        reason_zh=f"服务没有给出数据，返回“{line}”；请稍后重新获取",
        reason_en=f"the service gave no data and answered “{line}”; fetch it again later",
        allowed="success: true, state 20000; returncode 200",
    )
