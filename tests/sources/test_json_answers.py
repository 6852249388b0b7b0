"""Answers of services in JSON: the one list of records that they hold, wherever it stands."""

import json
from dataclasses import replace

import pytest

from xietong.frames import Snapshot
from xietong.sources import UnreadableFileError, read_tables
from xietong.sources.notices import NotedTable

RECORDS = [{"a": 1, "b": "x"}, {"a": 2.50, "c": None}]


@pytest.fixture
def file(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, file="answer.json")


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        (RECORDS, "$"),
        ({"data": RECORDS}, "$.data"),
        ({"success": True, "data": RECORDS}, "$.data"),
        ({"code": 0, "data": {"rows": RECORDS, "total": 2}, "errors": []}, "$.data.rows"),
        ({"result": {"page": {"list": RECORDS}}}, "$.result.page.list"),
    ],
)
def test_the_list_of_records_is_found(answer: object, path: str, file: Snapshot):
    (table,) = read_tables(json.dumps(answer).encode(), file)
    assert table.cells.rows() == [
        (1, "path", "a", "b", "c"),
        (2, f"{path}[0]", "1", "x", None),
        (3, f"{path}[1]", "2.5", None, None),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"message": "no access"},
        {"one": RECORDS, "other": RECORDS},
        {"columns": ["a"], "data": [[1]]},
        {"a": {"b": {"c": {"d": RECORDS}}}},
        [1, 2],
        "text",
    ],
)
def test_what_holds_no_such_list_is_refused(answer: object, file: Snapshot):
    if isinstance(answer, str):
        assert read_tables(json.dumps(answer).encode(), file)[0].cells.height == 1
        return
    with pytest.raises(UnreadableFileError) as refused:
        read_tables(json.dumps(answer).encode(), file)
    assert refused.value.rule == "unknown_answer"


def test_an_answer_without_records_is_an_empty_table(file: Snapshot):
    (table,) = read_tables(b'{"rows": [], "total": 0}', file)
    assert table.cells.is_empty()


def test_an_answer_that_says_it_failed_is_refused(file: Snapshot):
    with pytest.raises(UnreadableFileError) as refused:
        read_tables(json.dumps({"success": False, "message": "限流", "data": RECORDS}).encode(), file)
    assert (refused.value.rule, "限流" in refused.value.reason_zh) == ("service_refused", True)


@pytest.mark.parametrize(("total", "told"), [(2, False), (3, True), ("1000", True), (None, False), ("many", False)])
def test_a_part_of_the_records_is_told_of(total: object, told: bool, file: Snapshot):
    (table,) = read_tables(json.dumps({"data": RECORDS, "totalCount": total}).encode(), file)
    found = [notice.rule for notice in table.notices] if isinstance(table, NotedTable) else []
    assert found == (["incomplete_answer"] if told else [])
